package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.SyntheticInference.How;
import needle.estimate.SyntheticStudy.Average;
import needle.estimate.SyntheticStudy.Estimate;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Synthetic difference-in-differences for a few treated sites (Arkhangelsky, Athey, Hirshberg,
 * Imbens & Wager 2021): the change of the treated, less that of a weighted mean of controls which
 * moved like them before treatment, over periods before treatment weighted to be like those after.
 * Several cohorts as in Clarke, Pailañir, Athey & Imbens (2023).
 */
public final class SyntheticDid implements EffectEstimator {
  /** How often, and by what, estimates are repeated to tell their doubt. */
  public enum Inference {
    /** Controls in the place of the treated, one choice after the other. */
    PLACEBO(How.PLACEBO),
    /** Without each unit in turn, with weights as they are. */
    JACKKNIFE(How.JACKKNIFE),
    /** Units drawn anew. */
    BOOTSTRAP(How.BOOTSTRAP);

    private final How how;

    Inference(How how) {
      this.how = how;
    }
  }

  private final Optional<Inference> inference;

  /**
   * @param inference placebos where fewer than ten units are treated, else the jackknife, if none
   *     is named
   */
  public SyntheticDid(Optional<Inference> inference) {
    this.inference = inference;
  }

  @Override
  public String name() {
    return "synthetic_did";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    StaggeredDid.requireTreatment(design, name());
    if (!design.isClusteredByUnit()) {
      throw new InvalidInput(
          "synthetic_did has no clusters coarser than its units",
          "the study clusters by " + design.clusters() + ", and units take each other's places",
          "make the clusters the units, such as sites with the mean of their people");
    }
    if (design.nuisance() != StudyDesign.Nuisance.NONE) {
      throw new InvalidInput(
          "synthetic_did adjusts for no covariates",
          "the study gives it " + design.covariates() + ", and weights follow outcomes alone",
          "leave the nuisance out, or choose staggered_did");
    }
    SitePanel sites = SitePanel.of(panel, design);
    SyntheticStudy study = SyntheticStudy.of(sites);
    SyntheticInference repeats = new SyntheticInference(sites, design.seed());
    Estimate real = repeats.estimate(study);
    How how = inference.map(i -> i.how).orElse(usual(sites));
    List<Estimate> repeated = repeats.repeated(study, how, real);
    double freedom = repeats.degreesOfFreedom(how);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < study.averages.size(); i++) {
      double error = error(repeated, i, repeats.scale(how));
      if (i == 0 && !(error > 0)) {
        throw new InvalidInput(
            "The doubt of the effect cannot be told",
            "estimates that were repeated do not differ",
            "supply outcomes that vary between units and periods");
      }
      effects.add(effect(study.averages.get(i), real.values()[i], error, freedom, sites, design));
    }
    Effect headline = effects.get(0);
    SyntheticChecks checks = new SyntheticChecks(sites, repeats, how, design.alpha());
    List<Diagnostic> diagnostics = new ArrayList<>(checks.counts());
    diagnostics.addAll(checks.weights(real));
    diagnostics.addAll(checks.fit(study, real, how == How.PLACEBO ? repeated : null));
    if (how == How.PLACEBO) {
      diagnostics.add(checks.rank(headline, repeated));
    }
    diagnostics.add(checks.earlier(study));
    diagnostics.add(DesignChecks.detectable(freedom, headline.stdError(), design.alpha()));
    return new EffectEstimate(name(), headline, effects, diagnostics, sites.attrition(), freedom);
  }

  // The authors' advice: placebos where treated units are too few to tell their own noise.
  private static How usual(SitePanel sites) {
    boolean isLarge =
        sites.treatedUnits() >= EffectEstimate.FEWEST_CLUSTERS
            && sites.treated().values().stream().allMatch(t -> t.length > 1);
    return isLarge ? How.JACKKNIFE : How.PLACEBO;
  }

  /**
   * From the spread of repeated estimates around their mean; NaN where fewer than half are there.
   */
  static double error(List<Estimate> repeated, int average, double scale) {
    double[] values =
        repeated.stream()
            .mapToDouble(e -> e.values()[average])
            .filter(v -> !Double.isNaN(v))
            .toArray();
    if (2 * values.length < repeated.size()) {
      return Double.NaN;
    }
    double mean = Arrays.stream(values).sum() / values.length;
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(scale * squares / values.length);
  }

  private static Effect effect(
      Average average,
      double estimate,
      double error,
      double freedom,
      SitePanel sites,
      StudyDesign design) {
    double reach = Quantiles.quantile(freedom, 1 - design.alpha() / 2) * error;
    long treated =
        average.aggregation().equals(Form.GROUP)
            ? sites.treated().get(average.cohort().orElseThrow()).length
            : sites.treatedUnits();
    return new Effect(
        Estimand.ATT,
        average.aggregation(),
        average.term(),
        average.cohort(),
        Optional.empty(),
        average.eventTime(),
        estimate,
        error,
        estimate - reach,
        estimate + reach,
        estimate - reach,
        estimate + reach,
        2 * Quantiles.tail(freedom, Math.abs(estimate) / error),
        treated,
        sites.controls().length,
        sites.controls().length + sites.treatedUnits(),
        treated);
  }
}
