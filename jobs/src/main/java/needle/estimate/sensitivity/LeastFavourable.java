package needle.estimate.sensitivity;

/** The largest of some linear forms in two normal numbers with mean zero. */
final class LeastFavourable {
  /** Directions that the plane is cut into; the quantile is right to five digits. */
  private static final int DIRECTIONS = 720;

  private static final int HALVINGS = 40;

  private LeastFavourable() {}

  /**
   * The quantile of the largest form. In a direction of the plane where the largest form grows by m
   * per unit of length, it stays below c up to the radius c/m, and the radius' square has a
   * chi-square distribution with two degrees of freedom.
   */
  static double quantile(
      double[] onFirst, double[] onSecond, double[][] covariance, double probability) {
    double deviation = Math.sqrt(covariance[0][0]);
    double along = covariance[0][1] / deviation;
    double across = Math.sqrt(Math.max(0, covariance[1][1] - along * along));
    double[] growth = new double[DIRECTIONS];
    double high = 0;
    for (int d = 0; d < DIRECTIONS; d++) {
      double angle = 2 * Math.PI * (d + 0.5) / DIRECTIONS;
      double first = deviation * Math.cos(angle);
      double second = along * Math.cos(angle) + across * Math.sin(angle);
      for (int i = 0; i < onFirst.length; i++) {
        growth[d] = Math.max(growth[d], onFirst[i] * first + onSecond[i] * second);
      }
      high = Math.max(high, growth[d]);
    }
    double low = 0;
    high *= Math.sqrt(-2 * Math.log(1 - probability));
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (below(growth, middle) < probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static double below(double[] growth, double value) {
    double sum = 0;
    for (double m : growth) {
      sum += m == 0 ? 1 : 1 - Math.exp(-value * value / (2 * m * m));
    }
    return sum / growth.length;
  }
}
