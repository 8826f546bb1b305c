package needle.estimate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.sensitivity.EventStudy;
import needle.estimate.sensitivity.Interval;
import needle.estimate.sensitivity.RelativeMagnitudes;
import needle.estimate.sensitivity.Smoothness;

/**
 * How far the effects stand when trends were not quite parallel (Rambachan & Roth 2023); the
 * threshold stands in docs/method.md.
 */
final class TrendSensitivity {
  private static final double[] MULTIPLES = {0.5, 1, 1.5, 2};
  private static final double[] BENDS = {0, 0.5, 1};

  /** A drift as large as the largest before treatment must not explain the effect. */
  private static final double STANDS = 1;

  private final TrendPaths paths;
  private final boolean excludesZero;
  private final double alpha;

  /**
   * @param excludesZero whether the headline's interval does, were trends parallel
   */
  TrendSensitivity(TrendPaths paths, boolean excludesZero, double alpha) {
    this.paths = paths;
    this.excludesZero = excludesZero;
    this.alpha = alpha;
  }

  List<Diagnostic> of(Form headline, Set<Sensitivity> asked) {
    List<Diagnostic> found = new ArrayList<>();
    for (Sensitivity kind : List.of(Sensitivity.RELATIVE_MAGNITUDES, Sensitivity.SMOOTHNESS)) {
      if (asked.contains(kind)) {
        found.addAll(of(kind, headline));
      }
    }
    return found;
  }

  private List<Diagnostic> of(Sensitivity kind, Form headline) {
    Optional<EventStudy> whole = paths.of(headline);
    if (whole.isEmpty()) {
      return List.of(
          diagnostic(
              kind,
              "breakdown",
              Double.NaN,
              Status.WARNING,
              "The periods around treatment do not follow each other in enough clusters, so a drift"
                  + " before treatment says nothing about one after it."));
    }
    List<Diagnostic> found = new ArrayList<>(told(kind, "", whole.get(), true));
    for (Form effect : paths.effectsByEventTime()) {
      paths
          .of(effect)
          .map(study -> told(kind, "event_time_" + effect.term() + "_", study, false))
          .ifPresent(found::addAll);
    }
    return Collections.unmodifiableList(found);
  }

  private List<Diagnostic> told(
      Sensitivity kind, String prefix, EventStudy study, boolean isHeadline) {
    return kind == Sensitivity.SMOOTHNESS
        ? smoothness(prefix, study, isHeadline)
        : relativeMagnitudes(prefix, study, isHeadline);
  }

  private List<Diagnostic> relativeMagnitudes(String prefix, EventStudy study, boolean isHeadline) {
    RelativeMagnitudes analysis = new RelativeMagnitudes(study, alpha);
    double breakdown = analysis.breakdown();
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        diagnostic(
            Sensitivity.RELATIVE_MAGNITUDES,
            prefix + "breakdown",
            breakdown,
            isHeadline && excludesZero && breakdown < STANDS ? Status.WARNING : Status.PASS,
            breakdown > 0
                ? String.format(
                    Locale.ROOT,
                    "A drift per period of %.2f times the largest before treatment would explain"
                        + " the effect away.",
                    breakdown)
                : "Even with parallel trends the effect may be zero."));
    for (double multiple : MULTIPLES) {
      found.addAll(
          ends(
              Sensitivity.RELATIVE_MAGNITUDES,
              prefix,
              multiple,
              analysis.at(multiple),
              String.format(
                  Locale.ROOT,
                  "if trends drift by up to %.1f times the largest step before treatment",
                  multiple)));
    }
    return found;
  }

  private List<Diagnostic> smoothness(String prefix, EventStudy study, boolean isHeadline) {
    Smoothness analysis = new Smoothness(study, alpha);
    double breakdown = analysis.breakdown();
    double largest = analysis.largestBend();
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        diagnostic(
            Sensitivity.SMOOTHNESS,
            prefix + "breakdown",
            breakdown,
            isHeadline && excludesZero && breakdown == 0 ? Status.WARNING : Status.PASS,
            breakdown > 0
                ? "A drift that bends by this much per period would explain the effect away."
                : "Carried on in a straight line, the drift before treatment may explain the"
                    + " effect."));
    if (isHeadline) {
      found.add(
          diagnostic(
              Sensitivity.SMOOTHNESS,
              "largest_bend",
              largest,
              Status.PASS,
              "The largest bend per period that was estimated before treatment."));
    }
    for (double share : BENDS) {
      if (share == 0 || largest > 0) {
        found.addAll(
            ends(
                Sensitivity.SMOOTHNESS,
                prefix,
                share,
                analysis.at(share * largest),
                share == 0
                    ? "if the drift before treatment goes on in a straight line"
                    : String.format(
                        Locale.ROOT,
                        "if the drift bends by up to %.1f times the largest bend before treatment",
                        share)));
      }
    }
    return found;
  }

  private List<Diagnostic> ends(
      Sensitivity kind, String prefix, double at, Interval interval, String condition) {
    String end = String.format(Locale.ROOT, "%.0f%% interval ", 100 * (1 - alpha)) + condition;
    boolean isEmpty = interval.low() > interval.high();
    return List.of(
        diagnostic(
            kind,
            prefix + "low_at_" + at,
            isEmpty ? Double.NaN : interval.low(),
            Status.PASS,
            isEmpty ? "No effect fits the " + end + "." : "Low end of the " + end + "."),
        diagnostic(
            kind,
            prefix + "high_at_" + at,
            isEmpty ? Double.NaN : interval.high(),
            Status.PASS,
            isEmpty ? "No effect fits the " + end + "." : "High end of the " + end + "."));
  }

  private static Diagnostic diagnostic(
      Sensitivity kind, String statistic, double value, Status status, String message) {
    return new Diagnostic(kind.word(), statistic, value, Double.NaN, status, message);
  }
}
