package needle.estimate;

import java.io.Serializable;

/**
 * Sums over the treated or over the controls of a comparison, at one of its ends. Every unit counts
 * as often as its sampling weight says.
 */
final class CornerSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int width;

  long units;

  /** Cross products of the covariates, the constant first, row by row; and with the outcome. */
  final double[] xx;

  final double[] xy;

  /** The same, weighted by the odds of being treated, too; nothing where these have no part. */
  final double[] weightedXx;

  final double[] weightedXy;

  /** Sums of the squares and fourth powers of all weights together. */
  double squaredWeights;

  double fourthWeights;

  /** The cross products of the covariates by the squares of sampling weights. */
  final double[] squaredXx;

  /**
   * @param width covariates, the constant among them
   * @param weighs whether units have odds
   */
  CornerSums(int width, boolean weighs) {
    this.width = width;
    this.xx = new double[width * width];
    this.xy = new double[width];
    this.weightedXx = new double[weighs ? width * width : 0];
    this.weightedXy = new double[weighs ? width : 0];
    this.squaredXx = new double[width * width];
  }

  /**
   * @param odds 1 where these have no part
   */
  void add(double[] x, double outcome, double sampling, double odds) {
    units++;
    addProducts(x, outcome, sampling, xx, xy);
    double weight = sampling * odds;
    if (weightedXx.length > 0) {
      addProducts(x, outcome, weight, weightedXx, weightedXy);
    }
    squaredWeights += weight * weight;
    fourthWeights += weight * weight * weight * weight;
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        squaredXx[i * width + j] += sampling * sampling * x[i] * x[j];
      }
    }
  }

  private void addProducts(double[] x, double outcome, double weight, double[] into, double[] y) {
    for (int i = 0; i < width; i++) {
      y[i] += weight * x[i] * outcome;
      for (int j = 0; j < width; j++) {
        into[i * width + j] += weight * x[i] * x[j];
      }
    }
  }

  void merge(CornerSums other) {
    units += other.units;
    CellSums.add(xx, other.xx);
    CellSums.add(xy, other.xy);
    CellSums.add(weightedXx, other.weightedXx);
    CellSums.add(weightedXy, other.weightedXy);
    CellSums.add(squaredXx, other.squaredXx);
    squaredWeights += other.squaredWeights;
    fourthWeights += other.fourthWeights;
  }
}
