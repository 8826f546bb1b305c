package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A run in parts, as a scheduler's tasks run it. */
class StagedTablesTest extends CommandTest {
  private void stage(String table) {
    int code =
        needle(
            "run",
            "--demo-key",
            "--run-id=parts",
            "--tables=" + table,
            "--landing=" + folder.resolve("company/landing"),
            "--warehouse=" + folder.resolve("warehouse"),
            "--config=../pipelines");
    assertThat(code).as(err()).isZero();
  }

  @Test
  void aTableSaysHowManyRowsAnotherPartOfTheRunGaveIt() {
    String company = folder.resolve("company").toString();
    assertThat(needle("simulate", "--employees=100", "--months=16", "--out=" + company))
        .as(err())
        .isZero();
    stage("bronze.safety_summary_300a");
    stage("silver.establishment_years");
    String rows =
        text(
            tables().latest("ops.run_ledger").where("entry = 'TABLE'"),
            "table_name",
            "rows_read",
            "rows_accepted");
    String accepted = rows.lines().findFirst().orElseThrow().replaceFirst(".* \\| ", "");
    assertThat(Long.parseLong(accepted)).isPositive();
    assertThat(rows.lines().skip(1).findFirst().orElseThrow())
        .startsWith("silver.establishment_years | " + accepted + " | ");
  }
}
