package needle.estimate;

import java.util.TreeMap;

/** Sums of outcomes per period over all units, and when the units were treated. */
final class SeriesSums implements OrderedSums.Partial<UnitHistory, SeriesSums> {
  private static final long serialVersionUID = 1L;

  /** By period, the sum of outcomes and how many there are. */
  final TreeMap<Integer, double[]> sums = new TreeMap<>();

  /** How many units were seen in how many periods. */
  final TreeMap<Integer, Long> seen = new TreeMap<>();

  /** When the first unit was treated. */
  int start = UnitHistory.NEVER;

  long rows;
  long units;

  @Override
  public SeriesSums empty() {
    return new SeriesSums();
  }

  @Override
  public void add(UnitHistory unit) {
    rows += unit.rows();
    units++;
    seen.merge(unit.periods().length, 1L, Long::sum);
    if (unit.periods().length == 0) {
      return;
    }
    start = Math.min(start, unit.cohort());
    for (int i = 0; i < unit.periods().length; i++) {
      CellSums.add(
          sums.computeIfAbsent(unit.periods()[i], p -> new double[2]),
          new double[] {unit.outcomes()[i], 1});
    }
  }

  @Override
  public SeriesSums merge(SeriesSums other) {
    other.sums.forEach(
        (period, sum) -> CellSums.add(sums.computeIfAbsent(period, p -> new double[2]), sum));
    other.seen.forEach((periods, count) -> seen.merge(periods, count, Long::sum));
    start = Math.min(start, other.start);
    rows += other.rows;
    units += other.units;
    return this;
  }
}
