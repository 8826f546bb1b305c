package needle.estimate;

import java.io.Serializable;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * What covariates predict of the outcome and of the treatment, for the subjects of one fold from
 * those of all other folds (Chernozhukov et al. 2018, definition 3.2). A single fold is predicted
 * from itself.
 *
 * <p>Linear predictions follow from sums by fold: what is fitted without a fold is fitted on the
 * total less the fold's part. Others are MLlib's.
 */
final class NuisanceFits implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Probabilities beyond these bounds count as the bounds. */
  private final double lowest;

  private final double highest;

  // Null where a model does not use it: fields of a serialised object.
  private Prediction outcome;
  private Prediction treatment;
  private Prediction outcomeOfTreated;
  private Prediction outcomeOfControls;
  private Prediction propensity;
  private LogisticFits logistic;

  private NuisanceFits(double lowest, double highest) {
    this.lowest = lowest;
    this.highest = highest;
  }

  /** Outcome and treatment. */
  static NuisanceFits partiallyLinear(
      CrossSection sample,
      SubjectSums sums,
      double[] means,
      Learners learners,
      LibraryFits library) {
    int covariates = means.length - 2;
    int folds = sample.folds();
    NuisanceFits fits = new NuisanceFits(0, 1);
    fits.outcome =
        learners.outcome() == Learners.Outcome.LINEAR
            ? linear(leastSquares(sums, folds, -1, covariates, covariates + 2))
            : library.outcome(learners.outcome(), -1);
    if (learners.treatment() == Learners.Treatment.LINEAR) {
      fits.treatment = linear(leastSquares(sums, folds, -1, covariates, covariates + 1));
    } else if (learners.treatment() == Learners.Treatment.LOGISTIC) {
      Prediction probability = fits.logistic(sample.subjects(), means, folds);
      double share = means[covariates];
      fits.treatment = (fold, z) -> probability.of(fold, z) - share;
    } else {
      fits.treatment = library.treatment(learners.treatment());
    }
    return fits;
  }

  /** Outcomes on either side, and the treatment's probability. */
  static NuisanceFits interactive(
      CrossSection sample,
      SubjectSums sums,
      double[] means,
      Learners learners,
      LibraryFits library,
      boolean isOfTreated,
      double lowest,
      double highest) {
    int covariates = means.length - 2;
    int folds = sample.folds();
    boolean isLinear = learners.outcome() == Learners.Outcome.LINEAR;
    NuisanceFits fits = new NuisanceFits(lowest, highest);
    if (!isOfTreated) {
      fits.outcomeOfTreated =
          isLinear
              ? linear(leastSquares(sums, folds, 1, covariates, covariates + 2))
              : library.outcome(learners.outcome(), 1);
    }
    fits.outcomeOfControls =
        isLinear
            ? linear(leastSquares(sums, folds, 0, covariates, covariates + 2))
            : library.outcome(learners.outcome(), 0);
    fits.propensity =
        learners.treatment() == Learners.Treatment.LOGISTIC
            ? fits.logistic(sample.subjects(), means, folds)
            : library.probability(learners.treatment());
    return fits;
  }

  /** The treatment by logistic regression, and nothing of the outcome. */
  static NuisanceFits propensity(
      JavaRDD<Subject> subjects, double[] means, int folds, double lowest, double highest) {
    NuisanceFits fits = new NuisanceFits(lowest, highest);
    fits.propensity = fits.logistic(subjects, means, folds);
    return fits;
  }

  private Prediction logistic(JavaRDD<Subject> subjects, double[] means, int folds) {
    LogisticFits fitted = fitted(subjects, means, folds);
    logistic = fitted;
    return fitted::probability;
  }

  /** Logistic regressions of the treatment, some of which may have no solution. */
  static LogisticFits ofTreatment(JavaRDD<Subject> subjects, double[] means, int folds) {
    return LogisticFits.of(
        subjects, new OtherFolds(means, folds), folds, means.length - 1, List.of());
  }

  private static LogisticFits fitted(JavaRDD<Subject> subjects, double[] means, int folds) {
    LogisticFits propensity = ofTreatment(subjects, means, folds);
    for (int fold = 0; fold < folds; fold++) {
      if (!propensity.has(fold)) {
        throw new InvalidInput(
            "There is nobody to compare the treated with",
            "the covariates tell the treated from everybody else, so nobody is like them",
            "drop the covariate that decides who is treated, or study units that could have been"
                + " either");
      }
    }
    return propensity;
  }

  /**
   * Slopes on a constant and the first covariates, for every fold from all others.
   *
   * @param side of the treatment, or both where it is negative
   * @param target which element of the vector is predicted
   */
  static double[][] leastSquares(
      SubjectSums sums, int folds, int side, int covariates, int target) {
    double[][] slopes = new double[folds][];
    for (int fold = 0; fold < folds; fold++) {
      slopes[fold] = leastSquares(sums.without(fold, side), sums.width(), covariates, target);
    }
    return slopes;
  }

  /**
   * The same from cross products.
   *
   * @param all how many elements the vector has
   */
  static double[] leastSquares(double[] products, int all, int covariates, int target) {
    int width = covariates + 1;
    double[] xx = new double[width * width];
    double[] xy = new double[width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        xx[i * width + j] = products[Math.max(i, j) * all + Math.min(i, j)];
      }
      xy[i] = products[target * all + i];
    }
    return SymmetricSolver.of(xx)
        .orElseThrow(
            () ->
                xx[0] < width
                    ? new InvalidInput(
                        "There are too few units to predict outcomes from",
                        "a fold is predicted from "
                            + (long) xx[0]
                            + " units, on the smaller side of the treatment, and a regression has "
                            + width
                            + " coefficients",
                        "supply more units of that side, or divide the sample into fewer folds")
                    : new InvalidInput(
                        "The covariates cannot be told apart",
                        "among the units that a fold is predicted from they are constant or"
                            + " collinear",
                        "drop a covariate, or divide the sample into fewer folds"))
        .solve(xy);
  }

  double outcome(int fold, double[] z) {
    return outcome.of(fold, z);
  }

  double treatment(int fold, double[] z) {
    return treatment.of(fold, z);
  }

  double outcomeOfTreated(int fold, double[] z) {
    return outcomeOfTreated.of(fold, z);
  }

  double outcomeOfControls(int fold, double[] z) {
    return outcomeOfControls.of(fold, z);
  }

  /** Before it is clipped. */
  double propensity(int fold, double[] z) {
    return propensity.of(fold, z);
  }

  double clipped(double probability) {
    return Math.min(highest, Math.max(lowest, probability));
  }

  /** The information matrix of a propensity without cross-fitting, row by row. */
  double[] information() {
    return logistic.information(0);
  }

  // The vector of a subject begins with the constant and its covariates.
  private static Prediction linear(double[][] slopes) {
    return (fold, z) -> DotProduct.of(slopes[fold], z);
  }

  /** For every fold, the subjects of the others. */
  private static final class OtherFolds implements LogisticFits.Sample<Subject> {
    private static final long serialVersionUID = 1L;
    private final double[] means;
    private final int folds;
    private final double[] z;
    private final double[] x;

    OtherFolds(double[] means, int folds) {
      this.means = means;
      this.folds = folds;
      this.z = new double[means.length + 1];
      this.x = new double[means.length - 1];
    }

    @Override
    public OtherFolds another() {
      return new OtherFolds(means, folds);
    }

    @Override
    public double[] covariates(Subject subject) {
      SubjectSums.centre(subject, means, z);
      System.arraycopy(z, 0, x, 0, x.length);
      return x;
    }

    @Override
    public int outcome(Subject subject, int fold) {
      return subject.fold() == fold && folds > 1 ? -1 : (int) subject.treatment();
    }
  }
}
