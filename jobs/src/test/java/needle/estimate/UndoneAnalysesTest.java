package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Kpi.Direction;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A threshold is not escaped by an estimator that cannot be tried against it. */
class UndoneAnalysesTest {
  private static final double MARGIN = 1;
  private static final Settings EXCLUDES_ZERO =
      new Settings(List.of(), OptionalDouble.empty(), true);

  private static EffectEstimate estimate(double estimate, double error) {
    double reach = 1.96 * error;
    Effect headline =
        new Effect(
            Estimand.ATE,
            "overall",
            "ate",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            estimate,
            error,
            estimate - reach,
            estimate + reach,
            Double.NaN,
            Double.NaN,
            0.01,
            200,
            200,
            400,
            200);
    return new EffectEstimate(
        "ols", headline, List.of(headline), List.of(), List.of(), Double.POSITIVE_INFINITY);
  }

  private static List<Diagnostic> untried(EffectEstimate estimate, Settings settings) {
    StudyDesign design =
        StudyDesign.of("person", "y").exposed("treated").mattersFrom(MARGIN).build();
    return new UndoneAnalyses("ols", Map.of(Sensitivity.LEE_BOUNDS, settings))
        .of(estimate, null, design);
  }

  /** The 90% interval, of which it depends whether something matters, is ±0.33 or ±1.64. */
  @ParameterizedTest(name = "{0} ± 1.96 × {1}: {2}, {3}")
  @CsvSource({
    "2.0, 0.2, FAIL, CANT_TELL",
    "-0.8, 0.2, FAIL, CANT_TELL",
    "0.5, 0.2, PASS, NO_EFFECT",
    "0.2, 1.0, PASS, CANT_TELL",
  })
  void boundsThatHaveToExcludeZeroAndWereNotMadeForbidAnEffect(
      double effect, double error, Status status, String verdict) {
    EffectEstimate estimate = estimate(effect, error);
    List<Diagnostic> found = untried(estimate, EXCLUDES_ZERO);
    assertThat(found)
        .extracting(Diagnostic::check, Diagnostic::statistic, Diagnostic::status)
        .containsExactly(
            tuple("lee_bounds", "not_done", Status.PASS),
            tuple("lee_bounds", status == Status.FAIL ? "untried" : "withstands", status));
    assertThat(VerdictRule.judge(estimate.with(found), 0.01, 0.01, Direction.UP, MARGIN).outcome())
        .hasToString(verdict);
  }

  @Test
  void whereNothingIsDemandedNothingHasToBeWithstood() {
    assertThat(untried(estimate(2, 0.2), Settings.USUAL))
        .extracting(Diagnostic::statistic, Diagnostic::status)
        .containsExactly(tuple("not_done", Status.PASS));
  }
}
