package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Hris;
import needle.bronze.Lms;
import needle.kit.Increment;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Learning records that a change touches come out as from everything; no other changes. */
class NarrowLearningTest extends SparkTest {
  private static final String ITEMS =
      """
      student_id | component_id | student_component_id | completion_status_id | status  | total_hours | assigned_at          | started_at           | completion_date      | last_update_timestamp
      """;
  private static final String OPEN =
      """
      u1         | C-1          | i1                   | OPEN                 | Active  |             | 2024-01-05T00:00:00Z |                      |                      | 2024-01-05T00:00:00Z
      u1         | C-2          | personal:i2          | OPEN                 | Active  |             | 2024-01-06T00:00:00Z | 2024-01-08T00:00:00Z |                      | 2024-01-08T00:00:00Z
      u1         | C-3          | i3                   | COMPL                | Active  | 4           |                      |                      | 2024-01-09T00:00:00Z | 2024-01-09T00:00:00Z
      """;
  private static final String[] COLUMNS = {"record_id", "kind", "happened_on", "employee_id"};

  private GivenInputs given(String people, String items) {
    GivenInputs given =
        new GivenInputs(session())
            .table(
                Hris.EMP_EMPLOYMENT,
                "person_id_external | user_id | start_date | end_date | last_modified_date_time\n"
                    + people);
    return given
        .table(Lms.LEARNING_HISTORY, ITEMS + items)
        .table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  private GivenInputs withAccounts(String accounts) {
    String items =
        """
        student_id | learner_system | component_id | student_component_id | completion_status_id | completion_date      | last_update_timestamp
        u1         |                | C-1          | i1                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        Kim        | lms_username   | C-1          | i2                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        u1         | lms_username   | C-1          | i3                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        Kim@X.com  | email          | C-1          | i4                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        hr@x.com   | email          | C-1          | i5                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        u1         | badge          | C-1          | i6                   | COMPL                | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        """;
    String statements =
        """
        statement_id | actor_name | learner_system | verb_id                                | object_id    | happened_at          | stored_at
        s1           | kim@x.com  | email          | http://adlnet.gov/expapi/verbs/completed | http://x/C-1 | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        s2           | u1         |                | http://adlnet.gov/expapi/verbs/completed | http://x/C-1 | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
        """;
    GivenInputs given =
        new GivenInputs(session())
            .table(
                Hris.EMP_EMPLOYMENT,
                """
                person_id_external | user_id | start_date | end_date   | last_modified_date_time
                100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
                300                | u3      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
                """)
            .table(Lms.LEARNING_HISTORY, items)
            .table(Lms.XAPI_STATEMENTS, statements)
            .table(
                Lms.ACCOUNT,
                "username | employee_number | email | is_active | modified_at\n" + accounts);
    return given.table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  private GivenInputs given(String items) {
    return given("100 | u1 | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z", items);
  }

  private String whole(GivenInputs given) {
    return text(new LearningRecords().transform(given), COLUMNS);
  }

  // As a run does it that computes only what a table's change touches.
  private String narrow(GivenInputs then, GivenInputs now, TableContract changes) {
    Dataset<Row> old = then.rows(changes);
    Dataset<Row> due = now.rows(changes);
    Dataset<Row> changed = old.exceptAll(due).unionAll(due.exceptAll(old));
    LearningRecords job = new LearningRecords();
    Increment increment = job.increment(now);
    Dataset<Row> units =
        increment.from(changes).stream()
            .map(r -> r.touched().units(changed, now).select(increment.unit()))
            .reduce(Dataset::union)
            .orElseThrow()
            .distinct()
            .localCheckpoint();
    GivenInputs few = new GivenInputs(session());
    for (TableContract input : job.inputs()) {
      Dataset<Row> all = now.rows(input);
      few.table(
          input,
          increment.from(input).get(0).needed().map(n -> n.rows(all, units, now)).orElse(all));
    }
    String[] stored = increment.storedNames().toArray(String[]::new);
    Dataset<Row> touched = increment.storedUnits(units, now);
    Dataset<Row> held = job.transform(then).join(touched, stored, "left_anti");
    Dataset<Row> made = job.transform(few).join(touched, stored, "left_semi");
    return text(held.unionByName(made), COLUMNS);
  }

  @Test
  void anItemTellsItsAssignmentItsStartAndItsOutcome() {
    assertThat(whole(given(OPEN)))
        .isEqualTo(
            """
            sf-assigned:#sf-assigned:personal:i2 | assigned | 2024-01-06 | #person:100
            sf-assigned:i1 | assigned | 2024-01-05 | #person:100
            sf-started:#sf-started:personal:i2 | started | 2024-01-08 | #person:100
            sf:i3 | completed | 2024-01-09 | #person:100""");
  }

  @Test
  void aCompletionMovesNoAssignment() {
    GivenInputs then = given(OPEN);
    GivenInputs now =
        given(
            OPEN
                + """
                u1 | C-1 | i1          | COMPL  | Active  | 4 | 2024-01-05T00:00:00Z |                      | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                u1 | C-2 | personal:i2 | COMPL  | Active  | 4 | 2024-01-06T00:00:00Z | 2024-01-07T00:00:00Z | 2024-02-02T00:00:00Z | 2024-02-02T00:00:00Z
                u1 | C-3 | i3          | COMPL  | Deleted | 4 |                      |                      | 2024-01-09T00:00:00Z | 2024-02-03T00:00:00Z
                u1 | C-4 | i4          | OPEN   | Active  |   | 2024-02-04T00:00:00Z |                      |                      | 2024-02-04T00:00:00Z
                """);
    assertThat(whole(now))
        .isEqualTo(
            """
            sf-assigned:#sf-assigned:personal:i2 | assigned | 2024-01-06 | #person:100
            sf-assigned:i1 | assigned | 2024-01-05 | #person:100
            sf-assigned:i4 | assigned | 2024-02-04 | #person:100
            sf-started:#sf-started:personal:i2 | started | 2024-01-07 | #person:100
            sf:#sf:personal:i2 | completed | 2024-02-02 | #person:100
            sf:i1 | completed | 2024-02-01 | #person:100""");
    assertThat(narrow(then, now, Lms.LEARNING_HISTORY)).isEqualTo(whole(now));
  }

  @Test
  void aLearnerIsTheIdThatItsContractNames() {
    GivenInputs then = withAccounts("ann | 100 | ann@x.com | true | 2020-01-01T00:00:00Z\n");
    GivenInputs now =
        withAccounts(
            """
            ann | 100 | ann@x.com | true | 2020-01-01T00:00:00Z
            kim | 300 | kim@x.com | true | 2020-01-01T00:00:00Z
            """);
    assertThat(
            text(
                new LearningRecords().transform(now),
                "record_id",
                "employee_id",
                "unattributed_because"))
        .isEqualTo(
            """
            sf:i1 | #person:100 |
            sf:i2 | #person:300 |
            sf:i3 |  | unknown_id
            sf:i4 | #person:300 |
            sf:i5 |  | shared_account
            sf:i6 |  | unknown_id
            xapi:s1 | #person:300 |
            xapi:s2 | #person:100 |""");
    assertThat(whole(then)).isNotEqualTo(whole(now));
    assertThat(narrow(then, now, Identities.TABLE)).isEqualTo(whole(now));
  }

  @Test
  void whoseAnItemIsFollowsTheDayOfEachOfItsRecords() {
    String items =
        "u1 | C-1 | i1 | COMPL | Active | 4 | 2024-01-05T00:00:00Z | 2024-01-20T00:00:00Z"
            + " | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z\n";
    GivenInputs then = given(items);
    GivenInputs now = given("100 | u1 | 2024-01-15 | 9999-12-31 | 2024-03-01T00:00:00Z", items);
    assertThat(whole(now))
        .isEqualTo(
            """
            sf-assigned:i1 | assigned | 2024-01-05 |
            sf-started:i1 | started | 2024-01-20 | #person:100
            sf:i1 | completed | 2024-02-01 | #person:100""");
    assertThat(narrow(then, now, Identities.TABLE)).isEqualTo(whole(now));
  }
}
