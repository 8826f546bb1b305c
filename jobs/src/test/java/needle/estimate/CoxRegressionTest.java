package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class CoxRegressionTest extends DurationTest {
  private static final CoxRegression PLAIN =
      new CoxRegression(new DurationColumns(Optional.empty(), "event"), List.of());
  private static final CoxRegression LATE =
      new CoxRegression(new DurationColumns(Optional.of("start"), "event"), List.of("x"));

  private static StudyDesign timed() {
    return StudyDesign.of("unit", "end").treatedBy(new StudyDesign.Begins("trained")).build();
  }

  /**
   * The published coefficient with Efron's ties is 1.572. Further digits: CoxPHFitter of lifelines
   * 0.30.3; its Schoenfeld residuals give the test, by Grambsch & Therneau's formula.
   */
  @Test
  void theLeukaemiaTrial() {
    EffectEstimate estimate = PLAIN.estimate(leukaemia(), design().build());
    assertThat(estimate.headline().estimate()).isCloseTo(-1.572125148829066, within(1e-9));
    assertThat(estimate.diagnosticValue("proportional_hazards", "exposure").orElseThrow())
        .isCloseTo(0.02285922, within(1e-8));
    assertThat(estimate.diagnostic("proportional_hazards", "exposure").orElseThrow().status())
        .isEqualTo(Status.PASS);
    assertThat(estimate.diagnosticValue("events", "per_coefficient").orElseThrow()).isEqualTo(30);
  }

  /**
   * Coefficients: CoxPHFitter of lifelines 0.30.3, with late entry and ties. Errors: how its
   * solution moves with the weight of one unit, by central differences.
   */
  @Test
  void tiesLateEntryAndRobustErrors() {
    Effect effect = LATE.estimate(people(), design().build()).headline();
    assertThat(effect.estimate()).isCloseTo(-0.36345426562042893, within(1e-8));
    assertThat(effect.stdError()).isCloseTo(0.38679120476033674, within(1e-7));
    EffectEstimate clustered = LATE.estimate(people(), design().clusteredBy("team").build());
    assertThat(clustered.headline().stdError()).isCloseTo(0.39685411165563256, within(1e-7));
    assertThat(clustered.degreesOfFreedom()).isEqualTo(11);
  }

  /** CoxTimeVaryingFitter of lifelines 0.30.3, on rows divided where exposure begins. */
  @Test
  void exposureThatBeginsLater() {
    Effect effect = LATE.estimate(people(), timed()).headline();
    assertThat(effect.estimate()).isCloseTo(-0.13606756173747248, within(1e-8));
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    assertThat(
            LATE.estimate(
                    people().orderBy(org.apache.spark.sql.functions.col("x").desc()).repartition(7),
                    timed())
                .effects())
        .isEqualTo(LATE.estimate(people(), timed()).effects());
  }

  private Row stay(Random random, int i, double ratio) {
    double begins = random.nextDouble() * 20;
    double first = -Math.log(random.nextDouble()) * 10;
    // From training on, what is left of the time passes faster by the ratio.
    double event = first < begins ? first : begins + (first - begins) / ratio;
    double censored = 10 + 20 * random.nextDouble();
    boolean isTrained = begins < Math.min(event, censored);
    return RowFactory.create(
        "u" + i,
        "t",
        isTrained ? 1 : 0,
        0.0,
        0.0,
        Math.min(event, censored),
        event <= censored ? 1 : 0,
        isTrained ? begins : null);
  }

  /** To be trained somebody must have stayed until then; nobody may be credited with that. */
  @Test
  void noTimeIsImmortal() {
    Random random = new Random(3);
    Dataset<Row> none = table(IntStream.range(0, 2000).mapToObj(i -> stay(random, i, 1)).toList());
    assertThat(PLAIN.estimate(none, design().build()).headline().ciHigh()).isLessThan(-0.8);
    Effect nothing = PLAIN.estimate(none, timed()).headline();
    assertThat(nothing.ciLow()).isNegative();
    assertThat(nothing.ciHigh()).isPositive();
    Dataset<Row> halved =
        table(IntStream.range(0, 2000).mapToObj(i -> stay(random, i, 0.5)).toList());
    Effect effect = PLAIN.estimate(halved, timed()).headline();
    assertThat(effect.estimate()).isCloseTo(Math.log(0.5), within(2.5 * effect.stdError()));
    assertThat(effect.stdError()).isLessThan(0.1);
  }

  /** The exposed leave at first hardly ever, then quickly. */
  @Test
  void hazardsThatAreNotProportionalAreSeen() {
    Random random = new Random(4);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      double u = -Math.log(random.nextDouble());
      double end = i % 2 == 0 ? 10 * u : 10 * Math.cbrt(u);
      rows.add(RowFactory.create("u" + i, "t", i % 2, 0.0, 0.0, end, 1, null));
    }
    EffectEstimate estimate = PLAIN.estimate(table(rows), design().build());
    assertThat(estimate.diagnostic("proportional_hazards", "exposure").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  private void isRefused(CoxRegression estimator, Dataset<Row> rows, String why) {
    assertThatThrownBy(() -> estimator.estimate(rows, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatHasNoFiniteRatioIsRefused() {
    isRefused(
        PLAIN,
        leukaemia().selectExpr("unit", "d", "end", "event * (1 - d) event"),
        "it never happened to the exposed");
    isRefused(PLAIN, leukaemia().where("d = 1"), "nobody to compare the treated with");
    CoxRegression twice =
        new CoxRegression(new DurationColumns(Optional.empty(), "event"), List.of("x", "x2"));
    isRefused(twice, people().selectExpr("*", "2 * x x2"), "cannot be told apart");
    CoxRegression telling =
        new CoxRegression(new DurationColumns(Optional.empty(), "event"), List.of("never"));
    isRefused(telling, people().selectExpr("*", "1 - event never"), "does not settle");
    assertThatThrownBy(() -> PLAIN.estimate(leukaemia(), design().clusteredBy("team").build()))
        .hasMessageContaining("only one cluster");
    List<String> many = IntStream.range(0, 15).mapToObj(i -> "x" + i).toList();
    Dataset<Row> wide =
        session()
            .range(5000)
            .selectExpr("id unit", "int(id % 2) d", "double(id + 1) end", "1 event")
            .selectExpr(
                IntStream.range(-1, 15)
                    .mapToObj(i -> i < 0 ? "*" : "end x" + i)
                    .toArray(String[]::new));
    isRefused(
        new CoxRegression(new DurationColumns(Optional.empty(), "event"), many),
        wide,
        "too many different times for so many covariates");
  }
}
