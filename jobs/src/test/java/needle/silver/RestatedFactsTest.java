package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.NarrowRun;
import needle.SparkTest;
import needle.bronze.Crm;
import needle.bronze.Hris;
import needle.bronze.Safety;
import org.junit.jupiter.api.Test;

/** Facts hold in their newest version, wherever it was delivered. */
class RestatedFactsTest extends SparkTest {
  private GivenInputs given() {
    GivenInputs given =
        new GivenInputs(session())
            .table(
                Hris.EMP_EMPLOYMENT,
                """
                person_id_external | user_id | start_date | end_date   | last_modified_date_time
                100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
                200                | u2      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
                """)
            .table(
                Crm.USER,
                """
                id   | employee_number | system_modstamp
                005A | 100             | 2020-01-01T00:00:00Z
                005B | 200             | 2020-01-01T00:00:00Z
                """);
    return given.table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  @Test
  void theNewestAmountHoldsDeletedAndOpenOpportunitiesDoNotCount() {
    GivenInputs in =
        given()
            .table(
                Crm.OPPORTUNITY,
                """
                id | owner_id | amount | is_closed | is_won | is_deleted | close_date | created_date         | system_modstamp      | _delivered_on
                o1 | 005A     | 100    | true      | true   | false      | 2024-03-05 | 2024-02-01T00:00:00Z | 2024-03-05T00:00:00Z | 2024-04-03
                o1 | 005A     | 90     | true      | true   | false      | 2024-03-05 | 2024-02-01T00:00:00Z | 2024-05-05T00:00:00Z | 2024-04-03
                o2 | 005A     | 50     | true      | true   | true       | 2024-03-05 | 2024-02-01T00:00:00Z | 2024-03-05T00:00:00Z | 2024-04-03
                o3 | 005A     | 50     | false     | false  | false      | 2024-03-05 | 2024-02-01T00:00:00Z | 2024-03-05T00:00:00Z | 2024-04-03
                o4 | 00G1     |        | true      | false  | false      | 2024-03-06 | 2024-02-01T00:00:00Z | 2024-03-06T00:00:00Z | 2024-04-03
                """);
    assertThat(
            text(
                new Sales().transform(in),
                "opportunity_id",
                "employee_id",
                "unattributed_because",
                "amount_usd",
                "is_won"))
        .isEqualTo("o1 | #person:100 |  | 90.0 | true\no4 |  | shared_account | 0.0 | false");
  }

  // o1 is reassigned after its closing, o2 before; o3 is reopened and closed again by another.
  private static final String DEALS =
      """
      id | owner_id | amount | is_closed | is_won | close_date | created_date         | system_modstamp
      o1 | 005A     | 10     | false     | false  | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-01-01T00:00:00Z
      o1 | 005A     | 10     | true      | true   | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-01-10T00:00:00Z
      o1 | 005B     | 12     | true      | true   | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-06-01T00:00:00Z
      o2 | 005A     | 10     | false     | false  | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-01-01T00:00:00Z
      o2 | 005B     | 10     | true      | true   | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-01-10T00:00:00Z
      o3 | 005A     | 10     | true      | true   | 2024-01-10 | 2024-01-01T00:00:00Z | 2024-01-10T00:00:00Z
      o3 | 005B     | 10     | false     | false  | 2024-03-10 | 2024-01-01T00:00:00Z | 2024-02-01T00:00:00Z
      o3 | 005B     | 10     | true      | true   | 2024-03-10 | 2024-01-01T00:00:00Z | 2024-03-10T00:00:00Z
      """;

  @Test
  void aDealStaysWithWhoeverOwnedItAtItsClosing() {
    assertThat(
            text(
                new Sales().transform(given().table(Crm.OPPORTUNITY, DEALS)),
                "opportunity_id",
                "employee_id",
                "amount_usd"))
        .isEqualTo(
            """
            o1 | #person:100 | 12.0
            o2 | #person:200 | 10.0
            o3 | #person:200 | 10.0""");
  }

  @Test
  void aNarrowRunOfAReassignedDealOrAnotherOwnerIsAFullOne() {
    String reassigned =
        DEALS.lines().filter(l -> l.startsWith("o1 | 005B")).findFirst().orElseThrow();
    NarrowRun.assertSameAsFull(
        new Sales(),
        given().table(Crm.OPPORTUNITY, DEALS.replace(reassigned + "\n", "")),
        given().table(Crm.OPPORTUNITY, DEALS));
    GivenInputs handedOver =
        given()
            .table(
                Crm.USER,
                """
                id   | employee_number | system_modstamp
                005A | 200             | 2020-01-01T00:00:00Z
                005B | 200             | 2020-01-01T00:00:00Z
                """);
    handedOver.table(Identities.TABLE, new Identities().transform(handedOver).localCheckpoint());
    NarrowRun.assertSameAsFull(
        new Sales(),
        given().table(Crm.OPPORTUNITY, DEALS),
        handedOver.table(Crm.OPPORTUNITY, DEALS));
  }

  @Test
  void aCaseStaysWithWhoeverOwnedItAtItsLastClosing() {
    GivenInputs in =
        given()
            .table(
                Crm.CASE,
                """
                id | case_number | owner_id | is_customer_case | is_closed | created_date         | closed_date          | system_modstamp
                c1 | 1           | 005A     | true             | true      | 2024-01-01T00:00:00Z | 2024-01-05T00:00:00Z | 2024-01-05T00:00:00Z
                c1 | 1           | 005B     | true             | true      | 2024-01-01T00:00:00Z | 2024-01-05T00:00:00Z | 2024-06-05T00:00:00Z
                c2 | 2           | 005A     | true             | true      | 2024-01-01T00:00:00Z | 2024-01-05T00:00:00Z | 2024-01-05T00:00:00Z
                c2 | 2           | 005B     | true             | false     | 2024-01-01T00:00:00Z |                      | 2024-01-06T00:00:00Z
                c2 | 2           | 005B     | true             | true      | 2024-01-01T00:00:00Z | 2024-01-07T00:00:00Z | 2024-01-07T00:00:00Z
                """);
    assertThat(text(new ServiceCases().transform(in), "case_id", "employee_id"))
        .isEqualTo("c1 | #person:100\nc2 | #person:200");
  }

  @Test
  void aCaseIsReopenedWhenItsStatusEverLeftAClosedOne() {
    GivenInputs in =
        given()
            .table(
                Crm.CASE,
                """
                id | case_number | owner_id | is_customer_case | is_finding | is_closed | is_deleted | created_date         | closed_date          | system_modstamp
                c1 | 1           | 005A     | true             | false      | true      | false      | 2024-03-01T00:00:00Z | 2024-03-05T00:00:00Z | 2024-03-05T00:00:00Z
                c2 | 2           | 005A     | true             | false      | true      | false      | 2024-03-01T00:00:00Z | 2024-03-05T00:00:00Z | 2024-03-05T00:00:00Z
                c3 | 3           | 005A     | false            | true       | false     | false      | 2024-03-01T00:00:00Z |                      | 2024-03-05T00:00:00Z
                """)
            .table(
                Crm.CASE_HISTORY,
                """
                id | case_id | is_reopening | created_date
                h1 | c1      | false        | 2024-03-03T00:00:00Z
                h2 | c1      | true         | 2024-03-04T00:00:00Z
                h3 | c2      | false        | 2024-03-04T00:00:00Z
                """)
            .table(
                Crm.CSAT_SURVEY,
                """
                response_id | external_reference | status | q1 | recorded_date
                r1          | 2                  | 0      | 5  | 2024-03-06T00:00:00Z
                r2          | 2                  | 1      | 1  | 2024-03-07T00:00:00Z
                r3          | 1                  | IP Address     | 4 | 2024-03-06T00:00:00Z
                r4          | 1                  | Survey Preview | 1 | 2024-03-07T00:00:00Z
                """);
    assertThat(text(new ServiceCases().transform(in), "case_id", "is_reopened", "csat_score"))
        .isEqualTo("c1 | true | 4\nc2 | false | 5");
    assertThat(text(new ComplianceFindings().transform(in), "case_id", "found_on"))
        .isEqualTo("c3 | 2024-03-01");
  }

  @Test
  void theLogThatWasDeliveredLastHoldsAndPaidLeaveIsNotWork() {
    GivenInputs in =
        given()
            .table(
                Safety.CASE_LOG,
                """
                establishment_id | case_number | employee_number | incident_outcome | date_of_incident | _delivered_on
                E1               | 1           | 100             | 4                | 2024-03-05       | 2024-04-03
                E1               | 1           | 100             | 2                | 2024-03-05       | 2024-05-03
                E2               | 1           | 999             | 4                | 2024-03-05       | 2024-04-03
                """)
            .table(
                Safety.HOURS_WORKED,
                """
                employee_number | establishment_code | pay_code | hours_worked | work_date  | _delivered_on
                100             | E1                 | REG      | 80           | 2024-03-15 | 2024-04-03
                100             | E1                 | REG      | 60           | 2024-03-15 | 2024-05-03
                100             | E2                 | REG      | 20           | 2024-03-15 | 2024-04-03
                100             | E1                 | PTO      | 8            | 2024-03-15 | 2024-04-03
                """);
    assertThat(
            text(new Incidents().transform(in), "establishment_id", "employee_id", "is_lost_time"))
        .isEqualTo("E1 | #person:100 | true\nE2 |  | false");
    assertThat(text(new HoursWorked().transform(in), "establishment_code", "hours", "pay_code"))
        .isEqualTo("E1 | 60.0 | REG\nE2 | 20.0 | REG");
  }
}
