package needle.estimate;

import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which mean effects are taken off treated outcomes, so that noise is left, and how much of it.
 *
 * <p>The mean of C clusters of equal size leaves (C − 1)/C of their variance: nothing of a single
 * one. So what is left is multiplied by √(C/(C − 1)), and a cell that comes from fewer than two
 * takes the mean of its event time over all cohorts, or that of all treated outcomes (coarser
 * groups, Borusyak, Jaravel & Spiess 2024, section 4.3).
 *
 * @param groups per cell, its own group, that of its event time, and that of all after treatment
 * @param size how many groups there are
 */
record MeanEffects(int[][] groups, int size) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double FEWEST = 2 - 1e-9;

  static MeanEffects of(List<WeightedCells.Cell> cells) {
    TreeMap<Integer, Integer> eventTimes = new TreeMap<>();
    cells.forEach(c -> eventTimes.putIfAbsent(c.eventTime(), cells.size() + eventTimes.size()));
    int all = cells.size() + eventTimes.size();
    int[][] groups = new int[cells.size()][];
    for (int k = 0; k < groups.length; k++) {
      int eventTime = cells.get(k).eventTime();
      int same = eventTimes.get(eventTime);
      groups[k] = eventTime < 0 ? new int[] {k, same} : new int[] {k, same, all};
    }
    return new MeanEffects(groups, all + 1);
  }

  /** The finest group of a cell that is spread over enough clusters. */
  int chosen(int k, ImputedEffects effects) {
    for (int group : groups[k]) {
      if (effects.clusters(group) >= FEWEST) {
        return group;
      }
    }
    return groups[k][groups[k].length - 1];
  }

  /** What is left of an outcome counts as often. */
  static double factor(double clusters) {
    double enough = Math.max(2, clusters);
    return Math.sqrt(enough / (enough - 1));
  }

  /** Whether a cell of a single cluster borrows its mean. */
  boolean isPooled(ImputedEffects effects) {
    for (int k = 0; k < groups.length; k++) {
      if (chosen(k, effects) != k) {
        return true;
      }
    }
    return false;
  }

  /**
   * Over how many clusters all treated outcomes are spread, less the means that they give: one per
   * cohort, and one for all that borrow theirs.
   */
  double freedom(List<WeightedCells.Cell> cells, ImputedEffects effects) {
    TreeSet<Integer> own = new TreeSet<>();
    for (int k = 0; k < groups.length; k++) {
      if (cells.get(k).eventTime() >= 0 && chosen(k, effects) == k) {
        own.add(cells.get(k).cohort());
      }
    }
    return effects.clusters(size - 1) - own.size() - (isPooled(effects) ? 1 : 0);
  }
}
