package needle.estimate;

import java.io.Serializable;

/**
 * What every outcome of a panel is made of: its period's intercept, its unit's level, the programs'
 * effects, and the rest.
 *
 * @param periods that can be compared, ascending
 * @param intercepts of these periods
 * @param effects of the terms; zero for those left out
 * @param groups of programs, as bits, that are told as one
 * @param from the window that the change starts from, and the one it ends in
 */
record AttributionModel(
    int[] periods,
    double[] intercepts,
    ProgramTerms terms,
    double[] effects,
    long[] groups,
    GroupPair.Span from,
    GroupPair.Span to,
    int segments)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Means over the rows of a window. Per group its effect, then per group the share reached. */
  static final int OUTCOME = 0;

  static final int COMMON = 1;
  static final int LEVEL = 2;
  static final int REST = 3;

  /** The share of rows of units seen in both windows, and their levels. */
  static final int STAYER = 4;

  static final int STAYER_LEVEL = 5;
  private static final int GROUPS = 6;

  int effect(int group) {
    return GROUPS + group;
  }

  int reached(int group) {
    return GROUPS + groups.length + group;
  }

  /** The share of rows in a segment. */
  int segment(int segment) {
    return GROUPS + 2 * groups.length + 2 * segment;
  }

  int segmentLevel(int segment) {
    return segment(segment) + 1;
  }

  int size() {
    return segment(segments);
  }

  /** 0 in the first window, 1 in the second, −1 elsewhere. */
  int window(int period) {
    return from.holds(period) ? 0 : to.holds(period) ? 1 : -1;
  }

  double effect(int[] active) {
    double sum = 0;
    for (int term : active) {
      sum += effects[term];
    }
    return sum;
  }

  /** The part of a term that belongs to a group of programs. */
  double share(int group, int term) {
    double share = 0;
    for (int p = 0; p < terms.programs(); p++) {
      share += (groups[group] >> p & 1) == 1 ? terms.share(p, term) : 0;
    }
    return share;
  }

  UnitView view(ExposedUnit unit) {
    return UnitView.of(unit, periods, intercepts);
  }

  /** What is left of a unit on average; where it was never seen untreated, less the effects. */
  double level(UnitView view) {
    if (view.untreated() > 0) {
      return view.untreatedMean();
    }
    double sum = 0;
    for (int i = 0; i < view.size(); i++) {
      sum += view.left(i) - effect(terms.of(view.unit(), view.row(i)));
    }
    return sum / view.size();
  }

  boolean isStayer(UnitView view) {
    boolean[] seen = new boolean[2];
    for (int i = 0; i < view.size(); i++) {
      int window = window(periods[view.period(i)]);
      if (window >= 0) {
        seen[window] = true;
      }
    }
    return seen[0] && seen[1];
  }

  /** What a row adds to the window's sums. */
  void values(UnitView view, int i, double level, boolean isStayer, double[] into) {
    java.util.Arrays.fill(into, 0);
    ExposedUnit unit = view.unit();
    int[] active = terms.of(unit, view.row(i));
    double effect = effect(active);
    into[OUTCOME] = unit.outcomes()[view.row(i)];
    into[COMMON] = intercepts[view.period(i)];
    into[LEVEL] = level;
    into[REST] = view.left(i) - level - effect;
    into[STAYER] = isStayer ? 1 : 0;
    into[STAYER_LEVEL] = isStayer ? level : 0;
    long reached = unit.active(view.row(i));
    for (int g = 0; g < groups.length; g++) {
      for (int term : active) {
        into[effect(g)] += share(g, term) * effects[term];
      }
      into[reached(g)] = (reached & groups[g]) != 0 ? 1 : 0;
    }
    int segment = unit.segments()[view.row(i)];
    if (segment >= 0) {
      into[segment(segment)] = 1;
      into[segmentLevel(segment)] = level;
    }
  }
}
