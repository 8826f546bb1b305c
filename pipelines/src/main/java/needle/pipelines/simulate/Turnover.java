package needle.pipelines.simulate;

/** The monthly chances that a person leaves or is promoted, and what leadership training does. */
final class Turnover {
  static final double VOLUNTARY = 0.0095;
  static final double FIRST_YEAR_FACTOR = 1.6;
  static final double INVOLUNTARY = 0.0028;
  static final double PROMOTION = 0.008;
  static final double TRAINED_VOLUNTARY_FACTOR = 0.5;
  static final double TRAINED_PROMOTION_FACTOR = 1.8;

  private static final int MONTHS = 12;

  private Turnover() {}

  /** Chance of resigning at the end of a month. */
  static double voluntary(int tenureMonths, boolean isTrained) {
    double untrained = tenureMonths < 12 ? VOLUNTARY * FIRST_YEAR_FACTOR : VOLUNTARY;
    return isTrained ? untrained * TRAINED_VOLUNTARY_FACTOR : untrained;
  }

  /** Chance of being promoted in a month. */
  static double promotion(boolean isTrained) {
    return isTrained ? PROMOTION * TRAINED_PROMOTION_FACTOR : PROMOTION;
  }

  /** The chance that somebody with a year of tenure resigns within another. */
  static double resignWithinYear(boolean isTrained) {
    double resigns = voluntary(MONTHS, isTrained);
    return within(resigns, 1 - resigns - INVOLUNTARY);
  }

  /** The chance that somebody with a year of tenure is promoted within another, before leaving. */
  static double promotedWithinYear(boolean isTrained) {
    double promoted = promotion(isTrained);
    double stays = 1 - voluntary(MONTHS, isTrained) - INVOLUNTARY;
    return within(promoted, (1 - promoted) * stays);
  }

  // It happens in a month with that chance, and may do so again in the next with the other.
  private static double within(double happens, double goesOn) {
    return happens * (1 - Math.pow(goesOn, MONTHS)) / (1 - goesOn);
  }
}
