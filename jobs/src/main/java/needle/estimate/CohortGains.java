package needle.estimate;

import java.io.Serializable;

/**
 * What units of one cohort, observed throughout, gained on their first period, summed by period:
 * all that comparisons of means need of them.
 */
final class CohortGains implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] gains;
  private long units;

  CohortGains(int periods) {
    this.gains = new double[periods];
  }

  /**
   * @param outcomes in each of the study's periods
   */
  void add(double[] outcomes) {
    units++;
    for (int t = 1; t < gains.length; t++) {
      gains[t] += outcomes[t] - outcomes[0];
    }
  }

  long units() {
    return units;
  }

  /** The changes over the ends of a comparison, summed over units. */
  double change(Comparisons.Cell cell) {
    return gains[cell.period()] - gains[cell.base()];
  }
}
