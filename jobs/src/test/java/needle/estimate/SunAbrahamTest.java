package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The interaction-weighted event study on the minimum-wage panel. Estimates are those of SunAbraham
 * in diff-diff 3.13.0; errors come from feols in pyfixest 0.60.0 with a dummy per cohort and
 * period, to whose covariance the shares' is added in numpy.
 */
class SunAbrahamTest extends SparkTest {
  private static final String ALL = "true";
  private static final String GAPS = "(county * 7 + year * 3) % 11 > 0";

  private Dataset<Row> counties(String where) {
    return PublishedPanels.minimumWage(session())
        .where(where)
        .selectExpr(
            "county",
            "year",
            "log_teen_employment as y",
            "first_raised",
            "cast(county / 1000 as int) as area");
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("county", "year", "y").adopted("first_raised", 0);
  }

  @ParameterizedTest
  @CsvSource({
    "county, all,  -4, 0.0033063566925123477, 0.024555095531863483",
    "county, all,  -3, 0.02502182959755506,   0.018195146361134187",
    "county, all,  -2, 0.024458744971169653,  0.014296310590105353",
    "county, all,  0,  -0.019931816789259142, 0.011876168621950404",
    "county, all,  1,  -0.05095736706519347,  0.016964190488672",
    "county, all,  2,  -0.13725873888940218,  0.036589475963765675",
    "county, gaps, -3, 0.021756970129442384,  0.018935770484868594",
    "county, gaps, 0,  -0.015050148325350803, 0.013413549328055097",
    "county, gaps, 1,  -0.0499920428464816,   0.01785542982913119",
    "area,   all,  0,  -0.019931816789259142, 0.010336390230464818",
    "area,   all,  1,  -0.05095736706519347,  0.020858470107181445",
    "area,   gaps, -3, 0.021756970129442384,  0.030795242625687336",
    "area,   gaps, 1,  -0.0499920428464816,   0.02199126166346494",
  })
  void eventTimesAreThoseOfPeers(
      String cluster, String rows, String eventTime, double estimate, double error) {
    Effect found =
        new SunAbraham()
            .estimate(
                counties(rows.equals("all") ? ALL : GAPS), design().clusteredBy(cluster).build())
            .find("event_time", eventTime)
            .orElseThrow();
    assertThat(found.estimate()).isCloseTo(estimate, within(1e-10));
    assertThat(found.stdError()).isCloseTo(error, within(5e-9));
  }

  @Test
  void theHeadlineAveragesOverTreatedOutcomes() {
    Effect headline = new SunAbraham().estimate(counties(GAPS), design().build()).headline();
    assertThat(headline.aggregation()).isEqualTo("simple");
    assertThat(headline.estimate()).isCloseTo(-0.037549293390384264, within(1e-10));
    assertThat(headline.stdError()).isCloseTo(0.013662814459534663, within(1e-9));
    assertThat(headline.clusters()).isEqualTo(500);
  }

  @Test
  void cohortsAndPeriodsHaveTheErrorsOfPyfixest() {
    Effect cell =
        new SunAbraham()
            .estimate(counties(GAPS), design().clusteredBy("area").build()).effects().stream()
                .filter(e -> e.aggregation().equals("group_time"))
                .filter(e -> e.cohort().orElseThrow() == 2006 && e.period().orElseThrow() == 2007)
                .findFirst()
                .orElseThrow();
    assertThat(cell.estimate()).isCloseTo(-0.039189146619, within(1e-10));
    assertThat(cell.stdError()).isCloseTo(0.029919806078, within(1e-9));
  }

  @Test
  void withoutGapsItIsTheDifferenceOfMeanChangesFromOneBase() {
    EffectEstimate changes =
        new StaggeredDid()
            .estimate(
                counties(ALL),
                design()
                    .comparedWith(StudyDesign.ControlGroup.NEVER_TREATED)
                    .from(StudyDesign.BasePeriod.UNIVERSAL)
                    .anticipating(1)
                    .build());
    EffectEstimate found =
        new SunAbraham().estimate(counties(ALL), design().anticipating(1).build());
    assertThat(found.find("event_time", "-1")).isPresent();
    assertThat(found.find("event_time", "-2")).isEmpty();
    for (Effect effect : found.effects()) {
      if (effect.aggregation().equals("group_time")) {
        assertThat(effect.estimate())
            .as(effect.term())
            .isCloseTo(
                changes.find("group_time", effect.term()).orElseThrow().estimate(), within(1e-9));
      }
    }
    assertThat(found.diagnostics())
        .extracting(EffectEstimate.Diagnostic::check)
        .contains("pre_trend", "overlap", "clusters", "attrition", "power");
  }

  private Dataset<Row> planted(long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < 60; team++) {
      Integer first = new Integer[] {null, 4, 6}[team % 3];
      double level = 3 * random.nextGaussian();
      double[] shock = random.doubles(9).map(d -> 2 * d).toArray();
      for (int i = 0; i < 3; i++) {
        for (int t = 1; t <= 8; t++) {
          double effect = first != null && t >= first ? 1 + t - first : 0;
          if (random.nextDouble() > 0.1) {
            rows.add(
                RowFactory.create(
                    3 * team + i,
                    t,
                    level + shock[t] + Math.sin(t) + effect + random.nextGaussian(),
                    first,
                    "team" + team));
          }
        }
      }
    }
    return session()
        .createDataFrame(
            rows, StructType.fromDDL("unit int, period int, y double, first int, team string"));
  }

  @Test
  void nineteenOfTwentyIntervalsHoldThePlantedEffect() {
    StudyDesign design =
        StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team").build();
    int inside = 0;
    for (int seed = 0; seed < 12; seed++) {
      Effect found =
          new SunAbraham().estimate(planted(seed), design).find("event_time", "1").orElseThrow();
      inside += found.ciLow() <= 2 && 2 <= found.ciHigh() ? 1 : 0;
    }
    // 99.9% of samples of twelve draws at 95% have at least as many.
    assertThat(inside).isGreaterThanOrEqualTo(8);
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    StudyDesign design = design().clusteredBy("area").build();
    assertThat(new SunAbraham().estimate(counties(GAPS).repartition(7).orderBy("y"), design))
        .isEqualTo(new SunAbraham().estimate(counties(GAPS).coalesce(1), design));
  }

  @Test
  void whatItCannotDoIsSaid() {
    assertThatThrownBy(
            () ->
                new SunAbraham()
                    .estimate(
                        counties(ALL).withColumn("x", org.apache.spark.sql.functions.col("y")),
                        design().adjustedFor(StudyDesign.Nuisance.IPW, List.of("x")).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("adjusts for no covariates");
    assertThatThrownBy(
            () ->
                new SunAbraham()
                    .estimate(counties(ALL), StudyDesign.of("county", "year", "y").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say who was treated when");
    assertThatThrownBy(
            () -> new SunAbraham().estimate(counties("first_raised > 0"), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is nobody to compare the treated with");
    assertThatThrownBy(
            () ->
                new SunAbraham()
                    .estimate(counties("first_raised != 2006 or year != 2005"), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cohort 2006 in 2007 cannot be told from the others");
  }
}
