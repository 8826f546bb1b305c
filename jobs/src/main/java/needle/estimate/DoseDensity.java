package needle.estimate;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;

/**
 * How likely a dose is given the covariates, beside how likely it is overall. A power of the dose,
 * the most likely of the logarithm, the root and the dose itself (Box & Cox 1964), is normal about
 * a linear prediction, fitted without the fold that it is for.
 */
final class DoseDensity implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A dose this much rarer among people alike than among all counts no more. */
  static final double MOST_WEIGHT = 10;

  // The logarithm of a normal mixture is smooth, and nearly a line between so many points.
  private static final int POINTS = 201;

  final int power;
  private final double centre;
  private final double[][] slopes;
  private final double[] deviations;
  private final double first;
  private final double step;

  /** At equal steps of the power, the logarithm of the density over all subjects. */
  private final double[] overall = new double[POINTS];

  private DoseDensity(
      int power, double centre, double[][] slopes, double[] deviations, double least, double most) {
    this.power = power;
    this.centre = centre;
    this.slopes = slopes;
    this.deviations = deviations;
    this.first = DoseVectors.powered(power, least);
    this.step = (DoseVectors.powered(power, most) - first) / (POINTS - 1);
  }

  /**
   * @param sums of extended subjects, less their means
   */
  static DoseDensity of(SubjectSums sums, double[] means, DoseVectors vectors, DoseSurvey doses) {
    int folds = sums.products.length;
    int power = mostLikely(sums, means, vectors);
    int column = vectors.column(power);
    double[][] slopes = NuisanceFits.leastSquares(sums, folds, 1, vectors.covariates(), column);
    double[] deviations = new double[folds];
    for (int fold = 0; fold < folds; fold++) {
      double[] products = sums.without(fold, 1);
      double left = products[0] - slopes[fold].length;
      deviations[fold] = Math.sqrt(residual(products, sums.width(), column, slopes[fold]) / left);
    }
    return new DoseDensity(power, means[column - 1], slopes, deviations, doses.least, doses.most);
  }

  // The likelihood of a power, up to a constant: the residuals' variance, and the stretch of the
  // doses.
  private static int mostLikely(SubjectSums sums, double[] means, DoseVectors vectors) {
    double[] products = sums.without(-1, 1);
    int logarithm = vectors.column(0);
    double trained = products[0];
    double logarithms = products[logarithm * sums.width()] + trained * means[logarithm - 1];
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < DoseVectors.powers(); i++) {
      int column = vectors.column(i);
      double[] slopes =
          NuisanceFits.leastSquares(products, sums.width(), vectors.covariates(), column);
      double residual = residual(products, sums.width(), column, slopes);
      double likelihood =
          -trained / 2 * Math.log(residual) + (DoseVectors.power(i) - 1) * logarithms;
      if (likelihood > highest) {
        best = i;
        highest = likelihood;
      }
    }
    return best;
  }

  private static double residual(double[] products, int width, int column, double[] slopes) {
    double residual = products[column * width + column];
    for (int i = 0; i < slopes.length; i++) {
      residual -= slopes[i] * products[column * width + i];
    }
    return residual;
  }

  /** Computes the density over all subjects, each with its fold's fit; in one pass. */
  void average(JavaRDD<Subject> subjects, DoseFits fits) {
    double[] sums = OrderedSums.of(subjects, new Average(fits, this)).sums;
    for (int i = 0; i < POINTS; i++) {
      overall[i] = Math.log(Math.max(sums[i], Double.MIN_NORMAL));
    }
  }

  /** The density over all, by that given the covariates, before it is capped. */
  double weight(int fold, double[] z, double propensity, double dose, long rows) {
    double powered = DoseVectors.powered(power, dose);
    double place = Math.min(POINTS - 1, Math.max(0, (powered - first) / step));
    int below = Math.min(POINTS - 2, (int) place);
    double share = place - below;
    double all = (1 - share) * overall[below] + share * overall[below + 1] - Math.log(rows);
    return Math.exp(all - given(fold, predicted(fold, z), powered) - Math.log(propensity));
  }

  private double predicted(int fold, double[] z) {
    double sum = centre;
    for (int i = 0; i < slopes[fold].length; i++) {
      sum += slopes[fold][i] * z[i];
    }
    return sum;
  }

  // Without the root of 2π, which cancels, and on the scale of the power, whose stretch does, too.
  private double given(int fold, double predicted, double powered) {
    double away = (powered - predicted) / deviations[fold];
    return -Math.log(deviations[fold]) - away * away / 2;
  }

  private static final class Average implements OrderedSums.Partial<Subject, Average> {
    private static final long serialVersionUID = 1L;
    private final DoseFits fits;
    private final DoseDensity density;
    private final double[] z;
    private final double[] sums = new double[POINTS];

    Average(DoseFits fits, DoseDensity density) {
      this.fits = fits;
      this.density = density;
      this.z = fits.vector();
    }

    @Override
    public Average empty() {
      return new Average(fits, density);
    }

    @Override
    public void add(Subject subject) {
      fits.centre(subject, z);
      int fold = subject.fold();
      double trained = fits.clipped(fits.propensity(fold, z));
      double predicted = density.predicted(fold, z);
      for (int i = 0; i < POINTS; i++) {
        double powered = density.first + i * density.step;
        sums[i] += trained * Math.exp(density.given(fold, predicted, powered));
      }
    }

    @Override
    public Average merge(Average other) {
      CellSums.add(sums, other.sums);
      return this;
    }
  }
}
