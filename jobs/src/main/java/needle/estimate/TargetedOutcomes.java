package needle.estimate;

import java.io.Serializable;

/**
 * Predictions of the outcome on either side of a treatment, on the scale from its smallest to its
 * largest value, and moved on the logit scale along how much a subject weighs on its side: they
 * never leave the outcome's range (Gruber & van der Laan 2010).
 *
 * @param fits the predictions before they are moved, and the propensity
 * @param isOfTreated whether the effect is that on the treated
 * @param means of covariates, treatment and outcome
 * @param lower the smallest outcome
 * @param upper the largest
 * @param moves by how much the predictions of the untreated, and of the treated, are moved
 */
record TargetedOutcomes(
    NuisanceFits fits,
    boolean isOfTreated,
    double[] means,
    double lower,
    double upper,
    double[] moves)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Where a first prediction is cut off: at 0 and 1 a logit ends. As in the authors' package. */
  private static final double LEAST = 0.0005;

  TargetedOutcomes moved(double[] by) {
    return new TargetedOutcomes(fits, isOfTreated, means, lower, upper, by);
  }

  /** Whether the effect needs predictions of a side: the treated tell their own mean. */
  boolean predicts(int side) {
    return side == 0 || !isOfTreated;
  }

  double scaled(double outcome) {
    return (outcome - lower) / (upper - lower);
  }

  double unscaled(double scaled) {
    return lower + scaled * (upper - lower);
  }

  /** How much a subject weighs on a side: the clever covariate of that side. */
  double weight(int side, Subject subject, double[] z) {
    double p = fits.clipped(fits.propensity(subject.fold(), z));
    return InverseProbabilityWeighting.WeightedMeans.weight(isOfTreated, side, p);
  }

  /** The first prediction, which may lie beyond what outcomes can be. */
  double first(int side, Subject subject, double[] z) {
    double centred =
        side == 1
            ? fits.outcomeOfTreated(subject.fold(), z)
            : fits.outcomeOfControls(subject.fold(), z);
    return scaled(means[means.length - 1] + centred);
  }

  /** The moved prediction. */
  double of(double first, int side, double weight) {
    double bounded = bounded(first);
    double logit = Math.log(bounded / (1 - bounded)) + moves[side] * weight;
    return 1 / (1 + Math.exp(-logit));
  }

  static boolean isBeyond(double first) {
    return first != bounded(first);
  }

  private static double bounded(double first) {
    return Math.min(1 - LEAST, Math.max(LEAST, first));
  }
}
