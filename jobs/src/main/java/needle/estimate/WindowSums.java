package needle.estimate;

/**
 * Sums over the rows of both windows, and how they follow the periods' intercepts and the programs'
 * effects.
 */
final class WindowSums implements OrderedSums.Partial<ExposedUnit, WindowSums> {
  private static final long serialVersionUID = 1L;

  private final AttributionModel model;
  private final double[] row;

  /** Per window: rows, of these with a program, of these of units never seen untreated; units. */
  final long[] rows = new long[2];

  final long[] treatedRows = new long[2];
  final long[] extrapolated = new long[2];
  final long[] units = new long[2];

  /** Per window: rows of sets of programs. */
  final java.util.TreeMap<Long, Long> sets = new java.util.TreeMap<>();

  /** Per window and quantity, one after the other. */
  final double[][] sums;

  /** The same, by the intercept of each period and by each term's effect. */
  final double[][][] byPeriod;

  final double[][][] byTerm;

  /** Units and rows in periods that can be compared. */
  long analysedUnits;

  long analysedRows;

  WindowSums(AttributionModel model) {
    this.model = model;
    int size = model.size();
    this.row = new double[size];
    this.sums = new double[2][size];
    this.byPeriod = new double[2][size][model.periods().length];
    this.byTerm = new double[2][size][model.terms().size()];
  }

  @Override
  public WindowSums empty() {
    return new WindowSums(model);
  }

  @Override
  public void add(ExposedUnit unit) {
    UnitView view = model.view(unit);
    analysedUnits += view.size() > 0 ? 1 : 0;
    analysedRows += view.size();
    double level = model.level(view);
    boolean isStayer = model.isStayer(view);
    boolean[] seen = new boolean[2];
    // Rows per window, and per window and segment: how often the unit's level counts.
    double[] levels = new double[2];
    double[][] inSegment = new double[2][model.segments()];
    for (int i = 0; i < view.size(); i++) {
      int w = model.window(model.periods()[view.period(i)]);
      if (w < 0) {
        continue;
      }
      seen[w] = true;
      levels[w]++;
      int segment = unit.segments()[view.row(i)];
      if (segment >= 0) {
        inSegment[w][segment]++;
      }
      count(view, i, w);
      model.values(view, i, level, isStayer, row);
      CellSums.add(sums[w], row);
      byPeriod[w][AttributionModel.COMMON][view.period(i)]++;
      byPeriod[w][AttributionModel.REST][view.period(i)]--;
      for (int term : model.terms().of(unit, view.row(i))) {
        byTerm[w][AttributionModel.REST][term]--;
        for (int g = 0; g < model.groups().length; g++) {
          byTerm[w][model.effect(g)][term] += model.share(g, term);
        }
      }
    }
    for (int w = 0; w < 2; w++) {
      units[w] += seen[w] ? 1 : 0;
      if (levels[w] > 0) {
        addLevel(view, w, AttributionModel.LEVEL, levels[w]);
        addLevel(view, w, AttributionModel.REST, -levels[w]);
        addLevel(view, w, AttributionModel.STAYER_LEVEL, isStayer ? levels[w] : 0);
      }
      for (int s = 0; s < inSegment[w].length; s++) {
        addLevel(view, w, model.segmentLevel(s), inSegment[w][s]);
      }
    }
  }

  private void count(UnitView view, int i, int w) {
    rows[w]++;
    if (!view.isUntreated(i)) {
      treatedRows[w]++;
      extrapolated[w] += view.untreated() == 0 ? 1 : 0;
      sets.merge(view.unit().active(view.row(i)), 1L, Long::sum);
    }
  }

  // How so many times the unit's level follows the intercepts and effects.
  private void addLevel(UnitView view, int w, int quantity, double times) {
    if (times == 0) {
      return;
    }
    boolean isSeen = view.untreated() > 0;
    double each = times / (isSeen ? view.untreated() : view.size());
    for (int i = 0; i < view.size(); i++) {
      if (!isSeen || view.isUntreated(i)) {
        byPeriod[w][quantity][view.period(i)] -= each;
      }
      if (!isSeen) {
        for (int term : model.terms().of(view.unit(), view.row(i))) {
          byTerm[w][quantity][term] -= each;
        }
      }
    }
  }

  @Override
  public WindowSums merge(WindowSums other) {
    for (int w = 0; w < 2; w++) {
      rows[w] += other.rows[w];
      treatedRows[w] += other.treatedRows[w];
      extrapolated[w] += other.extrapolated[w];
      units[w] += other.units[w];
      CellSums.add(sums[w], other.sums[w]);
      for (int b = 0; b < sums[w].length; b++) {
        CellSums.add(byPeriod[w][b], other.byPeriod[w][b]);
        CellSums.add(byTerm[w][b], other.byTerm[w][b]);
      }
    }
    other.sets.forEach((set, count) -> sets.merge(set, count, Long::sum));
    analysedUnits += other.analysedUnits;
    analysedRows += other.analysedRows;
    return this;
  }

  /** All means of the first window, then those of the second, with themselves as derivatives. */
  Uncertain[] means() {
    int size = model.size();
    double[] values = new double[2 * size];
    for (int w = 0; w < 2; w++) {
      for (int b = 0; b < size; b++) {
        values[w * size + b] = sums[w][b] / rows[w];
      }
    }
    Uncertain[] means = new Uncertain[values.length];
    for (int b = 0; b < values.length; b++) {
      means[b] = Uncertain.of(values, b);
    }
    return means;
  }
}
