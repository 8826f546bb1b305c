package needle.estimate;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Per cohort of a panel without gaps, how many units it has and its outcomes by period. */
final class CohortMeans implements OrderedSums.Partial<UnitHistory, CohortMeans> {
  private static final long serialVersionUID = 1L;

  private final int[] periods;
  private final double[] outcomes;
  private final Map<Integer, double[]> sums = new TreeMap<>();
  private final Map<Integer, Long> units = new TreeMap<>();

  CohortMeans(int[] periods) {
    this.periods = periods;
    this.outcomes = new double[periods.length];
  }

  @Override
  public CohortMeans empty() {
    return new CohortMeans(periods);
  }

  @Override
  public void add(UnitHistory unit) {
    if (unit.periods().length < periods.length) {
      return;
    }
    unit.align(periods, outcomes);
    CellSums.add(sums.computeIfAbsent(unit.cohort(), g -> new double[periods.length]), outcomes);
    units.merge(unit.cohort(), 1L, Long::sum);
  }

  @Override
  public CohortMeans merge(CohortMeans other) {
    other.sums.forEach(
        (cohort, sum) ->
            CellSums.add(sums.computeIfAbsent(cohort, g -> new double[periods.length]), sum));
    other.units.forEach((cohort, count) -> units.merge(cohort, count, Long::sum));
    return this;
  }

  int[] periods() {
    return periods;
  }

  /** First treated periods in order; last, where there are any, those never treated. */
  int[] cohorts() {
    return units.keySet().stream().mapToInt(g -> g).toArray();
  }

  /** A cohort's share of the units. */
  double share(int cohort) {
    return units.get(cohort) / (double) units.values().stream().mapToLong(Long::longValue).sum();
  }

  /** A cohort's mean outcome over the periods from one position up to, but without, another. */
  double mean(int cohort, int from, int to) {
    return Arrays.stream(sums.get(cohort), from, to).sum() / units.get(cohort) / (to - from);
  }

  /** The position of a cohort's first treated period; the number of periods for those without. */
  int start(int cohort) {
    int start = 0;
    while (start < periods.length && periods[start] < cohort) {
      start++;
    }
    return start;
  }
}
