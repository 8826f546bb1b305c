package needle.estimate;

import java.util.Arrays;
import needle.estimate.ClusterAggregate.Moments;

/**
 * A randomization test of one aggregate (Fisher 1935), whose statistic is |t|: the distance from
 * the hypothesis in standard errors. Under a hypothesis on the mean effect alone, |t| has the right
 * size in large samples where the estimate itself has not (Chung & Romano 2013), and with few
 * treated clusters of unequal size it errs less (MacKinnon & Webb 2020).
 */
final class PermutationTest {
  /** Assignments that mirror the observed one differ from it by rounding only. */
  private static final double ROUNDING = 1e-9;

  /** In standard errors: what has noise at all is then none beside it. */
  private static final double INFINITELY_FAR = 1e8;

  private final Moments observed;
  private final Moments[] assigned;
  private final boolean isComplete;

  PermutationTest(ClusterAggregate aggregate, int[] observed, Assignments assignments) {
    this.observed = aggregate.of(observed);
    // Each is one of its own, so they come out the same in any order.
    this.assigned = assignments.all().parallelStream().map(aggregate::of).toArray(Moments[]::new);
    this.isComplete = assignments.isComplete();
  }

  Moments observed() {
    return observed;
  }

  Moments[] assigned() {
    return assigned;
  }

  double standardError() {
    return observed.variance() > 0 ? Math.sqrt(observed.variance()) : Double.NaN;
  }

  /** Of the hypothesis that the effect is that on everybody, at all times since adoption. */
  double pValue(double effect) {
    double own = observed.estimate(effect) * observed.estimate(effect);
    double ownVariance = observed.variance(effect);
    int reached = 0;
    for (Moments other : assigned) {
      double theirs = other.estimate(effect) * other.estimate(effect);
      reached += theirs * ownVariance >= own * other.variance(effect) * (1 - ROUNDING) ? 1 : 0;
    }
    return share(reached, assigned.length, isComplete);
  }

  /**
   * The share of assignments that reach as far; of drawn ones, with the observed one among them
   * (Phipson & Smyth 2010).
   */
  static double share(int reached, int all, boolean isComplete) {
    return isComplete ? reached / (double) all : (reached + 1) / (all + 1.0);
  }

  /** The effects that are not rejected; NaN where an end is nowhere. */
  double[] interval(double alpha) {
    return smallestPValue() > alpha
        ? new double[] {Double.NaN, Double.NaN}
        : ConfidenceSet.of(this::pValue, observed.estimate(), 2 * standardError(), alpha);
  }

  /** That of a hypothesis infinitely far away: there are no smaller ones, whatever the effect. */
  double smallestPValue() {
    return pValue(observed.estimate() + INFINITELY_FAR * standardError());
  }

  /** How many standard errors noise reaches with that probability at most, at the estimate. */
  double critical(double alpha) {
    double[] noise =
        Arrays.stream(assigned).mapToDouble(m -> Math.abs(m.t(observed.estimate()))).toArray();
    return upper(noise, alpha);
  }

  /** The smallest value that at most that share lies at or above; infinite where there is none. */
  static double upper(double[] values, double alpha) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int first = (int) Math.ceil((1 - alpha) * sorted.length - 1e-9);
    return first >= sorted.length ? Double.POSITIVE_INFINITY : sorted[first];
  }
}
