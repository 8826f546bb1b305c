package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CumulativeIncidenceTest extends SparkTest {
  private static final DurationColumns OF_ONE =
      new DurationColumns(Optional.empty(), "event", Optional.of(1));

  private Dataset<Row> table(List<Row> rows) {
    return session()
        .createDataFrame(
            rows,
            StructType.fromDDL("unit string, team string, d int, x double, end double, event int"));
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "end").exposed("d");
  }

  private static Row person(int i) {
    double x = (i * 37 % 60) / 10.0 - 3 + 0.05;
    int d = i * 17 % 23 + 3 * x > 11 ? 1 : 0;
    double end = Math.rint((1 + i * 29 % 31 * 0.5 + 0.7 * d + 0.3 * Math.abs(x)) * 10) / 10;
    int cause = i * 7 % 5 == 0 ? 0 : i * 5 % 3 == 0 ? 2 : 1;
    return RowFactory.create("u" + i, "t" + i % 12, d, x, end, cause);
  }

  private Dataset<Row> people() {
    return table(IntStream.range(0, 60).mapToObj(CumulativeIncidenceTest::person).toList());
  }

  private static WeightedSurvival incidence(List<String> covariates) {
    return new WeightedSurvival(OF_ONE, covariates, false, 0, 1, 10, List.of(5.0));
  }

  private static void agrees(Effect effect, double value, double error) {
    assertThat(effect.estimate()).isCloseTo(value, within(1e-9));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-7));
  }

  /**
   * Values: CumIncidenceRight of statsmodels 0.15.0, with ties. Errors: how they, and the weights'
   * regression with them, move with one unit's weight, by central differences.
   */
  @Test
  void sharesByCause() {
    EffectEstimate plain = incidence(List.of()).estimate(people(), design().build());
    assertThat(plain.estimator()).isEqualTo("cumulative_incidence");
    agrees(plain.headline(), 0.22912119007195408 - 0.4544020297543535, 0.12799404708074522);
    agrees(
        plain.find("incidence", "exposed").orElseThrow(), 0.22912119007195408, 0.07621952158829581);
    agrees(
        plain.find("incidence", "unexposed_at_5").orElseThrow(),
        0.15370314842578708,
        0.07100314840229513);
    agrees(
        incidence(List.of()).estimate(people(), design().clusteredBy("team").build()).headline(),
        -0.22528083968239948,
        0.11349629898717116);
    agrees(
        incidence(List.of("x")).estimate(people(), design().build()).headline(),
        -0.1485639209752065,
        0.1476717347233987);
  }

  /** AalenJohansenFitter of lifelines 0.30.3, which takes no ties: they are moved apart. */
  @Test
  void sharesWithoutTies() {
    Dataset<Row> apart =
        people().selectExpr("unit", "d", "end + int(substr(unit, 2)) * 1e-4 end", "event");
    EffectEstimate estimate = incidence(List.of()).estimate(apart, design().build());
    assertThat(estimate.find("incidence", "exposed").orElseThrow().estimate())
        .isCloseTo(0.1935483870967742, within(1e-12));
    assertThat(estimate.find("incidence", "unexposed").orElseThrow().estimate())
        .isCloseTo(0.45883058470764615, within(1e-12));
  }

  /** Promotion at a rate of 0.1 a month, against leaving at 0.1, doubled by exposure. */
  @Test
  void whoLeavesIsNotPromoted() {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      int d = i % 2;
      double promoted = -Math.log(random.nextDouble()) * 10;
      double left = -Math.log(random.nextDouble()) * (d == 1 ? 5 : 10);
      double censored = 5 + 10 * random.nextDouble();
      double end = Math.min(censored, Math.min(promoted, left));
      int event = end == censored ? 0 : end == promoted ? 1 : 2;
      rows.add(RowFactory.create("u" + i, "t", d, 0.0, end, event));
    }
    Effect effect =
        new WeightedSurvival(OF_ONE, List.of(), false, 0, 1, 8, List.of())
            .estimate(table(rows), design().build())
            .headline();
    double truth = (1 - Math.exp(-0.3 * 8)) / 3 - (1 - Math.exp(-0.2 * 8)) / 2;
    assertThat(effect.estimate()).isCloseTo(truth, within(2.5 * effect.stdError()));
    assertThat(effect.ciHigh()).isNegative();
    // Its hazard, with leaving as an end of following, is the same on both sides.
    Effect ratio =
        new CoxRegression(OF_ONE, List.of()).estimate(table(rows), design().build()).headline();
    assertThat(ratio.ciLow()).isNegative();
    assertThat(ratio.ciHigh()).isPositive();
  }

  @Test
  void anEventThatIsNoCauseIsRefused() {
    assertThatThrownBy(
            () ->
                incidence(List.of())
                    .estimate(
                        people().selectExpr("unit", "d", "end", "event + 0.5 event"),
                        design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("not 0 or the number of a cause");
  }
}
