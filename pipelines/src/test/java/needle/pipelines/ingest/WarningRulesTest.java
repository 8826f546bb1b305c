package needle.pipelines.ingest;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import needle.SparkTest;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.PersonalData;
import needle.pipelines.config.ExtractContract.Rule;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that breaks a rule of severity warning stays, and is told of. */
class WarningRulesTest extends SparkTest {
  private static final ExtractContract CONTRACT =
      new ExtractContract(
          "x",
          "1",
          false,
          "x",
          "X",
          "x",
          "x/x",
          "*",
          Dialect.of(Dialect.Format.CSV),
          null,
          new Gates(0.1, Gates.OFF, Gates.OFF),
          0,
          List.of(number("a"), number("b")),
          List.of(
              new Rule("a is positive", "a > 0", true),
              new Rule("b is small", "b < 100", true),
              new Rule("b is positive", "b > 0", false)));

  @TempDir Path folder;
  private DeltaTables tables;
  private RunLedger ledger;

  private static Field number(String name) {
    return new Field(
        name, name, ColumnType.WHOLE, null, false, false, PersonalData.KEEP, null, name);
  }

  @BeforeEach
  void freshWarehouse() {
    tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
    ledger =
        new RunLedger(
            tables, new RunLedger.Stamp("r", "test", "hash", "key", 1), Clock.systemUTC());
  }

  private List<LandedFile> delivered(String name, String content) throws IOException {
    Path delivery = Files.createDirectories(folder.resolve("landing/x/x/2024-02-03"));
    Files.writeString(delivery.resolve(name), content);
    return new Landing(session(), folder.resolve("landing").toString()).files(List.of(CONTRACT));
  }

  @Test
  void theRecordStaysAndTheFileSaysWhichRulesItBroke() throws IOException {
    String said =
        "2 of 5 records (40.0%) were rejected; 2 of 5 records (40.0%) were accepted with a warning:"
            + " not so: a is positive, or not so: a is positive; not so: b is small";
    List<LandedFile> files = delivered("doubtful.csv", "a,b\n1,1\n0,1\n-1,500\n-2,-2\nx,1\n");
    assertThat(new IngestPreview(tables, ledger).of(CONTRACT, files))
        .extracting(IngestPreview.FilePreview::why)
        .containsExactly(said);
    new BronzeIngest(tables, ledger).ingest(CONTRACT, files);
    ledger.flush();
    assertThat(text(tables.latest("bronze.x").where("_outcome = 'accepted'"), "a", "b", "_warning"))
        .isEqualTo(
            """
            -1 | 500 | not so: a is positive; not so: b is small
            0 | 1 | not so: a is positive
            1 | 1 |""");
    assertThat(
            text(
                tables.latest("ops.run_ledger").where("entry = 'FILE'"),
                "status",
                "rows_accepted",
                "message"))
        .isEqualTo("warning | 3 | " + said);
  }

  @Test
  void aFileWithoutDoubtsIsOk() throws IOException {
    List<LandedFile> files = delivered("good.csv", "a,b\n1,1\n,\n");
    assertThat(new IngestPreview(tables, ledger).of(CONTRACT, files))
        .extracting(IngestPreview.FilePreview::why)
        .containsOnlyNulls();
  }
}
