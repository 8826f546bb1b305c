package needle.estimate;

import java.util.Arrays;

/** A unit's outcomes in the periods that can be compared, less the periods' intercepts. */
final class UnitView {
  private final ExposedUnit unit;
  private final int[] rows;
  private final int[] periods;
  private final double[] left;
  private final boolean[] untreated;
  private int size;
  private int untreatedCount;
  private double untreatedMean;

  private UnitView(ExposedUnit unit) {
    this.unit = unit;
    int most = unit.periods().length;
    this.rows = new int[most];
    this.periods = new int[most];
    this.left = new double[most];
    this.untreated = new boolean[most];
  }

  /**
   * @param periods that can be compared, ascending
   * @param intercepts of these periods
   */
  static UnitView of(ExposedUnit unit, int[] periods, double[] intercepts) {
    UnitView view = new UnitView(unit);
    double sum = 0;
    for (int row = 0; row < unit.periods().length; row++) {
      int t = Arrays.binarySearch(periods, unit.periods()[row]);
      if (t < 0) {
        continue;
      }
      int i = view.size++;
      view.rows[i] = row;
      view.periods[i] = t;
      view.left[i] = unit.outcomes()[row] - intercepts[t];
      view.untreated[i] = unit.active(row) == 0;
      if (view.untreated[i]) {
        sum += view.left[i];
        view.untreatedCount++;
      }
    }
    view.untreatedMean = sum / view.untreatedCount;
    return view;
  }

  int size() {
    return size;
  }

  /** Its number among the unit's observed periods. */
  int row(int i) {
    return rows[i];
  }

  /** Its number among the periods that can be compared. */
  int period(int i) {
    return periods[i];
  }

  double left(int i) {
    return left[i];
  }

  boolean isUntreated(int i) {
    return untreated[i];
  }

  int untreated() {
    return untreatedCount;
  }

  /** What is left on average while untreated: the unit's level; NaN where it was never seen so. */
  double untreatedMean() {
    return untreatedMean;
  }

  ExposedUnit unit() {
    return unit;
  }
}
