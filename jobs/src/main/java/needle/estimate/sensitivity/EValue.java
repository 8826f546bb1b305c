package needle.estimate.sensitivity;

/**
 * The E-value (VanderWeele & Ding 2017): how strongly something unseen would have to go with both
 * the treatment and the outcome, as risk ratios and beyond all covariates, to explain a risk ratio
 * away.
 */
public final class EValue {
  /** From a difference in standard deviations to the logarithm of a risk ratio (their table 2). */
  private static final double PER_DEVIATION = 0.91;

  private EValue() {}

  /** What the risk ratio of a continuous outcome would be, roughly. */
  public static double riskRatio(double standardizedDifference) {
    return Math.exp(PER_DEVIATION * standardizedDifference);
  }

  /** Of a risk ratio; of one below 1, as of its inverse. */
  public static double of(double riskRatio) {
    double ratio = riskRatio < 1 ? 1 / riskRatio : riskRatio;
    return ratio + Math.sqrt(ratio * (ratio - 1));
  }

  /** Of an interval: of its end that is nearer to 1; 1 where it holds 1. */
  public static double of(Interval riskRatios) {
    if (riskRatios.holds(1)) {
      return 1;
    }
    return of(riskRatios.low() > 1 ? riskRatios.low() : riskRatios.high());
  }
}
