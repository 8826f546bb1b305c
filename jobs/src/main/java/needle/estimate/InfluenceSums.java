package needle.estimate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How every cluster moves every estimate: the sum of its units' influence functions, and the cross
 * products of these sums over clusters.
 *
 * <p>Dimensions are the cells, then the cohorts' numbers of units, because aggregations weigh cells
 * by estimated cohort shares. In such numbers a unit counts as often as its sampling weight says.
 * Units come sorted by cluster, so a cluster is complete when the next one begins.
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
  private String cluster;
  private boolean clusterIsCompared;

  /** Cross products over clusters, row by row. */
  final double[] gram;

  /** Over how many clusters and units the sides are spread. */
  final EndSpreads spread;

  /** Units analysed, per cohort. */
  final double[] cohortUnits;

  /** Per cell, what the negative weights of controls add up to, without sign. */
  final double[] negativeWeights;

  final FollowUp followUp;
  final SparseOutcomes sparse;
  long units;
  long rows;
  long earlyUnits;
  long earlyRows;
  long clusters;

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
    this.spread = new EndSpreads(estimates.effects.length, estimates.comparisons.isFollowed());
    this.negativeWeights = new double[estimates.effects.length];
    this.gram = new double[width * width];
    this.cohortUnits = new double[cohorts];
    this.followUp = new FollowUp(estimates.comparisons);
    this.sparse = new SparseOutcomes(estimates.comparisons);
  }

  @Override
  public InfluenceSums empty() {
    return new InfluenceSums(estimates, byUnit);
  }

  @Override
  public void add(UnitHistory unit) {
    Comparisons comparisons = estimates.comparisons;
    unit.align(comparisons.periods(), outcomes);
    if (comparisons.isFollowed()) {
      followUp.add(unit.cohort(), outcomes);
    }
    if (!comparisons.takes(unit)) {
      return;
    }
    sparse.add(unit.cohort(), outcomes);
    double weight = unit.weight();
    if (byUnit && estimates.isPlain() && unit.periods().length == outcomes.length && weight == 1) {
      moments.computeIfAbsent(unit.cohort(), g -> new CohortMoments(outcomes.length)).add(outcomes);
      return;
    }
    if (!unit.cluster().equals(cluster)) {
      finish();
      cluster = unit.cluster();
    }
    CellSums.centre(unit, estimates.means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    boolean compared = false;
    for (int k = 0; k < role.length; k++) {
      Comparisons.Cell cell = comparisons.cells()[k];
      double before = outcomes[cell.base()];
      double after = outcomes[cell.period()];
      if (role[k] != 0 && comparisons.isSeen(before, after)) {
        compared = true;
        boolean isAfter = !Double.isNaN(after);
        ofCluster[k] += weight * estimates.influence(k, role[k] > 0, before, after, x);
        spread.add(k, role[k] > 0, isAfter, comparisons.eventTime(cell) >= 0, weight);
        if (role[k] < 0 && estimates.isPredicted()) {
          negativeWeights[k] += weight * Math.max(0, -estimates.impliedWeight(k, isAfter, x));
        }
      }
    }
    clusterIsCompared |= compared;
    if (compared) {
      count(unit);
      spread.finishUnit(weight);
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
      cohortUnits[cohort] += unit.weight();
      ofCluster[estimates.effects.length + cohort] += unit.weight();
    }
  }

  @Override
  public void finish() {
    if (clusterIsCompared) {
      clusters++;
      addProducts(ofCluster, gram);
    }
    Arrays.fill(ofCluster, 0);
    spread.finish(clusterIsCompared);
    cluster = null;
    clusterIsCompared = false;
  }

  static void addProducts(double[] vector, double[] into) {
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
    boolean isTreated = false;
    boolean isControl = false;
    for (int k = 0; k < cells.length; k++) {
      if (role[k] != 0) {
        compared = true;
        boolean isAfter = estimates.comparisons.eventTime(cells[k]) >= 0;
        isTreated |= role[k] > 0 && isAfter;
        isControl |= role[k] < 0 && isAfter;
        slopes[k] = estimates.slope(k, role[k] > 0);
        means[k] = estimates.influence(k, role[k] > 0, 0, of.mean(cells[k]), new double[] {1});
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
    int index = estimates.comparisons.cohortIndex(cohort);
    spread.addAll(role, isTreated, isControl, count);
    if (index >= 0) {
      cohortUnits[index] += count;
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
  }

  @Override
  public InfluenceSums merge(InfluenceSums other) {
    CellSums.add(gram, other.gram);
    spread.merge(other.spread);
    CellSums.add(negativeWeights, other.negativeWeights);
    CellSums.add(cohortUnits, other.cohortUnits);
    followUp.merge(other.followUp);
    sparse.merge(other.sparse);
    other.moments.forEach(
        (cohort, more) ->
            moments.computeIfAbsent(cohort, g -> new CohortMoments(outcomes.length)).merge(more));
    units += other.units;
    rows += other.rows;
    earlyUnits += other.earlyUnits;
    earlyRows += other.earlyRows;
    clusters += other.clusters;
    return this;
  }
}
