package needle.estimate;

/**
 * The second pass: effects per cell, added up within clusters; and of every estimate the part that
 * its weights have in each period's equation.
 */
final class ImputedEffects implements OrderedSums.Partial<UnitHistory, ImputedEffects> {
  private static final long serialVersionUID = 1L;

  private final ImputedCells cells;
  private final double[][] weights;
  private final double[] outcomes;
  private final double[] ofCluster;
  private final double[] countOfCluster;
  private String cluster;

  /** Per cell, the sum of effects. */
  final double[] sums;

  /** Per cell, over clusters: outcomes times the sum of effects, and squared outcomes. */
  final double[] weightedSums;

  final double[] squaredCounts;

  /** Per estimate, what its weights leave to each period's equation. */
  final double[][] rightSides;

  /**
   * @param weights of every estimate, on an outcome of each cell
   */
  ImputedEffects(ImputedCells cells, double[][] weights) {
    int periods = cells.plan().periods().length;
    int size = cells.cells().size();
    this.cells = cells;
    this.weights = weights;
    this.outcomes = new double[periods];
    this.ofCluster = new double[size];
    this.countOfCluster = new double[size];
    this.sums = new double[size];
    this.weightedSums = new double[size];
    this.squaredCounts = new double[size];
    this.rightSides = new double[weights.length][periods];
  }

  @Override
  public ImputedEffects empty() {
    return new ImputedEffects(cells, weights);
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
      ofCluster[k] += outcomes[t] - unitEffect - cells.periodEffects()[t];
      countOfCluster[k]++;
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
    for (int k = 0; k < ofCluster.length; k++) {
      sums[k] += ofCluster[k];
      weightedSums[k] += countOfCluster[k] * ofCluster[k];
      squaredCounts[k] += countOfCluster[k] * countOfCluster[k];
      ofCluster[k] = 0;
      countOfCluster[k] = 0;
    }
    cluster = null;
  }

  @Override
  public ImputedEffects merge(ImputedEffects other) {
    CellSums.add(sums, other.sums);
    CellSums.add(weightedSums, other.weightedSums);
    CellSums.add(squaredCounts, other.squaredCounts);
    for (int e = 0; e < rightSides.length; e++) {
      CellSums.add(rightSides[e], other.rightSides[e]);
    }
    return this;
  }
}
