package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class WeightedSurvivalTest extends DurationTest {
  private static final DurationColumns FROM_ZERO = new DurationColumns(Optional.empty(), "event");
  private static final DurationColumns LATE = new DurationColumns(Optional.of("start"), "event");

  private static WeightedSurvival unweighted(double until, Double... times) {
    return new WeightedSurvival(FROM_ZERO, List.of(), false, 0, 1, until, List.of(times));
  }

  private static void agrees(Effect effect, double value, double error, double tolerance) {
    assertThat(effect.estimate()).isCloseTo(value, within(tolerance * Math.abs(value)));
    assertThat(effect.stdError()).isCloseTo(error, within(tolerance * error));
  }

  /**
   * The curve and Greenwood's errors of this textbook example are printed in Cox & Oakes (1984) and
   * Kleinbaum & Klein (2012, section 2): 0.857 (0.0764), 0.753 (0.0963), 0.627 (0.1141); further
   * digits and the restricted means are those of lifelines 0.30.3.
   */
  @Test
  void theCurvesOfTheLeukaemiaTrial() {
    EffectEstimate estimate =
        unweighted(20, 6.0, 10.0, 20.0).estimate(leukaemia(), design().build());
    agrees(estimate.find("survival", "exposed_at_6").orElseThrow(), 6 / 7.0, 0.0763603548, 1e-8);
    agrees(
        estimate.find("survival", "exposed_at_10").orElseThrow(),
        0.7529411764705878,
        0.09634965299432045,
        1e-9);
    agrees(
        estimate.find("survival", "exposed_at_20").orElseThrow(),
        0.6274509803921566,
        0.1140538652567525,
        1e-9);
    agrees(
        estimate.find("survival", "unexposed_at_10").orElseThrow(),
        0.38095238095238093,
        0.1059711695741308,
        1e-9);
    Effect headline = estimate.headline();
    assertThat(headline.estimate()).isCloseTo(16.116526610644254 - 8.428571428571429, within(1e-9));
    assertThat(estimate.diagnostic("events", "exposed").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(estimate.diagnostic("events", "unexposed").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(estimate.diagnosticValue("censoring", "share_exposed").orElseThrow())
        .isCloseTo(6 / 21.0, within(1e-12));
    // 12.75: nothing happens to them at 20, where 8 are at risk, and 0.627 left.
    assertThat(estimate.diagnosticValue("follow_up", "fewest_exposed").orElseThrow()).isEqualTo(12);
    // Nobody is lost: to whom it has happened was followed long enough.
    assertThat(estimate.diagnosticValue("follow_up", "fewest_unexposed").orElseThrow())
        .isEqualTo(21);
  }

  /**
   * Values: KaplanMeierFitter of lifelines 0.30.3 with late entry and the weights of a logistic
   * regression of statsmodels 0.15.0. Errors: the change of the whole estimate, that regression
   * included, when one unit's weight is moved, by central differences.
   */
  @Test
  void weightsAndTheirEstimation() {
    Effect unweighted =
        new WeightedSurvival(LATE, List.of(), false, 0, 1, 10, List.of(5.0))
            .estimate(people(), design().build())
            .headline();
    agrees(unweighted, 0.5146204763623157, 0.6384925586098524, 1e-7);
    WeightedSurvival ate = new WeightedSurvival(LATE, List.of("x"), false, 0, 1, 10, List.of(5.0));
    EffectEstimate all = ate.estimate(people(), design().build());
    agrees(all.headline(), 0.35033910530452417, 0.8297670998555782, 1e-7);
    agrees(
        all.find("survival", "difference_at_5").orElseThrow(),
        -0.01637487045998498,
        0.10471447076723701,
        1e-7);
    agrees(
        all.find("restricted_mean", "exposed").orElseThrow(),
        8.192913066271295,
        0.6192481945171571,
        1e-7);
    EffectEstimate clustered = ate.estimate(people(), design().clusteredBy("team").build());
    agrees(clustered.headline(), 0.35033910530452417, 0.9838043860236633, 1e-7);
    assertThat(clustered.degreesOfFreedom()).isEqualTo(11);
    EffectEstimate treated =
        new WeightedSurvival(LATE, List.of("x"), true, 0, 1, 10, List.of())
            .estimate(people(), design().build());
    agrees(treated.headline(), 1.0243266141389258, 0.7741178592600996, 1e-7);
    assertThat(treated.diagnostic("balance", "largest_standardised_difference")).isPresent();
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    WeightedSurvival weighted =
        new WeightedSurvival(LATE, List.of("x"), false, 0, 1, 10, List.of(5.0));
    assertThat(
            weighted
                .estimate(
                    people().orderBy(org.apache.spark.sql.functions.col("x").desc()).repartition(7),
                    design().build())
                .effects())
        .isEqualTo(weighted.estimate(people(), design().build()).effects());
  }

  /**
   * Those with a high x are trained more often and stay longer; training adds nothing. The truth is
   * zero, and weights have to remove what the plain curves show.
   */
  @Test
  void aUnitInSeveralRowsIsOneUnit() {
    Dataset<Row> once = leukaemia().where("unit in ('d0', 'd1', 'd2', 'd3', 'd4') or d = 0");
    Dataset<Row> often = once.union(once).union(once);
    EffectEstimate one = unweighted(10).estimate(once, design().build());
    EffectEstimate repeated = unweighted(10).estimate(often, design().build());
    // Rows that say the same again say nothing new: 26 pieces, less one.
    assertThat(repeated.headline().estimate()).isCloseTo(one.headline().estimate(), within(1e-12));
    assertThat(repeated.headline().stdError())
        .isCloseTo(one.headline().stdError() * Math.sqrt(26 / 25.0), within(1e-12));
    assertThat(repeated.degreesOfFreedom()).isEqualTo(25);
    assertThat(one.degreesOfFreedom()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(one.diagnostic("clusters", "treated")).isEmpty();
    StudyDesign byTeam = StudyDesign.of("unit", "end").exposed("d").clusteredBy("team").build();
    EffectEstimate inTeams =
        unweighted(10)
            .estimate(often.selectExpr("unit", "end", "d", "event", "end as team"), byTeam);
    for (EffectEstimate found : List.of(repeated, inTeams)) {
      assertThat(found.diagnosticValue("units", "treated")).hasValue(5);
      assertThat(found.diagnostic("units", "treated").orElseThrow().status())
          .isEqualTo(Status.FAIL);
      assertThat(found.headline().treated()).isEqualTo(5);
      assertThat(found.headline().control()).isEqualTo(21);
    }
    assertThat(repeated.diagnosticValue("clusters", "treated")).hasValue(5);
    for (EffectEstimator ratio :
        List.of(
            new CoxRegression(FROM_ZERO, List.of()), new DiscreteHazard(FROM_ZERO, List.of()))) {
      EffectEstimate found = ratio.estimate(often, design().build());
      assertThat(found.degreesOfFreedom()).isEqualTo(25);
      assertThat(found.diagnosticValue("units", "treated")).hasValue(5);
      assertThat(found.diagnosticValue("clusters", "treated")).hasValue(5);
    }
  }

  @Test
  void weightsRemoveWhatDecidesAboutBoth() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      double x = random.nextGaussian();
      int d = random.nextDouble() < 1 / (1 + Math.exp(-x)) ? 1 : 0;
      double event = -Math.log(random.nextDouble()) * 10 * Math.exp(0.7 * x);
      double censored = 5 + 20 * random.nextDouble();
      double end = Math.ceil(Math.min(event, censored) * 10) / 10;
      rows.add(RowFactory.create("u" + i, "t", d, x, 0.0, end, event <= censored ? 1 : 0, null));
    }
    Effect plain = unweighted(12).estimate(table(rows), design().build()).headline();
    assertThat(plain.ciLow()).isGreaterThan(0.5);
    Effect weighted =
        new WeightedSurvival(FROM_ZERO, List.of("x"), false, 0, 1, 12, List.of())
            .estimate(table(rows), design().build())
            .headline();
    assertThat(weighted.ciLow()).isNegative();
    assertThat(weighted.ciHigh()).isPositive();
  }

  /**
   * Training begins at any time, and has no effect. To be trained somebody must have stayed until
   * then, so the ever trained stay longer than the never trained; not so when time before training
   * counts as untrained.
   */
  @Test
  void noTimeIsImmortal() {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      double event = -Math.log(random.nextDouble()) * 10;
      double censored = 10 + 20 * random.nextDouble();
      double end = Math.ceil(Math.min(event, censored) * 10) / 10;
      double begins = i % 10 == 0 ? 0 : Math.round(random.nextDouble() * 200) / 10.0;
      boolean isTrained = begins < end;
      rows.add(
          RowFactory.create(
              "u" + i,
              "t",
              isTrained ? 1 : 0,
              0.0,
              0.0,
              end,
              event <= censored ? 1 : 0,
              isTrained ? begins : null));
    }
    Effect naive = unweighted(10).estimate(table(rows), design().build()).headline();
    assertThat(naive.ciLow()).isGreaterThan(2);
    StudyDesign timed =
        StudyDesign.of("unit", "end").treatedBy(new StudyDesign.Begins("trained")).build();
    Effect split = unweighted(10).estimate(table(rows), timed).headline();
    assertThat(split.ciLow()).isNegative();
    assertThat(split.ciHigh()).isPositive();
    // The area below exp(−t/10) up to 10.
    double truth = 10 * (1 - Math.exp(-1));
    EffectEstimate estimate = unweighted(10).estimate(table(rows), timed);
    for (String side : List.of("exposed", "unexposed")) {
      Effect mean = estimate.find("restricted_mean", side).orElseThrow();
      assertThat(mean.estimate()).isCloseTo(truth, within(3 * mean.stdError()));
    }
    assertThatThrownBy(
            () ->
                new WeightedSurvival(FROM_ZERO, List.of("x"), false, 0, 1, 10, List.of())
                    .estimate(table(rows), timed))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Weights for exposure that begins later");
  }

  private void isRefused(WeightedSurvival estimator, Dataset<Row> rows, String why) {
    assertThatThrownBy(() -> estimator.estimate(rows, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatCannotBeAnsweredIsRefused() {
    WeightedSurvival until20 = unweighted(20);
    isRefused(unweighted(36), leukaemia(), "none of the exposed is followed beyond 35");
    isRefused(until20, leukaemia().where("d = 1"), "There is nobody to compare");
    isRefused(until20, leukaemia().where("d = 0"), "Nobody was treated");
    isRefused(until20, leukaemia().where("event = 0"), "Nothing happened");
    isRefused(until20, leukaemia().selectExpr("unit", "d", "end", "2 event"), "is not 0 or 1");
    isRefused(until20, leukaemia().selectExpr("unit", "2 d", "end", "event"), "is not 0 or 1");
    isRefused(until20, leukaemia().selectExpr("unit", "d", "end - 1 end", "event"), "not positive");
    isRefused(
        until20,
        leukaemia().selectExpr("unit", "d", "end", "int(null) event"),
        "No row can be analysed");
    Dataset<Row> late = leukaemia().selectExpr("unit", "d", "end", "event", "5.5D start");
    isRefused(
        new WeightedSurvival(LATE, List.of(), false, 0, 1, 20, List.of()),
        late.where("end > 5.5 or d = 1")
            .union(late.limit(1).selectExpr("'e' unit", "0 d", "3D end", "1 event", "0D start")),
        "none of the exposed is at risk at 3");
    assertThatThrownBy(
            () -> until20.estimate(leukaemia(), StudyDesign.of("unit", "end").adopted("d").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say who was treated");
    assertThatThrownBy(() -> unweighted(20, 21.0)).hasMessageContaining("compared at 21");
    assertThatThrownBy(() -> unweighted(0)).hasMessageContaining("is no time");
    assertThatThrownBy(() -> new WeightedSurvival(FROM_ZERO, List.of(), true, 0, 1, 20, List.of()))
        .hasMessageContaining("no effect on the treated");
    assertThatThrownBy(() -> until20.estimate(leukaemia(), design().clusteredBy("team").build()))
        .hasMessageContaining("only one cluster");
  }

  @Test
  void tooManyTimesAreRefused() {
    Dataset<Row> many =
        session()
            .range(Spells.MOST_TIMES + 1)
            .selectExpr("id unit", "int(id % 2) d", "double(id + 1) end", "1 event");
    isRefused(unweighted(20), many, "too many different times");
  }
}
