package needle.estimate.sensitivity;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Wilcoxon's signed ranks of differences within pairs, and how far they stand when the odds of
 * being the treated one of a pair differ by up to a factor Γ for unseen reasons (Rosenbaum 2002,
 * section 4.3.3), by the normal approximation.
 *
 * @param ranks of all absolute differences, summed; zero differences are left out
 * @param squares of the ranks, summed
 * @param positive ranks of the differences in the direction of the effect, summed
 */
public record SignedRanks(double ranks, double squares, double positive) {
  private static final double FARTHEST = 1e6;
  private static final int HALVINGS = 60;

  /** The largest one-sided p-value of no effect that the factor allows. */
  public double pValue(double factor) {
    double share = factor / (1 + factor);
    double distance = (positive - share * ranks) / Math.sqrt(share * (1 - share) * squares);
    return new NormalDistribution().cumulativeProbability(-distance);
  }

  /** The smallest factor that takes the p-value above a level; 1 where it is there already. */
  public double breakdown(double level) {
    if (pValue(1) > level) {
      return 1;
    }
    double stands = 1;
    double falls = FARTHEST;
    if (pValue(falls) <= level) {
      return Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = Math.sqrt(stands * falls);
      if (pValue(middle) > level) {
        falls = middle;
      } else {
        stands = middle;
      }
    }
    return falls;
  }
}
