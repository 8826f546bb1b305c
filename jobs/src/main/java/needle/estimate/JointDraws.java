package needle.estimate;

import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Draws from the joint distribution of several t statistics whose true values are zero. */
final class JointDraws {
  private final double[][] root;
  private final double degreesOfFreedom;
  private final RandomGenerator random;
  private final double[] normals;

  /**
   * @param covariance of the estimates
   */
  JointDraws(RealMatrix covariance, double degreesOfFreedom, long seed) {
    this.root = correlationRoot(covariance).getData();
    this.degreesOfFreedom = degreesOfFreedom;
    this.random = new Well19937c(seed);
    this.normals = new double[root.length];
  }

  double[] next() {
    for (int i = 0; i < normals.length; i++) {
      normals[i] = random.nextGaussian();
    }
    double scale = Double.isInfinite(degreesOfFreedom) ? 1 : chiScale();
    double[] draw = new double[root.length];
    for (int k = 0; k < draw.length; k++) {
      double value = 0;
      for (int i = 0; i < normals.length; i++) {
        value += root[k][i] * normals[i];
      }
      draw[k] = value / scale;
    }
    return draw;
  }

  // The square root of a chi-square over its degrees of freedom; Wilson & Hilferty 1931.
  private double chiScale() {
    double share = 2 / (9 * degreesOfFreedom);
    double cube = 1 - share + Math.sqrt(share) * random.nextGaussian();
    return Math.sqrt(Math.max(cube * cube * cube, 1e-6));
  }

  private static RealMatrix correlationRoot(RealMatrix covariance) {
    int size = covariance.getRowDimension();
    RealMatrix correlation = covariance.copy();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double scale = Math.sqrt(covariance.getEntry(i, i) * covariance.getEntry(j, j));
        correlation.setEntry(i, j, covariance.getEntry(i, j) / scale);
      }
    }
    Spectrum spectrum = Spectrum.of(correlation);
    RealMatrix root = spectrum.vectors().copy();
    for (int j = 0; j < size; j++) {
      double length = Math.sqrt(Math.max(spectrum.values()[j], 0));
      root.setColumnVector(j, root.getColumnVector(j).mapMultiply(length));
    }
    return root;
  }
}
