package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.DoubleMachineLearning.Fitted;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Targeted maximum likelihood (van der Laan & Rose 2011): predictions of the outcome are moved
 * until the efficient influence curve's sum is zero, and then averaged. Doubly robust, as {@link
 * DoubleMachineLearning} is, whose nuisances it takes; besides, means with and without treatment
 * stay within the outcome's range (Gruber & van der Laan 2010).
 *
 * <p>For the effect on the treated, predictions without treatment are averaged over the treated
 * themselves. So the curve's part that belongs to the propensity sums to zero as it is, and only
 * the outcome is moved.
 */
public final class TargetedLearning implements EffectEstimator {
  private final DoubleMachineLearning scores;
  private final List<String> covariates;
  private final Optional<String> foldColumn;
  private final int folds;

  /**
   * @param scores the doubly robust scores of the same effect, for their nuisances and their checks
   * @param covariates measured before treatment
   */
  public TargetedLearning(
      DoubleMachineLearning scores,
      List<String> covariates,
      Optional<String> foldColumn,
      int folds) {
    this.scores = scores;
    this.covariates = List.copyOf(covariates);
    this.foldColumn = foldColumn;
    this.folds = folds;
    if (scores.model() == Model.PARTIALLY_LINEAR) {
      throw new InvalidInput(
          "A slope is no difference between means",
          scores.name() + " moves predictions on the two sides of a treatment",
          "choose the interactive model");
    }
  }

  @Override
  public String name() {
    return scores.name();
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), false);
    PanelColumns.check(panel.schema(), design, covariates, foldColumn);
    OneRowPerUnit.require(panel, design);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, foldColumn, folds)) {
      sample.requireSides(treatment);
      Fluctuation.Range range = OrderedSums.of(sample.subjects(), new Fluctuation.Range());
      if (!(range.lower < range.upper)) {
        throw new InvalidInput(
            "The outcome " + design.outcome() + " does not vary",
            "it is " + range.lower + " in all " + sample.rows() + " rows",
            "give an outcome that a treatment could have moved");
      }
      Fitted fitted = scores.fitted(sample, design, treatment);
      TargetedOutcomes first =
          new TargetedOutcomes(
              fitted.fits(),
              scores.model() == Model.INTERACTIVE_ATT,
              fitted.means(),
              range.lower,
              range.upper,
              new double[2]);
      TargetedOutcomes moved = Fluctuation.of(sample.subjects(), first);
      TargetedScores found = OrderedSums.of(sample.subjects(), new TargetedScores(moved));
      return told(found, fitted, sample, design);
    }
  }

  private EffectEstimate told(
      TargetedScores found, Fitted fitted, CrossSection sample, StudyDesign design) {
    double freedom = fitted.estimate().degreesOfFreedom();
    Estimand estimand = fitted.estimate().headline().estimand();
    Effect headline =
        effect(
            estimand,
            "overall",
            estimand.word(),
            found.effect(),
            found.varianceOfEffect(),
            found,
            sample,
            design,
            freedom);
    List<Effect> effects = new ArrayList<>(List.of(headline));
    for (int side = 1; side >= 0; side--) {
      effects.add(
          effect(
              Estimand.POTENTIAL_OUTCOME_MEAN,
              "mean",
              side == 1 ? "treated" : "untreated",
              found.mean(side),
              found.varianceOfMean(side),
              found,
              sample,
              design,
              freedom));
    }
    List<Diagnostic> checks = new ArrayList<>(fitted.checks());
    checks.add(found.beyond(sample.rows()));
    checks.addAll(CrossSectionEffects.checks(headline, freedom, design, sample));
    return new EffectEstimate(name(), headline, effects, checks, sample.attrition(), freedom);
  }

  private static Effect effect(
      Estimand estimand,
      String aggregation,
      String term,
      double estimate,
      double variance,
      TargetedScores found,
      CrossSection sample,
      StudyDesign design,
      double freedom) {
    long clusters = found.clusters();
    double factor = design.isClusteredByUnit() ? 1 : clusters / (clusters - 1.0);
    return CrossSectionEffects.effect(
        estimand,
        aggregation,
        term,
        estimate,
        Math.sqrt(factor * variance),
        freedom,
        design.alpha(),
        sample,
        clusters);
  }
}
