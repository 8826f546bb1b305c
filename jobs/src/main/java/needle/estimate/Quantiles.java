package needle.estimate;

import org.apache.commons.math3.distribution.AbstractRealDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/** Quantiles and tails of the t distribution, which is the normal one with infinite freedom. */
final class Quantiles {
  private Quantiles() {}

  static double quantile(double freedom, double probability) {
    return distribution(freedom).inverseCumulativeProbability(probability);
  }

  /** The probability beyond a value; NaN of NaN. */
  static double tail(double freedom, double value) {
    return Double.isNaN(value) ? Double.NaN : distribution(freedom).cumulativeProbability(-value);
  }

  private static AbstractRealDistribution distribution(double freedom) {
    return Double.isInfinite(freedom) ? new NormalDistribution() : new TDistribution(freedom);
  }
}
