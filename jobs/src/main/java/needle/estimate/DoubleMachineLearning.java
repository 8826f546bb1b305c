package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Effects of a treatment in a cross-section, where the covariates are all that decides both who is
 * treated and the outcome: double machine learning with cross-fitting (Chernozhukov et al. 2018)
 * and predictions that are linear or learned. With a single fold the interactive model is classical
 * augmented inverse probability weighting (Robins, Rotnitzky & Zhao 1994).
 *
 * <p>A handful of passes over the rows, whatever the number of folds: counts and means; sums by
 * fold; those of the logistic regressions; the scores.
 */
public final class DoubleMachineLearning implements EffectEstimator {
  /** What is assumed of the effect, and whose it is. */
  public enum Model {
    /** One slope for all, also of a dose: their section 4.1, with the score that partials out. */
    PARTIALLY_LINEAR(Estimand.SLOPE),
    /** Every subject its own effect; their mean. */
    INTERACTIVE_ATE(Estimand.ATE),
    /** Every subject its own effect; the mean of the treated. */
    INTERACTIVE_ATT(Estimand.ATT);

    private final Estimand estimand;

    Model(Estimand estimand) {
      this.estimand = estimand;
    }
  }

  private static final double LITTLE_LEFT = 0.01;

  private final String name;
  private final Model model;
  private final List<String> covariates;
  private final Optional<String> foldColumn;
  private final int folds;
  private final double lowest;
  private final double highest;
  private final Learners learners;

  /** With linear predictions of the outcome; of the treatment, too, or logistic ones. */
  public DoubleMachineLearning(
      String name,
      Model model,
      List<String> covariates,
      Optional<String> foldColumn,
      int folds,
      double lowest,
      double highest) {
    this(
        name,
        model,
        covariates,
        foldColumn,
        folds,
        lowest,
        highest,
        model == Model.PARTIALLY_LINEAR ? Learners.PARTIALLY_LINEAR : Learners.INTERACTIVE);
  }

  /**
   * @param covariates measured before treatment
   * @param foldColumn the folds, for others to repeat; without it, {@code folds} are drawn
   * @param lowest probabilities of treatment below it count as it
   * @param highest those above it count as it
   * @param learners what predicts outcome and treatment
   */
  public DoubleMachineLearning(
      String name,
      Model model,
      List<String> covariates,
      Optional<String> foldColumn,
      int folds,
      double lowest,
      double highest,
      Learners learners) {
    this.name = name;
    this.model = model;
    this.covariates = List.copyOf(covariates);
    this.foldColumn = foldColumn;
    this.folds = folds;
    this.lowest = lowest;
    this.highest = highest;
    this.learners = learners;
    CrossSectionEffects.requireCovariates(name, covariates);
    CrossSection.requireFolds(folds);
    if (model != Model.PARTIALLY_LINEAR && learners.treatment() == Learners.Treatment.LINEAR) {
      throw new InvalidInput(
          "A probability of treatment is not linear",
          "least squares of " + name + " would give some below 0 and above 1",
          "choose logistic, or another learner of the treatment");
    }
    if (!learners.areClosed() && foldColumn.isEmpty() && folds == 1) {
      throw new InvalidInput(
          "What is learned has to be cross-fitted",
          "with one fold, outcomes would be predicted from themselves",
          "give 5 folds");
    }
  }

  @Override
  public String name() {
    return name;
  }

  Model model() {
    return model;
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name, model == Model.PARTIALLY_LINEAR);
    PanelColumns.check(panel.schema(), design, covariates, foldColumn);
    OneRowPerUnit.require(panel, design);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, foldColumn, folds)) {
      if (model != Model.PARTIALLY_LINEAR) {
        sample.requireSides(treatment);
      }
      return fitted(sample, design, treatment).estimate();
    }
  }

  /**
   * The effect in a sample, and what it came from, for those who ask further.
   *
   * @param checks on the nuisances, which the estimate has, too
   */
  record Fitted(
      double[] means, NuisanceFits fits, List<Diagnostic> checks, EffectEstimate estimate) {}

  Fitted fitted(CrossSection sample, StudyDesign design, String treatment) {
    double[] means = sample.means();
    SubjectSums sums =
        OrderedSums.of(
            sample.subjects(), new SubjectSums(sample.folds(), means, sample.hasSides()));
    if (learners.areClosed()) {
      SymmetricSolver.requireIndependent(sums.leading(covariates.size() + 1), covariates);
    }
    NuisanceFits fits = fits(sample, sums, means, design, treatment);
    OrthogonalScores scores =
        OrderedSums.of(sample.subjects(), new OrthogonalScores(fits, model, means));
    List<Diagnostic> diagnostics = new ArrayList<>(scores.quality.told());
    if (model == Model.PARTIALLY_LINEAR) {
      diagnostics.add(variation(scores, sums));
      diagnostics.addAll(RegressionOverlap.of(sample, sums, means));
    } else {
      diagnostics.addAll(scores.balance.checks(covariates, sums, lowest, highest));
    }
    return new Fitted(
        means, fits, diagnostics, told(scores, sample, design, treatment, diagnostics));
  }

  private NuisanceFits fits(
      CrossSection sample, SubjectSums sums, double[] means, StudyDesign design, String treatment) {
    boolean isProbability =
        learners.treatment() == Learners.Treatment.LOGISTIC
            || learners.treatment() == Learners.Treatment.RIDGE_LOGISTIC;
    if (isProbability) {
      sample.requireSides(treatment);
    }
    try (LibraryFits library = new LibraryFits(sample, means, design.seed(), LibraryFits.TREES)) {
      return model == Model.PARTIALLY_LINEAR
          ? NuisanceFits.partiallyLinear(sample, sums, means, learners, library)
          : NuisanceFits.interactive(
              sample,
              sums,
              means,
              learners,
              library,
              model == Model.INTERACTIVE_ATT,
              lowest,
              highest);
    }
  }

  private EffectEstimate told(
      OrthogonalScores scores,
      CrossSection sample,
      StudyDesign design,
      String treatment,
      List<Diagnostic> diagnostics) {
    double a = scores.scores.total[0];
    double effect = -scores.scores.total[1] / a;
    long clusters = scores.scores.clusters;
    boolean isClustered = !design.isClusteredByUnit();
    double factor = isClustered ? clusters / (clusters - 1.0) : 1;
    double error = Math.sqrt(factor * scores.scores.variance(effect, 1)) / Math.abs(a);
    double freedom = isClustered ? clusters - 1.0 : Double.POSITIVE_INFINITY;
    boolean isSlope = model == Model.PARTIALLY_LINEAR;
    Effect headline =
        CrossSectionEffects.effect(
            model.estimand,
            isSlope ? "coefficient" : "overall",
            isSlope ? treatment : model.estimand.word(),
            effect,
            error,
            freedom,
            design.alpha(),
            sample,
            clusters);
    List<Diagnostic> all = new ArrayList<>(diagnostics);
    if (isSlope) {
      double critical = Quantiles.quantile(freedom, 1 - design.alpha() / 2);
      SlopeRobustness robustness = new SlopeRobustness(scores.scores, effect, factor, critical);
      all.addAll(UnseenShares.told(robustness.ofEstimate(), robustness.ofInterval()));
    }
    all.addAll(CrossSectionEffects.checks(headline, freedom, design, sample));
    return new EffectEstimate(name, headline, List.of(headline), all, sample.attrition(), freedom);
  }

  // What is left of the treatment when the covariates have told what they can.
  private static Diagnostic variation(OrthogonalScores scores, SubjectSums sums) {
    double share = -scores.scores.total[0] / sums.treatmentSquares();
    return new Diagnostic(
        "overlap",
        "treatment_left",
        share,
        Double.NaN,
        share < LITTLE_LEFT ? Status.FAIL : share < 5 * LITTLE_LEFT ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "%.1f%% of the treatment's variance is not told by the covariates.",
            100 * share));
  }
}
