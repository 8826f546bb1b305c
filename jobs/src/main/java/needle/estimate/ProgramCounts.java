package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** How many units that were also seen untreated each program and each set of programs reached. */
final class ProgramCounts implements OrderedSums.Partial<ExposedUnit, ProgramCounts> {
  private static final long serialVersionUID = 1L;

  private final int[] periods;
  private final int programs;

  /** Per program: units by the periods since it reached them. */
  final List<TreeMap<Integer, Long>> since = new ArrayList<>();

  /** Units that a set of programs, and no other, had reached at some time. */
  final TreeMap<Long, Long> sets = new TreeMap<>();

  /** Per program: units it reached, and of these those also seen untreated. */
  final long[] reached;

  final long[] compared;

  ProgramCounts(int[] periods, int programs) {
    this.periods = periods;
    this.programs = programs;
    this.reached = new long[programs];
    this.compared = new long[programs];
    for (int p = 0; p < programs; p++) {
      since.add(new TreeMap<>());
    }
  }

  @Override
  public ProgramCounts empty() {
    return new ProgramCounts(periods, programs);
  }

  @Override
  public void add(ExposedUnit unit) {
    UnitView view = UnitView.of(unit, periods, new double[periods.length]);
    long all = 0;
    java.util.TreeSet<Long> seen = new java.util.TreeSet<>();
    for (int i = 0; i < view.size(); i++) {
      long active = unit.active(view.row(i));
      all |= active;
      if (active != 0 && view.untreated() > 0) {
        seen.add(active);
        for (int p = 0; p < programs; p++) {
          if ((active >> p & 1) == 1) {
            since.get(p).merge(unit.since(p, view.row(i)), 1L, Long::sum);
          }
        }
      }
    }
    seen.forEach(set -> sets.merge(set, 1L, Long::sum));
    for (int p = 0; p < programs; p++) {
      reached[p] += all >> p & 1;
      compared[p] += view.untreated() > 0 ? all >> p & 1 : 0;
    }
  }

  @Override
  public ProgramCounts merge(ProgramCounts other) {
    for (int p = 0; p < programs; p++) {
      TreeMap<Integer, Long> own = since.get(p);
      other.since.get(p).forEach((e, units) -> own.merge(e, units, Long::sum));
      reached[p] += other.reached[p];
      compared[p] += other.compared[p];
    }
    other.sets.forEach((set, units) -> sets.merge(set, units, Long::sum));
    return this;
  }
}
