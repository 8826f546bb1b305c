package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.sensitivity.RobustnessValue;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The treatment's coefficient in a linear regression on a cross-section; without covariates, the
 * difference of means. Errors allow for unequal variances (HC1) or clusters (CRV1; Cameron & Miller
 * 2015).
 */
public final class OrdinaryLeastSquares implements EffectEstimator {
  private final String name;
  private final List<String> covariates;

  /**
   * @param covariates measured before treatment; none for a difference in means
   */
  public OrdinaryLeastSquares(String name, List<String> covariates) {
    this.name = name;
    this.covariates = List.copyOf(covariates);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    boolean takesDoses = !covariates.isEmpty();
    String treatment = TreatmentColumn.of(design, name, takesDoses);
    PanelColumns.check(panel.schema(), design, covariates, Optional.empty());
    OneRowPerUnit.require(panel, design);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, Optional.empty(), 1)) {
      // A column of 0 and 1 alone is no dose.
      if (!takesDoses || sample.hasSides()) {
        sample.requireSides(treatment);
      }
      return estimate(sample, design, treatment);
    }
  }

  private EffectEstimate estimate(CrossSection sample, StudyDesign design, String treatment) {
    double[] means = sample.means();
    SubjectSums sums =
        OrderedSums.of(sample.subjects(), new SubjectSums(1, means, sample.hasSides()));
    // The constant, the covariates, and the treatment last.
    int width = covariates.size() + 2;
    SymmetricSolver solver =
        SymmetricSolver.of(sums.leading(width))
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "The treatment and the covariates cannot be told apart",
                        "one of "
                            + treatment
                            + " and "
                            + covariates
                            + " is constant, or a"
                            + " combination of the others",
                        "drop a covariate"));
    double[] slopes = solver.solve(sums.withOutcome(width));
    double[] ofTreatment = new double[width];
    ofTreatment[width - 1] = 1;
    double[] form = solver.solve(ofTreatment);
    Scores scores = OrderedSums.of(sample.subjects(), new Scores(means, slopes));
    long clusters = scores.sums.clusters;
    double left = CrossSectionEffects.left(sample.rows(), width, clusters);
    double factor = clusters / (clusters - 1.0) * (sample.rows() - 1) / left;
    double freedom = design.isClusteredByUnit() ? left : clusters - 1.0;
    Effect headline =
        CrossSectionEffects.effect(
            covariates.isEmpty() ? Estimand.ATE : Estimand.SLOPE,
            covariates.isEmpty() ? "overall" : "coefficient",
            covariates.isEmpty() ? "ate" : treatment,
            slopes[width - 1],
            Math.sqrt(factor * scores.sums.variance(form)),
            freedom,
            design.alpha(),
            sample,
            clusters);
    List<Diagnostic> checks =
        new ArrayList<>(
            covariates.isEmpty()
                ? CrossSectionEffects.checksByLot(headline, freedom, design, sample)
                : CrossSectionEffects.checks(headline, freedom, design, sample));
    if (!covariates.isEmpty()) {
      checks.addAll(RegressionOverlap.of(sample, sums, means));
    }
    double residual = sums.outcomeSquares();
    double[] products = sums.withOutcome(width);
    for (int i = 0; i < width; i++) {
      residual -= slopes[i] * products[i];
    }
    double conventional = Math.sqrt(residual / left * form[width - 1]);
    RobustnessValue robustness = new RobustnessValue(slopes[width - 1] / conventional, left);
    checks.addAll(
        UnseenShares.told(robustness.ofEstimate(), robustness.ofInterval(design.alpha())));
    return new EffectEstimate(
        name, headline, List.of(headline), checks, sample.attrition(), freedom);
  }

  /** Residuals times regressors, within clusters. */
  private static final class Scores extends ClusteredScores<Subject, Scores> {
    private static final long serialVersionUID = 1L;
    private final double[] means;
    private final double[] slopes;
    private final double[] z;

    Scores(double[] means, double[] slopes) {
      super(slopes.length);
      this.means = means;
      this.slopes = slopes;
      this.z = new double[means.length + 1];
    }

    @Override
    public Scores empty() {
      return new Scores(means, slopes);
    }

    @Override
    public void add(Subject subject) {
      SubjectSums.centre(subject, means, z);
      double left = z[slopes.length];
      for (int i = 0; i < slopes.length; i++) {
        left -= slopes[i] * z[i];
      }
      double[] score = Arrays.copyOf(z, slopes.length);
      for (int i = 0; i < score.length; i++) {
        score[i] *= left;
      }
      sums.add(subject.cluster(), score);
    }
  }
}
