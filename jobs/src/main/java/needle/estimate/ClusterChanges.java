package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What every cluster would bring to every comparison, whichever cohort it were in. Units come
 * sorted by cluster, so a cluster is complete when the next one begins.
 */
final class ClusterChanges implements OrderedSums.Partial<UnitHistory, ClusterChanges> {
  private static final long serialVersionUID = 1L;

  /**
   * Sums over a cluster's units.
   *
   * @param label of its cohort
   * @param weights per cell, of the units observed at both ends: how many they are, or the sum of
   *     their sampling weights
   * @param changes per cell, of their changes times these weights
   * @param compared per label, the weights of the units that would have a part in any comparison
   */
  record Cluster(int label, double[] weights, double[] changes, double[] compared)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private final Comparisons comparisons;
  private final CohortLabels labels;
  private final double[] outcomes;
  private final double[] weights;
  private final double[] changes;
  private final double[] compared;
  private String key;
  private boolean isMixed;

  // Null until a unit tells it.
  private Integer label;

  final List<Cluster> clusters = new ArrayList<>();

  /** How many clusters have units of several cohorts, and one of them. */
  long mixed;

  String mixedExample;

  ClusterChanges(Comparisons comparisons, CohortLabels labels) {
    this.comparisons = comparisons;
    this.labels = labels;
    this.outcomes = new double[comparisons.periods().length];
    this.weights = new double[comparisons.cells().length];
    this.changes = new double[weights.length];
    this.compared = new double[labels.count()];
  }

  @Override
  public ClusterChanges empty() {
    return new ClusterChanges(comparisons, labels);
  }

  @Override
  public void add(UnitHistory unit) {
    if (!unit.cluster().equals(key)) {
      finish();
      key = unit.cluster();
    }
    // Of who came after the treatment, exposure tells no date, and no change from before is seen.
    boolean isLate = unit.periods().length > 0 && unit.periods()[0] >= unit.cohort();
    if (!isLate) {
      int own = labels.of(unit.cohort());
      isMixed |= label != null && label != own;
      label = own;
    }
    if (comparisons.takes(unit)) {
      addChanges(unit);
    }
  }

  private void addChanges(UnitHistory unit) {
    unit.align(comparisons.periods(), outcomes);
    Comparisons.Cell[] cells = comparisons.cells();
    boolean[] hasPart = new boolean[compared.length];
    for (int k = 0; k < cells.length; k++) {
      double change = outcomes[cells[k].period()] - outcomes[cells[k].base()];
      if (Double.isNaN(change)) {
        continue;
      }
      weights[k] += unit.weight();
      changes[k] += unit.weight() * change;
      for (int l = 0; l < hasPart.length; l++) {
        hasPart[l] |= labels.roles(l)[k] != 0;
      }
    }
    for (int l = 0; l < hasPart.length; l++) {
      compared[l] += hasPart[l] ? unit.weight() : 0;
    }
  }

  @Override
  public void finish() {
    boolean isSeen = Arrays.stream(weights).anyMatch(w -> w > 0);
    if (isMixed) {
      mixed++;
      mixedExample = mixedExample == null ? key : mixedExample;
    } else if (isSeen && label != null && label != CohortLabels.NONE) {
      clusters.add(new Cluster(label, weights.clone(), changes.clone(), compared.clone()));
    }
    Arrays.fill(weights, 0);
    Arrays.fill(changes, 0);
    Arrays.fill(compared, 0);
    key = null;
    label = null;
    isMixed = false;
  }

  @Override
  public ClusterChanges merge(ClusterChanges other) {
    clusters.addAll(other.clusters);
    mixed += other.mixed;
    mixedExample = mixedExample == null ? other.mixedExample : mixedExample;
    return this;
  }
}
