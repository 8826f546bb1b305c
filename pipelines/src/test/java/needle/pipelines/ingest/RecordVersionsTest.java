package needle.pipelines.ingest;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import needle.SparkTest;
import needle.bronze.Delivery;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.PersonalData;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of one key that change, change back, come late, and are delivered anew. */
class RecordVersionsTest extends SparkTest {
  private static final String TABLE = "bronze.safety_log";
  private static final String HEADER = "case,day,outcome\n";

  @TempDir Path folder;
  private DeltaTables tables;
  private RunLedger ledger;

  @BeforeEach
  void freshWarehouse() {
    tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
    ledger =
        new RunLedger(
            tables, new RunLedger.Stamp("run-1", "test", "hash", "key", 1), Clock.systemUTC());
  }

  /** Cases by number, or by number and day, which then is what their rows are stored by. */
  private static ExtractContract log(boolean isDated) {
    return new ExtractContract(
        "safety_log",
        "1.0.0",
        false,
        "safety",
        "Cases",
        "safety_log",
        "safety/log",
        "*",
        Dialect.of(Format.CSV),
        null,
        new Gates(1, Gates.OFF, Gates.OFF),
        0,
        List.of(
            field("case", ColumnType.TEXT, true),
            field("day", ColumnType.DATE, isDated),
            field("outcome", ColumnType.WHOLE, false)),
        List.of());
  }

  private static Field field(String name, ColumnType type, boolean isKey) {
    String format = type == ColumnType.DATE ? "yyyy-MM-dd" : null;
    boolean isRequired = type == ColumnType.DATE;
    return new Field(name, name, type, format, isRequired, isKey, PersonalData.KEEP, null, name);
  }

  private void deliver(String place, String rows) throws IOException {
    Path file = folder.resolve("landing/safety/log").resolve(place);
    Files.createDirectories(file.getParent());
    Files.writeString(file, HEADER + rows);
  }

  private void ingest(ExtractContract contract, String... deliveries) throws IOException {
    for (int i = 0; i < deliveries.length; i += 2) {
      deliver(deliveries[i], deliveries[i + 1]);
      ingest(contract);
    }
  }

  private void ingest(ExtractContract contract) {
    List<LandedFile> files =
        new Landing(session(), folder.resolve("landing").toString()).files(List.of(contract));
    new BronzeIngest(tables, ledger).ingest(contract, files);
    ledger.flush();
  }

  private String outcomes() {
    Dataset<Row> stored = tables.latest(TABLE).orderBy("_delivered_on", "_file", "_line");
    return text(stored, "_delivered_on", "_line", "_outcome", "outcome");
  }

  private String newest(ExtractContract contract) {
    Dataset<Row> accepted = BronzeIngest.accepted(tables.latest(TABLE), contract);
    return text(Delivery.newest(accepted, Delivery.DELIVERED_ON, "case"), "case", "outcome");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsDeliveredAgainAfterAnotherVersionHolds(boolean isDated) throws IOException {
    ExtractContract log = log(isDated);
    String right = "1,2024-12-05,4\n";
    ingest(log, "2025-01-03/a.csv", right, "2025-02-03/a.csv", "1,2024-12-05,2\n");
    ingest(log, "2025-03-03/a.csv", right, "2025-04-03/a.csv", right);
    assertThat(outcomes())
        .isEqualTo(
            """
            2025-01-03 | 2 | accepted | 4
            2025-02-03 | 2 | accepted | 2
            2025-03-03 | 2 | accepted | 4
            2025-04-03 | 2 | duplicate |""");
    assertThat(newest(log)).isEqualTo("1 | 4");
  }

  @Test
  void aVersionThatComesLateMakesTheNextOneHoldAgain() throws IOException {
    ExtractContract log = log(false);
    String same = "1,2024-12-05,4\n";
    ingest(log, "2025-01-03/a.csv", same, "2025-03-03/a.csv", same);
    ingest(log, "2025-02-03/a.csv", "1,2024-12-05,2\n");
    assertThat(outcomes())
        .isEqualTo(
            """
            2025-01-03 | 2 | accepted | 4
            2025-02-03 | 2 | accepted | 2
            2025-03-03 | 2 | accepted | 4""");
  }

  @Test
  void recordsWithoutAKeyAreToldApartByTheirTexts() throws IOException {
    ExtractContract log = log(false);
    String rows = ",2024-12-05,4\n,2024-12-06,2\n";
    ingest(log, "2025-01-03/a.csv", rows, "2025-02-03/a.csv", rows + ",2024-12-05,4\n");
    assertThat(outcomes())
        .isEqualTo(
            """
            2025-01-03 | 2 | accepted | 4
            2025-01-03 | 3 | accepted | 2
            2025-02-03 | 2 | duplicate |
            2025-02-03 | 3 | duplicate |
            2025-02-03 | 4 | duplicate |""");
  }

  @Test
  void whatAFileHeldIsWithdrawnWhenItIsDeliveredAnewUnderItsName() throws IOException {
    ExtractContract log = log(false);
    ingest(log, "2025-01-03/a.csv", "1,2024-12-05,4\n2,2024-12-05,4\nx,never,1\n");
    ingest(log, "2025-02-03/a.csv", "2,2024-12-05,4\n");
    ingest(log, "2025-01-03/a.csv", "1,2024-12-05,2\n");
    assertThat(outcomes())
        .isEqualTo(
            """
            2025-01-03 | 2 | accepted | 2
            2025-01-03 | 2 | withdrawn |
            2025-01-03 | 3 | withdrawn |
            2025-01-03 | 4 | withdrawn |
            2025-02-03 | 2 | accepted | 4""");
    assertThat(newest(log)).isEqualTo("1 | 2\n2 | 4");
    assertThat(
            text(
                tables
                    .latest("ops.run_ledger")
                    .where("entry = 'FILE' and message like '%withdrawn'"),
                "file",
                "status",
                "rows_read",
                "message"))
        .isEqualTo(
            "safety/log/2025-01-03/a.csv | warning | 1 | it was read under this name before and holds"
                + " something else now: what it held then is withdrawn");
    // And as it was at first.
    ingest(log, "2025-01-03/a.csv", "1,2024-12-05,4\n2,2024-12-05,4\nx,never,1\n");
    assertThat(newest(log)).isEqualTo("1 | 4\n2 | 4");
    long version = tables.version(TABLE);
    ingest(log);
    assertThat(tables.version(TABLE)).isEqualTo(version);
  }

  @Test
  void aCorrectionBesideTheWrongFileOfItsDayHolds() throws IOException {
    ExtractContract log = log(false);
    ingest(log, "2025-01-03/log-corrected.csv", "1,2024-12-05,2\n");
    ingest(log, "2025-01-03/log.csv", "1,2024-12-05,4\n");
    assertThat(newest(log)).isEqualTo("1 | 2");
    // The same as if they had come in their order.
    ingest(log, "2025-01-02/log.csv", "1,2024-12-05,4\n");
    ingest(log, "2025-02-03/log-corrected.csv", "1,2024-12-05,2\n");
    ingest(log, "2025-02-03/log.csv", "1,2024-12-05,2\n");
    assertThat(outcomes())
        .isEqualTo(
            """
            2025-01-02 | 2 | accepted | 4
            2025-01-03 | 2 | accepted | 2
            2025-01-03 | 2 | duplicate |
            2025-02-03 | 2 | duplicate |
            2025-02-03 | 2 | duplicate |""");
  }

  @Test
  void ofOneDayTheNameWithoutItsEndingTellsTheOrder() throws IOException {
    ExtractContract log = log(false);
    ingest(log, "2025-01-03/log-2.csv", "1,2024-12-05,2\n");
    ingest(log, "2025-01-03/log.csv", "1,2024-12-05,2\n");
    assertThat(text(BronzeIngest.accepted(tables.latest(TABLE), log), "_file", "outcome"))
        .isEqualTo("safety/log/2025-01-03/log.csv | 2");
  }

  /** A delivered file's rows: case and outcome. */
  private record File(String place, List<String[]> rows) {
    String text() {
      return rows.stream()
          .map(r -> r[0] + ",2024-12-0" + r[0] + "," + r[1] + "\n")
          .collect(Collectors.joining());
    }
  }

  // Whatever the order of arrival, what is accepted is told by the newest files alone.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acceptedIsWhatTheFilesSayInWhateverOrderTheyCome(boolean isDated) throws IOException {
    Random random = new Random(isDated ? 1 : 2);
    List<File> arrivals = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      arrivals.add(drawn(String.format("2025-0%d-03/a.csv", 1 + i), random));
    }
    Collections.shuffle(arrivals, random);
    arrivals.add(drawn("2025-02-03/a.csv", random));
    Map<String, File> newest = new TreeMap<>();
    for (File file : arrivals) {
      ingest(log(isDated), file.place(), file.text());
      newest.put(file.place(), file);
      assertThat(
              text(
                  BronzeIngest.accepted(tables.latest(TABLE), log(isDated))
                      .orderBy("_file", "_line"),
                  "_file",
                  "_line",
                  "outcome"))
          .isEqualTo(accepted(newest));
    }
  }

  private static File drawn(String place, Random random) {
    List<String[]> rows = new ArrayList<>();
    for (int c = 1; c <= 4; c++) {
      if (random.nextInt(4) > 0) {
        rows.add(new String[] {"" + c, "" + (1 + random.nextInt(2))});
      }
    }
    return new File(place, rows);
  }

  private static String accepted(Map<String, File> files) {
    Map<String, String> last = new HashMap<>();
    List<String> lines = new ArrayList<>();
    files.forEach(
        (place, file) -> {
          for (int i = 0; i < file.rows().size(); i++) {
            String[] row = file.rows().get(i);
            if (!row[1].equals(last.put(row[0], row[1]))) {
              lines.add("safety/log/" + place + " | " + (i + 2) + " | " + row[1]);
            }
          }
        });
    return String.join("\n", lines);
  }
}
