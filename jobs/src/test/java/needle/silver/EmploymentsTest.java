package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Hris;
import org.junit.jupiter.api.Test;

class EmploymentsTest extends SparkTest {
  private GivenInputs given() {
    return new GivenInputs(session())
        .table(
            Hris.EMP_EMPLOYMENT,
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            p1                 | u1      | 2023-01-01 | 2024-03-31 | 2024-04-01T00:00:00Z
            p2                 | u2      | 2023-01-01 | 2024-03-31 | 2024-04-01T00:00:00Z
            p3                 | u3      | 2023-01-01 | 2024-03-31 | 2024-04-01T00:00:00Z
            p4                 | u4      | 2023-01-01 | 9999-12-31 | 2024-04-01T00:00:00Z
            p5                 | u5      | 2023-01-01 | 2024-03-31 | 2024-04-01T00:00:00Z
            """)
        .table(
            Hris.EMP_TERMINATION,
            """
            person_id_external | user_id | end_date   | event_reason  | last_modified_date_time
            p1                 | u1      | 2024-03-31 | TERM_RESIGN   | 2024-04-01T00:00:00Z
            p2                 | u2      | 2024-03-31 | tervol_better | 2024-04-01T00:00:00Z
            p3                 | u3      | 2024-03-31 | TERM_DISMISS  | 2024-04-01T00:00:00Z
            """);
  }

  @Test
  void onlyAReasonThatSaysSoMakesAnExitVoluntary() {
    assertThat(
            text(
                new Employments().transform(given()),
                "employee_id",
                "left_on",
                "is_voluntary_exit"))
        .isEqualTo(
            """
            #person:p1 | 2024-03-31 | true
            #person:p2 | 2024-03-31 | true
            #person:p3 | 2024-03-31 | false
            #person:p4 |  | false
            #person:p5 | 2024-03-31 | false""");
  }

  @Test
  void aCorrectedHireDateLeavesOneSpellAndARehireTwo() {
    GivenInputs in =
        new GivenInputs(session())
            .table(
                Hris.EMP_EMPLOYMENT,
                """
                person_id_external | user_id | start_date | end_date   | last_modified_date_time
                later              | u1      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
                later              | u1      | 2024-03-04 | 9999-12-31 | 2024-04-01T00:00:00Z
                later              | u1      | 2024-03-04 | 2024-09-30 | 2024-10-01T00:00:00Z
                sooner             | u2      | 2024-03-04 | 9999-12-31 | 2024-03-01T00:00:00Z
                sooner             | u2      | 2024-03-01 | 9999-12-31 | 2024-04-01T00:00:00Z
                back               | u3      | 2022-01-01 | 2022-12-31 | 2024-05-01T00:00:00Z
                back               | u3      | 2023-06-01 | 9999-12-31 | 2023-06-01T00:00:00Z
                """)
            .table(
                Hris.EMP_TERMINATION,
                """
                person_id_external | user_id | end_date   | event_reason  | last_modified_date_time
                later              | u1      | 2024-09-30 | TERM_RESIGN   | 2024-10-01T00:00:00Z
                """);
    assertThat(text(new Employments().transform(in), "employee_id", "hired_on", "left_on"))
        .isEqualTo(
            """
            #person:back | 2022-01-01 | 2022-12-31
            #person:back | 2023-06-01 |
            #person:later | 2024-03-04 | 2024-09-30
            #person:sooner | 2024-03-01 |""");
  }
}
