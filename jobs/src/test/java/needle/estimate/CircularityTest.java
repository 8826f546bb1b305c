package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outcomes that are made of the treatment have no effect to be found. */
class CircularityTest extends SparkTest {
  /** Sixty units over six periods, a third treated in 3, a third in 5; noise is rand. */
  private Dataset<Row> panel(String outcome) {
    return session()
        .range(0, 360, 1, 3)
        .selectExpr(
            "id div 6 unit",
            "cast(id % 6 + 1 as int) period",
            "case (id div 6) % 3 when 1 then 3 when 2 then 5 end first",
            "rand(1) noise")
        .selectExpr("*", "coalesce(period - first, -1) since", "period >= first treated")
        .selectExpr("*", outcome + " y");
  }

  private static StudyDesign design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "if(treated, 1.0, 0.0)", // is trained
        "if(treated, 3.0, 7.0)", // months since training is missing
        "if(since = 0, 1.0, 0.0)", // completions in the period
        "if(treated, 8.0 * (since + 1), 0.0)", // hours so far
        "if(treated, 60 + 40 * noise, 0.0)", // score in the course's test
        "if(since = 0, 1 + round(noise), 0.0)", // courses taken in the period
      })
  void whatCountsTheTreatmentIsRefused(String outcome) {
    Dataset<Row> panel = panel(outcome);
    for (EffectEstimator estimator :
        List.of(new StaggeredDid(), new ImputationDid(), new SunAbraham())) {
      assertThatThrownBy(() -> estimator.estimate(panel, design()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("The outcome y is circular");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noise",
        "if(treated, 100.0, 0.0) + noise",
        "if(noise > 0.9 and not treated, 1.0, if(treated, 1.0, 0.0))", // seen before, too
        "if(treated, round(noise), 0.0)", // may be as before
        "0.0",
      })
  void whatTheTreatmentMovesIsNot(String outcome) {
    assertThat(new StaggeredDid().estimate(panel(outcome), design()).headline().estimate())
        .isFinite();
  }

  @Test
  void aHandfulOfUnitsMayAgreeByChance() {
    Dataset<Row> few = panel("if(treated, 1.0, 0.0)").where("unit < 12");
    assertThat(new StaggeredDid().estimate(few, design()).headline().estimate()).isFinite();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "if(d = 1, 1.0, 0.0)            | true",
        "if(d = 1, 60 + 40 * noise, 0)  | true",
        "if(d = 1, 0, 5.0)              | true",
        "if(d = 1, 5.0, 0) + noise      | false",
        "if(d = 1, round(noise), 0)     | false",
        "if(d = 1, -round(noise), 0)    | false",
        "if(d = 1, 5.0, noise)          | false",
      })
  void inACrossSectionIsRefusedToo(String outcome, boolean isCircular) {
    Dataset<Row> rows = rows().selectExpr("*", "(" + outcome + ") y");
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Exposed("d")).build();
    EffectEstimator estimator = new OrdinaryLeastSquares("difference_in_means", List.of());
    isRefused(estimator, rows, design, isCircular);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 * hours + 2                | true",
        "-hours                       | true",
        "3 * hours + 0.001 * noise    | false",
        "hours * hours                | false",
      })
  void aStraightLineOfTheDoseIsRefused(String outcome, boolean isCircular) {
    Dataset<Row> rows = rows().selectExpr("*", "(" + outcome + ") y");
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("hours")).build();
    EffectEstimator estimator = new OrdinaryLeastSquares("ols", List.of("x"));
    isRefused(estimator, rows, design, isCircular);
  }

  /** Ten on either side are enough; nine may agree by chance. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit < 20                | true",
        "unit < 20 and unit <> 0  | false",
        "unit < 20 and unit <> 1  | false",
      })
  void tenOnEitherSideAreEnough(String which, boolean isCircular) {
    Dataset<Row> rows = rows().where(which).selectExpr("*", "if(d = 1, 60 + noise, 0) y");
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Exposed("d")).build();
    EffectEstimator estimator = new OrdinaryLeastSquares("difference_in_means", List.of());
    isRefused(estimator, rows, design, isCircular);
  }

  @Test
  void aDoseBelowZeroIsOneToo() {
    Dataset<Row> rows = rows().selectExpr("*", "-hours * d dose", "if(d = 1, 60 + noise, 0) y");
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("dose")).build();
    isRefused(new OrdinaryLeastSquares("ols", List.of("x")), rows, design, true);
  }

  private static void isRefused(
      EffectEstimator estimator, Dataset<Row> rows, StudyDesign design, boolean isCircular) {
    if (isCircular) {
      assertThatThrownBy(() -> estimator.estimate(rows, design))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("The outcome y is circular");
    } else {
      assertThat(estimator.estimate(rows, design).headline().estimate()).isFinite();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "silver.learning_records, true",
    "silver.assessments, true",
    "silver.course_feedback, true",
    "silver.enrolments, true",
    "panel.training_exposure, true",
    "panel.cohorts, true",
    "silver.near_misses, false",
  })
  void aKpiIsCircularAboveAndBelowTheLine(String table, boolean isCircular) {
    Optional<Kpi.Measure> told =
        Optional.of(new Kpi.Measure(table, "told_on", "count(*)", Optional.empty()));
    Optional<Kpi.Measure> other =
        Optional.of(new Kpi.Measure("silver.hours_worked", "on", "sum(hours)", Optional.empty()));
    Optional<String> found = isCircular ? Optional.of(table) : Optional.empty();
    assertThat(Circularity.in(kpi(told, other))).isEqualTo(found);
    assertThat(Circularity.in(kpi(other, told))).isEqualTo(found);
  }

  private static Kpi kpi(Optional<Kpi.Measure> numerator, Optional<Kpi.Measure> denominator) {
    return new Kpi(
        "told",
        "Told",
        "per hour",
        Kpi.Direction.UP,
        Kpi.Family.COUNT,
        false,
        numerator,
        denominator,
        Optional.empty());
  }

  private Dataset<Row> rows() {
    return session()
        .range(0, 60, 1, 3)
        .selectExpr(
            "id unit", "cast(id % 2 as int) d", "rand(2) noise", "rand(3) x", "1 + id % 7 hours");
  }
}
