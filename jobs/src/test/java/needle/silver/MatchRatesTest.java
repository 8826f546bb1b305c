package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.SparkTest;
import org.junit.jupiter.api.Test;

class MatchRatesTest extends SparkTest {
  private GivenInputs given() {
    GivenInputs facts =
        new GivenInputs(session())
            .table(
                Sales.TABLE,
                """
            opportunity_id | employee_id | unattributed_because | closed_on
            o1             | ann         |                      | 2024-01-05
            o2             | bob         |                      | 2024-01-31
            o3             |             | unknown_id           | 2024-02-05
            o4             | ann         |                      | 2024-02-05
            o5             |             | shared_account       | 2024-02-06
            o6             |             | unknown_id           | 2024-02-07
            o7             |             | ambiguous            | 2024-09-07
            o8             |             | no_number            | 2024-09-08
            """)
            .table(
                LearningRecords.TABLE,
                """
            record_id | employee_id | unattributed_because | happened_on | source
            r1        | ann         |                      | 2024-01-05  | lms_learning_history
            r2        |             | test_account         | 2024-01-05  | lms_xapi_statements
            """);
    return new GivenInputs(session()).table(FactCounts.TABLE, new FactCounts().transform(facts));
  }

  @Test
  void everyFactWithoutAPersonIsCountedUnderItsReason() {
    assertThat(
            text(new Unattributed().transform(given()), "source", "month_start", "reason", "facts"))
        .isEqualTo(
            """
            learning_records/lms_xapi_statements | 2024-01-01 | test_account | 1
            sales | 2024-02-01 | shared_account | 1
            sales | 2024-02-01 | unknown_id | 2
            sales | 2024-09-01 | ambiguous | 1
            sales | 2024-09-01 | no_number | 1""");
  }

  @Test
  void aRateCountsThePeoplesFactsAndStandsBesideTheSixMonthsBefore() {
    assertThat(
            text(
                new MatchRates().transform(given()),
                "source",
                "month_start",
                "facts",
                "facts_of_people",
                "matched",
                "round(match_rate, 3)",
                "trailing_match_rate"))
        .isEqualTo(
            """
            learning_records/lms_learning_history | 2024-01-01 | 1 | 1 | 1 | 1.0 |
            learning_records/lms_xapi_statements | 2024-01-01 | 1 | 0 | 0 |  |
            sales | 2024-01-01 | 2 | 2 | 2 | 1.0 |
            sales | 2024-02-01 | 4 | 3 | 1 | 0.333 | 1.0
            sales | 2024-09-01 | 2 | 2 | 0 | 0.0 |""");
  }
}
