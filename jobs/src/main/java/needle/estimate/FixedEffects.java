package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Linear regression with absorbed fixed effects, with conventional or cluster-robust standard
 * errors (CRV1: G/(G − 1) · (N − 1)/(N − K), where effects nested in the clusters count as one
 * parameter; Cameron & Miller 2015), clustered in one or several ways (Cameron, Gelbach & Miller
 * 2011).
 *
 * <p>The absorbed column with the most levels is swept out by centring; the others become dummies.
 * A coefficient describes; where treatment is staggered it weighs some effects negatively
 * (Goodman-Bacon 2021), so it never carries a verdict.
 */
public final class FixedEffects implements EffectEstimator {
  /** How doubt is measured. */
  public enum Errors {
    /** Every row is independent, with one variance. */
    CONVENTIONAL,
    /** Rows of a cluster may move together in any way. */
    CLUSTERED
  }

  /** How intervals and p-values follow from clustered errors. */
  public enum Inference {
    /** From the t distribution. */
    CLUSTER,
    /** From the wild cluster bootstrap, where clusters are few (Cameron, Gelbach & Miller 2008). */
    WILD_BOOTSTRAP
  }

  private final AbsorbedModel model;
  private final Errors errors;
  private final Inference inference;

  /**
   * @param regressors numeric columns, the first of which is the headline
   * @param absorbed columns whose levels each have an intercept of their own
   */
  public FixedEffects(
      List<String> regressors, List<String> absorbed, Errors errors, Inference inference) {
    if (inference == Inference.WILD_BOOTSTRAP && errors == Errors.CONVENTIONAL) {
      throw new InvalidInput(
          "The wild bootstrap draws clusters",
          "conventional errors know none",
          "choose clustered errors");
    }
    this.inference = inference;
    this.model = new AbsorbedModel(regressors, absorbed, Optional.empty());
    this.errors = errors;
  }

  /** With intervals from the t distribution. */
  public FixedEffects(List<String> regressors, List<String> absorbed, Errors errors) {
    this(regressors, absorbed, errors, Inference.CLUSTER);
  }

  @Override
  public String name() {
    return "fixed_effects";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    try (AbsorbedPanel absorbed = AbsorbedPanel.of(panel, design, model)) {
      WithinRegression fit = WithinRegression.of(absorbed.grouped());
      CoefficientEstimates found =
          errors == Errors.CONVENTIONAL
              ? fit.conventional(absorbed.grouped().terms())
              : fit.clustered(absorbed.grouped());
      List<Diagnostic> diagnostics = described(absorbed.attrition());
      List<Effect> effects = found.effects(design.alpha());
      if (inference == Inference.WILD_BOOTSTRAP) {
        WildEffects wild = WildEffects.of(absorbed.grouped(), fit, found, design);
        effects = wild.effects();
        diagnostics.add(wild.drawn());
      }
      diagnostics.addAll(TimingDiagnostics.of(absorbed, design, model));
      return new EffectEstimate(
          name(),
          effects.get(0),
          effects,
          diagnostics,
          absorbed.attrition(),
          found.degreesOfFreedom());
    }
  }

  /** What holds of every regression: how much was lost, and that it is no design. */
  static List<Diagnostic> described(List<AttritionStep> attrition) {
    List<Diagnostic> found = new ArrayList<>();
    found.add(attritionOf(attrition));
    found.add(
        new Diagnostic(
            "not_a_design",
            "regression",
            Double.NaN,
            Double.NaN,
            Status.WARNING,
            "A coefficient is not an effect by itself; where treatment is staggered it compares"
                + " with people already treated."));
    return found;
  }

  private static Diagnostic attritionOf(List<AttritionStep> attrition) {
    double share = attrition.get(attrition.size() - 1).rows() / (double) attrition.get(0).rows();
    return new Diagnostic(
        "attrition",
        "share_analysed",
        share,
        Double.NaN,
        share < 0.8 ? Status.WARNING : Status.PASS,
        String.format(
            java.util.Locale.ROOT, "%.0f%% of the rows read were analysed.", 100 * share));
  }
}
