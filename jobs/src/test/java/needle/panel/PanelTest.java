package needle.panel;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.GivenInputs;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import needle.silver.HoursWorked;
import needle.silver.Incidents;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class PanelTest extends SparkTest {
  private GivenInputs company() {
    return new GivenInputs(session())
        .over("2024-01-01", "2024-04-30")
        .table(
            Employments.TABLE,
            """
            employee_id | hired_on   | left_on
            ann         | 2020-01-01 |
            bob         | 2024-02-16 | 2024-03-31
            """)
        .table(
            EmploymentHistory.TABLE,
            """
            employee_id | valid_from | valid_to   | function   | team_id
            ann         | 2020-01-01 | 2024-03-10 | Operations | T1
            ann         | 2024-03-10 | 9999-12-31 | Operations | T2
            bob         | 2024-02-16 | 9999-12-31 | Operations | T2
            """);
  }

  private GivenInputs withPeriods() {
    GivenInputs given = company();
    return given.table(
        EmployeePeriods.TABLE, new EmployeePeriods().transform(given).localCheckpoint());
  }

  @Test
  void theSpineHasEveryMonthOfEmploymentWithWhatHeldAtItsEnd() {
    Dataset<Row> spine = new EmployeePeriods().transform(company());
    assertThat(
            text(
                spine,
                "employee_id",
                "period_start",
                "team_id",
                "round(months_employed, 3)",
                "tenure_months"))
        .isEqualTo(
            """
            ann | 2024-01-01 | T1 | 1.0 | 49
            ann | 2024-02-01 | T1 | 1.0 | 50
            ann | 2024-03-01 | T2 | 1.0 | 51
            ann | 2024-04-01 | T2 | 1.0 | 52
            bob | 2024-02-01 | T2 | 0.483 | 0
            bob | 2024-03-01 | T2 | 1.0 | 1""");
  }

  @Test
  void trainingCountsFromThePeriodItFallsInAndNeverEarlier() {
    GivenInputs given =
        withPeriods()
            .plans(plan("safety", "function = 'Operations'"))
            .table(
                LearningRecords.TABLE,
                """
                record_id | employee_id | course_id | happened_on | hours | kind
                r1        | ann         | S-1       | 2024-03-31  | 4     | completed
                r2        | ann         | S-1       | 2024-04-02  | 2     | completed
                r3        | ann         | OTHER     | 2024-01-02  | 2     | completed
                r4        |             | S-1       | 2024-01-02  | 2     | completed
                """);
    assertThat(
            text(
                new TrainingExposure().transform(given),
                "employee_id",
                "period_start",
                "first_completed_on",
                "hours_completed"))
        .isEqualTo("ann | 2024-03-01 | 2024-03-31 | 4.0\nann | 2024-04-01 | 2024-03-31 | 6.0");
  }

  @Test
  void aHomeTeamIsTheFirstOfThePeriod() {
    assertThat(text(new HomeTeams().transform(company()), "employee_id", "home_team_id"))
        .isEqualTo("ann | T1\nbob | T2");
  }

  @Test
  void aCohortIsTheMonthOfFirstTraining() {
    GivenInputs given =
        withPeriods()
            .plans(plan("safety", "function = 'Operations'"))
            .table(
                TrainingExposure.TABLE,
                """
                employee_id | program_id | period_start | first_assigned_on | first_completed_on
                ann         | safety     | 2024-01-01   | 2024-01-20        |
                ann         | safety     | 2024-02-01   | 2024-01-20        | 2024-02-03
                ann         | safety     | 2024-03-01   | 2024-01-20        | 2024-02-03
                bob         | safety     | 2024-03-01   | 2023-12-01        | 2023-12-31
                cyd         | safety     | 2024-03-01   | 2024-03-01        |
                """);
    assertThat(text(new Cohorts().transform(given), "program_id", "employee_id", "cohort_start"))
        .isEqualTo("safety | ann | 2024-02-01\nsafety | bob | 2023-12-01");
  }

  @Test
  void aKpiIsZeroWhereNothingHappenedAndMissingWhereThereIsNothingToMeasureItAgainst() {
    assertThat(
            text(
                new KpiOutcomes().transform(withFacts()),
                "employee_id",
                "period_start",
                "numerator",
                "denominator"))
        .isEqualTo("ann | 2024-01-01 | 2.0 | 0.16\nann | 2024-02-01 | 0.0 | 0.15");
  }

  @Test
  void aKpiOverAnUnknownTableSaysWhichTablesThereAre() {
    GivenInputs given = withPeriods().kpis(kpi("gold.secrets"));
    assertThatThrownBy(() -> new KpiOutcomes().transform(given))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("gold.secrets")
        .hasMessageContaining("silver.incidents");
  }

  @Test
  void thePanelGivesEachProgramItsOwnPopulation() {
    GivenInputs given =
        withFacts()
            .plans(plan("safety", "function = 'Operations'"), plan("other", "function = 'Sales'"));
    given
        .table(KpiOutcomes.TABLE, new KpiOutcomes().transform(given))
        .table(
            Cohorts.TABLE,
            """
            program_id | employee_id | cohort_start
            safety     | ann         | 2024-02-01
            """)
        .table(HomeTeams.TABLE, "employee_id | home_team_id\nann | T1")
        .table(EmployeePanel.TABLE, new EmployeePanel().transform(given));
    assertThat(
            text(
                EmployeePanel.studied(given),
                "program_id",
                "employee_id",
                "period_start",
                "cohort_start",
                "team_id"))
        .isEqualTo(
            "safety | ann | 2024-01-01 | 2024-02-01 | T1\nsafety | ann | 2024-02-01 | 2024-02-01 | T1");
  }

  @Test
  void aPlanMayCountPeopleAsExposedFromTheirAssignmentOn() {
    GivenInputs given =
        withPeriods()
            .plans(
                plan("safety", "function = 'Operations'", MeasurementPlan.Exposure.ASSIGNMENT),
                plan("drill", "function = 'Operations'"))
            .table(
                TrainingExposure.TABLE,
                """
                employee_id | program_id | period_start | first_assigned_on | first_completed_on
                ann         | safety     | 2024-01-01   | 2024-01-20        |
                ann         | safety     | 2024-02-01   | 2024-01-20        | 2024-02-03
                ann         | drill      | 2024-01-01   | 2024-01-20        |
                ann         | drill      | 2024-02-01   | 2024-01-20        | 2024-02-03
                """);
    assertThat(text(new Cohorts().transform(given), "program_id", "cohort_start"))
        .isEqualTo("drill | 2024-02-01\nsafety | 2024-01-01");
  }

  private GivenInputs withFacts() {
    return withPeriods()
        .kpis(kpi("silver.incidents"))
        .table(
            Incidents.TABLE,
            """
            establishment_id | case_number | employee_id | occurred_on
            E                | 1           | ann         | 2024-01-05
            E                | 2           | ann         | 2024-01-31
            E                | 3           | bob         | 2024-03-05
            """)
        .table(
            HoursWorked.TABLE,
            """
            employee_id | work_date  | hours
            ann         | 2024-01-31 | 160
            ann         | 2024-02-29 | 150
            """);
  }

  private static Kpi kpi(String table) {
    return new Kpi(
        "incident_rate",
        "Incidents",
        "per 1,000 hours",
        Kpi.Direction.DOWN,
        Kpi.Family.COUNT,
        false,
        Optional.of(new Kpi.Measure(table, "occurred_on", "count(*)", Optional.empty())),
        Optional.of(
            new Kpi.Measure(
                "silver.hours_worked", "work_date", "sum(hours) / 1000", Optional.empty())),
        Optional.empty());
  }

  private static MeasurementPlan plan(String program, String population) {
    return plan(program, population, MeasurementPlan.Exposure.COMPLETION);
  }

  private static MeasurementPlan plan(
      String program, String population, MeasurementPlan.Exposure exposure) {
    return new MeasurementPlan(
        program,
        program,
        "problem",
        "owner",
        LocalDate.parse("2024-01-01"),
        LocalDate.parse("2024-02-01"),
        List.of("S-1"),
        population,
        exposure,
        List.of(
            new MeasurementPlan.Question(
                "incident_rate",
                true,
                0.1,
                MeasurementPlan.Grain.MONTH,
                MeasurementPlan.Comparison.NOT_YET_TREATED,
                0,
                "team_id",
                Map.of())),
        new MeasurementPlan.Cost(0, 0, 0, 0, 0),
        Optional.empty());
  }
}
