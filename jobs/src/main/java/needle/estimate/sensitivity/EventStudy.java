package needle.estimate.sensitivity;

import java.util.Arrays;

/**
 * An event study: how far the treated stood from their controls in each period, measured from the
 * reference period, which itself is not listed.
 *
 * @param estimates of the periods before the reference, oldest first, then of those after it
 * @param covariance of the estimates
 * @param before how many of them lie before the reference
 * @param weights which mean of the later ones is the effect in question
 */
public record EventStudy(double[] estimates, double[][] covariance, int before, double[] weights) {
  public EventStudy {
    if (before < 1
        || weights.length < 1
        || estimates.length != before + weights.length
        || covariance.length != estimates.length) {
      throw new IllegalArgumentException(
          "an event study of "
              + estimates.length
              + " estimates cannot have "
              + before
              + " before and "
              + weights.length
              + " after its reference");
    }
  }

  /** What zero deviation from parallel trends makes of the effect. */
  public double effect() {
    return value(effectForm());
  }

  int after() {
    return weights.length;
  }

  double[] effectForm() {
    double[] form = new double[estimates.length];
    System.arraycopy(weights, 0, form, before, weights.length);
    return form;
  }

  /**
   * The step into a period from the one before it.
   *
   * @param period counted from the reference, which is 0
   */
  double[] stepInto(int period) {
    double[] form = new double[estimates.length];
    addTo(form, period, 1);
    addTo(form, period - 1, -1);
    return form;
  }

  /** By how much the line bends in a period: the step out of it less the step into it. */
  double[] bendAt(int period) {
    double[] out = stepInto(period + 1);
    double[] into = stepInto(period);
    Arrays.setAll(out, i -> out[i] - into[i]);
    return out;
  }

  private void addTo(double[] form, int period, double weight) {
    if (period != 0) {
      form[period < 0 ? before + period : before + period - 1] += weight;
    }
  }

  double value(double[] form) {
    double sum = 0;
    for (int i = 0; i < form.length; i++) {
      sum += form[i] * estimates[i];
    }
    return sum;
  }

  double covariance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; a[i] != 0 && j < b.length; j++) {
        sum += a[i] * covariance[i][j] * b[j];
      }
    }
    return sum;
  }

  double variance(double[] form) {
    return covariance(form, form);
  }
}
