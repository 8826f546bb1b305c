package needle.estimate.prediction;

import java.util.Arrays;
import org.apache.commons.math3.distribution.BetaDistribution;

/** Intervals from errors that were made before (Vovk, Gammerman & Shafer 2005; Lei et al. 2018). */
public final class Conformal {
  private static final double LEVEL = 0.95;

  private Conformal() {}

  /**
   * How often intervals held what came.
   *
   * @param judged how many intervals there were
   * @param independent as how many they count: errors of several steps overlap
   * @param low of the interval of the share, Clopper & Pearson 1934
   */
  public record Coverage(long judged, double independent, double share, double low, double high) {}

  /**
   * How far an interval reaches to either side: the ⌈(n + 1) · level⌉-th smallest of the errors
   * without their signs; NaN where that is more than there are.
   */
  static double reach(double[] errors, int count, double level) {
    // Half a billionth of an error is rounding: 0.95 · 20 is 19.
    int rank = (int) Math.ceil((count + 1) * level - 1e-9);
    if (rank > count) {
      return Double.NaN;
    }
    double[] sizes = Arrays.stream(errors, 0, count).map(Math::abs).sorted().toArray();
    return sizes[rank - 1];
  }

  /**
   * The coverage of intervals that were made, at each origin, from the errors known then.
   *
   * @param errors of every series, origin by origin
   * @param steps after which an origin's error is known
   */
  static Coverage coverage(double[][] errors, int steps, double level) {
    long judged = 0;
    long inside = 0;
    int origins = 0;
    for (int origin = steps; origin < errors[0].length; origin++) {
      int known = origin - steps + 1;
      if (Double.isNaN(reach(errors[0], known, level))) {
        continue;
      }
      origins++;
      for (double[] series : errors) {
        judged++;
        inside += Math.abs(series[origin]) <= reach(series, known, level) ? 1 : 0;
      }
    }
    if (judged == 0) {
      return new Coverage(0, 0, Double.NaN, Double.NaN, Double.NaN);
    }
    double share = inside / (double) judged;
    // Series of one panel move together, and windows of some steps overlap.
    double independent = origins / (double) steps;
    double hits = share * independent;
    double tail = (1 - LEVEL) / 2;
    return new Coverage(
        judged,
        independent,
        share,
        inside == 0
            ? 0
            : new BetaDistribution(hits, independent - hits + 1).inverseCumulativeProbability(tail),
        inside == judged
            ? 1
            : new BetaDistribution(hits + 1, independent - hits)
                .inverseCumulativeProbability(1 - tail));
  }
}
