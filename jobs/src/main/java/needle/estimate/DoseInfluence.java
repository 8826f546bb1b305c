package needle.estimate;

import java.util.Arrays;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;

/**
 * How every subject moves the curve, summed within clusters: the influence function of the spline
 * that is closest (Neugebauer & van der Laan 2007; Semenova & Chernozhukov 2021, section 4), with
 * that of the mean over covariates, beside that of the outcome without training. And how the
 * weights do.
 *
 * <p>The vector of a subject: its score of the outcome without training; its residual times the
 * spline; the curve and its slope at its dose, less their means; what its covariates add to the
 * level of the curve.
 */
final class DoseInfluence extends ClusteredScores<Subject, DoseInfluence> {
  private static final long serialVersionUID = 1L;

  private final DoseFits fits;
  private final double[] coefficients;
  private final double untrained;
  private final double mean;
  private final double meanSlope;
  private final double[][] forms;
  private final DoseScore score;
  private final double[] vector;
  final DoseWeights weights;
  private final WeightBalance balance;

  /**
   * @param forms per dose of the grid, what a residual at a value of the spline moves the curve by
   */
  private DoseInfluence(
      DoseFits fits,
      double[] coefficients,
      double untrained,
      double mean,
      double meanSlope,
      double[][] forms) {
    super(coefficients.length + 4);
    this.fits = fits;
    this.coefficients = coefficients;
    this.untrained = untrained;
    this.mean = mean;
    this.meanSlope = meanSlope;
    this.forms = forms;
    this.score = new DoseScore(fits);
    this.vector = new double[coefficients.length + 4];
    int covariates = fits.vectors().covariates();
    this.weights = new DoseWeights(forms.length, covariates);
    this.balance = new WeightBalance(covariates, false);
  }

  static DoseInfluence of(DoseFits fits, DoseCurve curve, double[][] forms) {
    double[] coefficients = curve.coefficients();
    return new DoseInfluence(
        fits,
        coefficients,
        curve.meanUntrained(),
        DotProduct.of(curve.meanSpline(), coefficients),
        DotProduct.of(curve.meanSlopes(), coefficients),
        forms);
  }

  @Override
  public DoseInfluence empty() {
    return new DoseInfluence(fits, coefficients, untrained, mean, meanSlope, forms);
  }

  @Override
  public void add(Subject subject) {
    score.of(subject);
    Arrays.fill(vector, 0);
    int size = coefficients.length;
    vector[0] = score.untrained - untrained;
    vector[size + 3] = score.level;
    if (score.isTrained) {
      double at = DotProduct.of(score.spline, coefficients);
      for (int i = 0; i < size; i++) {
        vector[i + 1] = score.spline[i] * (score.pseudo - at);
      }
      vector[size + 1] = at - mean;
      vector[size + 2] = DotProduct.of(score.slopes, coefficients) - meanSlope;
      weights.add(score, fits.powered(score.z), forms);
    }
    sums.add(subject.cluster(), vector);
    balance.add(score.isTrained ? 1 : 0, score.weight, score.z, score.isClipped);
  }

  @Override
  public DoseInfluence merge(DoseInfluence other) {
    super.merge(other);
    weights.merge(other.weights);
    balance.merge(other.balance);
    return this;
  }

  /** Whether the trained and the others, weighted, are alike. */
  List<Diagnostic> checks(
      List<String> covariates, SubjectSums sums, double lowest, double highest) {
    return covariates.isEmpty() ? List.of() : balance.checks(covariates, sums, lowest, highest);
  }
}
