package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/** Whether enough happened, and enough were followed; the thresholds stand in docs/method.md. */
final class DurationChecks {
  /** Below this share left, a curve's end weighs little, and few followed there do no harm. */
  private static final double TAIL = 0.05;

  private DurationChecks() {}

  static List<Diagnostic> of(
      EventTimes times, SurvivalSums sums, SurvivalCurve[] curves, double until) {
    List<Diagnostic> found = counts(sums);
    for (int side = 1; side >= 0; side--) {
      found.add(followed(name(side), fewest(times, sums.effective(side), curves[side], until)));
    }
    return found;
  }

  private static String name(int side) {
    return side == 1 ? "exposed" : "unexposed";
  }

  /** What happened, and what was not seen to the end. */
  static List<Diagnostic> counts(SurvivalSums sums) {
    List<Diagnostic> found = new ArrayList<>();
    for (int side = 1; side >= 0; side--) {
      String name = name(side);
      found.add(events(name, sums.happened[side]));
      double share = sums.censored[side] / (double) sums.spells[side];
      found.add(
          new Diagnostic(
              "censoring",
              "share_" + name,
              share,
              Double.NaN,
              Status.PASS,
              String.format(
                  Locale.ROOT,
                  "%.0f%% of the %s were followed no longer before it had happened; right only if that"
                      + " has nothing to do with when it would have happened.",
                  100 * share,
                  name)));
    }
    return found;
  }

  static Diagnostic events(String side, long count) {
    return DesignChecks.counted(
        "events",
        side,
        count,
        DesignChecks.FEWEST_CONTROLS,
        2 * DesignChecks.FEWEST_CONTROLS,
        "It happened to %d of the "
            + side
            + "; the fewer they are, the more each of them decides.");
  }

  /**
   * How many would still be followed if it had happened to nobody: those at risk are that number
   * times the share left, and to whom it has happened was followed long enough. The horizon is one
   * of the times, so that those who are followed up to it count where nothing happens to them.
   */
  private static double fewest(
      EventTimes times, double[] atRisk, SurvivalCurve curve, double until) {
    double fewest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < atRisk.length && times.times()[j] <= until; j++) {
      double left = curve.before(j);
      fewest = left > TAIL ? Math.min(fewest, atRisk[j] / left) : fewest;
    }
    return fewest;
  }

  // Equal weights give their number, up to rounding.
  private static Diagnostic followed(String side, double fewest) {
    return DesignChecks.counted(
        "follow_up",
        "fewest_" + side,
        (long) (Math.min(fewest, Long.MAX_VALUE / 2.0) + 1e-6),
        DesignChecks.FEWEST_CONTROLS,
        2 * DesignChecks.FEWEST_CONTROLS,
        "By their weights, at least %d of the "
            + side
            + " would be followed at any time if it happened to none, looked at until no more than 5%%"
            + " are left.");
  }
}
