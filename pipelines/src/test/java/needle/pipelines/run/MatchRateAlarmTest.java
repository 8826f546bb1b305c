package needle.pipelines.run;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import needle.SparkTest;
import needle.TextTable;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.silver.MatchRates;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatchRateAlarmTest extends SparkTest {
  private static final Period YEAR =
      new Period(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-12-31"));

  private Dataset<Row> rates(String rows) {
    return TextTable.rows(
        session(),
        MatchRates.TABLE,
        "source | month_start | facts | facts_of_people | matched | match_rate | trailing_match_rate\n"
            + rows);
  }

  private List<String> falls(double drop, String rows) {
    return new MatchRateAlarm(drop).falls(rates(rows), YEAR);
  }

  @Test
  void aFallBelowTheMonthsBeforeIsToldWithTableMonthAndRates() {
    assertThat(falls(0.05, "sales | 2024-11-01 | 1300 | 1200 | 840 | 0.70 | 0.96"))
        .containsExactly(
            "the match rate of silver.sales fell in 2024-11: 70.0% of 1,200 facts found their"
                + " person, against 96.0% in the months before; silver.unattributed has the reasons");
  }

  @Test
  void aSmallFallARiseAndAMonthWithoutPastAreNot() {
    assertThat(
            falls(
                0.05,
                """
                sales     | 2024-11-01 | 1200 | 1200 | 1104 | 0.92 | 0.96
                incidents | 2024-11-01 | 1200 | 1200 | 1104 | 0.92 | 0.50
                incidents | 2024-12-01 | 1200 | 1200 | 120  | 0.10 |
                """))
        .isEmpty();
    assertThat(falls(0.03, "sales | 2024-11-01 | 1200 | 1200 | 1104 | 0.92 | 0.96")).hasSize(1);
  }

  @Test
  void aSourceWhoseIdsNeverFittedIsToldOfItsNewestMonth() {
    Dataset<Row> rates =
        rates(
            """
            learning  | 2024-11-01 | 28   | 28   | 0   | 0.0  | 0.0
            learning  | 2024-12-01 | 28   | 28   | 0   | 0.0  | 0.0
            incidents | 2024-12-01 | 1200 | 1200 | 120 | 0.1  |
            sales     | 2024-12-01 | 1200 | 1200 | 840 | 0.7  | 0.7
            cases     | 2024-12-01 | 1200 | 1200 | 120 | 0.1  | 0.9
            hours     | 2024-12-01 | 19   | 19   | 0   | 0.0  | 0.0
            """);
    assertThat(new MatchRateAlarm(0.05).misfits(rates, YEAR))
        .containsExactly(
            "10.0% of the 1,200 facts of silver.incidents in 2024-12 found their person: its ids may"
                + " not be those of the HR files; silver.unattributed has the reasons",
            "0.0% of the 28 facts of silver.learning in 2024-12 found their person: its ids may not"
                + " be those of the HR files; silver.unattributed has the reasons");
  }

  /** Of incidents there are four a month: what is wrong with all of them shows in no month. */
  @Test
  void aSourceOfFewFactsIsToldOfAllItsMonths() {
    Dataset<Row> rates =
        rates(
            """
            incidents | 2024-01-01 | 12   | 12   | 3   | 0.25 |
            incidents | 2024-02-01 | 11   | 11   | 4   | 0.36 | 0.25
            findings  | 2024-01-01 | 12   | 12   | 7   | 0.58 |
            findings  | 2024-02-01 | 12   | 12   | 7   | 0.58 | 0.58
            feedback  | 2024-01-01 | 19   | 19   | 0   | 0.0  |
            sales     | 2024-01-01 | 20   | 20   | 0   | 0.0  |
            """);
    assertThat(new MatchRateAlarm(0.05).rare(rates))
        .containsExactly(
            "30.4% of the 23 facts of silver.incidents in all months found their person: its ids may"
                + " not be those of the HR files; silver.unattributed has the reasons");
  }

  @Test
  void aHandfulOfFactsAndHistoryRaiseNoAlarm() {
    assertThat(
            falls(
                0.05,
                """
                sales | 2024-11-01 | 19 | 19 | 1  | 0.05 | 0.96
                sales | 2024-06-01 | 99 | 99 | 1  | 0.01 | 0.96
                """))
        .isEmpty();
    assertThat(falls(0.05, "sales | 2024-07-01 | 20 | 20 | 1 | 0.05 | 0.96")).hasSize(1);
  }

  @Test
  void anAlarmStandsInTheLedgerAndOnTheTerminal(@TempDir Path folder) {
    DeltaTables tables = new DeltaTables(session(), folder.toString());
    RunLedger ledger =
        new RunLedger(
            tables, new RunLedger.Stamp("run", "test", "hash", "key", 1), Clock.systemUTC());
    String table = MatchRates.TABLE.qualifiedName();
    long version =
        tables.replace(table, rates("sales | 2024-11-01 | 1200 | 1200 | 840 | 0.70 | 0.96"));
    ledger.made(
        table,
        new RunLedger.Made(version, 0, 1, OptionalLong.empty(), 0),
        Map.of(),
        new RunLedger.Recipe("recipe", YEAR));
    ledger.flush();
    StringWriter terminal = new StringWriter();
    new MatchRateAlarm(0.05).raise(tables, ledger, YEAR, new PrintWriter(terminal));
    assertThat(terminal.toString()).startsWith("warning: the match rate of silver.sales fell");
    assertThat(
            text(
                tables.latest(RunLedger.TABLE.qualifiedName()).where("entry = 'WARNING'"),
                "table_name",
                "status",
                "substring(message, 1, 40)"))
        .isEqualTo("silver.match_rates | warning | the match rate of silver.sales fell in 2");
  }

  @Test
  void aFallThatIsNoShareIsRefused() {
    assertThatThrownBy(() -> new MatchRateAlarm(5))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("0.05");
  }
}
