package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What effects are made of: each program's own, by the periods since it reached somebody, and for
 * sets of programs what they do together beyond that.
 *
 * @param bins per program, how many effects of its own it has; the last is that of all later
 *     periods
 * @param sets of programs, as bits, that have an interaction, smallest first
 */
record ProgramTerms(int[] bins, long[] sets) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** With fewer units, an event time or an interaction is not estimated by itself. */
  static final int FEWEST = 20;

  private static final int MOST_EVENT_TIMES = 120;

  static ProgramTerms of(
      List<? extends Map<Integer, Long>> counts, Map<Long, Long> sets, boolean lasting) {
    int[] bins = new int[counts.size()];
    for (int p = 0; p < bins.length; p++) {
      int e = 0;
      while (!lasting && e < MOST_EVENT_TIMES && counts.get(p).getOrDefault(e, 0L) >= FEWEST) {
        e++;
      }
      bins[p] = Math.max(1, e);
    }
    long[] together =
        sets.entrySet().stream()
            .filter(s -> Long.bitCount(s.getKey()) > 1 && s.getValue() >= FEWEST)
            .mapToLong(Map.Entry::getKey)
            .boxed()
            .sorted(
                java.util.Comparator.comparingInt((Long set) -> Long.bitCount(set))
                    .thenComparing(set -> set))
            .mapToLong(Long::longValue)
            .toArray();
    return new ProgramTerms(bins, together);
  }

  int programs() {
    return bins.length;
  }

  /** Effects of programs by themselves; interactions come after them. */
  int own() {
    return Arrays.stream(bins).sum();
  }

  int size() {
    return own() + sets.length;
  }

  /** Where a program's own effects begin. */
  int start(int program) {
    return Arrays.stream(bins, 0, program).sum();
  }

  /** The terms that make up the effect in that row; none while untreated. */
  int[] of(ExposedUnit unit, int row) {
    long active = unit.active(row);
    int[] found = new int[Long.bitCount(active) + sets.length];
    int count = 0;
    int start = 0;
    for (int p = 0; p < bins.length; p++) {
      if ((active >> p & 1) == 1) {
        found[count++] = start + Math.min(unit.since(p, row), bins[p] - 1);
      }
      start += bins[p];
    }
    for (int s = 0; active != 0 && s < sets.length; s++) {
      if ((sets[s] & active) == sets[s]) {
        found[count++] = start + s;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /**
   * A program's share in each term: all of its own, and an equal part of what it does together with
   * others. Each interaction is a Harsanyi dividend of the game whose value is the effect of a set
   * of programs, so these are its Shapley values, exactly (Shapley 1953; Harsanyi 1959).
   */
  double share(int program, int term) {
    int own = own();
    if (term < own) {
      int start = start(program);
      return term >= start && term < start + bins[program] ? 1 : 0;
    }
    long set = sets[term - own];
    return (set >> program & 1) == 1 ? 1.0 / Long.bitCount(set) : 0;
  }

  /** The program whose own effect a term is. */
  int programOf(int term) {
    int p = 0;
    while (term >= start(p) + bins[p]) {
      p++;
    }
    return p;
  }

  /** The names of a set of programs. */
  static String name(long set, List<String> programs) {
    List<String> names = new ArrayList<>();
    for (int p = 0; p < programs.size(); p++) {
      if ((set >> p & 1) == 1) {
        names.add(programs.get(p));
      }
    }
    return String.join(" + ", names);
  }
}
