package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;

/** Whether there is enough to compare; the thresholds stand in docs/method.md. */
final class DesignChecks {
  private static final int ENOUGH_CLUSTERS = 20;
  static final int FEWEST_UNITS = 20;
  static final int ENOUGH_UNITS = 50;
  static final int FEWEST_CONTROLS = 10;
  private static final double POWER = 0.8;
  private static final double LEAST_ANALYSED = 0.5;
  private static final double ENOUGH_ANALYSED = 0.8;

  private DesignChecks() {}

  static List<Diagnostic> of(
      InfluenceSums sums,
      CellEstimates estimates,
      Form headline,
      List<AttritionStep> steps,
      StudyDesign design) {
    Sampling sampling = design.sampling();
    List<Diagnostic> found = new ArrayList<>();
    found.add(clusters("treated", (long) (headline.treatedClusters() + 1e-9)));
    found.add(clusters("control", (long) (sums.spread.controlClusters() + 1e-9)));
    found.add(units("treated", headline.treated()));
    if (sampling.isWeighted()) {
      found.addAll(sums.spread.effectiveUnits());
    }
    found.addAll(OverlapChecks.of(sums, estimates, design.nuisance()));
    found.addAll(sums.sparse.checks());
    found.add(analysed(steps, sampling));
    Comparisons comparisons = estimates.comparisons;
    sums.followUp
        .check(
            g ->
                Arrays.stream(comparisons.cells())
                    .anyMatch(c -> c.cohort() == g && comparisons.eventTime(c) >= 0))
        .ifPresent(found::add);
    return found;
  }

  // Who is treated from the start, or drawn when nobody was untreated, was not lost: no design of
  // this kind can tell of them.
  private static Diagnostic analysed(List<AttritionStep> steps, Sampling sampling) {
    List<String> beside =
        sampling.isFollowed()
            ? List.of("treated_from_start")
            : List.of("treated_from_start", "no_comparison");
    long of =
        steps.get(0).units()
            - steps.stream()
                .filter(step -> beside.contains(step.step()))
                .mapToLong(AttritionStep::units)
                .sum();
    return analysed(
        steps.get(steps.size() - 1).units(),
        of,
        "%.0f%% of the units that the design can tell of were analysed.");
  }

  static Diagnostic analysed(long analysed, long of, String message) {
    double share = analysed / (double) of;
    return new Diagnostic(
        "attrition",
        "share_analysed",
        share,
        Double.NaN,
        share < LEAST_ANALYSED
            ? Status.FAIL
            : share < ENOUGH_ANALYSED ? Status.WARNING : Status.PASS,
        String.format(Locale.ROOT, message, 100 * share));
  }

  /**
   * The smallest true effect that a test at that level would notice with a probability of {@value
   * #POWER} (Bloom 1995). A property of the design and the noise: the estimate has no part in it.
   */
  static Diagnostic detectable(double freedom, double standardError, double alpha) {
    return detectableBeyond(Quantiles.quantile(freedom, 1 - alpha / 2), freedom, standardError);
  }

  /**
   * @param critical how many standard errors from zero the test notices
   */
  static Diagnostic detectableBeyond(double critical, double freedom, double standardError) {
    double reach = critical + Quantiles.quantile(freedom, POWER);
    return new Diagnostic(
        "power",
        "minimum_detectable_effect",
        reach * standardError,
        Double.NaN,
        Status.PASS,
        String.format(
            Locale.ROOT,
            "An effect of this size or more would have been noticed with a probability of %.0f%%.",
            100 * POWER));
  }

  /**
   * @param side treated or control
   */
  static Diagnostic units(String side, long count) {
    return counted(
        "units",
        side,
        count,
        FEWEST_UNITS,
        ENOUGH_UNITS,
        "%d units were "
            + (side.equals("treated") ? "" : "not ")
            + "treated; below "
            + FEWEST_UNITS
            + " a few of them decide the result.");
  }

  static Diagnostic clusters(String side, long count) {
    return clusters(
        side,
        count,
        "The " + side + " group comes from the equivalent of %d clusters of equal size.");
  }

  static Diagnostic clusters(String statistic, long count, String message) {
    return counted(
        "clusters", statistic, count, EffectEstimate.FEWEST_CLUSTERS, ENOUGH_CLUSTERS, message);
  }

  /** Of what should be small: some warns, much fails. */
  static Status above(double value, double some, double much) {
    return value > much ? Status.FAIL : value > some ? Status.WARNING : Status.PASS;
  }

  static Diagnostic counted(
      String check, String statistic, long count, int fewest, int enough, String message) {
    return new Diagnostic(
        check,
        statistic,
        count,
        Double.NaN,
        count < fewest ? Status.FAIL : count < enough ? Status.WARNING : Status.PASS,
        String.format(Locale.ROOT, message, count));
  }

  /**
   * Whether the outcome moved just before treatment. Inside the plan's window that is allowed for,
   * as the comparison starts earlier; the change into the period it starts from is tested. Where
   * leads are distances to that period, it is the last of them with its sign turned.
   *
   * @param fewest treated clusters below which a lead's error cannot be trusted
   */
  static List<Diagnostic> anticipation(List<Effect> effects, StudyDesign design, int fewest) {
    int base = -design.anticipation() - 1;
    boolean isDistance = design.basePeriod() == StudyDesign.BasePeriod.UNIVERSAL;
    List<Diagnostic> found = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect.aggregation().equals(Form.EVENT_TIME)) {
        int eventTime = effect.eventTime().orElseThrow();
        if (eventTime == (isDistance ? base - 1 : base)) {
          double change = isDistance ? -effect.estimate() : effect.estimate();
          found.add(
              effect.treatedClusters() < fewest || Double.isNaN(effect.pValue())
                  ? untested(base, change)
                  : tested(base, change, effect.pValue()));
        } else if (eventTime > base && eventTime < 0) {
          found.add(
              reaction(
                  eventTime,
                  effect.estimate(),
                  effect.pValue(),
                  Status.PASS,
                  "The plan allows for a reaction here; the comparison starts before it."));
        }
      }
    }
    return found;
  }

  private static Diagnostic untested(int eventTime, double change) {
    return reaction(
        eventTime,
        change,
        Double.NaN,
        Status.PASS,
        "Not tested: too few clusters, or no error, tell of a change just before "
            + start(eventTime));
  }

  private static Diagnostic tested(int eventTime, double change, double p) {
    Status status = PreTrend.status(p);
    return reaction(
        eventTime,
        change,
        p,
        status,
        status == Status.PASS
            ? "No reaction was seen just before " + start(eventTime)
            : "The outcome moved just before " + start(eventTime) + " Allow for anticipation.");
  }

  private static String start(int base) {
    return base == -1 ? "treatment." : "the window in which the plan allows for a reaction.";
  }

  private static Diagnostic reaction(
      int eventTime, double change, double p, Status status, String message) {
    return new Diagnostic("anticipation", "event_time_" + eventTime, change, p, status, message);
  }
}
