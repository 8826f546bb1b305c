package needle.panel;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import needle.GivenInputs;
import needle.SparkTest;
import needle.kit.MeasurementPlan;
import needle.silver.Assessments;
import needle.silver.CourseFeedback;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Each signal of exposure counts for itself, from the month it falls in. */
class TrainingExposureTest extends SparkTest {
  private GivenInputs given() {
    return new GivenInputs(session())
        .plans(
            new MeasurementPlan(
                "safety",
                "Safety",
                "problem",
                "owner",
                LocalDate.parse("2024-01-01"),
                LocalDate.parse("2024-02-01"),
                List.of("S-1", "S-2"),
                "true",
                MeasurementPlan.Exposure.COMPLETION,
                List.of(),
                new MeasurementPlan.Cost(0, 0, 0, 0, 0),
                Optional.empty()))
        .table(
            EmployeePeriods.TABLE,
            """
            employee_id | period_start | period_end
            ann         | 2024-01-01   | 2024-01-31
            ann         | 2024-02-01   | 2024-02-29
            ann         | 2024-03-01   | 2024-03-31
            """);
  }

  private Dataset<Row> exposure(String records) {
    return new TrainingExposure().transform(given().table(LearningRecords.TABLE, records));
  }

  @Test
  void assignmentStartAndCompletionAreThreeThings() {
    assertThat(
            text(
                exposure(
                    """
                    record_id | employee_id | kind      | course_id | happened_on | hours
                    r1        | ann         | assigned  | S-1       | 2024-01-10  |
                    r2        | ann         | started   | S-1       | 2024-02-10  |
                    r3        | ann         | completed | S-1       | 2024-03-10  | 4
                    """),
                "period_start",
                "first_assigned_on",
                "first_started_on",
                "first_completed_on",
                "hours_completed"))
        .isEqualTo(
            """
            2024-01-01 | 2024-01-10 |  |  | 0.0
            2024-02-01 | 2024-01-10 | 2024-02-10 |  | 0.0
            2024-03-01 | 2024-01-10 | 2024-02-10 | 2024-03-10 | 4.0""");
  }

  @Test
  void creditIsNoExposure() {
    assertThat(
            text(
                exposure(
                        """
                        record_id | employee_id | kind           | course_id | happened_on
                        r1        | ann         | satisfied      | S-1       | 2024-03-14
                        r2        | ann         | administrative | S-1       | 2024-03-13
                        r3        | ann         | equivalent     | S-1       | 2024-03-12
                        r4        | ann         | tested_out     | S-1       | 2024-03-11
                        r5        | ann         | waived         | S-1       | 2024-03-10
                        """)
                    .where("period_start = date '2024-03-01'"),
                "first_credited_on",
                "first_assigned_on",
                "first_started_on",
                "first_completed_on"))
        .isEqualTo("2024-03-10 | 2024-03-10 |  |");
  }

  @Test
  void aCompletionAfterACompletionOfTheSameCourseIsARefresher() {
    assertThat(
            text(
                exposure(
                    """
                    record_id | employee_id | kind      | course_id | happened_on | hours
                    lrs       | ann         | completed | S-1       | 2024-01-10  | 4
                    lms       | ann         | completed | S-1       | 2024-01-10  |
                    next      | ann         | completed | S-2       | 2024-02-10  | 2
                    again     | ann         | completed | S-1       | 2024-03-10  | 1
                    """),
                "period_start",
                "refreshers",
                "hours_completed"))
        .isEqualTo("2024-01-01 | 0 | 4.0\n2024-02-01 | 0 | 6.0\n2024-03-01 | 1 | 7.0");
  }

  @Test
  void testsAnswersAndPracticeStandBesideEachOther() {
    Dataset<Row> exposure =
        new TrainingExposure()
            .transform(
                given()
                    .table(
                        Assessments.TABLE,
                        """
                        employee_id | course_id | phase | attempt | taken_on   | score_share
                        ann         | S-1       | pre   | 1       | 2024-01-10 | 0.3
                        ann         | S-1       | pre   | 2       | 2024-01-10 | 0.4
                        ann         | S-1       | post  | 1       | 2024-02-10 | 0.5
                        ann         | S-1       | post  | 2       | 2024-02-10 | 0.8
                        bob         | S-1       | post  | 1       | 2024-02-10 | 0.1
                        """)
                    .table(
                        CourseFeedback.TABLE,
                        """
                        response_id | employee_id | course_id | responded_on | satisfaction
                        a1          | ann         | S-1       | 2024-02-12   | 5
                        a2          | ann         | S-1       | 2024-03-12   | 2
                        a3          |             | S-1       | 2024-03-12   | 1
                        """)
                    .table(
                        LearningRecords.TABLE,
                        """
                        record_id | employee_id | kind      | course_id | happened_on
                        r1        | ann         | practised | S-1       | 2024-03-20
                        r2        | ann         | practised | S-1       | 2024-03-21
                        """));
    assertThat(
            text(
                exposure,
                "period_start",
                "score_before",
                "score_after",
                "satisfaction",
                "practices",
                "first_assigned_on"))
        .isEqualTo(
            """
            2024-01-01 | 0.3 |  |  | 0 |
            2024-02-01 | 0.3 | 0.8 | 5.0 | 0 |
            2024-03-01 | 0.3 | 0.8 | 3.5 | 2 |""");
  }
}
