package needle.estimate;

import java.util.Arrays;

/**
 * Counts and cross products of a cross-section, by fold and by side of the treatment. The vector is
 * a constant, the covariates, the treatment, the outcome, all but the constant less their means.
 */
final class SubjectSums implements OrderedSums.Partial<Subject, SubjectSums> {
  private static final long serialVersionUID = 1L;

  private final double[] means;
  private final boolean hasSides;
  private final double[] z;

  /** Per fold and side, the lower triangle of the cross products, row by row. */
  final double[][][] products;

  /**
   * @param means of covariates, treatment and outcome
   * @param hasSides whether the treatment is 0 or 1; else everything is on side 0
   */
  SubjectSums(int folds, double[] means, boolean hasSides) {
    this.means = means;
    this.hasSides = hasSides;
    this.z = new double[means.length + 1];
    this.products = new double[folds][2][z.length * z.length];
  }

  @Override
  public SubjectSums empty() {
    return new SubjectSums(products.length, means, hasSides);
  }

  @Override
  public void add(Subject subject) {
    centre(subject, means, z);
    int side = hasSides && subject.treatment() == 1 ? 1 : 0;
    double[] sums = products[subject.fold()][side];
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j <= i; j++) {
        sums[i * z.length + j] += z[i] * z[j];
      }
    }
  }

  /** The vector of a subject. */
  static void centre(Subject subject, double[] means, double[] into) {
    int covariates = subject.covariates().length;
    into[0] = 1;
    for (int i = 0; i < covariates; i++) {
      into[i + 1] = subject.covariates()[i] - means[i];
    }
    into[covariates + 1] = subject.treatment() - means[covariates];
    into[covariates + 2] = subject.outcome() - means[covariates + 1];
  }

  @Override
  public SubjectSums merge(SubjectSums other) {
    for (int fold = 0; fold < products.length; fold++) {
      for (int side = 0; side < 2; side++) {
        CellSums.add(products[fold][side], other.products[fold][side]);
      }
    }
    return this;
  }

  /** How many elements the vector has. */
  int width() {
    return z.length;
  }

  /** The cross products of one side, or of both where it is negative, without one fold. */
  double[] without(int fold, int side) {
    double[] sum = new double[z.length * z.length];
    for (int f = 0; f < products.length; f++) {
      for (int s = 0; s < 2; s++) {
        // With a single fold nothing is left out: it is fitted on itself.
        if ((f != fold || products.length == 1) && (side < 0 || s == side)) {
          CellSums.add(sum, products[f][s]);
        }
      }
    }
    return sum;
  }

  /** The cross products of the first elements, over all subjects, row by row. */
  double[] leading(int width) {
    return leading(width, -1);
  }

  /** The same of one side, or of both where it is negative. */
  double[] leading(int width, int side) {
    double[] all = without(-1, side);
    double[] leading = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        leading[i * width + j] = all[Math.max(i, j) * z.length + Math.min(i, j)];
      }
    }
    return leading;
  }

  /** The cross products of the first elements with the outcome, over all subjects. */
  double[] withOutcome(int width) {
    return withOutcome(width, -1);
  }

  /** The same of one side, or of both where it is negative. */
  double[] withOutcome(int width, int side) {
    double[] all = without(-1, side);
    int last = z.length - 1;
    return Arrays.copyOfRange(all, last * z.length, last * z.length + width);
  }

  /** The sum of squares of the treatment about its mean. */
  double treatmentSquares() {
    int i = z.length - 2;
    return without(-1, -1)[i * z.length + i];
  }

  /** The sum of squares of the outcome about its mean. */
  double outcomeSquares() {
    return without(-1, -1)[z.length * z.length - 1];
  }

  /** The root of the mean of a covariate's variances on the two sides. */
  double pooledDeviation(int covariate) {
    return Math.sqrt((variance(covariate, 0) + variance(covariate, 1)) / 2);
  }

  /** The mean of a covariate among the treated less that among the others. */
  double difference(int covariate) {
    return mean(covariate, 1) - mean(covariate, 0);
  }

  private double mean(int covariate, int side) {
    double[] all = without(-1, side);
    return all[(covariate + 1) * z.length] / all[0];
  }

  private double variance(int covariate, int side) {
    double[] all = without(-1, side);
    int i = covariate + 1;
    double mean = all[i * z.length] / all[0];
    return all[i * z.length + i] / all[0] - mean * mean;
  }
}
