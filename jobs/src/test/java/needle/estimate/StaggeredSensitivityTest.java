package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StudyDesign.BasePeriod;
import needle.estimate.StudyDesign.ControlGroup;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** How far the effects of a staggered roll-out stand when their assumptions are tried. */
class StaggeredSensitivityTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int");

  private Dataset<Row> counties() {
    return PublishedPanels.minimumWage(session());
  }

  private static StudyDesign.Draft wages() {
    return StudyDesign.of("county", "year", "log_teen_employment")
        .adopted("first_raised", 0)
        .comparedWith(ControlGroup.NEVER_TREATED);
  }

  private static EffectEstimate tried(
      Dataset<Row> panel, StudyDesign design, Sensitivity first, Sensitivity... others) {
    Map<Sensitivity, Settings> asked = new EnumMap<>(Sensitivity.class);
    EnumSet.of(first, others).forEach(way -> asked.put(way, Settings.USUAL));
    return new StaggeredDid(asked).estimate(panel, design);
  }

  private static double value(EffectEstimate estimate, Sensitivity check, String statistic) {
    return estimate.diagnosticValue(check.word(), statistic).orElseThrow();
  }

  private static Diagnostic check(EffectEstimate estimate, Sensitivity check, String statistic) {
    return estimate.diagnostic(check.word(), statistic).orElseThrow();
  }

  /** A drift before training of so much per period, and an effect, for units treated at 5 and 7. */
  private Dataset<Row> panel(long seed, int units, double effect, double drift) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      Integer first = new Integer[] {null, 5, 7}[unit % 3];
      double level = random.nextGaussian();
      for (int t = 1; t <= 8; t++) {
        double y =
            level
                + 0.3 * t
                + (first == null ? 0 : drift * t)
                + (first != null && t >= first ? effect : 0)
                + random.nextGaussian();
        rows.add(RowFactory.create(unit, t, y, first));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("first");
  }

  /**
   * On the event study of csdid 0.4.3 for the same panel (universal base): smoothness as a cone
   * programme, solved by cvxpy 1.9.3 with Clarabel 0.11.1; relative magnitudes by honestdid 0.1.1,
   * whose ends lie on a grid 0.00047 apart.
   */
  @Test
  void theWholeChainAgreesWithOtherImplementations() {
    EffectEstimate estimate =
        tried(
            counties(),
            wages().from(BasePeriod.UNIVERSAL).build(),
            Sensitivity.SMOOTHNESS,
            Sensitivity.RELATIVE_MAGNITUDES);
    double exact = 2e-7;
    assertThat(value(estimate, Sensitivity.SMOOTHNESS, "event_time_0_low_at_0.0"))
        .isCloseTo(-0.0513315126, within(exact));
    assertThat(value(estimate, Sensitivity.SMOOTHNESS, "event_time_0_high_at_0.0"))
        .isCloseTo(0.0065032299, within(exact));
    assertThat(value(estimate, Sensitivity.SMOOTHNESS, "event_time_1_low_at_0.0"))
        .isCloseTo(-0.0858895989, within(exact));
    assertThat(value(estimate, Sensitivity.SMOOTHNESS, "event_time_1_high_at_0.0"))
        .isCloseTo(-0.0041491013, within(exact));
    double grid = 0.001; // and a first stage of 1,000 draws
    assertThat(value(estimate, Sensitivity.RELATIVE_MAGNITUDES, "event_time_0_low_at_0.5"))
        .isCloseTo(-0.055166, within(grid));
    assertThat(value(estimate, Sensitivity.RELATIVE_MAGNITUDES, "event_time_0_high_at_0.5"))
        .isCloseTo(0.018704, within(grid));
    assertThat(value(estimate, Sensitivity.RELATIVE_MAGNITUDES, "event_time_0_low_at_1.0"))
        .isCloseTo(-0.073160, within(grid));
    assertThat(value(estimate, Sensitivity.RELATIVE_MAGNITUDES, "event_time_0_high_at_1.0"))
        .isCloseTo(0.037645, within(grid));
  }

  @Test
  void withOneCohortTheBasePeriodDoesNotMatter() {
    Dataset<Row> one = counties().where("first_raised in (0, 2007)");
    EffectEstimate varying =
        tried(one, wages().build(), Sensitivity.RELATIVE_MAGNITUDES, Sensitivity.SMOOTHNESS);
    EffectEstimate universal =
        tried(
            one,
            wages().from(BasePeriod.UNIVERSAL).build(),
            Sensitivity.RELATIVE_MAGNITUDES,
            Sensitivity.SMOOTHNESS);
    for (Sensitivity kind : List.of(Sensitivity.RELATIVE_MAGNITUDES, Sensitivity.SMOOTHNESS)) {
      for (String statistic : List.of("breakdown", "low_at_1.0", "event_time_0_high_at_1.0")) {
        assertThat(value(varying, kind, statistic))
            .as(kind + " " + statistic)
            .isCloseTo(value(universal, kind, statistic), within(1e-7));
      }
      // One cohort, one period: the headline is the effect at event time 0.
      assertThat(value(varying, kind, "low_at_1.0"))
          .isCloseTo(value(varying, kind, "event_time_0_low_at_1.0"), within(1e-9));
    }
  }

  @Test
  void aClearEffectStandsAndADriftedOneDoesNot() {
    EffectEstimate clear =
        tried(
            panel(1, 900, 3, 0),
            design().build(),
            Sensitivity.RELATIVE_MAGNITUDES,
            Sensitivity.values());
    Diagnostic stands = check(clear, Sensitivity.RELATIVE_MAGNITUDES, "breakdown");
    assertThat(stands.value()).isGreaterThan(2);
    assertThat(stands.status()).isEqualTo(Status.PASS);
    assertThat(value(clear, Sensitivity.RELATIVE_MAGNITUDES, "low_at_1.0")).isBetween(0.5, 3.0);
    assertThat(value(clear, Sensitivity.RELATIVE_MAGNITUDES, "high_at_1.0")).isBetween(3.0, 5.5);
    assertThat(check(clear, Sensitivity.SMOOTHNESS, "breakdown").status()).isEqualTo(Status.PASS);
    for (int shift = 1; shift <= 3; shift++) {
      Diagnostic placebo = check(clear, Sensitivity.PLACEBO_DATES, "earlier_by_" + shift);
      assertThat(placebo.value()).isBetween(-0.3, 0.3);
      assertThat(placebo.status()).isEqualTo(Status.PASS);
    }
    EffectEstimate drifted =
        tried(
            panel(2, 900, 0, 0.5),
            design().comparedWith(ControlGroup.NEVER_TREATED).build(),
            Sensitivity.RELATIVE_MAGNITUDES,
            Sensitivity.values());
    Diagnostic falls = check(drifted, Sensitivity.RELATIVE_MAGNITUDES, "breakdown");
    assertThat(falls.value()).isLessThan(1);
    assertThat(falls.status()).isEqualTo(Status.WARNING);
    assertThat(check(drifted, Sensitivity.SMOOTHNESS, "breakdown").value()).isZero();
    assertThat(check(drifted, Sensitivity.SMOOTHNESS, "breakdown").status())
        .isEqualTo(Status.WARNING);
    Diagnostic placebo = check(drifted, Sensitivity.PLACEBO_DATES, "earlier_by_3");
    // Three periods of a drift of 0.5: their mean distance from the base is two periods.
    assertThat(placebo.value()).isBetween(0.7, 1.3);
    assertThat(placebo.status()).isEqualTo(Status.FAIL);
    assertThat(VerdictRule.judge(drifted, 0.001, 0.01, needle.kit.Kpi.Direction.UP, 0.1).reasons())
        .contains("placebo");
  }

  @Test
  void anEarlyCohortTakesNoDateFromTheOthers() {
    // Three periods before the third is zero.
    Dataset<Row> early =
        panel(4, 600, 3, 0)
            .selectExpr("unit", "period", "y", "if(unit % 12 = 1, 3, first) as first");
    EffectEstimate found = tried(early, design().build(), Sensitivity.PLACEBO_DATES);
    for (int shift = 1; shift <= 3; shift++) {
      assertThat(check(found, Sensitivity.PLACEBO_DATES, "earlier_by_" + shift).value())
          .isBetween(-0.5, 0.5);
    }
  }

  @Test
  void placeboDatesSeeNothingOfTheTreatedPeriods() {
    Dataset<Row> panel = panel(3, 300, 3, 0);
    Dataset<Row> otherwise =
        panel.withColumn(
            "y",
            org.apache.spark.sql.functions.expr("case when period >= first then 1000 else y end"));
    for (int shift = 1; shift <= 3; shift++) {
      String statistic = "earlier_by_" + shift;
      Diagnostic one =
          check(
              tried(panel, design().build(), Sensitivity.PLACEBO_DATES),
              Sensitivity.PLACEBO_DATES,
              statistic);
      assertThat(
              check(
                  tried(otherwise, design().build(), Sensitivity.PLACEBO_DATES),
                  Sensitivity.PLACEBO_DATES,
                  statistic))
          .isEqualTo(one);
    }
  }

  @Test
  void withoutTimeBeforeTreatmentNothingIsTried() {
    EffectEstimate estimate =
        tried(
            panel(4, 300, 1, 0).where("period >= 4 and (first is null or first = 5)"),
            design().build(),
            Sensitivity.RELATIVE_MAGNITUDES,
            Sensitivity.values());
    assertThat(check(estimate, Sensitivity.RELATIVE_MAGNITUDES, "breakdown"))
        .satisfies(
            d -> {
              assertThat(d.status()).isEqualTo(Status.WARNING);
              assertThat(d.value()).isNaN();
            });
    assertThat(check(estimate, Sensitivity.PLACEBO_DATES, "earlier_by_1").message())
        .contains("No earlier date of treatment can be tried");
  }

  @Test
  void anticipationMovesTheReference() {
    EffectEstimate estimate =
        tried(
            panel(5, 900, 3, 0),
            design().anticipating(1).build(),
            Sensitivity.RELATIVE_MAGNITUDES,
            Sensitivity.values());
    assertThat(value(estimate, Sensitivity.RELATIVE_MAGNITUDES, "breakdown")).isGreaterThan(1);
    assertThat(check(estimate, Sensitivity.PLACEBO_DATES, "earlier_by_1").status())
        .isEqualTo(Status.PASS);
    assertThat(estimate.diagnostic("relative_magnitudes", "event_time_-1_breakdown")).isEmpty();
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    Dataset<Row> panel = panel(6, 300, 1, 0.1);
    assertThat(
            tried(
                    panel.repartition(7),
                    design().build(),
                    Sensitivity.SMOOTHNESS,
                    Sensitivity.values())
                .diagnostics())
        .isEqualTo(
            tried(panel.coalesce(1), design().build(), Sensitivity.SMOOTHNESS, Sensitivity.values())
                .diagnostics());
  }
}
