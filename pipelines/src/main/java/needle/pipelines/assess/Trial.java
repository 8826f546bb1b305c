package needle.pipelines.assess;

import java.util.List;
import java.util.Optional;

/**
 * What an estimator said about one drawn panel.
 *
 * @param intervals one for each truth of the design; empty where there was no answer
 * @param isBandHeld whether the band held all its truths; empty where there is no band
 */
record Trial(
    List<Interval> intervals, Optional<Boolean> isBandHeld, String verdict, String reasons) {

  /** An estimate beside the truth; NaN where the estimator told none. */
  record Interval(
      String row, double truth, double estimate, double error, double low, double high) {
    boolean isTold() {
      return !Double.isNaN(low) && !Double.isNaN(high);
    }

    boolean holds() {
      return low <= truth && truth <= high;
    }
  }

  /** No answer, and why not. */
  static Trial refused(String why) {
    return new Trial(List.of(), Optional.empty(), "refused", why);
  }

  boolean isRefused() {
    return verdict.equals("refused");
  }
}
