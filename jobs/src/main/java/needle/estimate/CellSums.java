package needle.estimate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Everything that the estimates of all cells need to know of the units: counts and sums. */
final class CellSums implements OrderedSums.Partial<UnitHistory, CellSums> {
  private static final long serialVersionUID = 1L;

  private final Comparisons comparisons;
  private final double[] means;
  // Null without propensities: a field of a serialised object.
  private final Propensities propensities;
  private final int width;
  private final Map<Integer, byte[]> roles = new HashMap<>();
  private final double[] outcomes;
  private final double[] x;

  /** Per cell: units on either side. */
  final long[] treated;

  final long[] controls;

  /** Per cell: the sum of the changes of the treated, and of their covariates. */
  final double[] treatedChange;

  final double[][] treatedX;

  /**
   * Per cell, of the controls: the cross products of covariates, row by row, and with the change.
   */
  final double[][] controlXx;

  final double[][] controlXy;

  /**
   * Per cell, the same of controls weighted by their odds of being treated; and of these weights,
   * the sums of their squares and fourth powers. Without propensities, nothing.
   */
  final double[][] weightedXx;

  final double[][] weightedXy;
  final double[] squaredWeights;
  final double[] fourthWeights;

  /**
   * @param means what covariates are centred at; a constant comes before them
   */
  CellSums(Comparisons comparisons, double[] means, Optional<Propensities> propensities) {
    this.comparisons = comparisons;
    this.means = means;
    this.propensities = propensities.orElse(null);
    this.width = means.length + 1;
    int cells = comparisons.cells().length;
    this.outcomes = new double[comparisons.periods().length];
    this.x = new double[width];
    this.treated = new long[cells];
    this.controls = new long[cells];
    this.treatedChange = new double[cells];
    this.treatedX = new double[cells][width];
    this.controlXx = new double[cells][width * width];
    this.controlXy = new double[cells][width];
    int weighted = propensities.isPresent() ? cells : 0;
    this.weightedXx = new double[weighted][width * width];
    this.weightedXy = new double[weighted][width];
    this.squaredWeights = new double[weighted];
    this.fourthWeights = new double[weighted];
  }

  @Override
  public CellSums empty() {
    return new CellSums(comparisons, means, Optional.ofNullable(propensities));
  }

  @Override
  public void add(UnitHistory unit) {
    if (unit.covariates() == null || unit.periods().length < 2) {
      return;
    }
    unit.align(comparisons.periods(), outcomes);
    centre(unit, means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    Comparisons.Cell[] cells = comparisons.cells();
    for (int k = 0; k < cells.length; k++) {
      double change = outcomes[cells[k].period()] - outcomes[cells[k].base()];
      if (role[k] == 0 || Double.isNaN(change) || propensities != null && !propensities.has(k)) {
        continue;
      }
      if (role[k] > 0) {
        addTreated(k, change);
      } else {
        addControl(k, change);
      }
    }
  }

  private void addTreated(int k, double change) {
    treated[k]++;
    treatedChange[k] += change;
    for (int i = 0; i < width; i++) {
      treatedX[k][i] += x[i];
    }
  }

  private void addControl(int k, double change) {
    controls[k]++;
    addProducts(controlXx[k], controlXy[k], change, 1);
    if (propensities != null) {
      double odds = odds(propensities.of(k, x));
      addProducts(weightedXx[k], weightedXy[k], change, odds);
      squaredWeights[k] += odds * odds;
      fourthWeights[k] += odds * odds * odds * odds;
    }
  }

  private void addProducts(double[] xx, double[] xy, double change, double weight) {
    for (int i = 0; i < width; i++) {
      double weighted = weight * x[i];
      xy[i] += weighted * change;
      for (int j = 0; j < width; j++) {
        xx[i * width + j] += weighted * x[j];
      }
    }
  }

  static double odds(double probability) {
    return probability / (1 - probability);
  }

  /** A constant and the unit's covariates less their means. */
  static void centre(UnitHistory unit, double[] means, double[] into) {
    into[0] = 1;
    for (int i = 0; i < means.length; i++) {
      into[i + 1] = unit.covariates()[i] - means[i];
    }
  }

  @Override
  public CellSums merge(CellSums other) {
    for (int k = 0; k < treated.length; k++) {
      treated[k] += other.treated[k];
      controls[k] += other.controls[k];
      treatedChange[k] += other.treatedChange[k];
      add(treatedX[k], other.treatedX[k]);
      add(controlXx[k], other.controlXx[k]);
      add(controlXy[k], other.controlXy[k]);
    }
    for (int k = 0; k < squaredWeights.length; k++) {
      add(weightedXx[k], other.weightedXx[k]);
      add(weightedXy[k], other.weightedXy[k]);
      squaredWeights[k] += other.squaredWeights[k];
      fourthWeights[k] += other.fourthWeights[k];
    }
    return this;
  }

  static void add(double[] into, double[] more) {
    add(into, more, into.length);
  }

  static void add(double[] into, double[] more, int length) {
    for (int i = 0; i < length; i++) {
      into[i] += more[i];
    }
  }
}
