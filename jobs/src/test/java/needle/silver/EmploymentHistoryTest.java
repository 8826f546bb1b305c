package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.NarrowRun;
import needle.SparkTest;
import needle.bronze.Hris;
import org.junit.jupiter.api.Test;

class EmploymentHistoryTest extends SparkTest {
  // 100 is abroad in 2023; the hire date of 200 was corrected; 300 took over the id of 400.
  private static final String EMPLOYMENTS =
      """
      person_id_external | user_id | start_date | end_date   | last_modified_date_time
      100                | home    | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
      100                | host    | 2023-01-01 | 2023-12-31 | 2023-01-01T00:00:00Z
      200                | u2      | 2024-01-02 | 9999-12-31 | 2024-01-02T00:00:00Z
      200                | u2      | 2024-01-08 | 2024-06-30 | 2024-07-01T00:00:00Z
      400                | u3      | 2018-01-01 | 2019-12-31 | 2020-01-01T00:00:00Z
      300                | u3      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
      """;

  private static final String JOBS =
      """
      user_id | start_date | seq_number | event    | cost_center | pay_grade | last_modified_date_time
      home    | 2020-01-01 | 1          | HIRE     | T1          | G3        | 2020-01-01T00:00:00Z
      home    | 2023-06-01 | 1          | DATA     | T1          | G3        | 2023-06-01T00:00:00Z
      home    | 2023-06-01 | 2          | PROM     | T1          | G4        | 2023-06-01T00:00:00Z
      host    | 2023-01-01 | 1          | HIRE     | T9          | G3        | 2023-01-01T00:00:00Z
      u2      | 2024-01-02 | 1          | HIRE     | T2          | G1        | 2024-01-02T00:00:00Z
      u2      | 2024-07-01 | 1          | TERM     | T2          | G1        | 2024-07-01T00:00:00Z
      u3      | 2018-01-01 | 1          | HIRE     | T3          | G1        | 2018-01-01T00:00:00Z
      u3      | 2020-01-01 | 1          | TERM     | T3          | G1        | 2020-01-01T00:00:00Z
      u3      | 2024-03-04 | 1          | HIRE     | T4          | G1        | 2024-03-04T00:00:00Z
      u9      | 2024-02-01 | 1          | HIRE     | T5          | G1        | 2024-02-01T00:00:00Z
      home    | 2025-02-01 | 1          | TRANSFER | T6          | G4        | 2024-06-01T00:00:00Z
      """;

  private GivenInputs given(String employments, String jobs) {
    GivenInputs given =
        new GivenInputs(session())
            .table(Hris.EMP_EMPLOYMENT, employments)
            .table(Hris.EMP_JOB, jobs);
    return given.table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  private GivenInputs recorded(GivenInputs given) {
    return given.table(JobRecords.TABLE, new JobRecords().transform(given).localCheckpoint());
  }

  @Test
  void aJobHoldsWithinItsEmploymentAndTheHomeJobAgainAfterAnAssignment() {
    assertThat(
            text(
                new EmploymentHistory().transform(recorded(given(EMPLOYMENTS, JOBS))),
                "employee_id",
                "valid_from",
                "valid_to",
                "is_current",
                "team_id",
                "pay_grade",
                "last_event"))
        .isEqualTo(
            """
            #person:100 | 2020-01-01 | 2023-01-01 | false | T1 | G3 | HIRE
            #person:100 | 2023-01-01 | 2024-01-01 | false | T9 | G3 | HIRE
            #person:100 | 2024-01-01 | 9999-12-31 | true | T1 | G4 |
            #person:200 | 2024-01-08 | 2024-07-01 | false | T2 | G1 | HIRE
            #person:300 | 2024-03-04 | 9999-12-31 | true | T4 | G1 | HIRE
            #person:400 | 2018-01-01 | 2020-01-01 | false | T3 | G1 | HIRE""");
  }

  @Test
  void everyRowOfAnEmploymentHasItsPersonOrIsCountedWithTheReason() {
    GivenInputs given = recorded(given(EMPLOYMENTS, JOBS));
    assertThat(
            text(
                given.rows(JobRecords.TABLE).where("starts_on >= '2020-01-01'"),
                "user_key",
                "starts_on",
                "coalesce(employee_id, unattributed_because)"))
        .isEqualTo(
            """
            #HRIS_USER:home | 2020-01-01 | #person:100
            #HRIS_USER:home | 2023-06-01 | #person:100
            #HRIS_USER:host | 2023-01-01 | #person:100
            #HRIS_USER:u2 | 2024-01-02 | #person:200
            #HRIS_USER:u2 | 2024-07-01 | #person:200
            #HRIS_USER:u3 | 2020-01-01 | #person:400
            #HRIS_USER:u3 | 2024-03-04 | #person:300
            #HRIS_USER:u9 | 2024-02-01 | unknown_id""");
    assertThat(
            text(
                new FactCounts().transform(given).where("outcome <> 'attributed'"),
                "source",
                "month_start",
                "outcome",
                "facts"))
        .isEqualTo("job_records | 2024-02-01 | unknown_id | 1");
  }

  @Test
  void aNarrowRunIsAFullOneWhenEmploymentsJobsAndMonthsCome() {
    GivenInputs before =
        given(
                EMPLOYMENTS.replace(
                    "host    | 2023-01-01 | 2023-12-31", "host | 2023-01-01 | 2024-03-31"),
                JOBS.replace("u2      | 2024-01-02", "u2 | 2024-01-09"))
            .over("2024-01-01", "2024-05-31");
    GivenInputs after =
        given(EMPLOYMENTS + "500 | u9 | 2024-02-05 | | 2024-03-01T00:00:00Z\n", JOBS)
            .over("2024-01-01", "2025-02-28");
    NarrowRun.assertSameAsFull(new JobRecords(), before, after);
    NarrowRun.assertSameAsFull(new EmploymentHistory(), recorded(before), recorded(after));
  }
}
