package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Predictions of a panel whose truth is known, with a plan and without. */
class ForecastTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, place string");
  private static final int LAST = 30;
  private static final double EFFECT = 2;

  /** Quarters of 150 people: a third treated early, a third from the next one on, a third never. */
  private static List<Row> panel(double drift, int planned, String... places) {
    Random random = new Random(17);
    double[] season = {0, 1, -2, 1.5};
    double[] shock = random.doubles(LAST + 1, -0.3, 0.3).toArray();
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 150; unit++) {
      Integer first = unit % 3 == 0 ? Integer.valueOf(6) : null;
      if (unit % 3 == 1 && unit / 3 < planned) {
        first = LAST + 1;
      }
      double level = 10 + random.nextGaussian();
      for (int t = 1; t <= LAST; t++) {
        boolean isTreated = first != null && t >= first;
        double y =
            level
                + season[t % 4]
                + shock[t]
                + (isTreated ? EFFECT : 0)
                + (unit % 3 == 0 ? drift * t : 0)
                + random.nextGaussian();
        rows.add(RowFactory.create(unit, t, y, first, places[unit % places.length]));
      }
    }
    return rows;
  }

  private Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").build();
  }

  private EffectEstimate forecast(Dataset<Row> panel, int horizon, String segment) {
    return new Forecast(Optional.ofNullable(segment), horizon, 4, new StaggeredDid())
        .estimate(panel, design());
  }

  private static Effect row(EffectEstimate found, String aggregation, String term, Integer period) {
    List<Effect> rows =
        found.effects().stream()
            .filter(e -> e.aggregation().equals(aggregation) && e.term().equals(term))
            .filter(e -> e.period().equals(Optional.ofNullable(period)))
            .toList();
    assertThat(rows).as("%s %s %s", aggregation, term, period).hasSize(1);
    return rows.get(0);
  }

  private static Diagnostic rollOut(EffectEstimate found) {
    return found.diagnostic("roll_out", "planned_share").orElseThrow();
  }

  @Test
  void thePlanBringsItsShareOfTheEffect() {
    Dataset<Row> panel = table(panel(0, 50, "north"));
    EffectEstimate found = forecast(panel, 2, null);
    EffectEstimate effect = new StaggeredDid().estimate(panel, design());
    double[] byStep = new double[2];
    double[] errors = new double[2];
    for (int step = 1; step <= 2; step++) {
      Effect since = effect.find("event_time", Integer.toString(step - 1)).orElseThrow();
      byStep[step - 1] = since.estimate() / 3;
      errors[step - 1] = since.stdError() / 3;
      Effect difference = row(found, "prediction", "difference", LAST + step);
      assertThat(difference.estimate()).isCloseTo(byStep[step - 1], within(1e-12));
      assertThat(difference.stdError()).isCloseTo(errors[step - 1], within(1e-12));
      assertThat(difference.estimate()).isCloseTo(EFFECT / 3, within(0.3));
      assertThat(difference.treated()).isEqualTo(50);
      Effect with = row(found, "prediction", "with", LAST + step);
      Effect without = row(found, "prediction", "without", LAST + step);
      assertThat(with.estimate() - without.estimate())
          .isCloseTo(difference.estimate(), within(1e-12));
    }
    Effect mean = row(found, "prediction_90", "difference", null);
    assertThat(mean.estimate()).isCloseTo((byStep[0] + byStep[1]) / 2, within(1e-12));
    assertThat(mean.stdError()).isCloseTo((errors[0] + errors[1]) / 2, within(1e-12));
    assertThat(mean.ciHigh() - mean.estimate())
        .isCloseTo(effect.quantile(0.90) * mean.stdError(), within(1e-12));
    Effect with = row(found, "prediction_90", "with", LAST + 1);
    Effect without = row(found, "prediction_90", "without", LAST + 1);
    Effect difference = row(found, "prediction_90", "difference", LAST + 1);
    assertThat(with.ciHigh() - with.ciLow())
        .isCloseTo(
            without.ciHigh() - without.ciLow() + difference.ciHigh() - difference.ciLow(),
            within(1e-9));
    // Next come the seasons of 31 and 32, at the level of a third treated.
    assertThat(without.estimate()).isCloseTo(10 + 1.5 + EFFECT / 3, within(0.7));
    assertThat(rollOut(found).value()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(rollOut(found).status()).isNotEqualTo(Status.FAIL);
    assertThat(found.effects()).allSatisfy(e -> assertThat(e.pValue()).isNaN());
    assertThat(found.attrition().get(2).rows()).isEqualTo(150 * LAST);
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    List<Row> rows = panel(0, 50, "north", "south", "east");
    EffectEstimate one = forecast(table(rows), 1, "place");
    Collections.shuffle(rows, new Random(1));
    EffectEstimate other = forecast(table(rows).repartition(7), 1, "place");
    assertThat(other.effects()).isEqualTo(one.effects());
    assertThat(other.diagnostics()).isEqualTo(one.diagnostics());
    assertThat(row(one, "prediction", "without:south", null).treated()).isEqualTo(50);
  }

  @Test
  void withoutASoundEffectThePlanIsWithheld() {
    EffectEstimate found = forecast(table(panel(0.2, 50, "north")), 1, null);
    assertThat(found.effects()).extracting(Effect::term).containsOnly("without");
    assertThat(rollOut(found).status()).isEqualTo(Status.FAIL);
    assertThat(rollOut(found).message()).contains("checks of the effect failed: pre_trend");
    EffectEstimate noPlan = forecast(table(panel(0, 0, "north")), 1, null);
    assertThat(noPlan.effects()).extracting(Effect::term).containsOnly("without");
    assertThat(rollOut(noPlan).status()).isEqualTo(Status.WARNING);
    assertThat(rollOut(noPlan).message()).contains("nobody observed in period 30 is first treated");
    EffectEstimate few = forecast(table(panel(0, 9, "north")), 1, null);
    assertThat(few.effects()).extracting(Effect::term).containsOnly("without");
    assertThat(rollOut(few).message()).contains("fewer than 10 units");
    assertThat(rollOut(few).value()).isNaN();
    Dataset<Row> firstEver = table(panel(0, 50, "north")).where("first is null or first > 30");
    assertThat(rollOut(forecast(firstEver, 1, null)).message()).contains("Nobody was treated");
    Dataset<Row> lately =
        table(panel(0, 50, "north"))
            .where("period >= 12")
            .selectExpr("unit", "period", "y", "if(first = 6, 30, first) first", "place");
    EffectEstimate tooLate = forecast(lately, 2, null);
    assertThat(tooLate.effects()).extracting(Effect::term).containsOnly("without");
    assertThat(rollOut(tooLate).message())
        .contains("the effect at event time 1 is not known well enough");
  }

  @Test
  void segmentsOfFewPeopleAreToldNeitherDirectlyNorByWhatIsLeft() {
    String[] places = new String[150];
    for (int i = 0; i < places.length; i++) {
      places[i] = i < 9 ? "tiny" : i < 39 ? "small" : i < 89 ? "middle" : "large";
    }
    EffectEstimate found = forecast(table(panel(0, 0, places)), 1, "place");
    assertThat(found.effects())
        .extracting(Effect::term)
        .containsOnly("without", "without:middle", "without:large");
    assertThat(found.diagnostic("back_test", "mase_regression_segments")).isPresent();
  }

  @Test
  void whatIsTooShortToBeJudgedHasNoInterval() {
    EffectEstimate found = forecast(table(panel(0, 0, "north")).where("period <= 24"), 2, null);
    Effect mean = row(found, "prediction_90", "without", null);
    assertThat(mean.estimate()).isNotNaN();
    assertThat(mean.ciLow()).isNaN();
    Diagnostic judged = found.diagnostic("calibration", "coverage_90_mean").orElseThrow();
    assertThat(judged.status()).isEqualTo(Status.FAIL);
    assertThat(judged.message()).contains("cannot be judged");
    assertThat(found.diagnostic("back_test", "origins").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  @Test
  void whatCannotBePredictedIsRefused() {
    Dataset<Row> panel = table(panel(0, 0, "north"));
    refused(panel.where("period <= 18"), design(), "The past is too short", "at least 19 periods");
    forecast(panel.where("period <= 19"), 2, null);
    refused(panel.where("period <> 7"), design(), "not numbered", "6 is followed by 8");
    refused(panel.where("unit < 9"), design(), "few people", "9 units");
    refused(panel.where("y is null"), design(), "The past is too short", "0 periods");
    refused(panel.union(panel.limit(1)), design(), "repeat a unit and period", "");
    refused(
        panel,
        StudyDesign.of("unit", "period", "y").build(),
        "does not say who will be treated when",
        "adopted");
    assertThatThrownBy(() -> forecast(panel, 2, "unit")).hasMessageContaining("too many segments");
    for (int horizon : new int[] {0, 5}) {
      assertThatThrownBy(() -> new Forecast(Optional.empty(), horizon, 4, new StaggeredDid()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("horizon is " + horizon);
    }
  }

  private static void refused(
      Dataset<Row> panel, StudyDesign design, String problem, String further) {
    assertThatThrownBy(
            () -> new Forecast(Optional.empty(), 2, 4, new StaggeredDid()).estimate(panel, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(further);
  }
}
