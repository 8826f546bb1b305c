package needle.pipelines.lake;

import static needle.TextTable.rows;
import static needle.TextTable.text;
import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import needle.SparkTest;
import needle.kit.ContractViolation;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeSetTest extends SparkTest {
  private static final TableContract DEALS =
      table(SILVER, "deals", "Closed deals")
          .oneRowPer("deal_id")
          .column("deal_id", TEXT, "Deal")
          .column("closed_on", DATE, "Day of its closing")
          .optional("amount_usd", NUMBER, "Amount")
          .storedByMonthOf("closed_on");

  private static final TableContract TEAMS =
      table(SILVER, "teams", "Teams, and whose they are")
          .oneRowPer("team_id", "lead_id")
          .column("team_id", TEXT, "Team")
          .optional("lead_id", TEXT, "Lead; empty for none")
          .optional("size", NUMBER, "People");

  private static final String HELD =
      """
      deal_id | closed_on  | amount_usd
      d1      | 2024-01-05 | 100.0
      d2      | 2024-01-09 | 200.0
      d3      | 2024-02-01 | 300.0
      d4      | 2024-03-01 | 400.0
      """;

  @TempDir Path folder;
  private DeltaTables tables;

  @BeforeEach
  void start() {
    tables = new DeltaTables(session(), folder.toString());
  }

  private void hold(TableContract contract, String text) {
    tables.replace(
        contract.qualifiedName(),
        Stored.rows(contract, rows(session(), contract, text)).coalesce(1),
        Stored.partitionColumns(contract));
  }

  private ChangeSet changes(TableContract contract, String due) {
    String name = contract.qualifiedName();
    return ChangeSet.between(
        contract, tables.held(name, tables.version(name)), rows(session(), contract, due));
  }

  private long become(TableContract contract, String due) {
    try (ChangeSet changes = changes(contract, due)) {
      return changes.apply(tables);
    }
  }

  private Dataset<Row> asDeltaReads(TableContract contract) {
    return session().read().format("delta").load(tables.path(contract.qualifiedName()));
  }

  @Test
  void rowsAreInsertedUpdatedMovedAndDeletedInOneCommit() {
    hold(DEALS, HELD);
    long version =
        become(
            DEALS,
            """
            deal_id | closed_on  | amount_usd
            d1      | 2024-01-05 | 150.0
            d3      | 2024-04-02 | 300.0
            d4      | 2024-03-01 | 400.0
            d5      | 2024-04-03 | 500.0
            """);
    assertThat(version).isEqualTo(1);
    String now =
        """
        d1 | 2024-01-05 | 150.0 | 2024-01-01
        d3 | 2024-04-02 | 300.0 | 2024-04-01
        d4 | 2024-03-01 | 400.0 | 2024-03-01
        d5 | 2024-04-03 | 500.0 | 2024-04-01""";
    String[] stored = {"deal_id", "closed_on", "amount_usd", "_month"};
    assertThat(text(asDeltaReads(DEALS), stored)).isEqualTo(now);
    assertThat(text(tables.at("silver.deals", 1), stored)).isEqualTo(now);
    assertThat(tables.rowsChanged("silver.deals", 1)).contains(4L);
  }

  @Test
  void theFeedHasEachRowAsItWasAndAsItBecame() {
    hold(DEALS, HELD);
    become(
        DEALS,
        """
        deal_id | closed_on  | amount_usd
        d1      | 2024-01-05 | 150.0
        d3      | 2024-02-01 | 300.0
        d4      | 2024-03-01 | 400.0
        d5      | 2024-04-03 | 500.0
        """);
    assertThat(text(tables.changes("silver.deals", 0, 1), "_change_type", "deal_id", "amount_usd"))
        .isEqualTo(
            """
            delete | d2 | 200.0
            insert | d5 | 500.0
            update_postimage | d1 | 150.0
            update_preimage | d1 | 100.0""");
    assertThat(text(tables.changedRows("silver.deals", 0, 1), "deal_id", "amount_usd"))
        .isEqualTo("d1 | 100.0\nd1 | 150.0\nd2 | 200.0\nd5 | 500.0");
  }

  @Test
  void filesInWhichNothingChangesStay() {
    hold(DEALS, HELD);
    become(DEALS, HELD.replace("100.0", "150.0"));
    Dataset<Row> before = tables.held("silver.deals", 0).as("before");
    Dataset<Row> now = tables.held("silver.deals", 1).as("now");
    assertThat(
            text(
                before.join(
                    now,
                    col("before.deal_id")
                        .equalTo(col("now.deal_id"))
                        .and(col("before._held_in").equalTo(col("now._held_in")))),
                "now.deal_id"))
        .isEqualTo("d3\nd4");
  }

  @Test
  void keysMayBeEmptyAndTablesNotDated() {
    hold(
        TEAMS,
        """
        team_id | lead_id | size
        t1      |         | 4.0
        t1      | e1      | 5.0
        """);
    become(
        TEAMS,
        """
        team_id | lead_id | size
        t1      |         | 6.0
        t1      | e1      | 5.0
        """);
    assertThat(text(asDeltaReads(TEAMS), "team_id", "lead_id", "size"))
        .isEqualTo("t1 |  | 6.0\nt1 | e1 | 5.0");
  }

  @Test
  void rowsThatAFileMarksAsDeletedDoNotComeBack() {
    hold(TEAMS, "team_id | lead_id | size\nt1 | e1 | 1.0\nt2 | e2 | 2.0\nt3 | e3 | 3.0");
    session()
        .sql(
            "alter table delta.`"
                + tables.path("silver.teams")
                + "` set tblproperties (delta.enableDeletionVectors = true)");
    tables.target("silver.teams").delete("team_id = 't1'");
    become(TEAMS, "team_id | lead_id | size\nt2 | e2 | 20.0\nt3 | e3 | 3.0");
    assertThat(text(asDeltaReads(TEAMS), "team_id", "size")).isEqualTo("t2 | 20.0\nt3 | 3.0");
  }

  @Test
  void aTableThatChangedSinceItWasComparedIsLeftAlone() {
    hold(DEALS, HELD);
    try (ChangeSet changes = changes(DEALS, HELD.replace("100.0", "150.0"))) {
      hold(DEALS, HELD);
      assertThatThrownBy(() -> changes.apply(tables))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was changed while it was compared");
    }
    assertThat(tables.version("silver.deals")).isEqualTo(1);
  }

  @Test
  void rowsThatBreakTheContractAreCountedAndOneKeyThatStandsTwiceIsNamed() {
    hold(DEALS, HELD);
    String due =
        """
        deal_id | closed_on  | amount_usd
        d1      | 2024-01-05 | 100.0
        d1      | 2024-01-05 | 100.0
        d6      |            | 600.0
        """;
    try (ChangeSet changes = changes(DEALS, due)) {
      assertThatThrownBy(changes::checkRows)
          .isInstanceOf(ContractViolation.class)
          .hasMessageContaining("1 of 3 rows break: closed_on is filled in every row")
          .hasMessageContaining("one row per deal_id, but there are several for [d1]");
    }
    assertThat(tables.version("silver.deals")).isZero();
  }

  @Test
  void aTableMadeAnewIsHeldToTheSame() {
    Dataset<Row> twice = rows(session(), TEAMS, "team_id | lead_id\nt2 | e2\nt2 | e2\nt1 | e1");
    assertThatThrownBy(() -> ContractGate.checkRows(TEAMS, twice))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("one row per team_id × lead_id, but there are several for [t2,e2]");
    ContractGate.checkRows(TEAMS, twice.distinct());
    ContractGate.checkRows(TEAMS, twice.limit(0));
  }
}
