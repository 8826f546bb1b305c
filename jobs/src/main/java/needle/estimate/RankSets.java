package needle.estimate;

import java.util.Arrays;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Which places estimates may have in truth: one more than are surely above, up to as many as are
 * not surely below (Mogstad, Romano, Shaikh & Wilhelm 2024). Sure is a difference whose interval,
 * which holds for all of them at once, is without zero.
 *
 * @param rank by the estimates; 1 is the first
 * @param low the first place that one may have, holding for it alone
 * @param jointLow the same, holding for all at once
 */
record RankSets(int[] rank, int[] low, int[] high, int[] jointLow, int[] jointHigh) {
  static RankSets of(
      double[] estimates,
      RealMatrix covariance,
      double freedom,
      double alpha,
      long seed,
      boolean isLargestFirst) {
    int size = estimates.length;
    double[][] errors = new double[size][size];
    for (int j = 0; j < size; j++) {
      for (int k = 0; k < size; k++) {
        double variance =
            covariance.getEntry(j, j) + covariance.getEntry(k, k) - 2 * covariance.getEntry(j, k);
        errors[j][k] = Math.sqrt(Math.max(variance, 0));
      }
    }
    double[] reach = reach(covariance, errors, freedom, alpha, seed);
    RankSets sets =
        new RankSets(new int[size], new int[size], new int[size], new int[size], new int[size]);
    for (int j = 0; j < size; j++) {
      sets.rank[j] = 1;
      sets.low[j] = 1;
      sets.jointLow[j] = 1;
      sets.high[j] = size;
      sets.jointHigh[j] = size;
      for (int k = 0; k < size; k++) {
        double ahead = (isLargestFirst ? 1 : -1) * (estimates[k] - estimates[j]);
        double t = errors[j][k] > 0 ? ahead / errors[j][k] : 0;
        sets.rank[j] += ahead > 0 ? 1 : 0;
        sets.low[j] += t > reach[j] ? 1 : 0;
        sets.high[j] -= t < -reach[j] ? 1 : 0;
        sets.jointLow[j] += t > reach[size] ? 1 : 0;
        sets.jointHigh[j] -= t < -reach[size] ? 1 : 0;
      }
    }
    return sets;
  }

  /**
   * How many standard errors the intervals of differences reach, of those from each, and, last, of
   * all. Nothing is sure where an estimate has no error.
   */
  private static double[] reach(
      RealMatrix covariance, double[][] errors, double freedom, double alpha, long seed) {
    int size = errors.length;
    double[] reach = new double[size + 1];
    for (int j = 0; j < size; j++) {
      if (!(covariance.getEntry(j, j) > 0)) {
        Arrays.fill(reach, Double.POSITIVE_INFINITY);
        return reach;
      }
    }
    double[][] largest = new double[size + 1][Covariance.DRAWS];
    new JointDraws(covariance, freedom, seed)
        .each(
            Covariance.DRAWS,
            (t, draw) -> {
              for (int j = 0; j < size; j++) {
                double noise = t[j] * Math.sqrt(covariance.getEntry(j, j));
                for (int k = 0; k < size; k++) {
                  if (errors[j][k] > 0) {
                    double other = t[k] * Math.sqrt(covariance.getEntry(k, k));
                    largest[j][draw] =
                        Math.max(largest[j][draw], Math.abs(noise - other) / errors[j][k]);
                  }
                }
                largest[size][draw] = Math.max(largest[size][draw], largest[j][draw]);
              }
            });
    for (int j = 0; j <= size; j++) {
      Arrays.sort(largest[j]);
      double simulated = largest[j][(int) Math.ceil((1 - alpha) * Covariance.DRAWS) - 1];
      reach[j] = Math.max(simulated, Quantiles.quantile(freedom, 1 - alpha / 2));
    }
    return reach;
  }
}
