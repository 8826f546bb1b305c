package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.SyntheticDid.Inference;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * California's Proposition 99: the figure of Arkhangelsky et al. (2021) and of their R package
 * synthdid 0.0.9, and further ones on its panel by SyntheticDiD of diff-diff 3.13.0.
 */
class SyntheticDidTest extends SparkTest {
  private static final double OF_COHORT_1989 = -6.302502785428171;
  private static final double OF_COHORT_1986 = 4.9613367435933755;

  private Dataset<Row> states() {
    return PublishedPanels.tobaccoControl(session());
  }

  /** Other states as if they had been treated, too. */
  private Dataset<Row> states(String also1989, String also1986) {
    return states()
        .selectExpr(
            "state",
            "year",
            "packs_per_capita",
            "case when state in (%s) then 1989 when state in (%s) then 1986 else 0 end"
                    .formatted(also1989, also1986)
                + " as first_treated");
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("state", "year", "packs_per_capita").adopted("first_treated", 0);
  }

  private static EffectEstimate estimate(Dataset<Row> panel, Inference... inference) {
    return new SyntheticDid(inference.length == 0 ? Optional.empty() : Optional.of(inference[0]))
        .estimate(panel, design().build());
  }

  private static double value(EffectEstimate estimate, String check, String statistic) {
    return estimate.diagnosticValue(check, statistic).orElseThrow();
  }

  @Test
  void theEffectOfProposition99IsThePublishedOne() {
    EffectEstimate estimate = estimate(states());
    Effect headline = estimate.headline();
    assertThat(headline.estimate()).isCloseTo(-15.604, within(5e-4));
    assertThat(headline.estimate()).isCloseTo(-15.603827872733866, within(1e-9));
    // Each of the 38 other states in California's place, one fit by diff-diff after the other; to
    // draw 200 of them, as the paper does for its 8.4, gives 8.1 to 10.6.
    assertThat(headline.stdError()).isCloseTo(9.370921277424445, within(1e-3));
    assertThat(estimate.degreesOfFreedom()).isEqualTo(37);
    Intervals.ofStudent(headline, 37, 2.0261924630291);
    assertThat(headline.treated()).isEqualTo(1);
    assertThat(headline.control()).isEqualTo(38);
    assertThat(value(estimate, "overlap", "largest_weight")).isCloseTo(0.124489, within(1e-6));
    assertThat(value(estimate, "pre_fit", "rmse")).isCloseTo(1.7299548792627992, within(1e-9));
    assertThat(value(estimate, "placebo_units", "as_large")).isEqualTo(1);
    assertThat(estimate.diagnostic("placebo_units", "as_large").orElseThrow().pValue())
        .isCloseTo(2 / 39.0, within(1e-12));
    assertThat(value(estimate, "placebo_dates", "backdated"))
        .isCloseTo(-1.567040000298975, within(1e-9));
    assertThat(estimate.attrition().get(0).units()).isEqualTo(39);
  }

  @Test
  void gapsByPeriodAverageToTheEffect() {
    EffectEstimate estimate = estimate(states());
    assertThat(estimate.find("event_time", "-19")).isPresent();
    double sum = 0;
    for (int e = 0; e < 12; e++) {
      Effect effect = estimate.find("event_time", Integer.toString(e)).orElseThrow();
      assertThat(effect.stdError()).isPositive();
      sum += effect.estimate();
    }
    assertThat(sum / 12).isCloseTo(estimate.headline().estimate(), within(1e-10));
  }

  @ParameterizedTest
  @CsvSource({
    "'''California'', ''Nevada'', ''Montana''', '''-''', -6.302502785428171, 12.595198413167886",
    "'''-''', '''Utah'', ''Iowa''', 4.9613367435933755, 1.8677867100040448"
  })
  void severalTreatedAndTheJackknifeAreThoseOfAPeer(
      String in1989, String in1986, double peer, double error) {
    Dataset<Row> panel =
        states(in1989, in1986)
            .where(
                "first_treated > 0 or"
                    + " state not in ('California', 'Nevada', 'Montana', 'Utah', 'Iowa')");
    Effect headline = estimate(panel, Inference.JACKKNIFE).headline();
    assertThat(headline.estimate()).isCloseTo(peer, within(1e-9));
    assertThat(headline.stdError()).isCloseTo(error, within(1e-8));
  }

  @Test
  void cohortsCountByTheirTreatedUnitPeriods() {
    EffectEstimate estimate =
        estimate(states("'California', 'Nevada', 'Montana'", "'Utah', 'Iowa'"));
    assertThat(estimate.find("group", "1989").orElseThrow().estimate())
        .isCloseTo(OF_COHORT_1989, within(1e-9));
    assertThat(estimate.find("group", "1986").orElseThrow().estimate())
        .isCloseTo(OF_COHORT_1986, within(1e-9));
    assertThat(estimate.headline().estimate())
        .isCloseTo((36 * OF_COHORT_1989 + 30 * OF_COHORT_1986) / 66, within(1e-9));
    assertThat(estimate.find("event_time", "14").orElseThrow().estimate())
        .isEqualTo(
            estimate(
                    states("'-'", "'Utah', 'Iowa'")
                        .where("state not in ('California', 'Nevada', 'Montana')"))
                .find("event_time", "14")
                .orElseThrow()
                .estimate());
  }

  private static final StructType SITES =
      StructType.fromDDL("site string, month int, kpi double, since int");

  /** Sites that follow two common factors, each with its own loadings; the first ones treated. */
  private Dataset<Row> simulated(long seed, int sites, int treated, double effect) {
    Random random = new Random(seed);
    double[][] factors = new double[2][30];
    for (double[] factor : factors) {
      for (int t = 1; t < factor.length; t++) {
        factor[t] = factor[t - 1] + random.nextGaussian();
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sites; i++) {
      double level = random.nextGaussian() * 5;
      double one = random.nextDouble();
      double two = random.nextDouble();
      for (int t = 0; t < 30; t++) {
        double kpi = level + one * factors[0][t] + two * factors[1][t] + random.nextGaussian() / 2;
        kpi += i < treated && t >= 20 ? effect : 0;
        rows.add(RowFactory.create("s" + i, t, kpi, i < treated ? 20 : null));
      }
    }
    return session().createDataFrame(rows, SITES);
  }

  private static StudyDesign sites() {
    return StudyDesign.of("site", "month", "kpi").adopted("since").build();
  }

  @Test
  void simulatedEffectsAreFoundAndNothingWhereThereIsNone() {
    int covered = 0;
    int rejected = 0;
    double sum = 0;
    for (int seed = 0; seed < 12; seed++) {
      Effect none =
          new SyntheticDid(Optional.empty())
              .estimate(simulated(seed, 25, 1, 0), sites())
              .headline();
      Effect two =
          new SyntheticDid(Optional.empty())
              .estimate(simulated(seed, 25, 1, 2), sites())
              .headline();
      rejected += none.pValue() < 0.05 ? 1 : 0;
      covered += two.ciLow() <= 2 && 2 <= two.ciHigh() ? 1 : 0;
      sum += two.estimate();
    }
    // At 5% more than three of twelve reject with a probability of 0.2%.
    assertThat(rejected).isLessThanOrEqualTo(3);
    assertThat(covered).isGreaterThanOrEqualTo(9);
    assertThat(sum / 12).isCloseTo(2, within(0.25));
  }

  @Test
  void threeWaysToTellTheDoubtAreAlikeWhereManyAreTreated() {
    Dataset<Row> panel = simulated(3, 40, 12, 1).cache();
    EffectEstimate usual = new SyntheticDid(Optional.empty()).estimate(panel, sites());
    double jackknife = usual.headline().stdError();
    assertThat(usual)
        .isEqualTo(new SyntheticDid(Optional.of(Inference.JACKKNIFE)).estimate(panel, sites()));
    for (Inference other : List.of(Inference.PLACEBO, Inference.BOOTSTRAP)) {
      EffectEstimate found = new SyntheticDid(Optional.of(other)).estimate(panel, sites());
      assertThat(found.headline().estimate()).isEqualTo(usual.headline().estimate());
      assertThat(found.headline().stdError() / jackknife).as(other.name()).isBetween(0.6, 1.6);
      assertThat(found.degreesOfFreedom()).isEqualTo(other == Inference.PLACEBO ? 27 : 11);
    }
    assertThat(usual.diagnostic("clusters", "treated").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /**
   * One of twelve treated gains 30 more, the first or the last by name: means of twelve that are
   * drawn from them anew scatter by 30√11/12/√12 = 2.4, a little more as how many are drawn varies.
   */
  @ParameterizedTest
  @ValueSource(strings = {"s0", "s9"})
  void everyTreatedUnitIsDrawnByTheBootstrap(String outlier) {
    Dataset<Row> panel =
        simulated(3, 40, 12, 1)
            .selectExpr(
                "site",
                "month",
                "kpi + if(site = '" + outlier + "' and month >= 20, 30, 0) as kpi",
                "since");
    EffectEstimate found =
        new SyntheticDid(Optional.of(Inference.BOOTSTRAP)).estimate(panel, sites());
    assertThat(found.headline().stdError()).isBetween(2.1, 3.0);
  }

  @Test
  void theLayoutAndTheNamesOfTheUnitsDoNotMatterToTheLastBit() {
    EffectEstimate one = estimate(states().coalesce(1));
    EffectEstimate other =
        estimate(
            states()
                .withColumn("state", org.apache.spark.sql.functions.expr("reverse(state)"))
                .repartition(7));
    assertThat(other).isEqualTo(one);
  }

  @Test
  void aSiteLikeNoOtherIsNotFitted() {
    EffectEstimate estimate =
        estimate(
            states()
                .selectExpr(
                    "state",
                    "year",
                    "packs_per_capita"
                        + " + case when first_treated > 0 then 40 * sin(year) else 0 end"
                        + " as packs_per_capita",
                    "first_treated"));
    Diagnostic fit = estimate.diagnostic("pre_fit", "mean_square_ratio").orElseThrow();
    assertThat(fit.status()).isEqualTo(Status.FAIL);
    assertThat(estimate(states()).diagnostic("pre_fit", "mean_square_ratio").orElseThrow().status())
        .isEqualTo(Status.PASS);
  }

  @Test
  void oneControlThatCarriesAllFails() {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 13; i++) {
      for (int t = 0; t < 24; t++) {
        double wave = i < 2 ? 300 * Math.sin(t * 1.3) : 0;
        rows.add(RowFactory.create("s" + i, t, wave + random.nextGaussian(), i == 0 ? 18 : null));
      }
    }
    EffectEstimate estimate =
        new SyntheticDid(Optional.empty())
            .estimate(session().createDataFrame(rows, SITES), sites());
    assertThat(estimate.diagnostic("overlap", "effective_controls").orElseThrow().status())
        .isEqualTo(Status.FAIL);
  }

  @Test
  void anEffectBeforeTheTreatmentFails() {
    EffectEstimate estimate =
        new SyntheticDid(Optional.empty())
            .estimate(
                simulated(4, 25, 1, 2)
                    .selectExpr(
                        "site",
                        "month",
                        "kpi + case when since is not null and month >= 13 then 8 else 0 end as kpi",
                        "since"),
                sites());
    assertThat(estimate.diagnostic("placebo_dates", "backdated").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    EffectEstimate short0 = estimate(states().where("year >= 1986"));
    assertThat(short0.diagnostic("placebo_dates", "backdated").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /** Where nothing ever moved before, there is an effect of zero with an error of zero. */
  @Test
  void anEarlierDateWithoutAnErrorHasNotPassed() {
    Diagnostic earlier =
        new SyntheticDid(Optional.empty())
            .estimate(
                simulated(6, 12, 1, 2)
                    .selectExpr(
                        "site",
                        "month",
                        "case when month < 20 then 1 else kpi end as kpi",
                        "since"),
                sites())
            .diagnostic("placebo_dates", "backdated")
            .orElseThrow();
    assertThat(earlier.value()).isZero();
    assertThat(earlier.pValue()).isNaN();
    assertThat(earlier.status()).isEqualTo(Status.WARNING);
    assertThat(earlier.message()).contains("cannot be tested");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state <> 'Ohio' or year <> 1990 | false | none | not observed in every period",
        "state <> 'California' | false | none | Nobody was treated",
        "year >= 1988 | false | none | was observed long enough before",
        "state in ('California', 'Ohio') | false | none | nobody to make a synthetic control of",
        "year <> 1980 | false | none | not numbered one after the other",
        "true | false | jackknife | does not tell how far treated units scatter",
        "true | false | bootstrap | does not tell how far treated units scatter",
        "state in ('California', 'Nevada', 'Ohio', 'Iowa') | true | placebo | too few controls for",
        "true | false | covariates | adjusts for no covariates",
        "true | false | clusters | no clusters coarser",
        "true | false | untreated | does not say who was treated when"
      })
  void whatCannotBeEstimatedIsRefused(String where, boolean isTwo, String what, String problem) {
    Dataset<Row> panel =
        (isTwo ? states("'California', 'Nevada'", "'-'") : states())
            .where(where)
            .selectExpr("*", "substr(state, 1, 1) as letter");
    StudyDesign.Draft draft =
        what.equals("untreated") ? StudyDesign.of("state", "year", "packs_per_capita") : design();
    if (what.equals("covariates")) {
      draft.adjustedFor(StudyDesign.Nuisance.OUTCOME_REGRESSION, List.of("letter"));
    }
    if (what.equals("clusters")) {
      draft.clusteredBy("letter");
    }
    Optional<Inference> inference =
        switch (what) {
          case "placebo" -> Optional.of(Inference.PLACEBO);
          case "jackknife" -> Optional.of(Inference.JACKKNIFE);
          case "bootstrap" -> Optional.of(Inference.BOOTSTRAP);
          default -> Optional.empty();
        };
    assertThatThrownBy(() -> new SyntheticDid(inference).estimate(panel, draft.build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(problem);
  }

  @Test
  void outcomesThatNeverChangeAndTooManyUnitsAreRefused() {
    Dataset<Row> still =
        states().selectExpr("state", "year", "1.0 as packs_per_capita", "first_treated");
    assertThatThrownBy(() -> estimate(still))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("doubt of the effect cannot be told");
    Dataset<Row> many =
        session()
            .range(1002)
            .selectExpr(
                "cast(id % 501 as string) as state",
                "cast(id div 501 as int) as year",
                "cast(id as double) as packs_per_capita",
                "0 as first_treated");
    assertThatThrownBy(() -> estimate(many))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("at most 500 units");
  }
}
