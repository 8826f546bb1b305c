package needle.estimate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.TrendViolation.Bends;
import needle.estimate.sensitivity.EventStudy;
import needle.estimate.sensitivity.Interval;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;

/**
 * How far the effects stand when trends were not quite parallel (Rambachan & Roth 2023); what costs
 * a grade stands in docs/method.md, what forbids a verdict in the study.
 */
final class TrendSensitivity {
  private final TrendPaths paths;
  private final EffectEstimate estimate;
  private final StudyDesign design;
  private final Conclusion conclusion;

  /**
   * @param estimate whose headline is doubted, as it is were trends parallel
   */
  TrendSensitivity(TrendPaths paths, EffectEstimate estimate, StudyDesign design) {
    this.paths = paths;
    this.estimate = estimate;
    this.design = design;
    this.conclusion = Conclusion.of(estimate, design);
  }

  List<Diagnostic> of(Form headline, Map<Sensitivity, Settings> asked) {
    List<Diagnostic> found = new ArrayList<>();
    for (Sensitivity way : List.of(Sensitivity.RELATIVE_MAGNITUDES, Sensitivity.SMOOTHNESS)) {
      if (asked.containsKey(way)) {
        found.addAll(of(way, headline, asked.get(way)));
      }
    }
    return found;
  }

  private List<Diagnostic> of(Sensitivity way, Form headline, Settings settings) {
    Withstanding withstanding = new Withstanding(way, settings, conclusion);
    List<Diagnostic> found = new ArrayList<>();
    Optional<EventStudy> whole = paths.of(headline, design.alpha());
    if (whole.isEmpty()) {
      found.add(
          diagnostic(
              way,
              "breakdown",
              Double.NaN,
              Status.WARNING,
              "The periods around treatment do not follow each other in enough clusters, so a drift"
                  + " before treatment says nothing about one after it."));
      found.addAll(withstanding.ofUntried());
      return found;
    }
    List<Double> sizes = way.sizes(settings);
    TrendViolation violation = TrendViolation.of(way, whole.get(), design.alpha());
    boolean isDoubtful = Conclusion.excludesZero(estimate.headline()) && violation.isDoubtful();
    found.add(breakdown(way, "", violation, isDoubtful ? Status.WARNING : Status.PASS));
    if (withstanding.isAsked()) {
      found.addAll(judged(way, headline, violation, withstanding));
    }
    if (violation instanceof Bends bends) {
      found.add(
          diagnostic(
              way,
              "largest_bend",
              bends.largest(),
              Status.PASS,
              "The largest bend per period that was estimated before treatment."));
    }
    found.addAll(sets(way, "", violation, sizes));
    for (Form effect : paths.effectsByEventTime()) {
      paths
          .of(effect, design.alpha())
          .map(study -> TrendViolation.of(way, study, design.alpha()))
          .ifPresent(
              at -> {
                String prefix = "event_time_" + effect.term() + "_";
                found.add(breakdown(way, prefix, at, Status.PASS));
                found.addAll(sets(way, prefix, at, sizes));
              });
    }
    return Collections.unmodifiableList(found);
  }

  // Whether the headline's conclusion withstands what the study says that it has to.
  private List<Diagnostic> judged(
      Sensitivity way, Form headline, TrendViolation violation, Withstanding withstanding) {
    double multiple = withstanding.violation();
    if (multiple > 0 && isWithoutMeasure(violation)) {
      return List.of(withstanding.unknown());
    }
    if (conclusion != Conclusion.NEGLIGIBLE) {
      return List.of(withstanding.effect(violation.breakdownMultiple()));
    }
    // Two one-sided tests, as for a verdict without drift.
    double alpha = 1 - VerdictRule.EQUIVALENCE_LEVEL;
    Interval set =
        TrendViolation.of(way, paths.of(headline, alpha).orElseThrow(), alpha).at(multiple);
    double margin = design.smallestEffect().orElseThrow();
    List<Diagnostic> found = new ArrayList<>();
    found.add(withstanding.absence(set.liesWithin(margin)));
    found.addAll(ends(way, "equivalence_", violation, multiple, set, alpha));
    return found;
  }

  // Without two steps before treatment there is no bend to take a multiple of.
  private static boolean isWithoutMeasure(TrendViolation violation) {
    return violation instanceof Bends bends && !(bends.largest() > 0);
  }

  private List<Diagnostic> sets(
      Sensitivity way, String prefix, TrendViolation violation, List<Double> multiples) {
    List<Diagnostic> found = new ArrayList<>();
    for (double multiple : multiples) {
      if (multiple == 0 || !isWithoutMeasure(violation)) {
        found.addAll(
            ends(way, prefix, violation, multiple, violation.at(multiple), design.alpha()));
      }
    }
    return found;
  }

  private static Diagnostic breakdown(
      Sensitivity way, String prefix, TrendViolation violation, Status status) {
    return diagnostic(way, prefix + "breakdown", violation.breakdown(), status, violation.words());
  }

  private static List<Diagnostic> ends(
      Sensitivity way,
      String prefix,
      TrendViolation violation,
      double multiple,
      Interval set,
      double alpha) {
    String end =
        String.format(Locale.ROOT, "%.0f%% interval ", 100 * (1 - alpha))
            + violation.condition(multiple)
            + ".";
    return List.of(
        end(way, prefix + "low_at_" + multiple, set, set.low(), "Low end of the " + end, end),
        end(way, prefix + "high_at_" + multiple, set, set.high(), "High end of the " + end, end));
  }

  private static Diagnostic end(
      Sensitivity way, String statistic, Interval set, double value, String words, String end) {
    return set.isEmpty()
        ? diagnostic(way, statistic, Double.NaN, Status.PASS, "No effect fits the " + end)
        : diagnostic(way, statistic, value, Status.PASS, words);
  }

  private static Diagnostic diagnostic(
      Sensitivity way, String statistic, double value, Status status, String message) {
    return new Diagnostic(way.word(), statistic, value, Double.NaN, status, message);
  }
}
