package needle.estimate;

/**
 * The third pass: how every cluster moves every estimate (Borusyak, Jaravel & Spiess 2024, eq. 6
 * and 7). An untreated outcome counts with its residual; a treated one with its effect less the
 * weighted mean of {@link MeanEffects}, which overstates the variance where effects differ within
 * what the mean is of.
 */
final class ImputationInfluence extends ClusteredScores<UnitHistory, ImputationInfluence> {
  private static final long serialVersionUID = 1L;

  private final ImputedCells cells;
  private final double[][] weights;
  private final double[] cellMeans;
  private final double[] factors;
  private final double[][] periodWeights;
  private final double[] outcomes;

  /**
   * @param factors per cell, how often what is left of an outcome counts
   * @param periodWeights per estimate, the solution of the periods' equations for its weights
   */
  ImputationInfluence(
      ImputedCells cells,
      double[][] weights,
      double[] cellMeans,
      double[] factors,
      double[][] periodWeights) {
    super(weights.length);
    this.cells = cells;
    this.weights = weights;
    this.cellMeans = cellMeans;
    this.factors = factors;
    this.periodWeights = periodWeights;
    this.outcomes = new double[cells.plan().periods().length];
  }

  @Override
  public ImputationInfluence empty() {
    return new ImputationInfluence(cells, weights, cellMeans, factors, periodWeights);
  }

  @Override
  public void add(UnitHistory unit) {
    int cohort = unit.cohort();
    unit.align(cells.plan().periods(), outcomes);
    double unitEffect = cells.unitEffect(cohort, outcomes);
    if (Double.isNaN(unitEffect)) {
      return;
    }
    int untreated = cells.plan().untreated(cohort, outcomes);
    double[] influence = new double[weights.length];
    double[] total = new double[weights.length];
    for (int t = 0; t < outcomes.length; t++) {
      int k = Double.isNaN(outcomes[t]) ? -1 : cells.find(cohort, t);
      if (k < 0) {
        continue;
      }
      double left = outcomes[t] - unitEffect - cells.periodEffects()[t] - cellMeans[k];
      for (int e = 0; e < weights.length; e++) {
        influence[e] += weights[e][k] * factors[k] * left;
        total[e] += weights[e][k];
      }
    }
    addUntreated(cohort, unitEffect, untreated, total, influence);
    sums.add(unit.cluster(), influence);
  }

  private void addUntreated(
      int cohort, double unitEffect, int untreated, double[] total, double[] influence) {
    for (int e = 0; e < weights.length; e++) {
      double unitWeight = total[e];
      for (int t = 0; t < outcomes.length; t++) {
        unitWeight -= isUntreated(cohort, t) ? periodWeights[e][t] : 0;
      }
      unitWeight /= untreated;
      for (int t = 0; t < outcomes.length; t++) {
        if (isUntreated(cohort, t)) {
          double residual = outcomes[t] - unitEffect - cells.periodEffects()[t];
          influence[e] -= (unitWeight + periodWeights[e][t]) * residual;
        }
      }
    }
  }

  private boolean isUntreated(int cohort, int t) {
    return cells.plan().isUntreated(cohort, t) && !Double.isNaN(outcomes[t]);
  }
}
