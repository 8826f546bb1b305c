package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.prediction.BackTest;
import needle.estimate.prediction.Conformal.Coverage;
import needle.estimate.prediction.Predictor;

/** What the back-test says of predictions; the thresholds stand in docs/method.md. */
final class ForecastChecks {
  private static final int ENOUGH_ORIGINS = 12;

  /** Intervals that do not overlap, below which their coverage says nothing, or little. */
  private static final double FEWEST_JUDGED = 4;

  private static final double ENOUGH_JUDGED = 8;

  private ForecastChecks() {}

  /** Where an interval is believed: it was judged, and did not hold too seldom what came. */
  static boolean isCalibrated(Coverage coverage, double level) {
    return coverage.independent() >= FEWEST_JUDGED && coverage.high() >= level;
  }

  /**
   * @param of what the group is called in a statistic's name; empty for all units together
   */
  static List<Diagnostic> of(BackTest test, String of, double[] levels) {
    List<Diagnostic> found = new ArrayList<>();
    int origins = test.origins();
    found.add(
        new Diagnostic(
            "back_test",
            "origins" + of,
            origins,
            Double.NaN,
            origins < ENOUGH_ORIGINS ? Status.WARNING : Status.PASS,
            "Predictions were made in " + origins + " past periods, of what was known in them."));
    for (Predictor by : Predictor.values()) {
      int mean = test.meanTerm();
      found.add(error(by, "mae", of, test.absolute(by, mean), "Mean absolute error of the mean"));
      found.add(
          error(by, "rmse", of, test.squared(by, mean), "Root mean square error of the mean"));
      found.add(
          error(by, "mase", of, test.scaled(by), "In absolute errors of seasonal_naive: the mean"));
    }
    boolean isModel = test.chosen() == Predictor.REGRESSION;
    found.add(
        new Diagnostic(
            "back_test",
            "chosen" + of,
            test.scaled(test.chosen()),
            Double.NaN,
            isModel ? Status.PASS : Status.WARNING,
            isModel
                ? "The regression did better than last_value and seasonal_naive, and predicts."
                : "The regression did not beat the simple predictions; that of "
                    + test.chosen().word()
                    + " is given."));
    for (int term = 0; term <= test.meanTerm(); term++) {
      String name = of + (term == test.meanTerm() ? "_mean" : "_step_" + (term + 1));
      for (double level : levels) {
        found.add(calibration(test.coverage(term, level), level, name));
      }
    }
    return found;
  }

  private static Diagnostic error(
      Predictor by, String measure, String of, double value, String what) {
    return new Diagnostic(
        "back_test",
        measure + "_" + by.word() + of,
        value,
        Double.NaN,
        Status.PASS,
        what + " of the steps, predicted by " + by.word() + ".");
  }

  private static Diagnostic calibration(Coverage coverage, double level, String name) {
    long percent = Math.round(100 * level);
    boolean isCalibrated = isCalibrated(coverage, level);
    return new Diagnostic(
        "calibration",
        "coverage_" + percent + name,
        coverage.share(),
        Double.NaN,
        !isCalibrated
            ? Status.FAIL
            : coverage.independent() < ENOUGH_JUDGED ? Status.WARNING : Status.PASS,
        coverage.independent() < FEWEST_JUDGED
            ? String.format(
                Locale.ROOT,
                "Intervals of %d%% cannot be judged, and are not given: of past ones there are %d,"
                    + " which count as %.1f that do not overlap, and %.0f are needed.",
                percent,
                coverage.judged(),
                coverage.independent(),
                FEWEST_JUDGED)
            : String.format(
                Locale.ROOT,
                "Of %d past intervals of %d%%, %.0f%% held what came (95%% interval %.0f%% to"
                    + " %.0f%%)%s.",
                coverage.judged(),
                percent,
                100 * coverage.share(),
                100 * coverage.low(),
                100 * coverage.high(),
                isCalibrated ? "" : ": too seldom, so none is given"));
  }

  /** Whether the latest predictions went wrong where earlier ones did not. */
  static Diagnostic latest(BackTest test) {
    BackTest.Break found = test.latest(0);
    boolean isTested = !Double.isNaN(found.pValue());
    Status status =
        found.pValue() < 0.01
            ? Status.FAIL
            : found.pValue() < 0.05 || !isTested ? Status.WARNING : Status.PASS;
    return new Diagnostic(
        "structural_break",
        "predictive_failure",
        found.ratio(),
        found.pValue(),
        status,
        !isTested
            ? "There are too few origins to tell whether the latest predictions went wrong."
            : status == Status.PASS
                ? "The latest " + found.latest() + " errors are no larger than those before."
                : "The latest "
                    + found.latest()
                    + " errors are larger than those before: something may have changed that the"
                    + " prediction does not know.");
  }
}
