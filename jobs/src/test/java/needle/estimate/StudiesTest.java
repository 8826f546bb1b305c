package needle.estimate;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import needle.GivenInputs;
import needle.SparkTest;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import needle.panel.Cohorts;
import needle.panel.EmployeePanel;
import needle.panel.HomeTeams;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Questions without an answer keep their row, with the reason. */
class StudiesTest extends SparkTest {
  private static MeasurementPlan asking(String program, String kpi) {
    return asking(program, kpi, Map.of());
  }

  private static MeasurementPlan asking(
      String program, String kpi, Map<Sensitivity, Settings> sensitivity) {
    return new MeasurementPlan(
        program,
        program,
        "It hurts",
        "The boss",
        LocalDate.parse("2023-01-01"),
        LocalDate.parse("2023-02-01"),
        List.of("a course that nobody delivers"),
        "true",
        MeasurementPlan.Exposure.COMPLETION,
        List.of(
            new MeasurementPlan.Question(
                kpi,
                true,
                1.0,
                MeasurementPlan.Grain.MONTH,
                MeasurementPlan.Comparison.NOT_YET_TREATED,
                0,
                "team_id",
                sensitivity)),
        new MeasurementPlan.Cost(0, 0, 0, 0, 0),
        Optional.empty());
  }

  private static Kpi kpi(String id, Kpi.Family family, String... tables) {
    Optional<Kpi.Measure> measure =
        Stream.of(tables)
            .map(table -> new Kpi.Measure(table, "happened_on", "count(*)", Optional.empty()))
            .findFirst();
    return new Kpi(
        id,
        id,
        "unit",
        Kpi.Direction.UP,
        family,
        false,
        measure,
        Optional.empty(),
        Optional.empty());
  }

  private Dataset<Row> answered() {
    StringBuilder panel =
        new StringBuilder(
            "program_id | kpi_id | employee_id | period_start | numerator | denominator\n");
    StringBuilder cohorts = new StringBuilder("program_id | employee_id | cohort_start\n");
    StringBuilder teams = new StringBuilder("employee_id | home_team_id\n");
    for (int person = 0; person < 4; person++) {
      cohorts.append(String.format("everybody | p%d | 2024-02-01%n", person));
      teams.append(String.format("p%d | t%d%n", person, person));
      for (String program : List.of("mistyped", "everybody")) {
        for (String month : List.of("2024-01-01", "2024-02-01", "2024-03-01")) {
          panel.append(
              String.format("%s | sales | p%d | %s | 1.0 | 1.0%n", program, person, month));
        }
      }
    }
    return new Studies()
        .transform(
            new GivenInputs(session())
                .kpis(
                    kpi("sales", Kpi.Family.GAUSSIAN),
                    kpi("ramp", Kpi.Family.DURATION),
                    kpi("completions", Kpi.Family.COUNT, "silver.learning_records"))
                .plans(
                    asking("mistyped", "sales"),
                    asking("everybody", "sales"),
                    asking("new", "ramp"),
                    asking("counted", "completions"))
                .table(EmployeePanel.TABLE, panel.toString())
                .table(Cohorts.TABLE, cohorts.toString())
                .table(HomeTeams.TABLE, teams.toString()));
  }

  private static Answer answer(String program, double estimate, double error) {
    EffectEstimate.Effect effect =
        new EffectEstimate.Effect(
            Estimand.ATT,
            "overall",
            "group",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            estimate,
            error,
            estimate - 2 * error,
            estimate + 2 * error,
            estimate - 2 * error,
            estimate + 2 * error,
            2 * Quantiles.tail(50, Math.abs(estimate) / error),
            50,
            50,
            100,
            50);
    return new Answer(
        program,
        asking(program, "sales").questions().get(0),
        kpi("sales", Kpi.Family.GAUSSIAN),
        Optional.of(new EffectEstimate("any", effect, List.of(effect), List.of(), List.of(), 50)),
        List.of(),
        OptionalDouble.empty());
  }

  private static List<String> verdicts(Answer... answers) {
    int verdict = Studies.TABLE.schema().fieldIndex("verdict");
    return Studies.judged(List.of(answers)).stream().map(row -> row.getString(verdict)).toList();
  }

  /** Zero with an error of half of what matters: t with 50 degrees is beyond 2 in 0.0255. */
  @Test
  void noEffectIsToldOnceAllQuestionsOfARunAreCounted() {
    Answer none = answer("none", 0, 0.5);
    Answer works = answer("works", 5, 0.5);
    assertThat(verdicts(none)).containsExactly("no_effect");
    assertThat(verdicts(none, works)).containsExactly("cant_tell", "works");
    assertThat(verdicts(none, none, works)).containsExactly("no_effect", "no_effect", "works");
  }

  @Test
  void anAnswerSaysWhatItIsAnEstimateOf() {
    Row row = Studies.judged(List.of(answer("works", 5, 0.5))).get(0);
    assertThat(row.getString(Studies.TABLE.schema().fieldIndex("estimand"))).isEqualTo("att");
    List<Row> effects = row.getAs(Studies.TABLE.schema().fieldIndex("effects"));
    assertThat(effects).extracting(e -> e.getString(0)).containsExactly("att");
    assertThat(text(answered(), "program_id", "estimand"))
        .isEqualTo("counted |\neverybody |\nmistyped |\nnew |");
  }

  @Test
  void aProgramThatNobodyTookOrEverybodyTookOrThatNeedsAnotherDesignSaysSo() {
    assertThat(
            text(
                answered(),
                "program_id",
                "verdict",
                "reasons",
                "estimate",
                "substring_index(diagnostics[0].message, ':', 1)"))
        .isEqualTo(
            """
            counted | cant_tell | circular |  | This KPI is made of silver.learning_records, which counts the training itself
            everybody | cant_tell | no_comparison |  | There is nobody to compare the treated with
            mistyped | cant_tell | no_comparison |  | Nobody was treated
            new | cant_tell | needs_duration_design |  | This KPI is a time until something happens, and its file names neither event nor milestone. Comparing those who got there would credit training with the time people survived to receive it, so no number is given.""");
  }

  /** Sixty people alone in their teams, of whom half sell two more from July on. */
  private Dataset<Row> tried(Map<Sensitivity, Settings> sensitivity) {
    Random dice = new Random(1);
    StringBuilder panel =
        new StringBuilder(
            "program_id | kpi_id | employee_id | period_start | numerator | denominator\n");
    StringBuilder cohorts = new StringBuilder("program_id | employee_id | cohort_start\n");
    StringBuilder teams = new StringBuilder("employee_id | home_team_id\n");
    for (int person = 0; person < 60; person++) {
      boolean isTrained = person % 2 == 0;
      if (isTrained) {
        cohorts.append(String.format("sold | p%d | 2024-07-01%n", person));
      }
      teams.append(String.format("p%d | t%d%n", person, person));
      for (int month = 1; month <= 12; month++) {
        double sales = (isTrained && month >= 7 ? 4 : 0) + 0.5 * dice.nextGaussian();
        panel.append(
            String.format(
                Locale.ROOT,
                "sold | sales | p%d | 2024-%02d-01 | %.6f | 1.0%n",
                person,
                month,
                sales));
      }
    }
    return new Studies()
        .transform(
            new GivenInputs(session())
                .kpis(kpi("sales", Kpi.Family.GAUSSIAN))
                .plans(asking("sold", "sales", sensitivity))
                .table(EmployeePanel.TABLE, panel.toString())
                .table(Cohorts.TABLE, cohorts.toString())
                .table(HomeTeams.TABLE, teams.toString()));
  }

  @Test
  void whatAPlanAsksItsAnswerToWithstandDecidesWhetherThereIsAVerdict() {
    String[] columns = {
      "verdict",
      "reasons",
      "to_json(transform(filter(diagnostics, d -> d.check in ('relative_magnitudes', 'placebo_dates')"
          + " and (d.statistic = 'withstands' or d.check = 'placebo_dates')),"
          + " d -> concat_ws(' ', d.check, d.statistic, d.status)))"
    };
    assertThat(text(tried(Map.of()), columns)).startsWith("works |").endsWith("[]");
    assertThat(
            text(
                tried(
                    Map.of(
                        Sensitivity.RELATIVE_MAGNITUDES,
                        Settings.withstanding(0.5),
                        Sensitivity.PLACEBO_DATES,
                        Settings.USUAL)),
                columns))
        .startsWith("works |")
        .endsWith(
            "[\"relative_magnitudes withstands pass\",\"placebo_dates earlier_by_1 pass\","
                + "\"placebo_dates earlier_by_2 pass\",\"placebo_dates earlier_by_3 pass\"]");
    assertThat(
            text(
                tried(Map.of(Sensitivity.RELATIVE_MAGNITUDES, Settings.withstanding(500))),
                columns))
        .startsWith("cant_tell | sensitive |")
        .endsWith("[\"relative_magnitudes withstands fail\"]");
  }
}
