package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

class DiscreteHazardTest extends SparkTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "unit string, team string, d int, x double, start double, end double, event int,"
              + " trained double");
  private static final DurationColumns ENDS = new DurationColumns(Optional.empty(), "event");
  private static final DiscreteHazard LATE =
      new DiscreteHazard(new DurationColumns(Optional.of("start"), "event"), List.of("x"));

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "end").exposed("d");
  }

  private static StudyDesign.Draft timed() {
    return StudyDesign.of("unit", "end").treatedBy(new StudyDesign.Begins("trained"));
  }

  private static Row person(int i) {
    double x = (i * 37 % 60) / 10.0 - 3 + 0.05;
    int d = i * 17 % 23 + 3 * x > 11 ? 1 : 0;
    double end = 2 + i * 29 % 31 / 4 + d;
    double start = i % 6 == 0 ? i % 4 / 2 : 0;
    Double trained = i % 3 == 0 ? null : (double) (i * 11 % 9);
    return RowFactory.create(
        "u" + i, "t" + i % 12, d, x, start, end, i * 7 % 5 != 0 ? 1 : 0, trained);
  }

  private Dataset<Row> people() {
    return session()
        .createDataFrame(
            IntStream.range(0, 60).mapToObj(DiscreteHazardTest::person).toList(), COLUMNS);
  }

  private static void agrees(Effect effect, double value, double error) {
    assertThat(effect.estimate()).isCloseTo(value, within(1e-8));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-8));
  }

  /**
   * Logit of statsmodels 0.15.0 on unit-periods with dummies, errors clustered without its
   * correction; times 12/11 in the variance where teams are clusters. The last period ends all.
   */
  @Test
  void logisticRegressionOnPeriods() {
    agrees(
        LATE.estimate(people(), design().build()).headline(),
        -0.8374659881935062,
        0.4523997894600691);
    agrees(
        LATE.estimate(people(), design().clusteredBy("team").build()).headline(),
        -0.8374659881935062,
        0.4843334385775673);
    agrees(
        LATE.estimate(people(), timed().build()).headline(),
        -0.5321435709257601,
        0.4275915743724279);
    agrees(
        LATE.estimate(people(), timed().clusteredBy("team").build()).headline(),
        -0.5321435709257601,
        0.3171881717883979);
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    assertThat(
            LATE.estimate(people().orderBy(col("x").desc()).repartition(7), timed().build())
                .effects())
        .isEqualTo(LATE.estimate(people(), timed().build()).effects());
  }

  /** Training, whenever it comes, halves the odds of leaving in a month. */
  @Test
  void halvedOdds() {
    Random random = new Random(2);
    List<Row> rows =
        IntStream.range(0, 2000)
            .mapToObj(
                i -> {
                  int trained = random.nextInt(24);
                  int month = 1;
                  boolean leaves = false;
                  while (!leaves && month <= 24) {
                    double odds = 0.1 * (trained < month ? 0.5 : 1);
                    leaves = random.nextDouble() < odds / (1 + odds);
                    month += leaves ? 0 : 1;
                  }
                  double end = Math.min(month, 24);
                  return RowFactory.create(
                      "u" + i, "t", 0, 0.0, 0.0, end, leaves ? 1 : 0, (double) trained);
                })
            .toList();
    Effect effect =
        new DiscreteHazard(ENDS, List.of())
            .estimate(session().createDataFrame(rows, COLUMNS), timed().build())
            .headline();
    assertThat(effect.estimate()).isCloseTo(Math.log(0.5), within(2.5 * effect.stdError()));
    assertThat(effect.stdError()).isLessThan(0.1);
  }

  private void isRefused(List<String> covariates, Dataset<Row> rows, String why) {
    assertThatThrownBy(() -> new DiscreteHazard(ENDS, covariates).estimate(rows, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatHasNoFiniteRatioIsRefused() {
    isRefused(
        List.of(),
        people().selectExpr("unit", "d", "end", "event * d event"),
        "no finite odds ratio");
    isRefused(List.of("x", "x2"), people().selectExpr("*", "2 * x x2"), "cannot be told apart");
    isRefused(List.of("never"), people().selectExpr("*", "1 - event never"), "does not settle");
    isRefused(
        List.of(),
        session()
            .range(DiscreteHazard.MOST_PERIODS + 1)
            .selectExpr("id unit", "int(id % 2) d", "double(id + 1) end", "1 event"),
        "too many periods");
    assertThatThrownBy(
            () ->
                new DiscreteHazard(ENDS, List.of())
                    .estimate(
                        people().withColumn("team", org.apache.spark.sql.functions.lit("one")),
                        design().clusteredBy("team").build()))
        .hasMessageContaining("only one cluster");
  }
}
