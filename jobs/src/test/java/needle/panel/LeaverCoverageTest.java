package needle.panel;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.substring_index;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import needle.ForgetfulCompany;
import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Hris;
import needle.bronze.Lms;
import needle.silver.Identities;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * Half of those who stay have training by the month of comparison; of the leavers, so have some.
 */
class LeaverCoverageTest extends SparkTest {
  private final ForgetfulCompany company = new ForgetfulCompany();

  private Dataset<Row> coverage(int leavers, int leaversWithRecords) {
    return new LeaverCoverage().transform(company.given(session(), leavers, leaversWithRecords));
  }

  @Test
  void anExtractOfActiveUsersHasForgottenTheLeavers() {
    assertThat(
            text(
                coverage(20, 0),
                "source",
                "array_join(program_ids, ' ')",
                "leavers",
                "leavers_with_records",
                "expected_with_records",
                "is_testable",
                "leavers_are_missing"))
        .isEqualTo("lms | safety | 20 | 0 | 10.0 | true | true");
  }

  @Test
  void anExtractWithInactiveUsersHasNot() {
    assertThat(
            text(
                coverage(20, 10),
                "leavers",
                "leavers_with_records",
                "is_testable",
                "leavers_are_missing"))
        .isEqualTo("20 | 10 | true | false");
  }

  @Test
  void aTestThatCouldNotNoticeMissingLeaversSaysSo() {
    // None of six, each with an even chance: 1 in 64 is no proof.
    assertThat(text(coverage(6, 0), "leavers", "p_value", "is_testable", "leavers_are_missing"))
        .isEqualTo("6 | 0.015625 | false | false");
  }

  @Test
  void aSourceWithNobodyToCompareIsListedAndProvesNothing() {
    assertThat(text(coverage(0, 0), "leavers", "p_value", "is_testable", "leavers_are_missing"))
        .isEqualTo("0 |  | false | false");
  }

  @Test
  void trainingAfterTheExitAndPeopleWhoCameBackDoNotCount() {
    GivenInputs given = company.given(session(), 20, 0);
    given.table(
        LearningRecords.TABLE,
        given
            .rows(LearningRecords.TABLE)
            .unionByName(company.completions(session(), "leaver", 0, 20, "2024-07-15")));
    assertThat(text(new LeaverCoverage().transform(given), "leavers_with_records")).isEqualTo("0");
  }

  @Test
  void anExtractThatForgetsIsSeenBesideOneOfTheSameTableThatDoesNot() {
    GivenInputs given = company.given(session(), 20, 0);
    StringBuilder people =
        new StringBuilder(
            "person_id_external | user_id | start_date | end_date | last_modified_date_time\n");
    StringBuilder items =
        new StringBuilder(
            "student_id | component_id | student_component_id | completion_status_id"
                + " | completion_date | _extract\n");
    for (String who : List.of("stayer", "leaver")) {
      for (int i = 0; i < 20; i++) {
        String end = who.equals("stayer") ? "9999-12-31" : "2024-06-30";
        people.append(
            "%s%d | %1$s%2$d | 2020-01-01 | %3$s | 2020-01-01T00:00:00Z\n".formatted(who, i, end));
        String item = "%s%d | S-1 | %%1$s-%1$s%2$d | COMPL | 2024-03-10T00:00:00Z | %%1$s\n";
        items.append(item.formatted(who, i).formatted("whole"));
        if (who.equals("stayer")) {
          items.append(item.formatted(who, i).formatted("active_only"));
        }
      }
    }
    given
        .table(Hris.EMP_EMPLOYMENT, people.toString())
        .table(Lms.LEARNING_HISTORY, items.toString());
    given.table(Identities.TABLE, new Identities().transform(given));
    given.table(
        LearningRecords.TABLE,
        new LearningRecords()
            .transform(given)
            .withColumn("employee_id", substring_index(col("employee_id"), ":", -1)));
    assertThat(
            text(
                new LeaverCoverage().transform(given),
                "source",
                "leavers_with_records",
                "leavers_are_missing"))
        .isEqualTo("active_only | 0 | true\nwhole | 20 | false");
  }

  @Test
  void theChanceIsTheBinomialOne() {
    // 0.9^10 and 0.9^10 + 10 × 0.1 × 0.9^9
    assertThat(LeaverCoverage.chanceOfAtMost(0, 10, 1)).isCloseTo(0.3486784, within(1e-6));
    assertThat(LeaverCoverage.chanceOfAtMost(1, 10, 1)).isCloseTo(0.7360989, within(1e-6));
  }
}
