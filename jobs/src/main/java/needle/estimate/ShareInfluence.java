package needle.estimate;

/** How every cluster moves every estimate by moving the cohorts' shares in it. */
final class ShareInfluence extends ClusteredScores<UnitHistory, ShareInfluence> {
  private static final long serialVersionUID = 1L;
  private final InteractedUnits units;
  private final double[][] weights;
  private final double[] effects;
  private final double[] estimates;

  ShareInfluence(InteractedUnits units, double[][] weights, double[] effects, double[] estimates) {
    super(weights.length);
    this.units = units;
    this.weights = weights;
    this.effects = effects;
    this.estimates = estimates;
  }

  @Override
  public ShareInfluence empty() {
    return new ShareInfluence(units, weights, effects, estimates);
  }

  @Override
  public void add(UnitHistory unit) {
    if (!units.takes(unit)) {
      return;
    }
    double[] influence = new double[weights.length];
    for (int period : unit.periods()) {
      int k = units.cell(unit, period);
      for (int e = 0; k >= 0 && e < weights.length; e++) {
        influence[e] += weights[e][k] * (effects[k] - estimates[e]);
      }
    }
    sums.add(unit.cluster(), influence);
  }
}
