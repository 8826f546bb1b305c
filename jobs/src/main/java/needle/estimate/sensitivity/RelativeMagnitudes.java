package needle.estimate.sensitivity;

import java.util.ArrayList;
import java.util.List;

/**
 * What can be said of an effect when trends may have drifted apart after the treatment, from one
 * period to the next by no more than a multiple of the largest such step before it (Rambachan &
 * Roth 2023, Δ^RM, section 2.4.1).
 *
 * <p>Which step was the largest, and in which direction, is not known: the set is the union over
 * all of them of the hybrid test of Andrews, Roth & Pakes ({@link StepTest}).
 */
public final class RelativeMagnitudes {
  private static final double SCAN_STEP = 0.1;
  private static final double SCAN_END = 4;

  /** Beyond it nobody doubts any more. */
  private static final double FARTHEST = 1 << 10;

  private static final int HALVINGS = 40;

  private final EventStudy study;
  private final double alpha;

  /**
   * @param alpha one minus the confidence level
   */
  public RelativeMagnitudes(EventStudy study, double alpha) {
    this.study = study;
    this.alpha = alpha;
  }

  /** The least interval around all effects that are not rejected. */
  public Interval at(double multiple) {
    return tests(multiple).stream().map(StepTest::accepted).reduce(Interval.NOTHING, Interval::and);
  }

  /**
   * The smallest multiple at which no effect at all is no longer rejected; 0 where it never was,
   * infinite beyond a thousand.
   */
  public double breakdown() {
    double rejects = 0;
    double accepts = 0;
    // Step by step at first: the test need not be monotone, and the first multiple counts.
    while (!acceptsZero(accepts)) {
      rejects = accepts;
      accepts = accepts < SCAN_END ? accepts + SCAN_STEP : 2 * accepts;
      if (accepts > FARTHEST) {
        return Double.POSITIVE_INFINITY;
      }
    }
    for (int i = 0; i < HALVINGS && accepts > 0; i++) {
      double middle = (rejects + accepts) / 2;
      if (acceptsZero(middle)) {
        accepts = middle;
      } else {
        rejects = middle;
      }
    }
    return accepts;
  }

  private boolean acceptsZero(double multiple) {
    return tests(multiple).stream().anyMatch(test -> test.accepts(0));
  }

  private List<StepTest> tests(double multiple) {
    List<StepTest> tests = new ArrayList<>();
    for (int period = 1 - study.before(); period <= 0; period++) {
      tests.add(new StepTest(study, period, 1, multiple, alpha));
      tests.add(new StepTest(study, period, -1, multiple, alpha));
    }
    return tests;
  }
}
