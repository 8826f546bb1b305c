package needle.estimate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How every cluster moves every estimate: the sum of its units' influence functions, and the cross
 * products of these sums over clusters.
 *
 * <p>Dimensions are the cells, then the cohorts' counts of units, because aggregations weigh cells
 * by estimated cohort shares. Units come sorted by cluster, so a cluster is complete when the next
 * one begins.
 */
final class InfluenceSums implements OrderedSums.Partial<UnitHistory, InfluenceSums> {
  private static final long serialVersionUID = 1L;

  private final CellEstimates estimates;
  private final boolean byUnit;

  // Per cohort, units of which nothing else matters: a hundredth of the work of all cells'
  // products.
  private final TreeMap<Integer, CohortMoments> moments = new TreeMap<>();
  private final Map<Integer, byte[]> roles = new HashMap<>();
  private final double[] outcomes;
  private final double[] x;
  private final double[] ofCluster;
  private final double[] treatedInCluster;
  private final double[] controlsInCluster;
  private String cluster;
  private double controlUnitsInCluster;
  private boolean clusterIsCompared;

  /** Cross products over clusters, row by row. */
  final double[] gram;

  /**
   * Numbers of treated units in a cluster, cell by cell: their cross products over clusters, row by
   * row.
   */
  private final double[] treatedProducts;

  /** Per cell, the squares of each cluster's number of controls, added up. */
  final double[] squaredControls;

  /** Units analysed, per cohort. */
  final long[] cohortUnits;

  /** Per cell, what the negative weights of controls add up to, without sign. */
  final double[] negativeWeights;

  final FollowUp followUp;
  long units;
  long rows;
  long earlyUnits;
  long earlyRows;
  long treatedUnits;
  long clusters;

  // Units that are controls in any comparison after treatment, and their squares within clusters.
  private double controlUnits;
  private double squaredControlUnits;

  /**
   * @param byUnit whether every unit is a cluster of its own
   */
  InfluenceSums(CellEstimates estimates, boolean byUnit) {
    this.estimates = estimates;
    this.byUnit = byUnit;
    int cohorts = estimates.comparisons.cohorts().length;
    int width = estimates.effects.length + cohorts;
    this.outcomes = new double[estimates.comparisons.periods().length];
    this.x = new double[estimates.means.length + 1];
    this.ofCluster = new double[width];
    int cells = estimates.effects.length;
    this.treatedInCluster = new double[cells];
    this.controlsInCluster = new double[cells];
    this.treatedProducts = new double[cells * cells];
    this.squaredControls = new double[cells];
    this.negativeWeights = new double[cells];
    this.gram = new double[width * width];
    this.cohortUnits = new long[cohorts];
    this.followUp = new FollowUp(estimates.comparisons);
  }

  @Override
  public InfluenceSums empty() {
    return new InfluenceSums(estimates, byUnit);
  }

  @Override
  public void add(UnitHistory unit) {
    unit.align(estimates.comparisons.periods(), outcomes);
    followUp.add(unit.cohort(), outcomes);
    if (unit.covariates() == null || unit.periods().length < 2) {
      return;
    }
    if (byUnit && estimates.isPlain() && unit.periods().length == outcomes.length) {
      moments.computeIfAbsent(unit.cohort(), g -> new CohortMoments(outcomes.length)).add(outcomes);
      return;
    }
    if (!unit.cluster().equals(cluster)) {
      finish();
      cluster = unit.cluster();
    }
    Comparisons comparisons = estimates.comparisons;
    CellSums.centre(unit, estimates.means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    boolean compared = false;
    boolean isControl = false;
    for (int k = 0; k < role.length; k++) {
      Comparisons.Cell cell = comparisons.cells()[k];
      double change = outcomes[cell.period()] - outcomes[cell.base()];
      if (role[k] != 0 && !Double.isNaN(change)) {
        compared = true;
        ofCluster[k] += estimates.influence(k, role[k] > 0, change, x);
        treatedInCluster[k] += role[k] > 0 ? 1 : 0;
        controlsInCluster[k] += role[k] < 0 ? 1 : 0;
        if (role[k] < 0 && estimates.isPredicted()) {
          negativeWeights[k] += Math.max(0, -estimates.impliedWeight(k, x));
        }
        isControl |= role[k] < 0 && comparisons.eventTime(cell) >= 0;
      }
    }
    clusterIsCompared |= compared;
    controlUnitsInCluster += isControl ? 1 : 0;
    if (compared) {
      count(unit);
    } else if (unit.cohort() != UnitHistory.NEVER && isEarly(unit.cohort())) {
      earlyUnits++;
      earlyRows += unit.periods().length;
    }
  }

  private boolean isEarly(int cohort) {
    return estimates.comparisons.isEarly(cohort);
  }

  private void count(UnitHistory unit) {
    units++;
    rows += unit.periods().length;
    int cohort = estimates.comparisons.cohortIndex(unit.cohort());
    if (cohort >= 0) {
      cohortUnits[cohort]++;
      treatedUnits++;
      ofCluster[estimates.effects.length + cohort]++;
    }
  }

  @Override
  public void finish() {
    if (clusterIsCompared) {
      clusters++;
      addProducts(ofCluster, gram);
      addProducts(treatedInCluster, treatedProducts);
      for (int k = 0; k < controlsInCluster.length; k++) {
        squaredControls[k] += controlsInCluster[k] * controlsInCluster[k];
      }
      controlUnits += controlUnitsInCluster;
      squaredControlUnits += controlUnitsInCluster * controlUnitsInCluster;
    }
    Arrays.fill(ofCluster, 0);
    Arrays.fill(treatedInCluster, 0);
    Arrays.fill(controlsInCluster, 0);
    controlUnitsInCluster = 0;
    cluster = null;
    clusterIsCompared = false;
  }

  private static void addProducts(double[] vector, double[] into) {
    int width = vector.length;
    for (int i = 0; i < width; i++) {
      for (int j = 0; vector[i] != 0 && j < width; j++) {
        into[i * width + j] += vector[i] * vector[j];
      }
    }
  }

  /** Enters what the cohorts' moments say of their units; gives itself, to be read. */
  InfluenceSums complete() {
    moments.forEach(this::enter);
    moments.clear();
    return this;
  }

  private void enter(int cohort, CohortMoments of) {
    byte[] role = estimates.comparisons.roles(cohort);
    Comparisons.Cell[] cells = estimates.comparisons.cells();
    int width = ofCluster.length;
    long count = of.units();
    double[] slopes = new double[cells.length];
    double[] means = new double[width];
    boolean compared = false;
    boolean isControl = false;
    for (int k = 0; k < cells.length; k++) {
      if (role[k] != 0) {
        compared = true;
        isControl |= role[k] < 0 && estimates.comparisons.eventTime(cells[k]) >= 0;
        slopes[k] = estimates.slope(k, role[k] > 0);
        means[k] = estimates.influence(k, role[k] > 0, of.mean(cells[k]), new double[] {1});
        squaredControls[k] += role[k] < 0 ? count : 0;
      }
    }
    long seen = count * outcomes.length;
    if (!compared) {
      boolean isEarly = cohort != UnitHistory.NEVER && isEarly(cohort);
      earlyUnits += isEarly ? count : 0;
      earlyRows += isEarly ? seen : 0;
      return;
    }
    units += count;
    rows += seen;
    clusters += count;
    controlUnits += isControl ? count : 0;
    squaredControlUnits += isControl ? count : 0;
    int index = estimates.comparisons.cohortIndex(cohort);
    if (index >= 0) {
      cohortUnits[index] += count;
      treatedUnits += count;
      means[cells.length + index] = 1;
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        double together =
            i < cells.length && j < cells.length && role[i] != 0 && role[j] != 0
                ? slopes[i] * slopes[j] * of.product(cells[i], cells[j])
                : 0;
        gram[i * width + j] += together + count * means[i] * means[j];
      }
    }
    for (int k = 0; k < cells.length; k++) {
      for (int l = 0; l < cells.length; l++) {
        treatedProducts[k * cells.length + l] += role[k] > 0 && role[l] > 0 ? count : 0;
      }
    }
  }

  /**
   * Over how many clusters of equal size the treated of some cells, one per cohort, are spread: the
   * square of a sum over the sum of squares (Carter, Schnepel & Steigerwald 2017). A cluster whose
   * units are treated in several cohorts counts once, with all of them.
   */
  double treatedClusters(double units, int... cells) {
    double squares = 0;
    for (int k : cells) {
      for (int l : cells) {
        squares += treatedProduct(k, l);
      }
    }
    return units * units / squares;
  }

  /**
   * How many means they give: one per cohort, where every cluster is of one cohort. Cohorts that
   * share their clusters give fewer, by the same rule as clusters of unequal size: one, where every
   * cluster has the same part of each.
   */
  double treatedMeans(int... cells) {
    double squares = 0;
    for (int k : cells) {
      for (int l : cells) {
        double both = treatedProduct(k, l);
        squares += both * both / treatedProduct(k, k) / treatedProduct(l, l);
      }
    }
    return cells.length * cells.length / squares;
  }

  private double treatedProduct(int k, int l) {
    return treatedProducts[k * estimates.effects.length + l];
  }

  /** Over how many clusters of equal size a cell's controls are spread. */
  double controlClusters(int cell) {
    double units = estimates.controls[cell];
    return units * units / squaredControls[cell];
  }

  /** The same of everybody who is a control in a comparison after treatment. */
  double controlClusters() {
    return controlUnits * controlUnits / squaredControlUnits;
  }

  @Override
  public InfluenceSums merge(InfluenceSums other) {
    CellSums.add(gram, other.gram);
    CellSums.add(treatedProducts, other.treatedProducts);
    CellSums.add(squaredControls, other.squaredControls);
    CellSums.add(negativeWeights, other.negativeWeights);
    for (int i = 0; i < cohortUnits.length; i++) {
      cohortUnits[i] += other.cohortUnits[i];
    }
    followUp.merge(other.followUp);
    other.moments.forEach(
        (cohort, more) ->
            moments.computeIfAbsent(cohort, g -> new CohortMoments(outcomes.length)).merge(more));
    units += other.units;
    rows += other.rows;
    earlyUnits += other.earlyUnits;
    earlyRows += other.earlyRows;
    treatedUnits += other.treatedUnits;
    clusters += other.clusters;
    controlUnits += other.controlUnits;
    squaredControlUnits += other.squaredControlUnits;
    return this;
  }
}
