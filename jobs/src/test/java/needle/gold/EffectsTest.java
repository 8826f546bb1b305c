package needle.gold;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.SparkTest;
import needle.TextTable;
import needle.estimate.Studies;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class EffectsTest extends SparkTest {
  private GivenInputs studies(String rows) {
    return new GivenInputs(session()).table(Studies.TABLE, rows);
  }

  private GivenInputs nested(String column, String sql) {
    Dataset<Row> one =
        TextTable.rows(
            session(),
            Studies.TABLE,
            """
            program_id | kpi_id | grain   | anticipation
            safety     | rate   | quarter | 1
            """);
    var type = Studies.TABLE.find(column).orElseThrow().type();
    return new GivenInputs(session())
        .table(Studies.TABLE, one.withColumn(column, expr(sql).cast(type)));
  }

  @Test
  void nothingIsToldOfFewerThanTenPeople() {
    Dataset<Row> effects =
        new TrainingEffects()
            .transform(
                studies(
                    """
                    program_id | kpi_id | verdict   | estimate | std_error | ci_low | ci_high | treated | control
                    few        | rate   | cant_tell | 3.0      | 1.0       | 1.0    | 5.0     | 9       | 400
                    enough     | rate   | works     | 3.0      | 1.0       | 1.0    | 5.0     | 10      | 400
                    compared   | rate   | works     | 3.0      | 1.0       | 1.0    | 5.0     | 10      | 9
                    """));
    assertThat(text(effects, "program_id", "estimate", "ci_low", "treated", "control"))
        .isEqualTo(
            """
            compared | 3.0 | 1.0 | 10 |
            enough | 3.0 | 1.0 | 10 | 400
            few |  |  |  |""");
  }

  @Test
  void eachVerdictHasItsSentence() {
    Dataset<Row> effects =
        new TrainingEffects()
            .transform(
                studies(
                    """
                    program_id | kpi_id | kpi_title    | unit        | verdict   | estimate | ci_low | ci_high | treated | reasons
                    a          | rate   | Incidents    | per 1,000 h | works     | -0.25    | -0.4   | -0.1    | 200     |
                    b          | rate   | Reopen share | share       | harms     | 0.06     | 0.04   | 0.08    | 200     |
                    c          | rate   | Win rate     | share       | no_effect | 0.001    | -0.01  | 0.012   | 200     |
                    d          | rate   | Revenue      | USD         | cant_tell | 1200     | -300   | 2700    | 200     | underpowered
                    e          | rate   | Revenue      | USD         | cant_tell | 1200     | -300   | 2700    | 200     | pre_trend
                    f          | rate   | Revenue      | USD a month | cant_tell | 1200     | 300    | 2100    | 200     | not_after_correction
                    g          | rate   | Incidents    | per 1,000 h | cant_tell | -0.05    | -0.08  | -0.02   | 200     | below_smallest_effect
                    h          | rate   | Turnover     | exits       | cant_tell |          |        |         |         | needs_duration_design
                    i          | rate   | Win rate     | share       | cant_tell | 0.001    | -0.01  | 0.012   | 200     | negligible_before_correction
                    """));
    assertThat(text(effects, "program_id", "sentence"))
        .isEqualTo(
            """
            a | The program moved incidents: −0.25 per 1,000 h (95% interval −0.4 to −0.1).
            b | The program moved reopen share the wrong way: +6 points (95% interval +4 to +8).
            c | The program did not move win rate by anything that matters: +0.1 points (95% interval −1 to +1.2).
            d | The data cannot tell whether the program moved revenue: +$1,200 (95% interval −$300 to +$2,700).
            e | No statement about revenue can be defended.
            f | The program may have moved revenue: +$1,200 a month (95% interval +$300 to +$2,100).
            g | The program moved incidents, perhaps by less than would matter: −0.05 per 1,000 h (95% interval −0.08 to −0.02).
            h | Needle cannot judge turnover yet.
            i | The program may not have moved win rate by anything that matters: +0.1 points (95% interval −1 to +1.2).""");
  }

  @Test
  void aSentenceTellsDaysWithoutWhatTheyAreCountedUntil() {
    Dataset<Row> effects =
        new TrainingEffects()
            .transform(
                studies(
                    """
                    program_id | kpi_id | kpi_title | unit                          | verdict | estimate | ci_low | ci_high | treated
                    a          | start  | Start     | days until it, of at most 365 | works   | -25      | -41    | -10     | 200
                    """));
    assertThat(text(effects, "sentence"))
        .isEqualTo("The program moved start: −25 days (95% interval −41 to −10).");
  }

  @Test
  void theCurveSaysWhichPeriodsLieBeforeTraining() {
    Dataset<Row> curve =
        new EffectCurves()
            .transform(
                nested(
                    "effects",
                    """
                    array(
                      struct('att', 'event_time', '-2', null, null, -2L, 0.01, 0.02, -0.03, 0.05, -0.04, 0.06, 0.6, 50L, 90L, 30L, 25.0),
                      struct('att', 'event_time', '-1', null, null, -1L, 0.05, 0.02, 0.01, 0.09, 0.0, 0.1, 0.02, 50L, 90L, 30L, 25.0),
                      struct('att', 'event_time', '0', null, null, 0L, -0.2, 0.02, -0.24, -0.16, -0.3, -0.1, 0.0, 50L, 90L, 30L, 9.9),
                      struct('att', 'event_time', '1', null, null, 1L, -0.2, 0.02, -0.24, -0.16, -0.3, -0.1, 0.0, 7L, 90L, 30L, 25.0),
                      struct('att', 'overall', 'group', null, null, null, -0.2, 0.02, -0.24, -0.16, null, null, 0.0, 50L, 90L, 30L, 25.0))
                    """));
    assertThat(text(curve, "event_time", "phase", "estimate", "ci_low", "treated"))
        .isEqualTo(
            """
            -1 | anticipation | 0.05 | 0.01 | 50
            -2 | before | 0.01 | -0.03 | 50
            0 | after | -0.2 |  | 50
            1 | after |  |  |""");
  }

  @Test
  void checksAndAttritionKeepTheirOrder() {
    Dataset<Row> checks =
        new Diagnostics()
            .transform(
                nested(
                    "diagnostics",
                    "array(struct('pre_trend', 'wald', 3.1, 0.4, 'pass', 'No trend seen.'),"
                        + " struct('clusters', 'treated', 12.0, null, 'pass', 'Enough.'))"));
    assertThat(text(checks, "position", "check", "value", "p_value", "status"))
        .isEqualTo("0 | pre_trend | 3.1 | 0.4 | pass\n1 | clusters | 12.0 |  | pass");
    Dataset<Row> lost =
        new Attrition()
            .transform(
                nested(
                    "attrition",
                    "array(struct('read', 500L, 6000L, 'rows of the panel'),"
                        + " struct('no outcome', 3L, 20L, 'never observed'),"
                        + " struct('trained first', 0L, 0L, 'no period before training'))"));
    assertThat(text(lost, "position", "step", "units", "rows"))
        .isEqualTo("0 | read |  |\n1 | no outcome |  |\n2 | trained first | 0 | 0");
    assertThat(lost.where(col("reason").isNull()).count()).isZero();
  }

  @Test
  void whatWasReadIsToldWhereItGivesNobodyAway() {
    Dataset<Row> lost =
        new Attrition()
            .transform(
                nested(
                    "attrition",
                    "array(struct('read', 500L, 6000L, 'rows of the panel'),"
                        + " struct('no outcome', 9L, 20L, 'never observed'),"
                        + " struct('seen once', 4L, 4L, 'no change to see'),"
                        + " struct('analysed', 487L, 5000L, 'compared'))"));
    assertThat(text(lost, "position", "step", "units"))
        .isEqualTo("0 | read | 500\n1 | no outcome |\n2 | seen once |\n3 | analysed | 487");
  }
}
