package needle.estimate;

import java.util.Arrays;

/**
 * A number that was computed from estimates, with its derivative by each of them: the delta method,
 * carried along in the arithmetic, so that the covariances between the estimates are honoured.
 *
 * @param gradient by the estimates, all in one order
 */
record Uncertain(double value, double[] gradient) {

  /** One of the estimates itself. */
  static Uncertain of(double[] estimates, int which) {
    double[] gradient = new double[estimates.length];
    gradient[which] = 1;
    return new Uncertain(estimates[which], gradient);
  }

  /** A number that is known. */
  static Uncertain known(double value, int estimates) {
    return new Uncertain(value, new double[estimates]);
  }

  Uncertain plus(Uncertain other) {
    return combined(value + other.value, 1, other, 1);
  }

  Uncertain minus(Uncertain other) {
    return combined(value - other.value, 1, other, -1);
  }

  Uncertain times(Uncertain other) {
    return combined(value * other.value, other.value, other, value);
  }

  Uncertain over(Uncertain other) {
    double ratio = value / other.value;
    return combined(ratio, 1 / other.value, other, -ratio / other.value);
  }

  Uncertain times(double factor) {
    return combined(factor * value, factor, this, 0);
  }

  private Uncertain combined(double result, double ofThis, Uncertain other, double ofOther) {
    double[] sum = new double[gradient.length];
    Arrays.setAll(sum, i -> ofThis * gradient[i] + ofOther * other.gradient[i]);
    return new Uncertain(result, sum);
  }

  /** The sum of linear forms: a matrix times a vector of estimates. */
  static Uncertain form(double[] weights, Uncertain[] of) {
    Uncertain sum = known(0, of[0].gradient.length);
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        sum = sum.plus(of[i].times(weights[i]));
      }
    }
    return sum;
  }
}
