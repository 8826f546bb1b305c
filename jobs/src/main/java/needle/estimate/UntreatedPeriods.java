package needle.estimate;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * What the outcomes of units that no program has reached say of periods: least squares of an
 * intercept per unit and one per period, the units' concentrated out.
 */
final class UntreatedPeriods implements OrderedSums.Partial<ExposedUnit, UntreatedPeriods> {
  private static final long serialVersionUID = 1L;

  private final int[] periods;

  /** The equations' matrix, row by row, and right-hand side. */
  final double[] matrix;

  final double[] rightSide;
  long units;
  long rows;
  long observed;
  long unitsObserved;

  UntreatedPeriods(int[] periods) {
    this.periods = periods;
    this.matrix = new double[periods.length * periods.length];
    this.rightSide = new double[periods.length];
  }

  @Override
  public UntreatedPeriods empty() {
    return new UntreatedPeriods(periods);
  }

  @Override
  public void add(ExposedUnit unit) {
    units++;
    rows += unit.rows();
    observed += unit.periods().length;
    unitsObserved += unit.periods().length > 0 ? 1 : 0;
    UnitView view = UnitView.of(unit, periods, new double[periods.length]);
    for (int i = 0; i < view.size(); i++) {
      if (!view.isUntreated(i)) {
        continue;
      }
      int t = view.period(i);
      matrix[t * periods.length + t]++;
      rightSide[t] += view.left(i) - view.untreatedMean();
      for (int j = 0; j < view.size(); j++) {
        if (view.isUntreated(j)) {
          matrix[t * periods.length + view.period(j)] -= 1.0 / view.untreated();
        }
      }
    }
  }

  @Override
  public UntreatedPeriods merge(UntreatedPeriods other) {
    CellSums.add(matrix, other.matrix);
    CellSums.add(rightSide, other.rightSide);
    units += other.units;
    rows += other.rows;
    observed += other.observed;
    unitsObserved += other.unitsObserved;
    return this;
  }

  /** The periods that untreated units connect with one of them, ascending. */
  int[] connectedWith(int period) {
    int start = Arrays.binarySearch(periods, period);
    boolean[] reached = new boolean[periods.length];
    java.util.ArrayDeque<Integer> open = new java.util.ArrayDeque<>();
    // A unit seen once tells nothing of a period: its entry is zero but for rounding.
    if (start >= 0 && matrix[start * periods.length + start] > 1e-9) {
      open.add(start);
      reached[start] = true;
    }
    while (!open.isEmpty()) {
      int t = open.remove();
      for (int s = 0; s < periods.length; s++) {
        if (!reached[s] && matrix[t * periods.length + s] < -1e-9) {
          reached[s] = true;
          open.add(s);
        }
      }
    }
    return java.util.stream.IntStream.range(0, periods.length)
        .filter(t -> reached[t])
        .map(t -> periods[t])
        .toArray();
  }

  /** The equations of some of the periods. */
  double[] matrix(int[] some) {
    double[] part = new double[some.length * some.length];
    for (int i = 0; i < some.length; i++) {
      for (int j = 0; j < some.length; j++) {
        part[i * some.length + j] =
            matrix[
                Arrays.binarySearch(periods, some[i]) * periods.length
                    + Arrays.binarySearch(periods, some[j])];
      }
    }
    return part;
  }

  double[] rightSide(int[] some) {
    return Arrays.stream(some)
        .mapToDouble(t -> rightSide[Arrays.binarySearch(periods, t)])
        .toArray();
  }

  /** The periods of a panel, and what is wrong with it. */
  static final class Survey implements OrderedSums.Partial<ExposedUnit, Survey> {
    private static final long serialVersionUID = 1L;
    private final TreeSet<Integer> periods = new TreeSet<>();
    private final SeenFaults faults = new SeenFaults();

    @Override
    public Survey empty() {
      return new Survey();
    }

    @Override
    public void add(ExposedUnit unit) {
      if (unit.fault() != null) {
        faults.add(unit.fault());
        return;
      }
      for (int period : unit.periods()) {
        periods.add(period);
      }
    }

    @Override
    public Survey merge(Survey other) {
      periods.addAll(other.periods);
      faults.merge(other.faults);
      return this;
    }

    int[] periods() {
      faults.report();
      return periods.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
