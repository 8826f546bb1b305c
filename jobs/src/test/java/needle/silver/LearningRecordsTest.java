package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Hris;
import needle.bronze.Lms;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class LearningRecordsTest extends SparkTest {
  private static final String VERB = "http://adlnet.gov/expapi/verbs/";

  private GivenInputs given() {
    GivenInputs given =
        new GivenInputs(session())
            .table(
                Hris.EMP_EMPLOYMENT,
                """
                person_id_external | user_id | start_date | end_date   | last_modified_date_time
                100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
                """);
    return given.table(Identities.TABLE, new Identities().transform(given));
  }

  private Dataset<Row> fromStatements(String statements) {
    return new LearningRecords().transform(given().table(Lms.XAPI_STATEMENTS, statements));
  }

  @Test
  void aVoidedStatementNeverHappenedHoweverLateItIsVoided() {
    Dataset<Row> records =
        fromStatements(
            """
            statement_id | actor_name | verb_id       | object_id      | object_type  | happened_at          | stored_at
            s1           | u1         | %1$scompleted | http://x/A-1   | Activity     | 2024-01-05T10:00:00Z | 2024-01-05T10:00:00Z
            s2           | u1         | %1$scompleted | http://x/B-2   | Activity     | 2024-01-06T10:00:00Z | 2024-01-06T10:00:00Z
            s3           | admin      | %1$svoided    | s1             | StatementRef | 2024-09-06T10:00:00Z | 2024-09-06T10:00:00Z
            """
                .formatted(VERB));
    assertThat(text(records, "record_id", "kind", "course_id", "employee_id"))
        .isEqualTo("xapi:s2 | completed | B-2 | #person:100");
  }

  @Test
  void startingIsNotCompletingAndPassingIsNeither() {
    Dataset<Row> records =
        fromStatements(
            """
            statement_id | actor_name | verb_id                                    | object_id    | object_type | duration | happened_at          | stored_at
            s0           | u1         | http://activitystrea.ms/schema/1.0/assign  | http://x/A-1 | Activity    |          | 2024-01-04T10:00:00Z | 2024-01-04T10:00:00Z
            s1           | u1         | %1$slaunched                               | http://x/A-1 | Activity    | PT5M     | 2024-01-05T10:00:00Z | 2024-01-05T10:00:00Z
            s2           | u1         | %1$spassed                                 | http://x/A-1 | Activity    |          | 2024-01-05T11:00:00Z | 2024-01-05T11:00:00Z
            s3           | u1         | %1$scompleted                              | http://x/A-1 | Activity    | PT1H30M  | 2024-01-05T12:00:00Z | 2024-01-05T12:00:00Z
            """
                .formatted(VERB));
    assertThat(text(records, "record_id", "kind", "hours"))
        .isEqualTo("xapi:s0 | assigned |\nxapi:s1 | started |\nxapi:s3 | completed | 1.5");
  }

  @Test
  void whatCmi5CallsSatisfiedOrWaivedIsKeptApartFromCompleting() {
    Dataset<Row> records =
        fromStatements(
            """
            statement_id | actor_name | verb_id      | object_id    | object_type | reason                      | happened_at          | stored_at
            s1           | u1         | %1$ssatisfied | http://x/A-1 | Activity   |                             | 2024-01-05T10:00:00Z | 2024-01-05T10:00:00Z
            s2           | u1         | %1$swaived   | http://x/A-1 | Activity    | Tested Out                  | 2024-01-05T11:00:00Z | 2024-01-05T11:00:00Z
            s3           | u1         | %1$swaived   | http://x/A-1 | Activity    | Equivalent Outside Activity | 2024-01-05T12:00:00Z | 2024-01-05T12:00:00Z
            s4           | u1         | %1$swaived   | http://x/A-1 | Activity    | Administrative              | 2024-01-05T12:00:00Z | 2024-01-05T12:00:00Z
            s5           | u1         | %1$swaived   | http://x/A-1 | Activity    |                             | 2024-01-05T12:00:00Z | 2024-01-05T12:00:00Z
            """
                .formatted("https://w3id.org/xapi/adl/verbs/"));
    assertThat(text(records, "record_id", "kind"))
        .isEqualTo(
            """
            xapi:s1 | satisfied
            xapi:s2 | tested_out
            xapi:s3 | equivalent
            xapi:s4 | administrative
            xapi:s5 | waived""");
  }

  @Test
  void practiceCountsForTheCourseThatItIsGroupedUnder() {
    Dataset<Row> records =
        fromStatements(
            """
            statement_id | actor_name | verb_id         | object_id         | object_type | activity_type                                      | grouping_id  | happened_at          | stored_at
            s1           | u1         | %1$sexperienced | http://x/ladder-7 | Activity    | http://adlnet.gov/expapi/activities/performance    | http://x/A-1 | 2024-01-05T10:00:00Z | 2024-01-05T10:00:00Z
            s2           | u1         | %1$scompleted   | http://x/drill    | Activity    | http://adlnet.gov/expapi/activities/simulation     | http://x/A-1 | 2024-01-06T10:00:00Z | 2024-01-06T10:00:00Z
            s3           | u1         | %1$slaunched    | http://x/drill    | Activity    | http://adlnet.gov/expapi/activities/simulation     | http://x/A-1 | 2024-01-06T10:00:00Z | 2024-01-06T10:00:00Z
            s4           | u1         | %1$sexperienced | http://x/page     | Activity    | http://adlnet.gov/expapi/activities/media          | http://x/A-1 | 2024-01-06T10:00:00Z | 2024-01-06T10:00:00Z
            """
                .formatted(VERB));
    assertThat(text(records, "record_id", "kind", "course_id"))
        .isEqualTo("xapi:s1 | practised | A-1\nxapi:s2 | practised | A-1");
  }

  @Test
  void creditedAndWithdrawnItemsAreNotCompletions() {
    Dataset<Row> records =
        new LearningRecords()
            .transform(
                given()
                    .table(
                        Lms.LEARNING_HISTORY,
                        """
                        student_id | component_id | student_component_id | completion_status_id | status  | total_hours | completion_date      | last_update_timestamp
                        u1         | C-1          | 1                    | COURSE-COMPL         | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-2          | 2                    | COURSE-INCOMPL       | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-3          | 3                    | COURSE-COMPL-WAIVED  | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-4          | 4                    | COURSE-COMPL         | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-4          | 4                    | COURSE-COMPL         | Deleted | 8           | 2024-02-01T00:00:00Z | 2024-05-01T00:00:00Z
                        u1         | C-5          | 5                    | COMPL_TESTED_OUT     | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-6          | 6                    | COURSE-EQUIV         | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-7          | 7                    | COMPL-ADMIN          | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        u1         | C-8          | 8                    | NO-SHOW              | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        """));
    assertThat(text(records, "record_id", "kind", "happened_on", "hours"))
        .isEqualTo(
            """
            sf:1 | completed | 2024-02-01 | 8.0
            sf:2 | started | 2024-02-01 |
            sf:3 | waived | 2024-02-01 |
            sf:5 | tested_out | 2024-02-01 |
            sf:6 | equivalent | 2024-02-01 |
            sf:7 | administrative | 2024-02-01 |""");
  }

  @Test
  void aStatusIsReadByItsWholeWords() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("COURSE-COMPL", "completed");
    kinds.put("CBT_COMPLETED", "completed");
    kinds.put("course complete", "completed");
    kinds.put("COMPLIANCE-COMPL", "completed");
    kinds.put("EXAM-PASSED", "completed");
    kinds.put("ATTESTED-COMPL", "completed");
    kinds.put("ADMINISTRATION-COMPL", "completed");
    kinds.put("NOT_COMPL", "started");
    kinds.put("NOT-YET-COMPLETED", "started");
    kinds.put("NON-COMPLETE", "started");
    kinds.put("NOTCOMPLETE", "started");
    kinds.put("INCOMPLETE", "started");
    kinds.put("COURSE-NOT-PASSED", "started");
    kinds.put("COMPLIANCE_FAIL", "started");
    kinds.put("FAILED-COMPL", "started");
    kinds.put("WAIVED-NOT-COMPL", "waived");
    kinds.put("NON-COMPLIANCE", "");
    kinds.put("COMPLIANCE", "");
    String items =
        kinds.keySet().stream()
            .map(status -> "u1 | C-1 | %1$s | %1$s | 2024-02-01T00:00:00Z\n".formatted(status))
            .collect(Collectors.joining());
    Dataset<Row> records =
        new LearningRecords()
            .transform(
                given()
                    .table(
                        Lms.LEARNING_HISTORY,
                        "student_id | component_id | student_component_id | completion_status_id"
                            + " | completion_date\n"
                            + items));
    assertThat(text(records, "substring(record_id, 4)", "kind").lines())
        .containsExactlyInAnyOrderElementsOf(
            kinds.entrySet().stream()
                .filter(e -> !e.getValue().isEmpty())
                .map(e -> e.getKey() + " | " + e.getValue())
                .toList());
  }

  @Test
  void anIdThatTellsAPersonIsKeptAsItsKeyedHash() {
    Dataset<Row> records =
        new LearningRecords()
            .transform(
                given()
                    .table(
                        Lms.LEARNING_HISTORY,
                        """
                        student_id | component_id | student_component_id | completion_status_id | status  | total_hours | completion_date      | last_update_timestamp
                        u1         | C-1          | personal:docebo:u1   | COURSE-COMPL         | Active  | 8           | 2024-02-01T00:00:00Z | 2024-02-01T00:00:00Z
                        """));
    assertThat(text(records, "record_id")).isEqualTo("sf:#sf:personal:docebo:u1");
  }
}
