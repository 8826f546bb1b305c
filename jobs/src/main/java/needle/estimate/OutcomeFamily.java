package needle.estimate;

/**
 * How an outcome's mean follows from the linear predictor η, and how its likelihood changes with η
 * (McCullagh & Nelder 1989). Means are per trial, or per unit of exposure: of an outcome's size.
 * All likelihoods are concave in η, and all links but that of {@link #GAMMA} the family's own.
 */
public enum OutcomeFamily {
  /** Any number; identity. */
  GAUSSIAN(Link.IDENTITY, Estimand.SLOPE) {
    @Override
    double likelihood(double outcome, double size, double eta) {
      return -(outcome - eta) * (outcome - eta) / 2;
    }
  },
  /** Successes among trials; logit. */
  BINOMIAL(Link.LOGIT, Estimand.LOG_ODDS_RATIO) {
    @Override
    double likelihood(double outcome, double size, double eta) {
      // log(1 + exp(η)), which overflows as it stands.
      double total = Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta)));
      return outcome * eta - size * total;
    }
  },
  /** Counts, over an exposure; logarithm. */
  POISSON(Link.LOG, Estimand.LOG_RATE_RATIO) {
    @Override
    double likelihood(double outcome, double size, double eta) {
      return outcome * eta - size * Math.exp(eta);
    }
  },
  /** Amounts above zero, whose spread grows with their mean; logarithm. */
  GAMMA(Link.LOG, Estimand.LOG_MEAN_RATIO) {
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

  private final Link link;
  private final Estimand coefficient;

  OutcomeFamily(Link link, Estimand coefficient) {
    this.link = link;
    this.coefficient = coefficient;
  }

  private enum Link {
    IDENTITY {
      @Override
      double of(double mean) {
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
    },
    LOGIT {
      @Override
      double of(double mean) {
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
    },
    LOG {
      @Override
      double of(double mean) {
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
    };

    abstract double of(double mean);

    abstract double mean(double eta);

    abstract double slope(double eta);

    abstract double bend(double eta);
  }

  /** What a coefficient of the linear predictor is. */
  Estimand coefficient() {
    return coefficient;
  }

  /** The predictor that has this mean. */
  double link(double mean) {
    return link.of(mean);
  }

  double mean(double eta) {
    return link.mean(eta);
  }

  /** The mean's first derivative. */
  double slope(double eta) {
    return link.slope(eta);
  }

  /** The mean's second derivative. */
  double bend(double eta) {
    return link.bend(eta);
  }

  /** The log likelihood, up to what does not depend on η. */
  abstract double likelihood(double outcome, double size, double eta);

  /** The likelihood's first derivative. */
  double score(double outcome, double size, double eta) {
    return outcome - size * mean(eta);
  }

  /** The likelihood's second derivative, as observed, with its sign turned. */
  double information(double outcome, double size, double eta) {
    return size * slope(eta);
  }

  /** The outcome's variance, up to a factor that is the same for all rows. */
  double variance(double size, double eta) {
    return size * slope(eta);
  }
}
