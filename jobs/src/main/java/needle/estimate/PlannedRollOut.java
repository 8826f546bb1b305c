package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import needle.kit.SmallestCell;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * By how much a planned roll-out moves the mean of all units, if it does to those who are next what
 * it did to those before: their share times the effect at each time since first treatment.
 *
 * @param withheld why there is no figure; empty where there is
 * @param status of the check that tells so
 * @param units first treated within the horizon
 * @param share of all units
 * @param estimates by step; the mean of the steps last
 * @param errors no smaller than the standard errors: a sum's is at most the sum of its parts',
 *     however they go together
 * @param effect what is applied
 */
record PlannedRollOut(
    Optional<String> withheld,
    Status status,
    long units,
    double share,
    double[] estimates,
    double[] errors,
    Optional<EffectEstimate> effect) {

  /**
   * @param planned how many units are first treated when
   * @param all how many units there are in the last period
   */
  static PlannedRollOut of(
      Map<Integer, Long> planned,
      long all,
      int last,
      int horizon,
      StaggeredDid estimator,
      Dataset<Row> panel,
      StudyDesign design) {
    long units = planned.values().stream().mapToLong(c -> c).sum();
    double share = units / (double) all;
    if (units == 0) {
      return without(
          "nobody observed in period "
              + last
              + " is first treated in the "
              + horizon
              + " periods after it",
          Status.WARNING,
          0,
          0);
    }
    if (units < SmallestCell.PEOPLE) {
      return without(
          "fewer than " + SmallestCell.PEOPLE + " units are first treated in it",
          Status.FAIL,
          0,
          Double.NaN);
    }
    EffectEstimate effect;
    try {
      effect = estimator.estimate(panel, design);
    } catch (InvalidInput e) {
      return without(
          "there is no effect to apply (" + e.problem() + ": " + e.reason() + ")",
          Status.FAIL,
          units,
          share);
    }
    List<String> failed =
        effect.diagnostics().stream()
            .filter(d -> d.status() == Status.FAIL)
            .map(d -> d.check())
            .distinct()
            .toList();
    if (!failed.isEmpty()) {
      return without(
          "the checks of the effect failed: " + String.join(", ", failed),
          Status.FAIL,
          units,
          share);
    }
    return applied(planned, all, last, horizon, effect, units, share);
  }

  private static PlannedRollOut applied(
      Map<Integer, Long> planned,
      long all,
      int last,
      int horizon,
      EffectEstimate effect,
      long units,
      double share) {
    double[] estimates = new double[horizon + 1];
    double[] errors = new double[horizon + 1];
    for (Map.Entry<Integer, Long> cohort : planned.entrySet()) {
      for (int step = cohort.getKey() - last; step <= horizon; step++) {
        int since = last + step - cohort.getKey();
        Optional<Effect> known =
            effect
                .find(Aggregations.Form.EVENT_TIME, Integer.toString(since))
                .filter(e -> e.treatedClusters() >= EffectEstimate.FEWEST_CLUSTERS)
                .filter(e -> !Double.isNaN(e.stdError()));
        if (known.isEmpty()) {
          return without(
              "the effect at event time " + since + " is not known well enough",
              Status.FAIL,
              units,
              share);
        }
        double part = cohort.getValue() / (double) all;
        estimates[step - 1] += part * known.get().estimate();
        errors[step - 1] += part * known.get().stdError();
      }
    }
    estimates[horizon] = Arrays.stream(estimates, 0, horizon).sum() / horizon;
    errors[horizon] = Arrays.stream(errors, 0, horizon).sum() / horizon;
    boolean warns = effect.diagnostics().stream().anyMatch(d -> d.status() == Status.WARNING);
    return new PlannedRollOut(
        Optional.empty(),
        warns ? Status.WARNING : Status.PASS,
        units,
        share,
        estimates,
        errors,
        Optional.of(effect));
  }

  private static PlannedRollOut without(String reason, Status status, long units, double share) {
    return new PlannedRollOut(
        Optional.of(reason), status, units, share, new double[0], new double[0], Optional.empty());
  }

  double reach(int term, double level) {
    return effect.orElseThrow().quantile(level) * errors[term];
  }

  EffectEstimate.Diagnostic check() {
    String planned =
        Double.isNaN(share)
            ? ""
            : String.format(
                Locale.ROOT, "%.1f%% of the units are planned to be treated next", 100 * share);
    return new EffectEstimate.Diagnostic(
        "roll_out",
        "planned_share",
        share,
        Double.NaN,
        status,
        withheld
            .map(
                why ->
                    (planned.isEmpty() || units == 0 ? "" : planned + ". ")
                        + "What the roll-out would bring is withheld: "
                        + why
                        + ".")
            .orElseGet(() -> planned + weaknesses() + "."));
  }

  private String weaknesses() {
    List<String> warned =
        effect.orElseThrow().diagnostics().stream()
            .filter(d -> d.status() == Status.WARNING)
            .map(d -> d.check())
            .distinct()
            .toList();
    return warned.isEmpty()
        ? ""
        : "; checks that warn of the effect applied: " + String.join(", ", warned);
  }
}
