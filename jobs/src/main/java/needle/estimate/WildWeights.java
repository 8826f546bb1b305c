package needle.estimate;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * Signs, or more, that clusters' residuals are multiplied by.
 *
 * @param draws per draw, a weight for every cluster
 * @param isComplete whether the draws are all there are
 * @param words what they are
 */
record WildWeights(double[][] draws, boolean isComplete, String words) {
  /** With fewer clusters two signs give too few different draws (Webb 2023). */
  private static final int FEWEST_FOR_SIGNS = 8;

  private static final int MOST_TO_ENUMERATE = 12;
  private static final int DRAWS = 9_999;
  private static final double[] SIX = {
    -Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)
  };

  static WildWeights of(int clusters, long seed) {
    if (clusters < FEWEST_FOR_SIGNS) {
      return drawn(clusters, seed, SIX, DRAWS + " draws of Webb's six weights");
    }
    return clusters <= MOST_TO_ENUMERATE
        ? signs(clusters)
        : drawn(clusters, seed, new double[] {-1, 1}, DRAWS + " draws of signs");
  }

  // Turning all signs around gives the same |t|, so half of them are enough.
  private static WildWeights signs(int clusters) {
    double[][] draws = new double[1 << clusters - 1][clusters];
    for (int d = 0; d < draws.length; d++) {
      for (int g = 0; g < clusters; g++) {
        draws[d][g] = (d >> g & 1) == 1 ? -1 : 1;
      }
    }
    return new WildWeights(draws, true, "all " + 2L * draws.length + " ways to choose signs");
  }

  private static WildWeights drawn(int clusters, long seed, double[] values, String words) {
    RandomGenerator random = new Well19937c(seed);
    double[][] draws = new double[DRAWS][clusters];
    for (double[] draw : draws) {
      for (int g = 0; g < clusters; g++) {
        draw[g] = values[random.nextInt(values.length)];
      }
    }
    return new WildWeights(draws, false, words);
  }
}
