package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import needle.estimate.EffectEstimate.Diagnostic;

/**
 * Whether enough happens on either side for an error to come from it. Where nearly all outcomes are
 * the same, such as no incident, a side in which nothing happened by chance looks certain.
 *
 * <p>Counted are the observations that differ from the side's usual outcome, its least or its
 * largest, at the ends of comparisons after treatment. The count never falls as units are added, so
 * a side that has enough of them is not looked at any more.
 */
final class SparseOutcomes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Comparisons comparisons;
  private final Side treated;
  private final Side controls;

  // Per cohort, the periods in which it is treated, or their base; and those in which it is a
  // control.
  private final Map<Integer, BitSet[]> ends = new HashMap<>();

  SparseOutcomes(Comparisons comparisons) {
    this.comparisons = comparisons;
    int periods = comparisons.periods().length;
    this.treated = new Side(periods, comparisons.isFollowed());
    this.controls = new Side(periods, comparisons.isFollowed());
  }

  /**
   * @param outcomes in each of the study's periods, NaN where not observed
   */
  void add(int cohort, double[] outcomes) {
    if (treated.isEnough() && controls.isEnough()) {
      return;
    }
    BitSet[] own = ends.computeIfAbsent(cohort, this::ends);
    treated.add(own[0], outcomes);
    controls.add(own[1], outcomes);
  }

  private BitSet[] ends(int cohort) {
    BitSet[] found = {new BitSet(), new BitSet()};
    for (Comparisons.Cell cell : comparisons.cells()) {
      boolean isTreated = cell.cohort() == cohort;
      boolean counts = isTreated || comparisons.isControl(cohort, cell);
      if (counts && comparisons.eventTime(cell) >= 0) {
        found[isTreated ? 0 : 1].set(cell.base());
        found[isTreated ? 0 : 1].set(cell.period());
      }
    }
    return found;
  }

  void merge(SparseOutcomes other) {
    treated.merge(other.treated);
    controls.merge(other.controls);
  }

  /** Of the sides of which there is something to say. */
  List<Diagnostic> checks() {
    List<Diagnostic> found = new ArrayList<>();
    treated.check("treated", found);
    controls.check("control", found);
    return found;
  }

  /** The outcomes of one side. */
  private static final class Side implements Serializable {
    private static final long serialVersionUID = 1L;
    private final SideEvents events = new SideEvents();

    // Per period, of changes since a unit's first; of who is drawn anew, of outcomes.
    private final boolean isFollowed;
    private final double[] leastChange;
    private final double[] mostChange;
    private boolean changes;

    Side(int periods, boolean isFollowed) {
      this.isFollowed = isFollowed;
      this.leastChange = new double[periods];
      this.mostChange = new double[periods];
      Arrays.fill(leastChange, Double.POSITIVE_INFINITY);
      Arrays.fill(mostChange, Double.NEGATIVE_INFINITY);
    }

    boolean isEnough() {
      return changes && events.isEnough();
    }

    void add(BitSet periods, double[] outcomes) {
      double first = isFollowed ? Double.NaN : 0;
      for (int t = periods.nextSetBit(0); t >= 0; t = periods.nextSetBit(t + 1)) {
        if (!Double.isNaN(outcomes[t])) {
          events.add(outcomes[t]);
          first = Double.isNaN(first) ? outcomes[t] : first;
          spread(t, outcomes[t] - first, outcomes[t] - first);
        }
      }
    }

    private void spread(int t, double low, double high) {
      leastChange[t] = Math.min(leastChange[t], low);
      mostChange[t] = Math.max(mostChange[t], high);
      changes |= leastChange[t] < mostChange[t];
    }

    void merge(Side other) {
      events.merge(other.events);
      changes |= other.changes;
      for (int t = 0; t < leastChange.length; t++) {
        spread(t, other.leastChange[t], other.mostChange[t]);
      }
    }

    void check(String side, List<Diagnostic> found) {
      if (!events.isEmpty() && !changes) {
        found.add(
            SideEvents.told(
                side,
                0,
                (isFollowed ? "All of the %s changed alike" : "All of the %s are alike")
                        .formatted(side)
                    + ", so that nothing tells how sure that is."));
      } else if (events.isTooFew()) {
        found.add(events.told(side));
      }
    }
  }
}
