package needle.estimate;

/** Sums of products, added in order. */
final class DotProduct {
  private DotProduct() {}

  /** Over all elements of the first, of which the second may have more. */
  static double of(double[] one, double[] other) {
    return of(one, other, 0, one.length);
  }

  /** Over the elements from one position up to, but without, another. */
  static double of(double[] one, double[] other, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  /** The sum of squares. */
  static double squared(double[] values) {
    return of(values, values);
  }
}
