package needle.estimate;

/** How every cluster moves every estimate by moving the cohorts' shares in it. */
final class ShareInfluence implements OrderedSums.Partial<UnitHistory, ShareInfluence> {
  private static final long serialVersionUID = 1L;
  private final InteractedUnits units;
  private final double[][] weights;
  private final double[] effects;
  private final double[] estimates;
  final ClusterSums sums;

  ShareInfluence(InteractedUnits units, double[][] weights, double[] effects, double[] estimates) {
    this.units = units;
    this.weights = weights;
    this.effects = effects;
    this.estimates = estimates;
    this.sums = new ClusterSums(weights.length);
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

  @Override
  public void finish() {
    sums.finish();
  }

  @Override
  public ShareInfluence merge(ShareInfluence other) {
    sums.merge(other.sums);
    return this;
  }
}
