package needle.estimate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;

/** Draws from the joint distribution of several t statistics whose true values are zero. */
final class JointDraws {
  // Below this share of the largest, what is left of a spectrum is rounding.
  private static final double NOTHING = 1e-13;

  // Sums that run side by side: the processor need not wait for one before it goes on.
  private static final int AT_ONCE = 4;

  /** For each statistic, how far it goes along each principal axis of the correlation. */
  private final double[][] loadings;

  private final double degreesOfFreedom;
  private final SplittableRandom random;

  /**
   * @param covariance of the estimates
   */
  JointDraws(RealMatrix covariance, double degreesOfFreedom, long seed) {
    this.loadings = loadings(covariance);
    this.degreesOfFreedom = degreesOfFreedom;
    this.random = new SplittableRandom(seed);
  }

  /** Gives so many draws, each with its number; the array is used again for later ones. */
  void each(int draws, ObjIntConsumer<double[]> use) {
    double[][] factors = new double[AT_ONCE][loadings[0].length];
    double[][] drawn = new double[AT_ONCE][loadings.length];
    for (int first = 0; first < draws; first += AT_ONCE) {
      for (double[] factor : factors) {
        fill(factor);
      }
      for (int k = 0; k < loadings.length; k++) {
        sum(k, factors, drawn);
      }
      for (int i = 0; i < Math.min(AT_ONCE, draws - first); i++) {
        use.accept(drawn[i], first + i);
      }
    }
  }

  private void fill(double[] factors) {
    double scale = Double.isInfinite(degreesOfFreedom) ? 1 : chiScale();
    for (int j = 0; j < factors.length; j++) {
      factors[j] = random.nextGaussian() / scale;
    }
  }

  private void sum(int k, double[][] factors, double[][] drawn) {
    double[] loading = loadings[k];
    double[] a = factors[0];
    double[] b = factors[1];
    double[] c = factors[2];
    double[] d = factors[3];
    double ofA = 0;
    double ofB = 0;
    double ofC = 0;
    double ofD = 0;
    for (int j = 0; j < loading.length; j++) {
      ofA += loading[j] * a[j];
      ofB += loading[j] * b[j];
      ofC += loading[j] * c[j];
      ofD += loading[j] * d[j];
    }
    drawn[0][k] = ofA;
    drawn[1][k] = ofB;
    drawn[2][k] = ofC;
    drawn[3][k] = ofD;
  }

  // The square root of a chi-square over its degrees of freedom; Wilson & Hilferty 1931.
  private double chiScale() {
    double share = 2 / (9 * degreesOfFreedom);
    double cube = 1 - share + Math.sqrt(share) * random.nextGaussian();
    return Math.sqrt(Math.max(cube * cube * cube, 1e-6));
  }

  // Each axis is as long as the square root of its share.
  private static double[][] loadings(RealMatrix covariance) {
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
    int[] axes =
        IntStream.range(0, size).filter(j -> values[j] > NOTHING * size * largest).toArray();
    double[][] loadings = new double[size][axes.length];
    for (int k = 0; k < size; k++) {
      for (int j = 0; j < axes.length; j++) {
        loadings[k][j] = spectrum.vectors().getEntry(k, axes[j]) * Math.sqrt(values[axes[j]]);
      }
    }
    return loadings;
  }
}
