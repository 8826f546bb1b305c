package needle.estimate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/** Draws from the joint distribution of several t statistics whose true values are zero. */
final class JointDraws {
  // Below this share of the largest, what is left of a spectrum is rounding.
  private static final double NOTHING = 1e-13;

  private final double[][] directions;
  private final double degreesOfFreedom;
  private final SplittableRandom random;
  private final int size;

  /**
   * @param covariance of the estimates
   */
  JointDraws(RealMatrix covariance, double degreesOfFreedom, long seed) {
    this.directions = directions(covariance);
    this.degreesOfFreedom = degreesOfFreedom;
    this.random = new SplittableRandom(seed);
    this.size = covariance.getRowDimension();
  }

  double[] next() {
    double scale = Double.isInfinite(degreesOfFreedom) ? 1 : chiScale();
    double[] draw = new double[size];
    for (double[] direction : directions) {
      double length = random.nextGaussian() / scale;
      for (int k = 0; k < draw.length; k++) {
        draw[k] += length * direction[k];
      }
    }
    return draw;
  }

  // The square root of a chi-square over its degrees of freedom; Wilson & Hilferty 1931.
  private double chiScale() {
    double share = 2 / (9 * degreesOfFreedom);
    double cube = 1 - share + Math.sqrt(share) * random.nextGaussian();
    return Math.sqrt(Math.max(cube * cube * cube, 1e-6));
  }

  // The correlation's principal axes, each as long as the square root of its share.
  private static double[][] directions(RealMatrix covariance) {
    int size = covariance.getRowDimension();
    RealMatrix correlation = covariance.copy();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double scale = Math.sqrt(covariance.getEntry(i, i) * covariance.getEntry(j, j));
        correlation.setEntry(i, j, covariance.getEntry(i, j) / scale);
      }
    }
    Spectrum spectrum = Spectrum.of(correlation);
    double[] values = spectrum.values();
    double largest = Arrays.stream(values).max().orElse(0);
    return IntStream.range(0, size)
        .filter(j -> values[j] > NOTHING * size * largest)
        .mapToObj(j -> spectrum.vectors().getColumnVector(j).mapMultiply(Math.sqrt(values[j])))
        .map(RealVector::toArray)
        .toArray(double[][]::new);
  }
}
