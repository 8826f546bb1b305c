package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.InterruptedSeries.Errors;
import needle.estimate.InterruptedSeries.Season;
import needle.kit.InvalidInput;
import needle.kit.Kpi.Direction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * California's cigarettes, with the figures that Linden (2015, Stata Journal 15, 480-500) publishes
 * for one group and lag 1; and figures of statsmodels 0.15.0, OLS with HAC errors and GLS with the
 * covariance of a first-order autoregression, its parameter iterated or, for the restricted
 * likelihood, from scipy 1.17.1.
 */
class InterruptedSeriesTest extends SparkTest {
  private static final int JANUARY_2010 = 24_120;
  private static final StructType SERIES =
      StructType.fromDDL("site string, month int, kpi double, since int");

  private Dataset<Row> california() {
    return PublishedPanels.tobaccoControl(session()).where("first_treated > 0");
  }

  private static StudyDesign.Draft cigarettes() {
    return StudyDesign.of("state", "year", "packs_per_capita").adopted("first_treated", 0);
  }

  private static StudyDesign.Draft sites() {
    return StudyDesign.of("site", "month", "kpi").adopted("since");
  }

  private static InterruptedSeries method(Season season, Errors errors, int... lag) {
    return new InterruptedSeries(
        Optional.empty(),
        season,
        12,
        errors,
        lag.length == 0 ? OptionalInt.empty() : OptionalInt.of(lag[0]));
  }

  /** Five years of one site by a formula, with a season, errors that carry over, and a step. */
  private Dataset<Row> monthly(double step, double bend) {
    List<Row> rows = new ArrayList<>();
    long state = 7;
    double error = 0;
    for (int t = 0; t < 60; t++) {
      state = (1103515245L * state + 12345) % 2147483648L;
      error = 0.5 * error + state / 2147483648.0 - 0.5;
      int month = JANUARY_2010 + t;
      double kpi = 10 + 0.1 * t + 3 * Math.sin(2 * Math.PI * (month % 12) / 12) + error;
      kpi += t >= 36 ? step : bend * Math.max(0, t - 12);
      rows.add(RowFactory.create("all", month, kpi, JANUARY_2010 + 36));
    }
    return session().createDataFrame(rows, SERIES);
  }

  private static void agrees(Effect effect, double estimate, double error, double tolerance) {
    assertThat(effect.estimate()).as(effect.term()).isCloseTo(estimate, within(tolerance));
    assertThat(effect.stdError()).as(effect.term()).isCloseTo(error, within(tolerance));
  }

  @Test
  void publishedFiguresOfCaliforniaComeOut() {
    EffectEstimate estimate =
        method(Season.NONE, Errors.NEWEY_WEST, 1).estimate(california(), cigarettes().build());
    agrees(estimate.find("coefficient", "trend").orElseThrow(), -1.779474, 0.3834188, 5e-7);
    agrees(estimate.find("coefficient", "level_change").orElseThrow(), -20.0581, 4.724395, 5e-5);
    agrees(
        estimate.find("coefficient", "trend_change").orElseThrow(),
        -1.4946523787141315,
        0.43682010957723205,
        1e-9);
    agrees(estimate.headline(), -28.278684712482377, 6.051400331827904, 1e-9);
    // By the rule of Newey & West, 31 years have a lag of three.
    agrees(
        method(Season.NONE, Errors.NEWEY_WEST)
            .estimate(california(), cigarettes().build())
            .headline(),
        -28.278684712482377,
        7.2394688061709775,
        1e-9);
    assertThat(estimate.diagnosticValue("autocorrelation", "ljung_box").orElseThrow())
        .isCloseTo(27.839458, within(1e-6));
    assertThat(estimate.diagnostic("autocorrelation", "ljung_box").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  @Test
  void howMuchCarriesOverIsToldWhateverTheErrors() {
    Random random = new Random(22);
    for (double rho : new double[] {0.5, 0.9}) {
      List<Row> rows = new ArrayList<>();
      double error = 0;
      for (int t = 0; t < 400; t++) {
        error = rho * error + random.nextGaussian();
        rows.add(RowFactory.create("all", t + 1, 10 + 0.1 * t + error, 301));
      }
      Dataset<Row> series = session().createDataFrame(rows, SERIES);
      for (Errors errors : Errors.values()) {
        EffectEstimate found = method(Season.NONE, errors).estimate(series, sites().build());
        // A standard error of (1 − ρ²)^½/20 is 0.04 and 0.02.
        assertThat(found.diagnosticValue("autocorrelation", "rho").orElseThrow())
            .as("%s", errors)
            .isCloseTo(rho, within(0.13));
        assertThat(found.diagnostic("autocorrelation", "rho").orElseThrow().status())
            .isEqualTo(rho > 0.8 ? Status.WARNING : Status.PASS);
      }
    }
  }

  @Test
  void whatCarriesOverIsTransformedAway() {
    EffectEstimate estimate =
        method(Season.NONE, Errors.PRAIS_WINSTEN).estimate(california(), cigarettes().build());
    agrees(estimate.headline(), -17.052943974130454, 6.177409142987341, 1e-7);
    agrees(
        estimate.find("counterfactual", "2000").orElseThrow(),
        71.00881231006619,
        12.201997519938088,
        1e-7);
    agrees(
        estimate.find("event_time", "0").orElseThrow(),
        -6.083964515563459,
        2.7248504033902825,
        1e-7);
    assertThat(estimate.diagnosticValue("autocorrelation", "rho").orElseThrow())
        .isCloseTo(0.9440394690706662, within(1e-9));
    assertThat(estimate.diagnostic("autocorrelation", "rho").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(estimate.diagnostic("autocorrelation", "ljung_box").orElseThrow().pValue())
        .isCloseTo(0.07316, within(5e-6));
    assertThat(estimate.degreesOfFreedom()).isEqualTo(27);
    Intervals.ofStudent(estimate.headline(), 27, 2.0518305164803);
  }

  @ParameterizedTest
  @CsvSource({
    "HARMONICS, PRAIS_WINSTEN, 1.7929241673200438, 0.24846795631495053",
    "HARMONICS, NEWEY_WEST, 1.7740378856320205, 0.17130121961280997",
    "HARMONICS, RESTRICTED_LIKELIHOOD, 1.80495926354064, 0.2977057995983915",
    "MONTHS, PRAIS_WINSTEN, 1.776044702109703, 0.26849108221319545",
    "MONTHS, NEWEY_WEST, 1.7672497846163444, 0.18570995322644043",
    "MONTHS, RESTRICTED_LIKELIHOOD, 1.779051274658362, 0.2973349295345455"
  })
  void seasonsAreThoseOfAnotherImplementation(
      Season season, Errors errors, double effect, double error) {
    EffectEstimate estimate = method(season, errors).estimate(monthly(2, 0), sites().build());
    agrees(estimate.headline(), effect, error, 1e-6);
  }

  @Test
  void datesBeforeTheRealOneAreTried() {
    EffectEstimate estimate =
        method(Season.HARMONICS, Errors.PRAIS_WINSTEN).estimate(monthly(2, 0), sites().build());
    EffectEstimate.Diagnostic dates =
        estimate.diagnostic("placebo_dates", "smallest_p").orElseThrow();
    assertThat(dates.value()).isCloseTo(0.39932830778685724, within(1e-6));
    assertThat(dates.pValue()).isCloseTo(3 * 0.10870473144810971, within(1e-6));
    assertThat(dates.status()).isEqualTo(Status.PASS);
    assertThat(
            method(Season.HARMONICS, Errors.PRAIS_WINSTEN)
                .estimate(monthly(2, 0.8), sites().build())
                .diagnostic("placebo_dates", "smallest_p")
                .orElseThrow()
                .status())
        .isEqualTo(Status.FAIL);
  }

  /** Twelve periods before, or two cycles, and three after are just enough. */
  @ParameterizedTest
  @CsvSource({
    "24, 39, NONE, PASS, PASS",
    "25, 39, NONE, FAIL, PASS",
    "24, 38, NONE, PASS, FAIL",
    "12, 60, HARMONICS, PASS, PASS",
    "13, 60, HARMONICS, FAIL, PASS"
  })
  void fewerPeriodsThanNeededFail(int from, int to, Season season, Status before, Status after) {
    Dataset<Row> some =
        monthly(2, 0)
            .where("month >= " + (JANUARY_2010 + from) + " and month < " + (JANUARY_2010 + to));
    EffectEstimate estimate = method(season, Errors.NEWEY_WEST, 1).estimate(some, sites().build());
    assertThat(estimate.diagnostic("series", "periods_before").orElseThrow().status())
        .isEqualTo(before);
    assertThat(estimate.diagnostic("series", "periods_after").orElseThrow().status())
        .isEqualTo(after);
  }

  @Test
  void aSeasonThatIsLeftOutFails() {
    assertThat(
            method(Season.NONE, Errors.PRAIS_WINSTEN)
                .estimate(monthly(2, 0), sites().build())
                .diagnostic("autocorrelation", "ljung_box")
                .orElseThrow()
                .status())
        .isEqualTo(Status.FAIL);
  }

  @Test
  void trueNullsAreRejectedAboutAsOftenAsPromised() {
    Random random = new Random(5);
    int rejected = 0;
    for (int draw = 0; draw < 400; draw++) {
      double[] values = new double[48];
      double error = 0;
      for (int t = -20; t < values.length; t++) {
        error = 0.5 * error + random.nextGaussian();
        if (t >= 0) {
          values[t] = error;
        }
      }
      TrendBreak segments = new TrendBreak(Season.NONE, 12, new int[48], 24);
      SeriesFit fit = SeriesFit.restrictedLikelihood(segments.rows(), values).orElseThrow();
      double t = fit.value(segments.averageEffect()) / fit.standardError(segments.averageEffect());
      rejected += Math.abs(t) > Quantiles.quantile(fit.degreesOfFreedom(), 0.975) ? 1 : 0;
    }
    // By Prais and Winsten's own iteration it is about one in eight.
    assertThat(rejected / 400.0).isBetween(0.02, 0.095);
  }

  private Dataset<Row> ofPeople() {
    return monthly(2, 0)
        .selectExpr("explode(sequence(1, 30)) as person", "month", "kpi", "since")
        .selectExpr(
            "concat('p', person) as site",
            "month",
            "kpi * (1 + person) as kpi",
            "double(1 + person) as hours",
            "since");
  }

  @Test
  void anExposureMakesARate() {
    Effect one =
        method(Season.MONTHS, Errors.PRAIS_WINSTEN)
            .estimate(monthly(2, 0), sites().build())
            .headline();
    EffectEstimate rate =
        new InterruptedSeries(
                Optional.of("hours"), Season.MONTHS, 12, Errors.PRAIS_WINSTEN, OptionalInt.empty())
            .estimate(ofPeople(), sites().build());
    agrees(rate.headline(), one.estimate(), one.stdError(), 1e-9);
    assertThat(rate.headline().treated()).isEqualTo(30);
    assertThat(rate.attrition().get(0).rows()).isEqualTo(1800);
    Effect mean =
        method(Season.MONTHS, Errors.PRAIS_WINSTEN)
            .estimate(ofPeople(), sites().build())
            .headline();
    agrees(mean, 16.5 * one.estimate(), 16.5 * one.stdError(), 1e-9);
  }

  @Test
  void theLayoutDoesNotMatterToTheLastBit() {
    InterruptedSeries method = method(Season.MONTHS, Errors.PRAIS_WINSTEN);
    assertThat(method.estimate(ofPeople().repartition(7), sites().build()))
        .isEqualTo(method.estimate(ofPeople().coalesce(1), sites().build()));
  }

  @Test
  void withFivePeriodsBeforeNoEarlierDateIsTried() {
    EffectEstimate brief =
        method(Season.NONE, Errors.PRAIS_WINSTEN)
            .estimate(monthly(2, 0).where("month >= 24120 + 31"), sites().build());
    assertThat(brief.diagnostic("placebo_dates", "smallest_p").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /** Of thirty people, so many are seen in every month. */
  @ParameterizedTest
  @CsvSource({"14, FAIL", "15, WARNING", "23, WARNING", "24, PASS"})
  void peopleWhoComeAndGoFail(int staying, Status status) {
    Dataset<Row> turnover =
        ofPeople().where("int(substr(site, 2)) % 30 < " + staying + " or month % 5 <> 0");
    EffectEstimate.Diagnostic seen =
        method(Season.MONTHS, Errors.PRAIS_WINSTEN)
            .estimate(turnover, sites().build())
            .diagnostic("attrition", "seen_throughout")
            .orElseThrow();
    assertThat(seen.value()).isCloseTo(staying / 30.0, within(1e-12));
    assertThat(seen.status()).isEqualTo(status);
  }

  @Test
  void evidenceWithoutAComparisonGroupIsWeakAtMost() {
    EffectEstimate estimate =
        method(Season.HARMONICS, Errors.RESTRICTED_LIKELIHOOD)
            .estimate(monthly(20, 0), sites().mattersFrom(1).build());
    assertThat(estimate.diagnostics())
        .filteredOn(d -> d.status() == Status.WARNING)
        .extracting(EffectEstimate.Diagnostic::check)
        .containsExactly("no_control_group");
    VerdictRule.Verdict verdict = VerdictRule.judge(estimate, 0.0001, 0.01, Direction.UP, 1);
    assertThat(verdict.outcome()).isEqualTo(VerdictRule.Outcome.WORKS);
    assertThat(verdict.grade()).isEqualTo(VerdictRule.Grade.WEAK);
    assertThat(verdict.reasons()).containsExactly("no_control_group");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "site, month, kpi, if(site = 'p1', null, since) as since, hours | There is a comparison",
        "site, month, kpi, if(site = 'p1', since + 2, since) as since, hours | There is a compari",
        "site, month, kpi, cast(null as int) as since, hours | Nobody was treated",
        "site, month, cast(null as double) as kpi, since, hours | Nothing was observed",
        "site, month + int(month / 24130) as month, kpi, since, hours | not numbered one after",
        "site, month, kpi, 24121 as since, hours | A trend cannot be told on both sides",
        "site, month, kpi, since, if(month = 24130, 0, hours) as hours | has no exposure",
        "site, month, 5.0 + month as kpi, since, 1.0 as hours | doubt of the effect cannot be told"
      })
  void whatCannotBeEstimatedIsRefused(String columns, String problem) {
    Dataset<Row> panel = ofPeople().selectExpr(columns.split(", (?![^(]*\\))"));
    assertThatThrownBy(
            () ->
                new InterruptedSeries(
                        Optional.of("hours"),
                        Season.NONE,
                        12,
                        Errors.PRAIS_WINSTEN,
                        OptionalInt.empty())
                    .estimate(panel, sites().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(problem);
  }

  @Test
  void whatCannotBeFittedIsRefused() {
    assertThatThrownBy(
            () ->
                method(Season.NONE, Errors.RESTRICTED_LIKELIHOOD)
                    .estimate(california(), cigarettes().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("wander");
    assertThatThrownBy(
            () ->
                method(Season.MONTHS, Errors.PRAIS_WINSTEN)
                    .estimate(
                        monthly(2, 0).where("month >= 24120 + 31 and month < 24120 + 44"),
                        sites().build())
                    .headline()
                    .estimate())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("numbers apart");
    assertThatThrownBy(
            () ->
                method(Season.NONE, Errors.NEWEY_WEST)
                    .estimate(california(), cigarettes().clusteredBy("first_treated").build()))
        .isInstanceOf(InvalidInput.class);
    assertThatThrownBy(
            () ->
                new InterruptedSeries(
                    Optional.empty(), Season.MONTHS, 1, Errors.NEWEY_WEST, OptionalInt.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is none");
    assertThatThrownBy(() -> method(Season.NONE, Errors.NEWEY_WEST, -1))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("not below zero");
  }
}
