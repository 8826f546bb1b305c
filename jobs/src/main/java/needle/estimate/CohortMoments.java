package needle.estimate;

import java.io.Serializable;

/**
 * Means and co-moments of what units of one cohort, observed throughout, gained on their first
 * period. Updated and merged without the cancellation of plain sums (Chan, Golub & LeVeque 1983).
 */
final class CohortMoments implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int periods;
  private final double[] means;
  private final double[] products;
  private final double[] apart;
  private long units;

  CohortMoments(int periods) {
    this.periods = periods;
    this.means = new double[periods];
    this.products = new double[periods * periods];
    this.apart = new double[periods];
  }

  /**
   * @param outcomes in each of the study's periods
   */
  void add(double[] outcomes) {
    units++;
    for (int t = 0; t < periods; t++) {
      apart[t] = outcomes[t] - outcomes[0] - means[t];
      means[t] += apart[t] / units;
    }
    addProducts((units - 1.0) / units);
  }

  void merge(CohortMoments other) {
    if (other.units == 0) {
      return;
    }
    double all = units + other.units;
    for (int t = 0; t < periods; t++) {
      apart[t] = other.means[t] - means[t];
      means[t] += apart[t] * other.units / all;
    }
    addProducts(units * (other.units / all));
    units += other.units;
    for (int i = 0; i < products.length; i++) {
      products[i] += other.products[i];
    }
  }

  // One half of the symmetric matrix.
  private void addProducts(double weight) {
    for (int t = 1; t < periods; t++) {
      double weighted = weight * apart[t];
      int row = t * periods;
      for (int s = 1; s <= t; s++) {
        products[row + s] += weighted * apart[s];
      }
    }
  }

  long units() {
    return units;
  }

  /** The mean change over the ends of a comparison. */
  double mean(Comparisons.Cell cell) {
    return means[cell.period()] - means[cell.base()];
  }

  /** The co-moment of the changes over the ends of two comparisons, summed over units. */
  double product(Comparisons.Cell one, Comparisons.Cell other) {
    return product(one.period(), other.period())
        - product(one.period(), other.base())
        - product(one.base(), other.period())
        + product(one.base(), other.base());
  }

  private double product(int t, int s) {
    return products[Math.max(t, s) * periods + Math.min(t, s)];
  }
}
