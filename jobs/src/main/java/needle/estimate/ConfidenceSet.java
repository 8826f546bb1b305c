package needle.estimate;

import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/** The hypotheses that a test does not reject, which is what an interval says. */
final class ConfidenceSet {
  // Beyond, rounding would decide.
  private static final int MOST_DOUBLINGS = 12;
  private static final int HALVINGS = 40;

  private ConfidenceSet() {}

  /**
   * The smallest and the largest value that is not rejected, each NaN where none is too far away.
   *
   * @param pValue of the hypothesis that the truth is that value
   * @param estimate which is not rejected
   * @param width how far from it to look first
   */
  static double[] of(DoubleUnaryOperator pValue, double estimate, double width, double alpha) {
    DoublePredicate isRejected = value -> pValue.applyAsDouble(value) <= alpha;
    return new double[] {
      end(isRejected, estimate, -width), end(isRejected, estimate, width),
    };
  }

  private static double end(DoublePredicate isRejected, double estimate, double width) {
    double inside = 0;
    double outside = width;
    int doublings = 0;
    while (!isRejected.test(estimate + outside)) {
      if (++doublings > MOST_DOUBLINGS) {
        return Double.NaN;
      }
      inside = outside;
      outside *= 2;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (inside + outside) / 2;
      if (isRejected.test(estimate + middle)) {
        outside = middle;
      } else {
        inside = middle;
      }
    }
    return estimate + inside;
  }
}
