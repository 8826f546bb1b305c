package needle.estimate.sensitivity;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * The robustness value of a coefficient of least squares (Cinelli & Hazlett 2020, section 4.2):
 * what share of the variance that the covariates leave of both treatment and outcome something
 * unseen would have to tell of each to explain the effect away.
 *
 * @param t the coefficient in its conventional standard errors
 * @param freedom residual degrees of freedom
 */
public record RobustnessValue(double t, double freedom) {
  /** To make the estimate zero. */
  public double ofEstimate() {
    return share(partial());
  }

  /** To make the interval hold zero; 0 where it does. */
  public double ofInterval(double alpha) {
    // What is unseen would take a degree of freedom itself.
    double left = freedom - 1;
    if (!(left > 0)) {
      return 0;
    }
    double critical =
        new TDistribution(left).inverseCumulativeProbability(1 - alpha / 2) / Math.sqrt(left);
    double f = partial();
    if (f <= critical) {
      return 0;
    }
    // So strong an effect that even something that tells all of the outcome needs a part of the
    // treatment that is larger than the share of both.
    return f > 1 / critical ? (f * f - critical * critical) / (1 + f * f) : share(f - critical);
  }

  private double partial() {
    return Math.abs(t) / Math.sqrt(freedom);
  }

  /** The share r of which r²/(1 − r) is f². */
  public static double share(double f) {
    return (Math.sqrt(f * f * f * f + 4 * f * f) - f * f) / 2;
  }
}
