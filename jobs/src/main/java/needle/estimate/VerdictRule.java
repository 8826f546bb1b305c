package needle.estimate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Kpi.Direction;

/**
 * From an estimate to a verdict, by the table in docs/method.md: the design must pass its checks,
 * the interval is judged against the smallest effect that would matter, and q-values account for
 * everything that was asked in the run.
 */
public final class VerdictRule {
  /** Most wrong findings among the positive ones, on average. */
  static final double LEVEL = 0.05;

  // The level of the interval that must lie within the margins: two one-sided tests at 5%.
  static final double EQUIVALENCE_LEVEL = 0.90;

  private static final String SENSITIVE = "sensitive";
  private static final String PLACEBO = "placebo";

  /** Of checks whose reason is not their own name. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("clusters", "too_few_clusters"),
          Map.entry("permutation", "too_few_clusters"),
          Map.entry("units", "too_few_units"),
          Map.entry("overlap", "no_overlap"),
          Map.entry("relative_magnitudes", SENSITIVE),
          Map.entry("smoothness", SENSITIVE),
          Map.entry("robustness_value", SENSITIVE),
          Map.entry("e_value", SENSITIVE),
          Map.entry("rosenbaum", SENSITIVE),
          Map.entry("lee_bounds", SENSITIVE),
          Map.entry("placebo_dates", PLACEBO),
          Map.entry("placebo_outcomes", PLACEBO));

  /**
   * A warning that alone leaves evidence weak: without a comparison group nothing tells an effect
   * from whatever else happened at the time.
   */
  static final String NO_CONTROL_GROUP = "no_control_group";

  private VerdictRule() {}

  /** What can be said of a program and a KPI. */
  public enum Outcome {
    WORKS,
    NO_EFFECT,
    HARMS,
    CANT_TELL
  }

  /** How strong the evidence is; none where nothing can be told. */
  public enum Grade {
    STRONG,
    MODERATE,
    WEAK,
    NONE
  }

  /**
   * A verdict.
   *
   * @param reasons why nothing can be told, or what weakens the evidence
   */
  public record Verdict(Outcome outcome, Grade grade, List<String> reasons) {}

  /**
   * Judges the headline of an estimate.
   *
   * @param qValue of there being no effect, among everything that was asked
   * @param equivalenceQ of the effect being one that matters, among the same questions
   * @param smallestEffect the smallest change that would matter, in the KPI's unit
   */
  public static Verdict judge(
      EffectEstimate estimate,
      double qValue,
      double equivalenceQ,
      Direction good,
      double smallestEffect) {
    Set<String> failed = reasons(estimate, Status.FAIL);
    Effect effect = estimate.headline();
    if (Double.isNaN(effect.stdError())) {
      failed.add("underpowered");
    }
    if (!failed.isEmpty()) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, new ArrayList<>(failed));
    }
    boolean isNegligible = isNegligible(estimate, smallestEffect);
    if (isNegligible && equivalenceQ <= LEVEL) {
      List<String> weaknesses = warnings(estimate);
      return new Verdict(Outcome.NO_EFFECT, grade(weaknesses), weaknesses);
    }
    if (isNegligible && !Conclusion.excludesZero(effect)) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("negligible_before_correction"));
    }
    List<String> doubts = doubts(effect, qValue, smallestEffect);
    if (!doubts.isEmpty()) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, doubts);
    }
    if (good == Direction.AMBIGUOUS) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("ambiguous_direction"));
    }
    boolean better = effect.estimate() > 0 == (good == Direction.UP);
    List<String> weaknesses = warnings(estimate);
    if (Math.min(Math.abs(effect.ciLow()), Math.abs(effect.ciHigh())) < smallestEffect) {
      weaknesses.add("may_be_small");
    }
    return new Verdict(better ? Outcome.WORKS : Outcome.HARMS, grade(weaknesses), weaknesses);
  }

  /** Whether the headline's interval holds nothing that matters. */
  static boolean isNegligible(EffectEstimate estimate, double smallestEffect) {
    EffectEstimate.HeadlineInterval range = estimate.interval(EQUIVALENCE_LEVEL);
    return range.low() > -smallestEffect && range.high() < smallestEffect;
  }

  // Why a change is not established, by what the printed interval says.
  private static List<String> doubts(Effect effect, double qValue, double smallestEffect) {
    if (!Conclusion.excludesZero(effect)) {
      return List.of("underpowered");
    }
    List<String> doubts = new ArrayList<>();
    if (!(qValue <= LEVEL)) {
      doubts.add("not_after_correction");
    }
    if (Math.abs(effect.estimate()) < smallestEffect) {
      doubts.add("below_smallest_effect");
    }
    return doubts;
  }

  private static Set<String> reasons(EffectEstimate estimate, Status status) {
    Set<String> reasons = new LinkedHashSet<>();
    for (Diagnostic check : estimate.diagnostics()) {
      if (check.status() == status) {
        reasons.add(reason(check));
      }
    }
    return reasons;
  }

  private static String reason(Diagnostic check) {
    String reason = REASONS.getOrDefault(check.check(), check.check());
    if (reason.equals(SENSITIVE) && check.statistic().equals(Withstanding.UNTRIED)) {
      return "untried_threshold";
    }
    // Nothing found is not an effect found.
    return reason.equals(PLACEBO) && Double.isNaN(check.pValue()) ? "no_placebo" : reason;
  }

  private static List<String> warnings(EffectEstimate estimate) {
    return new ArrayList<>(reasons(estimate, Status.WARNING));
  }

  private static Grade grade(List<String> weaknesses) {
    if (weaknesses.contains(NO_CONTROL_GROUP)) {
      return Grade.WEAK;
    }
    return switch (weaknesses.size()) {
      case 0 -> Grade.STRONG;
      case 1 -> Grade.MODERATE;
      default -> Grade.WEAK;
    };
  }
}
