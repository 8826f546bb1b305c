package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * How well the nuisances are predicted: for units of which the prediction knew nothing, where there
 * is cross-fitting. Better predictions make a smaller error, and say nothing of confounding.
 */
final class NuisanceQuality implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Whose outcome, or the treatment. */
  enum Of {
    OUTCOME,
    OUTCOME_OF_TREATED,
    OUTCOME_OF_CONTROLS,
    TREATMENT
  }

  // Per nuisance: how many, sum, sum of squares, sum of squares of what is left.
  private final double[][] numbers = new double[Of.values().length][4];

  /** Of a treatment of 0 and 1: how many, treated, log loss. */
  private final double[] probabilities = new double[3];

  void number(Of what, double value, double predicted) {
    double[] sums = numbers[what.ordinal()];
    sums[0]++;
    sums[1] += value;
    sums[2] += value * value;
    sums[3] += (value - predicted) * (value - predicted);
  }

  void probability(boolean isTreated, double p) {
    probabilities[0]++;
    probabilities[1] += isTreated ? 1 : 0;
    probabilities[2] -= Math.log(isTreated ? p : 1 - p);
  }

  void merge(NuisanceQuality other) {
    for (int i = 0; i < numbers.length; i++) {
      CellSums.add(numbers[i], other.numbers[i]);
    }
    CellSums.add(probabilities, other.probabilities);
  }

  List<Diagnostic> told() {
    List<Diagnostic> told = new ArrayList<>();
    for (Of what : Of.values()) {
      double[] sums = numbers[what.ordinal()];
      double spread = sums[2] - sums[1] * sums[1] / sums[0];
      if (spread > 0) {
        String word = what.name().toLowerCase(Locale.ROOT);
        double share = 1 - sums[3] / spread;
        told.add(
            diagnostic(
                "r2_" + word,
                share,
                String.format(
                    Locale.ROOT,
                    "The covariates tell %.1f%% of the variance of the %s.",
                    100 * share,
                    word.replace('_', ' '))));
      }
    }
    if (probabilities[0] > 0) {
      double share = probabilities[1] / probabilities[0];
      double unknowing = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
      told.add(
          diagnostic(
              "log_loss_treatment",
              probabilities[2] / probabilities[0],
              String.format(
                  Locale.ROOT,
                  "The mean log loss of the probability of treatment; without covariates it is"
                      + " %.4f.",
                  unknowing)));
    }
    return told;
  }

  private static Diagnostic diagnostic(String statistic, double value, String message) {
    return new Diagnostic("nuisance", statistic, value, Double.NaN, Status.PASS, message);
  }
}
