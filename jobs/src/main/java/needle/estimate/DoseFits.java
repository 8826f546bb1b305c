package needle.estimate;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;

/**
 * What is predicted for the subjects of one fold from those of all others: outcomes of the trained
 * from the covariates and the spline of the dose; outcomes of the others, whether there was
 * training, and how likely the dose was, each from the covariates. Without covariates every subject
 * is as likely as any other to get a dose.
 */
final class DoseFits implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DoseVectors vectors;
  private final double[] means;

  /** Per fold. */
  private final double[][] trained;

  // Null where everybody was trained, or without covariates: fields of a serialised object.
  private final double[][] untrained;
  private final NuisanceFits propensity;
  private DoseDensity density;

  private final double[] covariateSlopes;
  private final long rows;

  private DoseFits(
      DoseVectors vectors,
      double[] means,
      double[][] trained,
      double[][] untrained,
      NuisanceFits propensity,
      double[] covariateSlopes,
      long rows) {
    this.vectors = vectors;
    this.means = means;
    this.trained = trained;
    this.untrained = untrained;
    this.propensity = propensity;
    this.covariateSlopes = covariateSlopes;
    this.rows = rows;
  }

  /**
   * @param sums of extended subjects, less their means
   * @param lowest probabilities of training below it count as it
   * @param highest those above it count as it
   */
  static DoseFits of(
      CrossSection sample,
      DoseVectors vectors,
      DoseSurvey doses,
      double[] means,
      SubjectSums sums,
      double lowest,
      double highest) {
    int folds = sample.folds();
    int covariates = vectors.covariates();
    int spline = vectors.spline().size() - 1;
    int outcome = sums.width() - 1;
    boolean hasUntrained = sample.treated() < sample.rows();
    double[][] trained = NuisanceFits.leastSquares(sums, folds, 1, covariates + spline, outcome);
    JavaRDD<Subject> subjects = sample.subjects();
    double[] ofCovariates = new double[covariates + 2];
    System.arraycopy(means, 0, ofCovariates, 0, covariates);
    System.arraycopy(means, means.length - 2, ofCovariates, covariates, 2);
    DoseFits fits =
        new DoseFits(
            vectors,
            means,
            trained,
            hasUntrained ? NuisanceFits.leastSquares(sums, folds, 0, covariates, outcome) : null,
            hasUntrained
                ? NuisanceFits.propensity(
                    subjects.map(DoseVectors::trainedOrNot), ofCovariates, folds, lowest, highest)
                : null,
            covariateSlopes(trained, sums, covariates),
            sample.rows());
    if (covariates > 0) {
      fits.density = DoseDensity.of(sums, means, vectors, doses);
      fits.density.average(subjects, fits);
    }
    return fits;
  }

  // What the covariates add to the outcomes of the trained, over the folds that they are in.
  private static double[] covariateSlopes(double[][] trained, SubjectSums sums, int covariates) {
    double[] slopes = new double[covariates];
    double all = sums.without(-1, 1)[0];
    for (int fold = 0; fold < trained.length; fold++) {
      double share = sums.products[fold][1][0] / all;
      for (int i = 0; i < covariates; i++) {
        slopes[i] += share * trained[fold][i + 1];
      }
    }
    return slopes;
  }

  DoseVectors vectors() {
    return vectors;
  }

  boolean hasUntrained() {
    return untrained != null;
  }

  /** The power of the dose that is about normal, less its mean; 0 without covariates. */
  double powered(double[] z) {
    return density == null ? 0 : z[vectors.column(density.power)];
  }

  /** Room for the centred vector of a subject. */
  double[] vector() {
    return new double[means.length + 1];
  }

  /** A constant, covariates and functions of the dose, training and outcome, less their means. */
  void centre(Subject subject, double[] into) {
    SubjectSums.centre(vectors.extended(subject), means, into);
  }

  /** The probability of any training, before it is clipped. */
  double propensity(int fold, double[] z) {
    return propensity == null ? 1 : propensity.propensity(fold, z);
  }

  double clipped(double probability) {
    return propensity == null ? 1 : propensity.clipped(probability);
  }

  /** How many times as likely a dose is among all as among people alike; 1 without covariates. */
  double weight(int fold, double[] z, double clipped, double dose) {
    return density == null ? 1 : density.weight(fold, z, clipped, dose, rows);
  }

  double outcomeOfTrained(int fold, double[] z) {
    return DotProduct.of(trained[fold], z);
  }

  /** Of that prediction, what the subject's own covariates add to that at their means. */
  double ofCovariates(int fold, double[] z) {
    return DotProduct.of(trained[fold], z, 1, vectors.covariates() + 1);
  }

  /** What the subject's covariates add to the curve's level. */
  double levelOfCovariates(double[] z) {
    double sum = 0;
    for (int i = 0; i < covariateSlopes.length; i++) {
      sum += covariateSlopes[i] * z[i + 1];
    }
    return sum;
  }

  double outcomeOfUntrained(int fold, double[] z) {
    return DotProduct.of(untrained[fold], z);
  }
}
