package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import needle.SparkTest;
import needle.TextTable;
import needle.kit.ColumnType;
import needle.kit.ContractViolation;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.kit.Period;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest extends SparkTest {
  private static final Period MAY =
      new Period(LocalDate.parse("2024-05-01"), LocalDate.parse("2024-05-31"));
  private static final TableContract HOURS =
      TableContract.table(Layer.GOLD, "hours", "Hours")
          .oneRowPer("team")
          .column("team", ColumnType.TEXT, "Team")
          .column("hours", ColumnType.NUMBER, "Hours")
          .check("hours >= 0", "hours are not negative");

  @TempDir Path folder;
  private DeltaTables tables;

  @BeforeEach
  void freshWarehouse() {
    tables = new DeltaTables(session(), folder.toString());
  }

  private Dataset<Row> hours(String text) {
    return TextTable.rows(session(), HOURS, "team | hours\n" + text);
  }

  private RunLedger.Stamp stamp(String run) {
    return new RunLedger.Stamp(run, "test", "hash", "key", 1);
  }

  private List<Row> published() {
    new PublishedViews(tables, List.of(), false).register("select * from gold.hours");
    return session().sql("select team, hours from gold.hours order by team").collectAsList();
  }

  @Test
  void readersSeeARunOnlyOnceItIsPublished() {
    long first = tables.replace("gold.hours", hours("a | 1"));
    Publications publications = new Publications(tables);
    publications.publish(stamp("run-1"), MAY, Map.of("gold.hours", first), Clock.systemUTC());
    long second = tables.replace("gold.hours", hours("a | 2\nb | 3"));
    assertThat(published()).hasSize(1);
    publications.publish(stamp("run-2"), MAY, Map.of("gold.hours", second), Clock.systemUTC());
    assertThat(published()).hasSize(2);
    assertThat(publications.current().orElseThrow().runId()).isEqualTo("run-2");
  }

  @Test
  void publishingAnEarlierRunRollsBack() {
    long first = tables.replace("gold.hours", hours("a | 1"));
    long second = tables.replace("gold.hours", hours("a | 2\nb | 3"));
    Publications publications = new Publications(tables);
    publications.publish(stamp("run-2"), MAY, Map.of("gold.hours", second), Clock.systemUTC());
    publications.publish(stamp("run-1"), MAY, Map.of("gold.hours", first), Clock.systemUTC());
    assertThat(published()).hasSize(1);
  }

  @Test
  void queryingBeforeAnythingIsPublishedSaysSo() {
    tables.replace("gold.hours", hours("a | 1"));
    assertThatThrownBy(this::published)
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Nothing is published");
  }

  @Test
  void theLedgerKnowsTheVersionsThatARunStaged() {
    RunLedger ledger = new RunLedger(tables, stamp("run-1"), Clock.systemUTC());
    ledger.made(
        "gold.hours",
        new RunLedger.Made(3, 5, 4, OptionalLong.empty(), 0.1),
        Map.of("silver.x", 1L),
        new RunLedger.Recipe("recipe", MAY));
    ledger.failed("gold.other", "broken");
    ledger.flush();
    assertThat(ledger.staged()).isEqualTo(Map.of("gold.hours", 3L));
    assertThat(new RunLedger(tables, stamp("run-2"), Clock.systemUTC()).staged()).isEmpty();
  }

  @Test
  void theGateNamesEveryPromiseThatIsBroken() {
    Dataset<Row> rows = hours("a | 1\na | -2\nb |");
    assertThatThrownBy(() -> ContractGate.checkRows(HOURS, rows))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("1 of 3 rows break: hours is filled in every row")
        .hasMessageContaining("2 of 3 rows break: hours are not negative")
        .hasMessageContaining("one row per team");
    ContractGate.checkRows(HOURS, hours("a | 1\nb | 2"));
  }

  @Test
  void theGateNamesMissingRetypedAndUnknownColumns() {
    Dataset<Row> rows = session().range(1).select(lit("a").as("team"), col("id"));
    assertThatThrownBy(() -> ContractGate.checkSchema(HOURS, rows.schema()))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("column hours is missing")
        .hasMessageContaining("column id is not in the contract");
    Dataset<Row> retyped = session().range(1).select(lit("a").as("team"), lit("8").as("hours"));
    assertThatThrownBy(() -> ContractGate.checkSchema(HOURS, retyped.schema()))
        .hasMessageContaining("column hours is string instead of double");
  }

  @Test
  void aCommitKnowsHowManyRowsItWrote() {
    long version = tables.replace("gold.hours", hours("a | 1\nb | 2\nc | 3"));
    assertThat(tables.rowsWritten("gold.hours", version)).contains(3L);
  }
}
