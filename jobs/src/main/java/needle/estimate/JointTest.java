package needle.estimate;

import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.FDistribution;
import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.special.Beta;
import org.apache.commons.math3.special.Gamma;

/**
 * Whether several estimates are all zero: the Wald statistic over the directions that their
 * covariance informs on. Where that covariance comes from ν degrees of freedom, the statistic is
 * Hotelling's T², and (ν − p + 1)/(νp) · T² follows F with p and ν − p + 1 (Muirhead 1982, theorem
 * 3.2.13); with infinitely many, chi-square.
 */
final class JointTest {
  private static final double RANK = 1e-10;

  /** Half a noncentrality beyond which nothing is missed. */
  private static final double CERTAIN = 1e6;

  private final Spectrum spectrum;
  private final double freedom;
  private final int rank;

  JointTest(RealMatrix covariance, double freedom) {
    this.spectrum = Spectrum.of(covariance);
    this.freedom = freedom;
    int directions = 0;
    for (double size : spectrum.values()) {
      directions += size > RANK * spectrum.values()[0] ? 1 : 0;
    }
    this.rank = directions;
  }

  int rank() {
    return rank;
  }

  /** Whether there are more degrees of freedom than directions to test. */
  boolean isPossible() {
    return rank > 0 && left() >= 1;
  }

  private double left() {
    return freedom - rank + 1;
  }

  double wald(double... estimates) {
    double sum = 0;
    for (int i = 0; i < estimates.length; i++) {
      if (spectrum.values()[i] > RANK * spectrum.values()[0]) {
        double along =
            spectrum.vectors().getColumnVector(i).dotProduct(new ArrayRealVector(estimates, false));
        sum += along * along / spectrum.values()[i];
      }
    }
    return sum;
  }

  double pValue(double... estimates) {
    double wald = wald(estimates);
    return Double.isInfinite(freedom)
        ? 1 - new ChiSquaredDistribution(rank).cumulativeProbability(wald)
        : 1 - new FDistribution(rank, left()).cumulativeProbability(wald * left() / rank / freedom);
  }

  /**
   * The probability that a test at that level rejects if these were the true values.
   *
   * <p>The noncentrality μ'Σ⁻¹μ is known only through the estimated covariance S, whose inverse is
   * too large: μ'Σ⁻¹μ / μ'S⁻¹μ is chi-square with ν − p + 1 over ν (Muirhead 1982, theorem 3.2.12).
   * Its median makes the noncentrality, and so the power, too high as often as too low.
   */
  double power(double level, double... truth) {
    if (Double.isInfinite(freedom)) {
      double critical = new ChiSquaredDistribution(rank).inverseCumulativeProbability(1 - level);
      return beyond(wald(truth), more -> Gamma.regularizedGammaP(rank / 2.0 + more, critical / 2));
    }
    double median = new ChiSquaredDistribution(left()).inverseCumulativeProbability(0.5);
    double critical = new FDistribution(rank, left()).inverseCumulativeProbability(1 - level);
    double share = rank * critical / (rank * critical + left());
    return beyond(
        wald(truth) * median / freedom,
        more -> Beta.regularizedBeta(share, rank / 2.0 + more, left() / 2));
  }

  // A noncentral distribution is a Poisson mixture of central ones with 2j more degrees of freedom.
  private static double beyond(
      double noncentrality, java.util.function.IntToDoubleFunction central) {
    double half = Math.min(noncentrality / 2, CERTAIN);
    if (half == 0) {
      return 1 - central.applyAsDouble(0);
    }
    PoissonDistribution more = new PoissonDistribution(half);
    double width = 10 * Math.sqrt(half + 1) + 20;
    double below = 0;
    for (int j = (int) Math.max(0, half - width); j <= half + width; j++) {
      below += more.probability(j) * central.applyAsDouble(j);
    }
    return Math.min(1, Math.max(0, 1 - below));
  }
}
