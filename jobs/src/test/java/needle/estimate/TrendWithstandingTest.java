package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StudyDesign.BasePeriod;
import needle.estimate.sensitivity.MedicaidExpansion;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether a conclusion withstands the drift that a study names, on the published event study of the
 * {@link MedicaidExpansion}. Its effect in the first year, 0.046, falls at a multiple between 1.5
 * (0.0082 to 0.0797) and 2 (−0.0009 to 0.0881), and at a bend between 0.02 (0.0029 to 0.0907) and
 * 0.03 (−0.0071 to 0.1007); its largest bend is 0.014633.
 */
class TrendWithstandingTest {
  private static final int PERIODS = MedicaidExpansion.COVERAGE.length;
  private static final double EFFECT = MedicaidExpansion.COVERAGE[MedicaidExpansion.BEFORE];
  private static final double NO_MARGIN = Double.NaN;

  // Leads at −6 to −2, the reference −1, and two periods after it.
  private static Form form(String aggregation, int period, double estimate, double clusters) {
    int eventTime = period < MedicaidExpansion.BEFORE ? period - 6 : period - 5;
    double[] influence = new double[PERIODS];
    influence[period] = 1;
    return new Form(
        aggregation,
        String.valueOf(eventTime),
        Optional.empty(),
        Optional.empty(),
        Optional.of(eventTime),
        estimate,
        influence,
        400,
        900,
        clusters);
  }

  private static List<Diagnostic> tried(
      Sensitivity way, Settings settings, double margin, double effect, int leads) {
    List<Form> forms = new ArrayList<>();
    for (String aggregation : List.of(Form.GROUP_TIME, Form.EVENT_TIME)) {
      for (int period = 0; period < PERIODS; period++) {
        double estimate =
            period == MedicaidExpansion.BEFORE ? effect : MedicaidExpansion.COVERAGE[period];
        boolean isTrusted = period >= MedicaidExpansion.BEFORE - leads;
        forms.add(form(aggregation, period, estimate, isTrusted ? 50 : 5));
      }
    }
    double[] gram = new double[PERIODS * PERIODS];
    for (int i = 0; i < gram.length; i++) {
      gram[i] = MedicaidExpansion.DOUBT[i / PERIODS][i % PERIODS];
    }
    Covariance covariance = Covariance.of(gram, 1, Double.POSITIVE_INFINITY);
    StudyDesign.Draft design =
        StudyDesign.of("state", "year", "coverage").adopted("first").from(BasePeriod.UNIVERSAL);
    if (!Double.isNaN(margin)) {
      design.mattersFrom(margin);
    }
    Form headline = forms.get(MedicaidExpansion.BEFORE);
    return new TrendSensitivity(
            new TrendPaths(forms, covariance, design.build()),
            estimate(headline, covariance),
            design.build())
        .of(headline, Map.of(way, settings));
  }

  private static EffectEstimate estimate(Form headline, Covariance covariance) {
    double error = covariance.standardError(headline.influence());
    double reach = covariance.quantile(0.05) * error;
    Effect effect =
        new Effect(
            Estimand.ATT,
            headline.aggregation(),
            headline.term(),
            Optional.empty(),
            Optional.empty(),
            headline.eventTime(),
            headline.estimate(),
            error,
            headline.estimate() - reach,
            headline.estimate() + reach,
            Double.NaN,
            Double.NaN,
            covariance.pValue(headline.estimate(), error),
            400,
            900,
            90,
            60);
    return new EffectEstimate(
        "staggered_did", effect, List.of(effect), List.of(), List.of(), Double.POSITIVE_INFINITY);
  }

  private static Optional<Diagnostic> found(List<Diagnostic> told, String statistic) {
    return told.stream().filter(d -> d.statistic().equals(statistic)).findFirst();
  }

  private static Diagnostic withstands(List<Diagnostic> told) {
    return found(told, "withstands").orElseThrow();
  }

  private static Diagnostic untried(List<Diagnostic> told) {
    assertThat(found(told, "withstands")).isEmpty();
    return found(told, "untried").orElseThrow();
  }

  @ParameterizedTest(name = "{0} of {1}: {2}")
  @CsvSource({
    "RELATIVE_MAGNITUDES, 0, PASS",
    "RELATIVE_MAGNITUDES, 1.5, PASS",
    "RELATIVE_MAGNITUDES, 2, FAIL",
    "SMOOTHNESS, 0, PASS",
    "SMOOTHNESS, 1.36, PASS",
    "SMOOTHNESS, 2.06, FAIL",
  })
  void anEffectWithstandsWhatIsPublished(Sensitivity way, double asked, Status status) {
    List<Diagnostic> told = tried(way, Settings.withstanding(asked), NO_MARGIN, EFFECT, 5);
    assertThat(withstands(told).value()).isEqualTo(asked);
    assertThat(withstands(told).status()).isEqualTo(status);
    // That it stands what was seen before costs no grade, whatever has to be withstood.
    assertThat(found(told, "breakdown").orElseThrow().status()).isEqualTo(Status.PASS);
  }

  /**
   * At 90%. Smoothness as a cone programme, solved by cvxpy 1.9.3 with Clarabel 0.11.1; relative
   * magnitudes by honestdid 0.1.1, whose ends lie on a grid 0.0002 apart.
   */
  @ParameterizedTest(name = "{0} of {1} within ±{2}: {5}")
  @CsvSource({
    "SMOOTHNESS, 0.5, 0.075, 0.0209306343, 0.0707042818, PASS",
    "SMOOTHNESS, 1, 0.075, 0.0134510344, 0.0801220010, FAIL",
    "RELATIVE_MAGNITUDES, 1, 0.075, 0.02147, 0.06852, PASS",
    "RELATIVE_MAGNITUDES, 2, 0.075, 0.00586, 0.08273, FAIL",
  })
  void noEffectWithstandsItWhereTheSetLiesWithinTheMargins(
      Sensitivity way, double asked, double margin, double low, double high, Status status) {
    List<Diagnostic> told = tried(way, Settings.withstanding(asked), margin, EFFECT, 5);
    double exact = way == Sensitivity.SMOOTHNESS ? 2e-7 : 0.0006; // a first stage of 1,000 draws
    assertThat(found(told, "equivalence_low_at_" + asked).orElseThrow().value())
        .isCloseTo(low, within(exact));
    assertThat(found(told, "equivalence_high_at_" + asked).orElseThrow().value())
        .isCloseTo(high, within(exact));
    assertThat(withstands(told).status()).isEqualTo(status);
  }

  @Test
  void withoutAThresholdNothingIsAdded() {
    List<Diagnostic> told =
        tried(Sensitivity.RELATIVE_MAGNITUDES, Settings.USUAL, 0.075, EFFECT, 5);
    assertThat(told)
        .filteredOn(d -> !d.statistic().startsWith("event_time"))
        .extracting(Diagnostic::statistic)
        .containsExactly(
            "breakdown",
            "low_at_0.5",
            "high_at_0.5",
            "low_at_1.0",
            "high_at_1.0",
            "low_at_1.5",
            "high_at_1.5",
            "low_at_2.0",
            "high_at_2.0");
  }

  @Test
  void theSizesAreThoseThatAreAsked() {
    Settings asked = new Settings(List.of(0.25, 1.5), java.util.OptionalDouble.empty(), false);
    List<Diagnostic> told = tried(Sensitivity.RELATIVE_MAGNITUDES, asked, NO_MARGIN, EFFECT, 5);
    assertThat(told)
        .filteredOn(d -> !d.statistic().startsWith("event_time"))
        .extracting(Diagnostic::statistic)
        .containsExactly("breakdown", "low_at_0.25", "high_at_0.25", "low_at_1.5", "high_at_1.5");
    assertThat(found(told, "low_at_1.5").orElseThrow().value())
        .isCloseTo(0.00824493, within(0.00037));
    assertThat(found(told, "low_at_0.25").orElseThrow().message()).contains("up to 0.25 times");
  }

  @ParameterizedTest
  @EnumSource(names = {"RELATIVE_MAGNITUDES", "SMOOTHNESS"})
  void whatConcludesNothingHasNothingToWithstand(Sensitivity way) {
    List<Diagnostic> told = tried(way, Settings.withstanding(3), NO_MARGIN, 0.005, 5);
    assertThat(withstands(told).status()).isEqualTo(Status.PASS);
    assertThat(withstands(told).message()).contains("Nothing is concluded");
  }

  @ParameterizedTest
  @EnumSource(names = {"RELATIVE_MAGNITUDES", "SMOOTHNESS"})
  void withoutLeadsNoConclusionIsShownToWithstandAnything(Sensitivity way) {
    Settings asked = Settings.withstanding(0.5);
    List<Diagnostic> told = tried(way, asked, NO_MARGIN, EFFECT, 0);
    assertThat(untried(told).status()).isEqualTo(Status.FAIL);
    assertThat(untried(told).value()).isEqualTo(0.5);
    assertThat(untried(told).message()).contains("cannot be told");
    assertThat(withstands(tried(way, asked, NO_MARGIN, 0.005, 0)).status()).isEqualTo(Status.PASS);
    assertThat(found(tried(way, Settings.USUAL, NO_MARGIN, EFFECT, 0), "withstands")).isEmpty();
  }

  @Test
  void ofOneStepThereIsNoBendToTakeAMultipleOf() {
    Sensitivity way = Sensitivity.SMOOTHNESS;
    for (double margin : new double[] {NO_MARGIN, 0.075}) {
      assertThat(untried(tried(way, Settings.withstanding(0.5), margin, EFFECT, 1)).message())
          .contains("cannot be told");
    }
    assertThat(withstands(tried(way, Settings.withstanding(0), NO_MARGIN, EFFECT, 1)).message())
        .doesNotContain("cannot be told");
  }
}
