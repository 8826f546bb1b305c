package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;

/**
 * The outcomes of one side of a comparison that differ from its usual one, its least or its
 * largest. The count never falls as outcomes are added.
 */
final class SideEvents implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int ENOUGH = 2 * DesignChecks.FEWEST_CONTROLS;

  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private long atLeast;
  private long atMost;
  private long count;

  void add(double outcome) {
    add(outcome, outcome, 1, 1, 1);
  }

  void merge(SideEvents other) {
    add(other.least, other.most, other.atLeast, other.atMost, other.count);
  }

  private void add(double low, double high, long atLow, long atHigh, long more) {
    atLeast = low < least ? atLow : low > least ? atLeast : atLeast + atLow;
    atMost = high > most ? atHigh : high < most ? atMost : atMost + atHigh;
    least = Math.min(least, low);
    most = Math.max(most, high);
    count += more;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isEnough() {
    return events() >= ENOUGH;
  }

  /** Whether most outcomes are the same, and hardly any another. */
  boolean isTooFew() {
    return count > 0 && 2 * events() <= count && !isEnough();
  }

  private long events() {
    return count - Math.max(atLeast, atMost);
  }

  /**
   * Of the sides on which hardly anything happened.
   *
   * @param sides controls, then treated
   */
  static List<Diagnostic> checks(SideEvents[] sides) {
    List<Diagnostic> found = new ArrayList<>();
    for (int side = 1; side >= 0; side--) {
      if (sides[side].isTooFew()) {
        found.add(sides[side].told(side == 1 ? "treated" : "control"));
      }
    }
    return found;
  }

  Diagnostic told(String side) {
    return told(
        side,
        events(),
        "In %d observations of the "
            + side
            + " the outcome is another than usual; few of them decide the result and its error.");
  }

  static Diagnostic told(String side, long events, String message) {
    return DesignChecks.counted(
        "events", side, events, DesignChecks.FEWEST_CONTROLS, ENOUGH, message);
  }
}
