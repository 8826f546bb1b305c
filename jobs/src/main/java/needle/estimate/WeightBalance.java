package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/** How alike weights make the two sides, and on how many units they rest. */
final class WeightBalance implements Serializable {
  private static final long serialVersionUID = 1L;

  static final double MOST_IMBALANCE = 0.1;
  static final double MOST_CLIPPED = 0.05;

  /** Where the sides can be told apart, weights are near one, and nothing else shows it. */
  static final double FAR_TOO_MANY_CLIPPED = 0.2;

  private final boolean isOfTreated;

  /** Per side: the sum of weights, of their squares, and of weighted covariates. */
  final double[] weights = new double[2];

  private final double[] squares = new double[2];
  private final double[] fourths = new double[2];
  private final double[][] weightedX;
  private long asked;
  private long clipped;

  /**
   * @param isOfTreated whether the effect is asked for of the treated, and not of all
   */
  WeightBalance(int covariates, boolean isOfTreated) {
    this.isOfTreated = isOfTreated;
    this.weightedX = new double[2][covariates];
  }

  /**
   * @param z a constant, then the centred covariates
   */
  void add(int side, double weight, double[] z, boolean isClipped) {
    weights[side] += weight;
    squares[side] += weight * weight;
    fourths[side] += weight * weight * weight * weight;
    if (side == 1 || !isOfTreated) {
      asked++;
      clipped += isClipped ? 1 : 0;
    }
    for (int i = 0; i < weightedX[side].length; i++) {
      weightedX[side][i] += weight * z[i + 1];
    }
  }

  void merge(WeightBalance other) {
    CellSums.add(weights, other.weights);
    CellSums.add(squares, other.squares);
    CellSums.add(fourths, other.fourths);
    for (int side = 0; side < 2; side++) {
      CellSums.add(weightedX[side], other.weightedX[side]);
    }
    asked += other.asked;
    clipped += other.clipped;
  }

  /** Over how many equally weighted units a side is spread (Kish 1965). */
  private double effective(int side) {
    return weights[side] * weights[side] / squares[side];
  }

  private double behindError(int side) {
    return squares[side] * squares[side] / fourths[side];
  }

  List<Diagnostic> checks(
      List<String> covariates, SubjectSums sums, double lowest, double highest) {
    double share = clipped / (double) asked;
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        DesignChecks.counted(
            "overlap",
            "effective_units_of_smaller_side",
            (long) Math.min(effective(0), effective(1)),
            DesignChecks.FEWEST_CONTROLS,
            2 * DesignChecks.FEWEST_CONTROLS,
            "By their weights, the units of one side count as %d."));
    found.add(
        OverlapChecks.behindError(
            "units_behind_the_error", Math.min(behindError(0), behindError(1))));
    found.add(
        new Diagnostic(
            "overlap",
            "share_clipped",
            share,
            Double.NaN,
            DesignChecks.above(share, MOST_CLIPPED, FAR_TOO_MANY_CLIPPED),
            String.format(
                Locale.ROOT,
                "%.1f%% of the units whose effect is asked for had a probability of treatment below %s or above %s, and count"
                    + " as that.",
                100 * share,
                lowest,
                highest)));
    found.add(balance(covariates, sums));
    for (int i = 0; i < covariates.size(); i++) {
      double apart = sums.difference(i) / sums.pooledDeviation(i);
      found.add(told("before_" + covariates.get(i), apart, "Before", covariates.get(i)));
      found.add(
          told("after_" + covariates.get(i), standardised(i, sums), "After", covariates.get(i)));
    }
    return found;
  }

  private double standardised(int i, SubjectSums sums) {
    double difference = weightedX[1][i] / weights[1] - weightedX[0][i] / weights[0];
    return difference / sums.pooledDeviation(i);
  }

  private static Diagnostic told(String statistic, double apart, String when, String covariate) {
    return new Diagnostic(
        "balance",
        statistic,
        apart,
        Double.NaN,
        Status.PASS,
        String.format(
            Locale.ROOT,
            "%s weighting, the mean of %s is %.2f standard deviations %s among the treated.",
            when,
            covariate,
            Math.abs(apart),
            apart < 0 ? "smaller" : "larger"));
  }

  private Diagnostic balance(List<String> covariates, SubjectSums sums) {
    double worst = 0;
    String which = covariates.get(0);
    for (int i = 0; i < covariates.size(); i++) {
      double apart = Math.abs(standardised(i, sums));
      if (apart > worst) {
        worst = apart;
        which = covariates.get(i);
      }
    }
    return new Diagnostic(
        "balance",
        "largest_standardised_difference",
        worst,
        Double.NaN,
        worst > MOST_IMBALANCE ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "After weighting, %s differs most between the sides: by %.2f standard deviations.",
            which,
            worst));
  }
}
