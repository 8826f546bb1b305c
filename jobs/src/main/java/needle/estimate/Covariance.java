package needle.estimate;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** The joint doubt of all aggregates, and the critical values that follow from it. */
final class Covariance {
  /** Draws behind the critical value of a band; its error is about 0.01. */
  static final int DRAWS = 20_000;

  private final double[] gram;
  private final double degreesOfFreedom;

  private Covariance(double[] gram, double degreesOfFreedom) {
    this.gram = gram;
    this.degreesOfFreedom = degreesOfFreedom;
  }

  /** From cross products over clusters, each times the factor. */
  static Covariance of(double[] products, double factor, double degreesOfFreedom) {
    double[] gram = products.clone();
    Arrays.setAll(gram, i -> factor * products[i]);
    return new Covariance(gram, degreesOfFreedom);
  }

  /**
   * Where every unit is a cluster of its own: the sums as they are, and the normal distribution.
   */
  static Covariance ofUnits(InfluenceSums sums) {
    return new Covariance(sums.gram, Double.POSITIVE_INFINITY);
  }

  /**
   * Where clusters are coarser than units. A mean is estimated from its own clusters, which leaves
   * too little spread among few of them: the factor C/(C − 1), with C the effective number of
   * clusters of the side that has fewer, makes up for it, as CR2 does in this case (Bell &
   * McCaffrey 2002). Quantiles come from t with as many degrees of freedom as the side with fewer
   * has effective clusters, less one for each mean that they give.
   *
   * @param treatedClusters over how many clusters of equal size all the treated are spread
   * @param treatedMeans how many means they give
   */
  static Covariance ofClusters(InfluenceSums sums, double treatedClusters, double treatedMeans) {
    int width = (int) Math.sqrt(sums.gram.length);
    double[] inflation = new double[width];
    Arrays.fill(inflation, 1);
    for (int k = 0; k < sums.spread.cells(); k++) {
      double fewer = Math.min(sums.spread.treatedClusters(k), sums.spread.controlClusters(k));
      double clusters = Math.max(2, fewer);
      inflation[k] = Math.sqrt(clusters / (clusters - 1));
    }
    double[] gram = new double[sums.gram.length];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        gram[i * width + j] = sums.gram[i * width + j] * inflation[i] * inflation[j];
      }
    }
    double left = Math.min(treatedClusters - treatedMeans, sums.spread.controlClusters() - 1);
    // A whole number that rounding left just below itself stays that number.
    return new Covariance(gram, Math.max(1, Math.floor(left + 1e-9)));
  }

  double degreesOfFreedom() {
    return degreesOfFreedom;
  }

  /** The covariance of two forms. */
  double of(double[] a, double[] b) {
    int width = a.length;
    double sum = 0;
    for (int i = 0; i < width; i++) {
      if (a[i] != 0) {
        double row = 0;
        for (int j = 0; j < width; j++) {
          row += gram[i * width + j] * b[j];
        }
        sum += a[i] * row;
      }
    }
    return sum;
  }

  /** NaN where the data carry no information. */
  double standardError(double[] form) {
    double variance = of(form, form);
    return variance > 0 ? Math.sqrt(variance) : Double.NaN;
  }

  RealMatrix of(List<double[]> forms) {
    RealMatrix matrix = new Array2DRowRealMatrix(forms.size(), forms.size());
    for (int i = 0; i < forms.size(); i++) {
      for (int j = 0; j <= i; j++) {
        double value = of(forms.get(i), forms.get(j));
        matrix.setEntry(i, j, value);
        matrix.setEntry(j, i, value);
      }
    }
    return matrix;
  }

  /** How many standard errors an interval reaches to either side. */
  double quantile(double alpha) {
    return Quantiles.quantile(degreesOfFreedom, 1 - alpha / 2);
  }

  /** Of the hypothesis that the estimate is zero. */
  double pValue(double estimate, double standardError) {
    return 2 * Quantiles.tail(degreesOfFreedom, Math.abs(estimate / standardError));
  }

  /**
   * How many standard errors a band reaches that holds for all of these forms at once: the quantile
   * of the largest |t|, simulated from their joint distribution.
   */
  double bandQuantile(List<double[]> forms, double alpha, long seed) {
    List<double[]> informative =
        forms.stream().filter(f -> !Double.isNaN(standardError(f))).toList();
    if (informative.size() < 2) {
      return quantile(alpha);
    }
    double[] largest = new double[DRAWS];
    new JointDraws(of(informative), degreesOfFreedom, seed)
        .each(DRAWS, (draw, i) -> largest[i] = largest(draw));
    Arrays.sort(largest);
    double simulated = largest[(int) Math.ceil((1 - alpha) * DRAWS) - 1];
    return Math.max(simulated, quantile(alpha));
  }

  private static double largest(double[] draw) {
    double largest = 0;
    for (double t : draw) {
      largest = Math.max(largest, Math.abs(t));
    }
    return largest;
  }
}
