package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.SyntheticInference.How;
import needle.estimate.SyntheticStudy.Estimate;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;

/** Whether a synthetic control can be believed; the thresholds stand in docs/method.md. */
final class SyntheticChecks {
  private static final double FEWEST_EFFECTIVE = 2;
  private static final double ENOUGH_EFFECTIVE = 4;
  // The cutoffs with which Abadie, Diamond & Hainmueller (2010) leave placebos out.
  private static final double POOR_FIT = 5;
  private static final double NO_FIT = 20;

  private final SitePanel sites;
  private final SyntheticInference repeats;
  private final How how;
  private final double alpha;

  SyntheticChecks(SitePanel sites, SyntheticInference repeats, How how, double alpha) {
    this.sites = sites;
    this.repeats = repeats;
    this.how = how;
    this.alpha = alpha;
  }

  List<Diagnostic> counts() {
    int treated = sites.treatedUnits();
    Diagnostic ofTreated =
        how == How.PLACEBO
            ? new Diagnostic(
                "clusters",
                "treated",
                treated,
                Double.NaN,
                treated < EffectEstimate.FEWEST_CLUSTERS ? Status.WARNING : Status.PASS,
                treated
                    + " unit(s) were treated; that their noise is like that of the controls is"
                    + " assumed.")
            : DesignChecks.clusters("treated", treated);
    return List.of(ofTreated, DesignChecks.clusters("control", sites.controls().length));
  }

  List<Diagnostic> weights(Estimate real) {
    double effective = Double.POSITIVE_INFINITY;
    double effectivePeriods = Double.POSITIVE_INFINITY;
    double largest = 0;
    for (SyntheticFit fit : real.fits()) {
      effective = Math.min(effective, 1 / DotProduct.squared(fit.units()));
      effectivePeriods = Math.min(effectivePeriods, 1 / DotProduct.squared(fit.periods()));
      largest = Math.max(largest, Arrays.stream(fit.units()).max().orElseThrow());
    }
    Status status =
        effective < FEWEST_EFFECTIVE
            ? Status.FAIL
            : effective < ENOUGH_EFFECTIVE ? Status.WARNING : Status.PASS;
    return List.of(
        told(
            "overlap",
            "effective_controls",
            effective,
            status,
            "The weights count as %.1f equal controls; what happens to one of few is taken for an"
                + " effect.",
            effective),
        told(
            "overlap",
            "largest_weight",
            largest,
            Status.PASS,
            "One control has %.0f%% of the weight.",
            100 * largest),
        told(
            "overlap",
            "effective_periods",
            effectivePeriods,
            Status.PASS,
            "The weights before treatment count as %.1f equal periods.",
            effectivePeriods));
  }

  /**
   * @param placebos null where they have not been estimated
   */
  List<Diagnostic> fit(SyntheticStudy study, Estimate real, List<Estimate> placebos) {
    double worst = Arrays.stream(real.fits()).mapToDouble(SyntheticFit::misfit).max().orElseThrow();
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        told(
            "pre_fit",
            "rmse",
            Math.sqrt(worst),
            Status.PASS,
            "Before treatment the treated and their synthetic control differ by this much, beside"
                + " their level."));
    if (!repeats.hasPlacebos()) {
      found.add(
          told(
              "pre_fit",
              "mean_square_ratio",
              Double.NaN,
              Status.WARNING,
              "There are too few controls to tell whether they can be fitted any better."));
      return found;
    }
    List<Estimate> all = placebos == null ? repeats.compared(study) : placebos;
    double ratio = 0;
    for (int c = 0; c < real.fits().length; c++) {
      int cohort = c;
      double[] misfits =
          all.stream().mapToDouble(e -> e.fits()[cohort].misfit()).sorted().toArray();
      double own = real.fits()[c].misfit();
      ratio = Math.max(ratio, own == 0 ? 0 : own / misfits[misfits.length / 2]);
    }
    found.add(
        told(
            "pre_fit",
            "mean_square_ratio",
            ratio,
            ratio > NO_FIT ? Status.FAIL : ratio > POOR_FIT ? Status.WARNING : Status.PASS,
            "Before treatment the treated are fitted with %.2g times the mean square of controls in"
                + " their place.",
            ratio));
    return found;
  }

  /** How many controls in the place of the treated show as much (Abadie et al. 2010). */
  Diagnostic rank(Effect headline, List<Estimate> placebos) {
    double as = Math.abs(headline.estimate());
    long larger = placebos.stream().filter(e -> Math.abs(e.values()[0]) >= as).count();
    double p = (1.0 + larger) / (1.0 + placebos.size());
    boolean isFound = headline.ciLow() > 0 || headline.ciHigh() < 0;
    return new Diagnostic(
        "placebo_units",
        "as_large",
        larger,
        p,
        isFound && p > alpha ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "Of %d choices of controls in the place of the treated, %d show as large an effect.",
            placebos.size(),
            larger));
  }

  /** The effect of a treatment before there was any, with periods before it alone. */
  Diagnostic earlier(SyntheticStudy study) {
    String check = Sensitivity.PLACEBO_DATES.word();
    Optional<SyntheticStudy> earlier = SyntheticStudy.backdated(sites, study);
    if (earlier.isEmpty()) {
      return untried("there are too few periods before the real one");
    }
    Estimate estimate = repeats.estimate(earlier.get());
    List<Estimate> repeated;
    try {
      repeated = repeats.repeated(earlier.get(), how, estimate);
    } catch (InvalidInput oneControlHasAllWeight) {
      return untried(oneControlHasAllWeight.reason());
    }
    double value = estimate.values()[0];
    double error = SyntheticDid.error(repeated, 0, repeats.scale(how));
    double p = 2 * Quantiles.tail(repeats.degreesOfFreedom(how), Math.abs(value) / error);
    Status status = PreTrend.status(p);
    return new Diagnostic(
        check,
        "backdated",
        value,
        p,
        status,
        Double.isNaN(p)
            ? "Dated into the time before it, the treatment has an effect whose error cannot be told:"
                + " whether there was one before cannot be tested."
            : status == Status.PASS
                ? "Dated into the time before it, the treatment shows no effect."
                : "Dated into the time before it, the treatment shows an effect.");
  }

  private static Diagnostic untried(String why) {
    return told(
        Sensitivity.PLACEBO_DATES.word(),
        "backdated",
        Double.NaN,
        Status.WARNING,
        "No earlier date of treatment can be tried: %s.",
        why);
  }

  private static Diagnostic told(
      String check, String statistic, double value, Status status, String words, Object... in) {
    return new Diagnostic(
        check, statistic, value, Double.NaN, status, String.format(Locale.ROOT, words, in));
  }
}
