package needle.estimate;

/**
 * How an outcome's mean follows from the linear predictor η, and how its likelihood changes with η
 * (McCullagh & Nelder 1989). Means are per trial, or per unit of exposure: of an outcome's size.
 * All likelihoods are concave in η.
 */
public enum OutcomeFamily {
  /** Any number; identity. */
  GAUSSIAN {
    @Override
    double link(double mean) {
      return mean;
    }

    @Override
    double mean(double eta) {
      return eta;
    }

    @Override
    double slope(double eta) {
      return 1;
    }

    @Override
    double bend(double eta) {
      return 0;
    }

    @Override
    double likelihood(double outcome, double size, double eta) {
      return -(outcome - eta) * (outcome - eta) / 2;
    }

    @Override
    double score(double outcome, double size, double eta) {
      return outcome - eta;
    }

    @Override
    double information(double outcome, double size, double eta) {
      return 1;
    }

    @Override
    double variance(double size, double eta) {
      return 1;
    }
  },
  /** Successes among trials; logit. */
  BINOMIAL {
    @Override
    double link(double mean) {
      return Math.log(mean / (1 - mean));
    }

    @Override
    double mean(double eta) {
      return 1 / (1 + Math.exp(-eta));
    }

    @Override
    double slope(double eta) {
      return mean(eta) * mean(-eta);
    }

    @Override
    double bend(double eta) {
      return slope(eta) * (mean(-eta) - mean(eta));
    }

    @Override
    double likelihood(double outcome, double size, double eta) {
      // log(1 + exp(η)), which overflows as it stands.
      double total = Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta)));
      return outcome * eta - size * total;
    }

    @Override
    double score(double outcome, double size, double eta) {
      return outcome - size * mean(eta);
    }

    @Override
    double information(double outcome, double size, double eta) {
      return size * slope(eta);
    }

    @Override
    double variance(double size, double eta) {
      return size * slope(eta);
    }
  },
  /** Counts, over an exposure; logarithm. */
  POISSON {
    @Override
    double link(double mean) {
      return Math.log(mean);
    }

    @Override
    double mean(double eta) {
      return Math.exp(eta);
    }

    @Override
    double slope(double eta) {
      return Math.exp(eta);
    }

    @Override
    double bend(double eta) {
      return Math.exp(eta);
    }

    @Override
    double likelihood(double outcome, double size, double eta) {
      return outcome * eta - size * Math.exp(eta);
    }

    @Override
    double score(double outcome, double size, double eta) {
      return outcome - size * Math.exp(eta);
    }

    @Override
    double information(double outcome, double size, double eta) {
      return size * Math.exp(eta);
    }

    @Override
    double variance(double size, double eta) {
      return size * Math.exp(eta);
    }
  },
  /** Amounts above zero, whose spread grows with their mean; logarithm. */
  GAMMA {
    @Override
    double link(double mean) {
      return Math.log(mean);
    }

    @Override
    double mean(double eta) {
      return Math.exp(eta);
    }

    @Override
    double slope(double eta) {
      return Math.exp(eta);
    }

    @Override
    double bend(double eta) {
      return Math.exp(eta);
    }

    @Override
    double likelihood(double outcome, double size, double eta) {
      return -outcome * Math.exp(-eta) - eta;
    }

    @Override
    double score(double outcome, double size, double eta) {
      return outcome * Math.exp(-eta) - 1;
    }

    @Override
    double information(double outcome, double size, double eta) {
      return outcome * Math.exp(-eta);
    }

    @Override
    double variance(double size, double eta) {
      return Math.exp(2 * eta);
    }
  };

  /** The predictor that has this mean. */
  abstract double link(double mean);

  abstract double mean(double eta);

  /** The mean's first derivative. */
  abstract double slope(double eta);

  /** The mean's second derivative. */
  abstract double bend(double eta);

  /** The log likelihood, up to what does not depend on η. */
  abstract double likelihood(double outcome, double size, double eta);

  /** The likelihood's first derivative. */
  abstract double score(double outcome, double size, double eta);

  /** The likelihood's second derivative, as observed, with its sign turned. */
  abstract double information(double outcome, double size, double eta);

  /** The outcome's variance, up to a factor that is the same for all rows. */
  abstract double variance(double size, double eta);
}
