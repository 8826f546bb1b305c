package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.InterruptedSeries.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What cannot be tested has not passed. */
class SeriesChecksTest {
  private static final int BEFORE = 30;

  private static SeriesChecks checks(Errors errors) {
    int[] periods = IntStream.range(0, 40).toArray();
    double[] values = IntStream.range(0, 40).mapToDouble(t -> t).toArray();
    return new SeriesChecks(new Series(periods, values, BEFORE, 1, 1, List.of()), 0, errors);
  }

  @ParameterizedTest
  @EnumSource
  void whereNothingIsLeftNothingIsKnownOfHowItFollowsOnItself(Errors errors) {
    SeriesFit exact = new SeriesFit(new double[4], new double[4][4], new double[40], 0);
    Diagnostic test =
        checks(errors).of(exact).stream()
            .filter(d -> d.statistic().equals("ljung_box"))
            .findFirst()
            .orElseThrow();
    assertThat(test.pValue()).isNaN();
    assertThat(test.status()).isEqualTo(Status.WARNING);
    assertThat(test.message()).contains("cannot be tested");
  }

  /** At a third, a half and two thirds of thirty periods; Bonferroni over those that are tested. */
  @ParameterizedTest(name = "{0}, {1}, {2}: {3}, {4}")
  @CsvSource({
    "NaN, NaN, NaN, NaN, WARNING, errors cannot be told",
    "NaN, 0.40, 0.90, 0.80, PASS, None of 2 dates",
    "0.02, NaN, 0.90, 0.04, WARNING, Of 2 dates",
    "0.25, 0.40, 0.90, 0.75, PASS, None of 3 dates",
  })
  void datesThatCannotBeTestedAreNoDatesWithoutAnEffect(
      double third, double half, double twoThirds, double p, Status status, String told) {
    Diagnostic test =
        checks(Errors.NEWEY_WEST)
            .placeboDates(
                (before, start) ->
                    Optional.of(
                        new double[] {1, start == 10 ? third : start == 15 ? half : twoThirds}));
    assertThat(test.pValue()).isEqualTo(Double.valueOf(p));
    assertThat(test.status()).isEqualTo(status);
    assertThat(test.message()).contains(told);
  }

  @Test
  void aTestWithoutAPValueWasNotPassed() {
    assertThat(PreTrend.status(Double.NaN)).isEqualTo(Status.WARNING);
    assertThat(PreTrend.status(0.05)).isEqualTo(Status.PASS);
    assertThat(PreTrend.status(0.01)).isEqualTo(Status.WARNING);
    assertThat(PreTrend.status(0.0099)).isEqualTo(Status.FAIL);
  }
}
