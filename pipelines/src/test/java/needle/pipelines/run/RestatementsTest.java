package needle.pipelines.run;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import needle.SparkTest;
import needle.TextTable;
import needle.gold.KpiTrends;
import needle.gold.TrainingEffects;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.lake.ChangeSet;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.lake.Stored;
import needle.silver.Sales;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestatementsTest extends SparkTest {
  private static final Period UNTIL_MAY =
      new Period(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-05-31"));

  @TempDir Path folder;
  private DeltaTables tables;
  private Publications.Publication before;
  private final Map<String, Long> staged = new HashMap<>();

  @BeforeEach
  void aPublication() {
    tables = new DeltaTables(session(), folder.toString());
    make(
        TrainingEffects.TABLE,
        """
        program_id | kpi_id  | estimate | verdict
        safety     | injured | -0.5     | works
        speed      | csat    | 0.1      | no_effect
        """);
    make(
        KpiTrends.TABLE,
        """
        kpi_id | segment | period_start | value
        csat   | Service | 2024-04-01   | 0.7
        csat   | Service | 2024-05-01   | 0.8
        csat   | Sales   | 2024-05-01   |
        """);
    make(
        Sales.TABLE,
        """
        opportunity_id | closed_on  | amount_usd
        o1             | 2024-04-10 | 100
        o2             | 2024-04-11 | 200
        """);
    before =
        new Publications(tables)
            .publish(
                new RunLedger.Stamp("may", "test", "hash", "key", 1),
                UNTIL_MAY,
                staged,
                Clock.systemUTC());
  }

  private Dataset<Row> rows(TableContract table, String text) {
    return TextTable.rows(session(), table, text);
  }

  private void make(TableContract table, String text) {
    long version =
        tables.replace(
            table.qualifiedName(),
            Stored.rows(table, rows(table, text)),
            Stored.partitionColumns(table));
    staged.put(table.qualifiedName(), version);
  }

  private Restatements.Summary report() {
    return new Restatements(tables, "june", before, staged).report();
  }

  @Test
  void whatIsNewRestatesNothing() {
    make(
        KpiTrends.TABLE,
        """
        kpi_id | segment | period_start | value
        csat   | Service | 2024-04-01   | 0.7
        csat   | Service | 2024-05-01   | 0.8000000000000001
        csat   | Sales   | 2024-05-01   |
        csat   | Service | 2024-06-01   | 0.9
        """);
    assertThat(report().line()).isEqualTo("restated: none of the published figures moved");
  }

  @Test
  void everyPublishedFigureThatMovedIsToldWithItsCauses() {
    make(
        TrainingEffects.TABLE,
        """
        program_id | kpi_id  | estimate | verdict
        safety     | injured | -0.4     | works
        speed      | csat    | 0.1      | cant_tell
        """);
    make(
        KpiTrends.TABLE,
        """
        kpi_id | segment | period_start | value
        csat   | Service | 2024-04-01   | 0.6
        csat   | Service | 2024-05-01   | 0.8
        csat   | Sales   | 2024-05-01   | 0.5
        """);
    restateSales(
        """
        opportunity_id | closed_on  | amount_usd
        o1             | 2024-04-10 | 150
        o3             | 2024-05-20 | 300
        o4             | 2024-06-02 | 300
        """);
    assertThat(report().line())
        .isEqualTo(
            "restated: 4 published figures moved, of them 2 effects and 1 verdicts; behind them 1"
                + " late, 1 restated and 1 withdrawn records");
    assertThat(report().cells()).as("a second report replaces the first").isEqualTo(4);
    assertThat(
            text(
                tables.latest("ops.restatements"),
                "kpi_id",
                "coalesce(program_id, segment)",
                "period_start",
                "value_before",
                "value_after",
                "verdict_after"))
        .isEqualTo(
            """
            csat | Sales | 2024-05-01 |  | 0.5 |
            csat | Service | 2024-04-01 | 0.7 | 0.6 |
            csat | speed |  | 0.1 | 0.1 | cant_tell
            injured | safety |  | -0.5 | -0.4 | works""");
    assertThat(
            text(
                tables.latest("ops.restatement_causes"),
                "table_name",
                "extracts",
                "late",
                "restated",
                "withdrawn"))
        .isEqualTo("silver.sales | crm_opportunity | 1 | 1 | 1");
  }

  /** Of a table that was made anew it is not known which records are others: that is not none. */
  @Test
  void whatWasMadeAnewIsNotCountedAsNothing() {
    make(
        KpiTrends.TABLE,
        """
        kpi_id | segment | period_start | value
        csat   | Service | 2024-04-01   | 0.6
        """);
    make(
        Sales.TABLE,
        """
        opportunity_id | closed_on  | amount_usd
        o1             | 2024-04-10 | 150
        """);
    assertThat(report().line())
        .endsWith(
            "behind them 0 late, 0 restated and 0 withdrawn records, not counting those of 1 tables"
                + " that were made anew");
  }

  private void restateSales(String due) {
    String name = Sales.TABLE.qualifiedName();
    Dataset<Row> held = tables.held(name, tables.version(name)).drop(Stored.MONTH);
    try (ChangeSet changes = ChangeSet.between(Sales.TABLE, held, rows(Sales.TABLE, due))) {
      assertThat(changes.inserted()).isEqualTo(2);
      assertThat(changes.updated()).isEqualTo(1);
      assertThat(changes.deleted()).isEqualTo(1);
      staged.put(name, changes.apply(tables));
    }
    assertThat(text(tables.latest(name), "opportunity_id", "amount_usd", "_month"))
        .isEqualTo("o1 | 150.0 | 2024-04-01\no3 | 300.0 | 2024-05-01\no4 | 300.0 | 2024-06-01");
  }
}
