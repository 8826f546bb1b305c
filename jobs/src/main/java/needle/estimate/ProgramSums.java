package needle.estimate;

/**
 * The regression of treated outcomes, less what they would have been untreated, on the terms of the
 * programs' effects; and how many clusters are on either side.
 */
final class ProgramSums implements OrderedSums.Partial<ExposedUnit, ProgramSums> {
  private static final long serialVersionUID = 1L;

  private final int[] periods;
  private final double[] intercepts;
  private final ProgramTerms terms;

  /** Cross products of the terms, row by row, and with the effects. */
  final double[] products;

  final double[] withEffect;

  /** Per term and period: how the product with the effects follows the period's intercept. */
  final double[] byPeriod;

  /** Clusters in which each program reached somebody who was also seen untreated. */
  final long[] clusters;

  /** Clusters, and units, that were seen untreated. */
  long untreatedClusters;

  long untreatedUnits;
  private String cluster;
  private long reached;
  private boolean hasUntreated;

  ProgramSums(int[] periods, double[] intercepts, ProgramTerms terms) {
    this.periods = periods;
    this.intercepts = intercepts;
    this.terms = terms;
    this.products = new double[terms.size() * terms.size()];
    this.withEffect = new double[terms.size()];
    this.byPeriod = new double[terms.size() * periods.length];
    this.clusters = new long[terms.programs()];
  }

  @Override
  public ProgramSums empty() {
    return new ProgramSums(periods, intercepts, terms);
  }

  @Override
  public void add(ExposedUnit unit) {
    if (!unit.cluster().equals(cluster)) {
      finish();
      cluster = unit.cluster();
    }
    UnitView view = UnitView.of(unit, periods, intercepts);
    if (view.untreated() == 0) {
      return;
    }
    hasUntreated = true;
    untreatedUnits++;
    for (int i = 0; i < view.size(); i++) {
      if (view.isUntreated(i)) {
        continue;
      }
      reached |= unit.active(view.row(i));
      double effect = view.left(i) - view.untreatedMean();
      int[] active = terms.of(unit, view.row(i));
      for (int k : active) {
        withEffect[k] += effect;
        for (int l : active) {
          products[k * terms.size() + l]++;
        }
        byPeriod[k * periods.length + view.period(i)]--;
        for (int j = 0; j < view.size(); j++) {
          if (view.isUntreated(j)) {
            byPeriod[k * periods.length + view.period(j)] += 1.0 / view.untreated();
          }
        }
      }
    }
  }

  @Override
  public void finish() {
    for (int p = 0; p < clusters.length; p++) {
      clusters[p] += reached >> p & 1;
    }
    untreatedClusters += hasUntreated ? 1 : 0;
    reached = 0;
    hasUntreated = false;
    cluster = null;
  }

  @Override
  public ProgramSums merge(ProgramSums other) {
    CellSums.add(products, other.products);
    CellSums.add(withEffect, other.withEffect);
    CellSums.add(byPeriod, other.byPeriod);
    for (int p = 0; p < clusters.length; p++) {
      clusters[p] += other.clusters[p];
    }
    untreatedClusters += other.untreatedClusters;
    untreatedUnits += other.untreatedUnits;
    return this;
  }
}
