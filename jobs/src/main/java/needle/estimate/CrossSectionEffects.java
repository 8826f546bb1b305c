package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;

/** What all estimates from a cross-section tell in the same way. */
final class CrossSectionEffects {
  private static final String COVARIATES_DECIDE =
      "Right only if the covariates are all that decides both who is treated and the outcome;"
          + " without time before treatment, that cannot be tested.";

  private CrossSectionEffects() {}

  /** Fails without covariates, for a method that is about nothing else. */
  static void requireCovariates(String method, List<String> covariates) {
    if (covariates.isEmpty()) {
      throw new InvalidInput(
          "The method " + method + " has nothing to adjust for",
          "no covariates are listed",
          "list covariates measured before treatment, or choose difference_in_means");
    }
  }

  /** The degrees of freedom that so many coefficients leave. */
  static double left(long rows, int coefficients, long clusters) {
    double left = rows - coefficients;
    if (left < 1 || clusters < 2) {
      throw new InvalidInput(
          "There are too few rows for this regression",
          rows + " rows in " + clusters + " clusters leave no degrees of freedom",
          "supply more rows or clusters, or drop covariates");
    }
    return left;
  }

  static Effect effect(
      Estimand estimand,
      String aggregation,
      String term,
      double estimate,
      double error,
      double freedom,
      double alpha,
      CrossSection sample,
      long clusters) {
    return effect(
        estimand,
        aggregation,
        term,
        estimate,
        error,
        freedom,
        alpha,
        sample.treated(),
        sample.rows() - sample.treated(),
        clusters);
  }

  static Effect effect(
      Estimand estimand,
      String aggregation,
      String term,
      double estimate,
      double error,
      double freedom,
      double alpha,
      long treated,
      long control,
      long clusters) {
    double known = error > 0 ? error : Double.NaN;
    double reach = Quantiles.quantile(freedom, 1 - alpha / 2) * known;
    return new Effect(
        estimand,
        aggregation,
        term,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        estimate,
        known,
        estimate - reach,
        estimate + reach,
        estimate - reach,
        estimate + reach,
        2 * Quantiles.tail(freedom, Math.abs(estimate / known)),
        treated,
        control,
        clusters,
        clusters);
  }

  static List<Diagnostic> checks(
      Effect effect, double freedom, StudyDesign design, CrossSection sample) {
    return checks(effect, freedom, design, spread(design, sample), COVARIATES_DECIDE);
  }

  /** Of an effect that nothing is adjusted for. */
  static List<Diagnostic> checksByLot(
      Effect effect, double freedom, StudyDesign design, CrossSection sample) {
    return checks(
        effect,
        freedom,
        design,
        spread(design, sample),
        "Right only if treatment was drawn by lot: nothing is adjusted for, and the table does not"
            + " show a lot.");
  }

  /** Of units that were followed until something happened. */
  static List<Diagnostic> checks(
      Effect effect, double freedom, StudyDesign design, Spells sample, SurvivalSums followed) {
    List<Diagnostic> spread = new ArrayList<>();
    if (sample.isClustered(effect.clusters())) {
      spread.addAll(followed.clusters.ofSides());
    }
    spread.add(DesignChecks.units("treated", sample.units(1, followed)));
    spread.add(DesignChecks.units("control", sample.units(0, followed)));
    return checks(effect, freedom, design, spread, COVARIATES_DECIDE);
  }

  private static List<Diagnostic> spread(StudyDesign design, CrossSection sample) {
    List<Diagnostic> spread = new ArrayList<>();
    if (!design.isClusteredByUnit()) {
      spread.addAll(sample.clusters());
    }
    spread.add(DesignChecks.units("treated", sample.treated()));
    if (sample.hasSides()) {
      spread.add(DesignChecks.units("control", sample.rows() - sample.treated()));
      spread.addAll(sample.events());
    }
    spread.addAll(sample.losses());
    return spread;
  }

  /**
   * @param spread over how many clusters and units the treatment is spread
   */
  static List<Diagnostic> checks(
      Effect effect, double freedom, StudyDesign design, List<Diagnostic> spread) {
    return checks(effect, freedom, design, spread, COVARIATES_DECIDE);
  }

  private static List<Diagnostic> checks(
      Effect effect,
      double freedom,
      StudyDesign design,
      List<Diagnostic> spread,
      String assumption) {
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            "unconfoundedness", "assumed", Double.NaN, Double.NaN, Status.WARNING, assumption));
    found.addAll(spread);
    found.add(DesignChecks.detectable(freedom, effect.stdError(), design.alpha()));
    return found;
  }
}
