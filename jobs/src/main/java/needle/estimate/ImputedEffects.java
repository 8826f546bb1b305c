package needle.estimate;

/**
 * The second pass: effects per cell, added up within clusters; and of every estimate the part that
 * its weights have in each period's equation.
 */
final class ImputedEffects implements OrderedSums.Partial<UnitHistory, ImputedEffects> {
  private static final long serialVersionUID = 1L;

  private final ImputedCells cells;
  private final double[][] weights;
  private final MeanEffects means;
  private final double[] outcomes;
  private final double[] ofCluster;
  private final double[] countOfCluster;
  private String cluster;

  /** Per cell, the sum of effects. */
  final double[] sums;

  // Per group of cells, over clusters: outcomes times the sum of effects, outcomes, and their
  // squares.
  private final double[] weightedSums;
  private final double[] counts;
  private final double[] squaredCounts;

  /** Per estimate, what its weights leave to each period's equation. */
  final double[][] rightSides;

  /**
   * @param weights of every estimate, on an outcome of each cell
   */
  ImputedEffects(ImputedCells cells, double[][] weights, MeanEffects means) {
    int periods = cells.plan().periods().length;
    int size = cells.cells().size();
    this.cells = cells;
    this.weights = weights;
    this.means = means;
    this.outcomes = new double[periods];
    this.ofCluster = new double[means.size()];
    this.countOfCluster = new double[means.size()];
    this.sums = new double[size];
    this.weightedSums = new double[means.size()];
    this.counts = new double[means.size()];
    this.squaredCounts = new double[means.size()];
    this.rightSides = new double[weights.length][periods];
  }

  @Override
  public ImputedEffects empty() {
    return new ImputedEffects(cells, weights, means);
  }

  @Override
  public void add(UnitHistory unit) {
    int cohort = unit.cohort();
    unit.align(cells.plan().periods(), outcomes);
    double unitEffect = cells.unitEffect(cohort, outcomes);
    if (Double.isNaN(unitEffect) || cohort == UnitHistory.NEVER) {
      return;
    }
    if (!unit.cluster().equals(cluster)) {
      finish();
      cluster = unit.cluster();
    }
    double[] total = new double[weights.length];
    for (int t = 0; t < outcomes.length; t++) {
      int k = Double.isNaN(outcomes[t]) ? -1 : cells.find(cohort, t);
      if (k < 0) {
        continue;
      }
      for (int group : means.groups()[k]) {
        ofCluster[group] += outcomes[t] - unitEffect - cells.periodEffects()[t];
        countOfCluster[group]++;
      }
      for (int e = 0; e < weights.length; e++) {
        rightSides[e][t] += weights[e][k];
        total[e] += weights[e][k];
      }
    }
    int untreated = cells.plan().untreated(cohort, outcomes);
    for (int t = 0; t < outcomes.length; t++) {
      if (cells.plan().isUntreated(cohort, t) && !Double.isNaN(outcomes[t])) {
        for (int e = 0; e < weights.length; e++) {
          rightSides[e][t] -= total[e] / untreated;
        }
      }
    }
  }

  @Override
  public void finish() {
    for (int k = 0; k < sums.length; k++) {
      sums[k] += ofCluster[k];
    }
    for (int g = 0; g < ofCluster.length; g++) {
      weightedSums[g] += countOfCluster[g] * ofCluster[g];
      counts[g] += countOfCluster[g];
      squaredCounts[g] += countOfCluster[g] * countOfCluster[g];
      ofCluster[g] = 0;
      countOfCluster[g] = 0;
    }
    cluster = null;
  }

  @Override
  public ImputedEffects merge(ImputedEffects other) {
    CellSums.add(sums, other.sums);
    CellSums.add(weightedSums, other.weightedSums);
    CellSums.add(counts, other.counts);
    CellSums.add(squaredCounts, other.squaredCounts);
    for (int e = 0; e < rightSides.length; e++) {
      CellSums.add(rightSides[e], other.rightSides[e]);
    }
    return this;
  }

  /** The mean effect in a group of cells, in which a cluster counts as its number of outcomes. */
  double mean(int group) {
    return weightedSums[group] / squaredCounts[group];
  }

  /** Over how many clusters of equal size a group is spread. */
  double clusters(int group) {
    return counts[group] * counts[group] / squaredCounts[group];
  }
}
