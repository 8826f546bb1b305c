package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Kpi.Direction;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictRuleTest {
  private static final double SMALLEST_EFFECT = 1.0;

  // An estimate whose 95% interval reaches 1.96 standard errors, with the checks that warn.
  private static EffectEstimate estimate(double estimate, double stdError, String... warnings) {
    double reach = 1.96 * stdError;
    Effect headline =
        new Effect(
            Estimand.ATT,
            "overall",
            "group",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            estimate,
            stdError,
            estimate - reach,
            estimate + reach,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            400,
            900,
            90,
            60);
    List<Diagnostic> checks =
        Arrays.stream(warnings)
            .map(w -> new Diagnostic(w, "-", Double.NaN, Double.NaN, Status.WARNING, "-"))
            .toList();
    return new EffectEstimate(
        "staggered_did", headline, List.of(headline), checks, List.of(), Double.POSITIVE_INFINITY);
  }

  private static String judged(EffectEstimate estimate, double qValue) {
    VerdictRule.Verdict verdict =
        VerdictRule.judge(estimate, qValue, 0.01, Direction.UP, SMALLEST_EFFECT);
    return verdict.outcome() + " " + String.join("+", verdict.reasons());
  }

  @ParameterizedTest(name = "{0} ± 1.96 × {1}, q = {2}: {3}")
  @CsvSource({
    "2.0, 1.5, 0.30, CANT_TELL underpowered",
    "2.0, 0.9, 0.07, CANT_TELL not_after_correction",
    "0.9, 0.2, 0.01, CANT_TELL below_smallest_effect",
    "0.9, 0.4, 0.07, CANT_TELL not_after_correction+below_smallest_effect",
    "-2.0, 0.9, 0.07, CANT_TELL not_after_correction",
  })
  void aReasonNeverContradictsTheInterval(
      double estimate, double stdError, double qValue, String verdict) {
    assertThat(judged(estimate(estimate, stdError), qValue)).isEqualTo(verdict);
  }

  /** In the 90% interval alone, and not once all questions of the run are counted. */
  @ParameterizedTest(name = "{0} ± 1.96 × {1}, q of equivalence = {2}: {3}")
  @CsvSource({
    "0.1, 0.5, 0.05, NO_EFFECT",
    "0.1, 0.5, 0.06, CANT_TELL negligible_before_correction",
    "0.1, 0.5, NaN, CANT_TELL negligible_before_correction",
    "-0.1, 0.4, 0.06, CANT_TELL negligible_before_correction",
    "0.4, 0.15, 0.06, CANT_TELL below_smallest_effect",
    "0.1, 0.6, 0.01, CANT_TELL underpowered",
  })
  void noEffectCountsAllQuestions(
      double estimate, double stdError, double equivalenceQ, String verdict) {
    VerdictRule.Verdict found =
        VerdictRule.judge(
            estimate(estimate, stdError), 0.01, equivalenceQ, Direction.UP, SMALLEST_EFFECT);
    assertThat((found.outcome() + " " + String.join("+", found.reasons())).strip())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relative_magnitudes",
        "smoothness",
        "robustness_value",
        "e_value",
        "rosenbaum",
        "lee_bounds"
      })
  void whatDoesNotWithstandWhatItHasToIsNoVerdict(String check) {
    Diagnostic failed =
        new Diagnostic(check, "withstands", 1, Double.NaN, Status.FAIL, "does not withstand it");
    for (double effect : new double[] {2, 0.1}) {
      assertThat(judged(estimate(effect, 0.2).with(List.of(failed)), 0.01))
          .isEqualTo("CANT_TELL sensitive");
    }
  }

  /** Whether it was tried and missed or not tried at all: neither is taken for the other. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLACEBO_DATES")
  void whatCouldNotBeTriedIsNotCalledSensitive(Sensitivity way) {
    Withstanding asked = new Withstanding(way, Settings.withstanding(1.5), Conclusion.MOVED);
    assertThat(judged(estimate(2, 0.2).with(asked.ofUntried()), 0.01))
        .isEqualTo("CANT_TELL untried_threshold");
    List<Diagnostic> missed = asked.ofEffect(1);
    assertThat(judged(estimate(2, 0.2).with(missed), 0.01)).isEqualTo("CANT_TELL sensitive");
    Diagnostic column = new Diagnostic("placebo_outcomes", "untried", 1, 0, Status.FAIL, "-");
    assertThat(judged(estimate(2, 0.2).with(List.of(column)), 0.01)).isEqualTo("CANT_TELL placebo");
  }

  @ParameterizedTest
  @CsvSource({"placebo_dates, 0.001, placebo", "placebo_outcomes, NaN, no_placebo"})
  void nothingFoundIsNoEffectFound(String check, double pValue, String reason) {
    Diagnostic failed = new Diagnostic(check, "-", 1, pValue, Status.FAIL, "-");
    assertThat(judged(estimate(2, 0.2).with(List.of(failed)), 0.01))
        .isEqualTo("CANT_TELL " + reason);
  }

  @ParameterizedTest(name = "{0} ± 1.96 × {1}, warned of {2}: {3}, {4}")
  @CsvSource({
    "2.0, 0.2, '', STRONG, ''",
    "2.0, 0.6, '', MODERATE, may_be_small",
    "2.0, 0.2, pre_trend_power, MODERATE, pre_trend_power",
    "2.0, 0.6, pre_trend_power, WEAK, pre_trend_power+may_be_small",
    "-2.0, 0.6, '', MODERATE, may_be_small",
    "0.1, 0.2, '', STRONG, ''",
    "0.1, 0.2, attrition, MODERATE, attrition",
    "2.0, 0.2, relative_magnitudes, MODERATE, sensitive",
    "2.0, 0.2, placebo_dates, MODERATE, no_placebo",
  })
  void everyLostGradeHasItsReason(
      double estimate, double stdError, String warning, String grade, String reasons) {
    String[] warnings = warning.isEmpty() ? new String[0] : new String[] {warning};
    VerdictRule.Verdict verdict =
        VerdictRule.judge(
            estimate(estimate, stdError, warnings), 0.01, 0.01, Direction.UP, SMALLEST_EFFECT);
    assertThat(verdict.grade()).hasToString(grade);
    assertThat(String.join("+", verdict.reasons())).isEqualTo(reasons);
  }
}
