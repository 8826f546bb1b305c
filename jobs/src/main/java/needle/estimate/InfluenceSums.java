package needle.estimate;

import java.util.HashMap;
import java.util.Map;

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
  private final Map<Integer, byte[]> roles = new HashMap<>();
  private final double[] outcomes;
  private final double[] x;
  private final double[] ofCluster;
  private final long[] treatedInCluster;
  private String cluster;
  private boolean clusterHasTreated;
  private boolean clusterHasControl;

  /** Cross products over clusters, row by row. */
  final double[] gram;

  /** Per cell, the squares of each cluster's number of treated units, added up. */
  final double[] squaredTreated;

  /** Units analysed, per cohort. */
  final long[] cohortUnits;

  long units;
  long rows;
  long earlyUnits;
  long earlyRows;
  long treatedUnits;
  long clusters;
  long controlClusters;

  InfluenceSums(CellEstimates estimates) {
    this.estimates = estimates;
    int cohorts = estimates.comparisons.cohorts().length;
    int width = estimates.effects.length + cohorts;
    this.outcomes = new double[estimates.comparisons.periods().length];
    this.x = new double[estimates.means.length + 1];
    this.ofCluster = new double[width];
    this.treatedInCluster = new long[estimates.effects.length];
    this.squaredTreated = new double[estimates.effects.length];
    this.gram = new double[width * width];
    this.cohortUnits = new long[cohorts];
  }

  @Override
  public InfluenceSums empty() {
    return new InfluenceSums(estimates);
  }

  @Override
  public void add(UnitHistory unit) {
    if (unit.covariates() == null || unit.periods().length < 2) {
      return;
    }
    if (!unit.cluster().equals(cluster)) {
      finish();
      cluster = unit.cluster();
    }
    Comparisons comparisons = estimates.comparisons;
    unit.align(comparisons.periods(), outcomes);
    CellSums.centre(unit, estimates.means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    boolean compared = false;
    for (int k = 0; k < role.length; k++) {
      Comparisons.Cell cell = comparisons.cells()[k];
      double change = outcomes[cell.period()] - outcomes[cell.base()];
      if (role[k] != 0 && !Double.isNaN(change)) {
        compared = true;
        ofCluster[k] += estimates.influence(k, role[k] > 0, change, x);
        clusterHasTreated |= role[k] > 0;
        treatedInCluster[k] += role[k] > 0 ? 1 : 0;
        clusterHasControl |= role[k] < 0;
      }
    }
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
    if (clusterHasTreated || clusterHasControl) {
      clusters++;
      controlClusters += clusterHasControl ? 1 : 0;
      int width = ofCluster.length;
      for (int i = 0; i < width; i++) {
        for (int j = 0; ofCluster[i] != 0 && j < width; j++) {
          gram[i * width + j] += ofCluster[i] * ofCluster[j];
        }
      }
    }
    for (int k = 0; k < treatedInCluster.length; k++) {
      squaredTreated[k] += (double) treatedInCluster[k] * treatedInCluster[k];
    }
    java.util.Arrays.fill(treatedInCluster, 0);
    java.util.Arrays.fill(ofCluster, 0);
    cluster = null;
    clusterHasTreated = false;
    clusterHasControl = false;
  }

  @Override
  public InfluenceSums merge(InfluenceSums other) {
    for (int i = 0; i < gram.length; i++) {
      gram[i] += other.gram[i];
    }
    for (int i = 0; i < squaredTreated.length; i++) {
      squaredTreated[i] += other.squaredTreated[i];
    }
    for (int i = 0; i < cohortUnits.length; i++) {
      cohortUnits[i] += other.cohortUnits[i];
    }
    units += other.units;
    rows += other.rows;
    earlyUnits += other.earlyUnits;
    earlyRows += other.earlyRows;
    treatedUnits += other.treatedUnits;
    clusters += other.clusters;
    controlClusters += other.controlClusters;
    return this;
  }
}
