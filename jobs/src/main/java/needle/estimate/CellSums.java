package needle.estimate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Everything that the estimates of all cells need to know of the units: counts and sums. */
final class CellSums implements OrderedSums.Partial<UnitHistory, CellSums> {
  private static final long serialVersionUID = 1L;

  private final Comparisons comparisons;
  private final double[] means;
  // Null without propensities: a field of a serialised object.
  private final Propensities propensities;
  private final int width;
  private final Map<Integer, byte[]> roles = new HashMap<>();

  // Per cohort, units of which nothing else matters: one sum per period instead of one per cell.
  private final TreeMap<Integer, CohortGains> gains = new TreeMap<>();
  private final double[] outcomes;
  private final double[] x;

  /** Per cell: units on either side. */
  final long[] treated;

  final long[] controls;

  /**
   * Per cell, of the treated: the sum of their sampling weights, and of changes and covariates with
   * these weights. Without sampling weights every unit has the weight 1, here and below.
   */
  final double[] treatedWeight;

  final double[] treatedChange;

  final double[][] treatedX;

  /**
   * Per cell, of the controls: the cross products of covariates, row by row, and with the change.
   */
  final double[][] controlXx;

  final double[][] controlXy;

  /**
   * Per cell, the same of controls weighted by their odds of being treated, too. Without
   * propensities, nothing.
   */
  final double[][] weightedXx;

  final double[][] weightedXy;

  /**
   * Per cell, the sums of the squares and fourth powers of these weights. Where all controls count
   * alike, nothing.
   */
  final double[] squaredWeights;

  final double[] fourthWeights;

  /**
   * Per cell, the controls' cross products of covariates by the squares of sampling weights.
   * Without sampling weights, nothing.
   */
  final double[][] squaredXx;

  private final boolean isWeighted;

  /**
   * @param means what covariates are centred at; a constant comes before them
   * @param isWeighted whether units have sampling weights
   */
  CellSums(
      Comparisons comparisons,
      double[] means,
      Optional<Propensities> propensities,
      boolean isWeighted) {
    this.comparisons = comparisons;
    this.isWeighted = isWeighted;
    this.means = means;
    this.propensities = propensities.orElse(null);
    this.width = means.length + 1;
    int cells = comparisons.cells().length;
    this.outcomes = new double[comparisons.periods().length];
    this.x = new double[width];
    this.treated = new long[cells];
    this.controls = new long[cells];
    this.treatedWeight = new double[cells];
    this.treatedChange = new double[cells];
    this.treatedX = new double[cells][width];
    this.controlXx = new double[cells][width * width];
    this.controlXy = new double[cells][width];
    int weighted = propensities.isPresent() ? cells : 0;
    this.weightedXx = new double[weighted][width * width];
    this.weightedXy = new double[weighted][width];
    int uneven = isWeighted ? cells : weighted;
    this.squaredWeights = new double[uneven];
    this.fourthWeights = new double[uneven];
    this.squaredXx = new double[isWeighted ? cells : 0][width * width];
  }

  @Override
  public CellSums empty() {
    return new CellSums(comparisons, means, Optional.ofNullable(propensities), isWeighted);
  }

  @Override
  public void add(UnitHistory unit) {
    if (!comparisons.takes(unit)) {
      return;
    }
    unit.align(comparisons.periods(), outcomes);
    if (isPlain() && unit.periods().length == outcomes.length) {
      gains.computeIfAbsent(unit.cohort(), g -> new CohortGains(outcomes.length)).add(outcomes);
      return;
    }
    centre(unit, means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    Comparisons.Cell[] cells = comparisons.cells();
    for (int k = 0; k < cells.length; k++) {
      double change = outcomes[cells[k].period()] - outcomes[cells[k].base()];
      if (role[k] == 0 || Double.isNaN(change) || propensities != null && !propensities.has(k)) {
        continue;
      }
      if (role[k] > 0) {
        addTreated(k, change, unit.weight());
      } else {
        addControl(k, change, unit.weight());
      }
    }
  }

  private boolean isPlain() {
    return width == 1 && propensities == null && !isWeighted;
  }

  @Override
  public void finish() {
    gains.forEach(this::enter);
    gains.clear();
  }

  private void enter(int cohort, CohortGains of) {
    byte[] role = comparisons.roles(cohort);
    for (int k = 0; k < role.length; k++) {
      double change = of.change(comparisons.cells()[k]);
      if (role[k] > 0) {
        treated[k] += of.units();
        treatedWeight[k] += of.units();
        treatedChange[k] += change;
        treatedX[k][0] += of.units();
      } else if (role[k] < 0) {
        controls[k] += of.units();
        controlXx[k][0] += of.units();
        controlXy[k][0] += change;
      }
    }
  }

  private void addTreated(int k, double change, double weight) {
    treated[k]++;
    treatedWeight[k] += weight;
    treatedChange[k] += weight * change;
    for (int i = 0; i < width; i++) {
      treatedX[k][i] += weight * x[i];
    }
  }

  private void addControl(int k, double change, double sampling) {
    controls[k]++;
    addProducts(controlXx[k], sampling);
    addProducts(controlXy[k], change, sampling);
    double weight = sampling;
    if (propensities != null) {
      weight = sampling * odds(propensities.of(k, x));
      addProducts(weightedXx[k], weight);
      addProducts(weightedXy[k], change, weight);
    }
    if (squaredWeights.length > 0) {
      squaredWeights[k] += weight * weight;
      fourthWeights[k] += weight * weight * weight * weight;
    }
    if (isWeighted) {
      addProducts(squaredXx[k], sampling * sampling);
    }
  }

  private void addProducts(double[] xx, double weight) {
    for (int i = 0; i < width; i++) {
      double weighted = weight * x[i];
      for (int j = 0; j < width; j++) {
        xx[i * width + j] += weighted * x[j];
      }
    }
  }

  private void addProducts(double[] xy, double change, double weight) {
    for (int i = 0; i < width; i++) {
      xy[i] += weight * x[i] * change;
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
      treatedWeight[k] += other.treatedWeight[k];
      treatedChange[k] += other.treatedChange[k];
      add(treatedX[k], other.treatedX[k]);
      add(controlXx[k], other.controlXx[k]);
      add(controlXy[k], other.controlXy[k]);
    }
    for (int k = 0; k < weightedXx.length; k++) {
      add(weightedXx[k], other.weightedXx[k]);
      add(weightedXy[k], other.weightedXy[k]);
    }
    for (int k = 0; k < squaredXx.length; k++) {
      add(squaredXx[k], other.squaredXx[k]);
    }
    add(squaredWeights, other.squaredWeights);
    add(fourthWeights, other.fourthWeights);
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
