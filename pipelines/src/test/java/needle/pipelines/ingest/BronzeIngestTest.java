package needle.pipelines.ingest;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;
import static org.quicktheories.generators.SourceDSL.strings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import needle.SparkTest;
import needle.kit.ColumnType;
import needle.kit.InvalidInput;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.PersonalData;
import needle.pipelines.config.ExtractContract.Rule;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BronzeIngestTest extends SparkTest {
  private static final ExtractContract HOURS =
      contract(
          Format.CSV,
          field("employee_number", "employeeNumber", ColumnType.TEXT, null, true),
          field("work_date", "workDate", ColumnType.DATE, "yyyy-MM-dd", true),
          field("hours", "hours", ColumnType.NUMBER, null, false));

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

  private static Field field(
      String name, String source, ColumnType type, String format, boolean required) {
    return new Field(name, source, type, format, required, false, PersonalData.KEEP, null, name);
  }

  private static ExtractContract contract(Format format, Field... fields) {
    return contract(Dialect.of(format), fields);
  }

  private static ExtractContract contract(Dialect dialect, Field... fields) {
    return new ExtractContract(
        "safety_hours",
        "1.0.0",
        false,
        "safety",
        "Hours",
        "safety_hours",
        "safety/hours",
        "*",
        dialect,
        null,
        new Gates(0.05, Gates.OFF, 1),
        0,
        List.of(fields),
        Stream.of(fields).anyMatch(f -> f.name().equals("hours"))
            ? List.of(new Rule("hours lie between 0 and 400", "hours between 0 and 400", false))
            : List.of());
  }

  private void deliver(String date, String name, String content) throws IOException {
    deliver(date, name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void deliver(String date, String name, byte[] content) throws IOException {
    Path delivery = folder.resolve("landing/safety/hours").resolve(date);
    Files.createDirectories(delivery);
    Files.write(delivery.resolve(name), content);
  }

  private BronzeIngest.Ingested ingest(ExtractContract contract) {
    List<LandedFile> files =
        new Landing(session(), folder.resolve("landing").toString()).files(List.of(contract));
    BronzeIngest.Ingested ingested = new BronzeIngest(tables, ledger).ingest(contract, files);
    ledger.flush();
    return ingested;
  }

  private Dataset<Row> stored() {
    return tables.latest("bronze.safety_hours");
  }

  private String ledgerCounts() {
    return text(
        tables.latest("ops.run_ledger").where("entry = 'FILE'"),
        "file",
        "rows_read",
        "rows_accepted",
        "rows_rejected",
        "rows_duplicate");
  }

  @Test
  void acceptsWhatFitsAndKeepsTheRestWithItsReason() throws IOException {
    deliver(
        "2024-02-03",
        "h.csv",
        """
        employeeNumber,workDate,hours
        100,2024-01-31,160
        101,2024-01-31,n/a
        ,2024-01-31,8
        102,2024-01-31,-5
        103,31.01.2024,8
        104,2024-01-31,8,9

        105,2024-01-31,NaN
        """);
    BronzeIngest.Ingested ingested = ingest(HOURS);
    assertThat(ingested.read()).isEqualTo(7);
    assertThat(
            text(
                BronzeIngest.accepted(stored(), HOURS),
                "employee_number",
                "work_date",
                "hours",
                "_line"))
        .isEqualTo("100 | 2024-01-31 | 160.0 | 2");
    assertThat(text(BronzeIngest.rejected(stored()), "_line", "_reason", "_raw"))
        .isEqualTo(
            """
            3 | hours: 'n/a' is not a number | 101,2024-01-31,n/a
            4 | employee_number is empty | ,2024-01-31,8
            5 | not so: hours lie between 0 and 400 | 102,2024-01-31,-5
            6 | work_date: '31.01.2024' is not a date of the contract's format | 103,31.01.2024,8
            7 | 4 fields instead of the header's 3 | 104,2024-01-31,8,9
            9 | hours: 'NaN' is not a number | 105,2024-01-31,NaN""");
    assertThat(ledgerCounts()).isEqualTo("safety/hours/2024-02-03/h.csv | 7 | 1 | 6 | 0");
  }

  @Test
  void aRecordOfThousandsOfFieldsIsRejectedAndTheNextOneRead() throws IOException {
    deliver(
        "2024-02-03",
        "h.csv",
        "employeeNumber,workDate,hours\n100"
            + ",1".repeat(3_000)
            + "\n101,2024-01-31,8\n102,2024-01-31,\"8\"\n");
    ingest(HOURS);
    assertThat(text(BronzeIngest.rejected(stored()), "_line", "_reason"))
        .isEqualTo("2 | more than 23 fields instead of the header's 3");
    assertThat(text(BronzeIngest.accepted(stored(), HOURS), "employee_number", "hours"))
        .isEqualTo("101 | 8.0\n102 | 8.0");
  }

  @Test
  void aQuoteThatDoesNotCloseRejectsItsRecordAndNoOther() throws IOException {
    deliver(
        "2024-02-03",
        "h.csv",
        """
        workDate,hours,employeeNumber
        2024-01-01,1,"100
        2024-01-02,2,"101""
        2024-01-03,"3,102
        2024-01-04,4,"
        2024-01-05,5,"103"
        2024-01-06,6,5"
        2024-01-07,7,O"Brien
        2024-01-08,8,"Bob ""the"" Builder"
        2024-01-09,"9","5"" pipe, ""long\"""
        2024-01-10,10,"x" y
        2024-01-11,11,""
        """);
    ingest(HOURS);
    assertThat(text(BronzeIngest.rejected(stored()), "_line", "_reason", "_raw"))
        .isEqualTo(
            """
            12 | employee_number is empty | 2024-01-11,11,""
            2 | a quoted field does not end | 2024-01-01,1,"100
            3 | a quoted field does not end | 2024-01-02,2,"101""
            4 | a quoted field does not end | 2024-01-03,"3,102
            5 | a quoted field does not end | 2024-01-04,4,\"""");
    assertThat(text(BronzeIngest.accepted(stored(), HOURS), "_line", "employee_number", "hours"))
        .isEqualTo(
            """
            10 | 5" pipe, "long" | 9.0
            11 | "x" y | 10.0
            6 | 103 | 5.0
            7 | 5" | 6.0
            8 | O"Brien | 7.0
            9 | Bob "the" Builder | 8.0""");
  }

  @Test
  void columnsAreMappedByNameInWhateverOrderTheyCome() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\n");
    deliver("2024-03-03", "b.csv", "hours,extra,workDate,employeeNumber\n150,x,2024-02-29,100\n");
    ingest(HOURS);
    assertThat(
            text(BronzeIngest.accepted(stored(), HOURS), "employee_number", "work_date", "hours"))
        .isEqualTo("100 | 2024-01-31 | 160.0\n100 | 2024-02-29 | 150.0");
  }

  @Test
  void aRecordDeliveredAgainIsADuplicateWithinAndAcrossDeliveries() throws IOException {
    deliver(
        "2024-02-03",
        "a.csv",
        "employeeNumber,workDate,hours\n100,2024-01-31,160\n100,2024-01-31,160\n");
    ingest(HOURS);
    deliver(
        "2024-03-03",
        "b.csv",
        "workDate,employeeNumber,hours\n2024-01-31,100,160\n2024-01-31,100,161\n");
    ingest(HOURS);
    assertThat(text(BronzeIngest.accepted(stored(), HOURS), "hours", "_file"))
        .isEqualTo("160.0 | safety/hours/2024-02-03/a.csv\n161.0 | safety/hours/2024-03-03/b.csv");
    assertThat(ledgerCounts())
        .isEqualTo(
            "safety/hours/2024-02-03/a.csv | 2 | 1 | 0 | 1\nsafety/hours/2024-03-03/b.csv | 2 | 1 | 0 | 1");
  }

  @Test
  void ingestingAgainAddsNothing() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\nx,y,z\n");
    long first = ingest(HOURS).version();
    BronzeIngest.Ingested again = ingest(HOURS);
    assertThat(again.version()).isEqualTo(first);
    assertThat(again.read()).isZero();
    assertThat(stored().count()).isEqualTo(2);
  }

  @Test
  void sameNameWithNewBytesIsReadAsARevision() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\n");
    ingest(HOURS);
    deliver(
        "2024-02-03",
        "a.csv",
        "employeeNumber,workDate,hours\n100,2024-01-31,160\n200,2024-01-31,80\n");
    ingest(HOURS);
    assertThat(text(BronzeIngest.accepted(stored(), HOURS), "employee_number", "hours"))
        .isEqualTo("100 | 160.0\n200 | 80.0");
    assertThat(ledgerCounts()).endsWith("safety/hours/2024-02-03/a.csv | 2 | 2 | 0 | 0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofIdenticalRecordsTheOneDeliveredFirstIsAcceptedInWhateverOrder(boolean isDated)
      throws IOException {
    ExtractContract hours = isDated ? datedHours() : HOURS;
    String february = "employeeNumber,workDate,hours\n100,2024-01-31,160\nx,y,z\n";
    String march = "employeeNumber,workDate,hours\n100,2024-01-31,160\n100,2024-02-29,150\n";
    deliver("2024-03-03", "b.csv", march);
    ingest(hours);
    deliver("2024-02-03", "a.csv", february);
    ingest(hours);
    assertThat(outcomes())
        .isEqualTo(
            """
            2024-02-03 | 2 | accepted | 160.0
            2024-02-03 | 3 | rejected |
            2024-03-03 | 2 | duplicate |
            2024-03-03 | 3 | accepted | 150.0""");
    assertThat(ledgerCounts()).startsWith("safety/hours/2024-02-03/a.csv | 2 | 1 | 1 | 0");
  }

  private static ExtractContract datedHours() {
    return contract(
        Format.CSV,
        field("employee_number", "employeeNumber", ColumnType.TEXT, null, true),
        new Field(
            "work_date",
            "workDate",
            ColumnType.DATE,
            "yyyy-MM-dd",
            true,
            true,
            PersonalData.KEEP,
            null,
            "Day"),
        field("hours", "hours", ColumnType.NUMBER, null, false));
  }

  private String outcomes() {
    return text(stored(), "_delivered_on", "_line", "_outcome", "hours");
  }

  @Test
  void aVersionWithoutItsLedgerEntryIsUndoneAndReadAgain() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\n");
    dieBeforeTheLedgerIsWritten();
    ingest(HOURS);
    deliver("2024-03-03", "b.csv", "employeeNumber,workDate,hours\n100,2024-02-29,150\n");
    dieBeforeTheLedgerIsWritten();
    ingest(HOURS);
    assertThat(outcomes())
        .isEqualTo("2024-02-03 | 2 | accepted | 160.0\n2024-03-03 | 2 | accepted | 150.0");
    assertThat(ledgerCounts())
        .isEqualTo(
            "safety/hours/2024-02-03/a.csv | 1 | 1 | 0 | 0\nsafety/hours/2024-03-03/b.csv | 1 | 1 | 0 | 0");
  }

  private void dieBeforeTheLedgerIsWritten() {
    List<LandedFile> files =
        new Landing(session(), folder.resolve("landing").toString()).files(List.of(HOURS));
    RunLedger neverWritten = new RunLedger(tables, ledger.stamp(), Clock.systemUTC());
    new BronzeIngest(tables, neverWritten).ingest(HOURS, files);
  }

  @Test
  void aFileThatWasSeenIsReadAgainOnlyWhenItChanged() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\n");
    ingest(HOURS);
    Landing landing = new Landing(session(), folder.resolve("landing").toString());
    assertThat(landing.files(List.of(HOURS), ledger.seenFiles())).isEmpty();
    deliver("2024-02-03", "a.csv", "employeeNumber,workDate,hours\n100,2024-01-31,16\n");
    assertThat(landing.files(List.of(HOURS), ledger.seenFiles())).hasSize(1);
  }

  @Test
  void aFileIsHeldAsItsNewestEntrySays() throws IOException {
    deliver("2024-02-03", "h.csv", "employeeNumber,workDate,hours\n100,2024-01-31,160\n");
    BronzeIngest.Ingested first = ingest(HOURS);
    LandedFile file =
        new Landing(session(), folder.resolve("landing").toString()).files(List.of(HOURS)).get(0);
    assertThat(ledger.seenFiles()).containsExactly(file.mark());
    ledger.ingested(
        "bronze.safety_hours",
        List.of(
            new RunLedger.FileAccount(
                file.name(), file.sha256(), file.mark(), 0, 0, 0, 0, "quarantined", "cut off")),
        new RunLedger.Made(first.version(), 0, 0, OptionalLong.empty(), 0));
    ledger.flush();
    assertThat(ledger.seenFiles()).isEmpty();
    assertThat(ledger.knownFiles()).isEmpty();
    assertThat(ingest(HOURS).read()).isEqualTo(1);
  }

  @Test
  void aMissingColumnStopsTheExtractAndSaysWhich() throws IOException {
    deliver("2024-02-03", "a.csv", "employeeNumber,hours\n100,160\n");
    assertThatThrownBy(() -> ingest(HOURS))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("a.csv")
        .hasMessageContaining("missing column(s) [workDate]");
    assertThat(tables.exists("bronze.safety_hours")).isFalse();
  }

  @Test
  void anEmptyFileStopsTheExtractUnlessTheContractAllowsIt() throws IOException {
    deliver("2024-02-03", "a.csv", "");
    assertThatThrownBy(() -> ingest(HOURS))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is empty");
  }

  @Test
  void anEmptyLandingFolderSaysWhereExtractsBelong() {
    assertThatThrownBy(() -> ingest(HOURS))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is no landing folder");
    folder.resolve("landing/safety/hours").toFile().mkdirs();
    assertThatThrownBy(() -> ingest(HOURS))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("No extract was delivered");
  }

  @Test
  void aDeliveryFolderThatIsNotADateIsNamed() throws IOException {
    deliver("latest", "a.csv", "employeeNumber,workDate,hours\n");
    assertThatThrownBy(() -> ingest(HOURS))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("latest");
  }

  @Test
  void readsGzipAndByteOrderMarks() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(
          "\uFEFFemployeeNumber,workDate,hours\n100,2024-01-31,160\n"
              .getBytes(StandardCharsets.UTF_8));
    }
    deliver("2024-02-03", "a.csv.gz", packed.toByteArray());
    ingest(HOURS);
    assertThat(text(BronzeIngest.accepted(stored(), HOURS), "employee_number", "hours"))
        .isEqualTo("100 | 160.0");
  }

  @Test
  void readsJsonLinesByPointer() throws IOException {
    ExtractContract statements =
        contract(
            Format.JSON_LINES,
            field("learner", "/actor/account/name", ColumnType.TEXT, null, true),
            field("stored_at", "/stored", ColumnType.INSTANT, "iso_instant", true),
            field("hours", "/result/hours", ColumnType.NUMBER, null, false));
    deliver(
        "2024-02-03",
        "s.jsonl",
        """
        {"actor":{"account":{"name":"u1"}},"stored":"2024-01-05T12:00:00+02:00","result":{"hours":2}}
        {"actor":{},"stored":"2024-01-05T12:00:00Z"}
        {"actor":
        [1,2]
        """);
    ingest(statements);
    assertThat(text(BronzeIngest.accepted(stored(), statements), "learner", "stored_at", "hours"))
        .isEqualTo("u1 | 2024-01-05 10:00:00.0 | 2.0");
    assertThat(text(BronzeIngest.rejected(stored()), "_line", "substring(_reason, 1, 22)"))
        .isEqualTo("2 | learner is empty\n3 | the line is not JSON:\n4 | the line is not a JSON");
  }

  @Test
  void instantsHonourTheContractsFormatAndZone() throws IOException {
    ExtractContract berlin =
        contract(
            new Dialect(
                Format.CSV, ',', '"', "UTF-8", 0, 0, false, "Europe/Berlin", false, List.of(), ""),
            field("local", "local", ColumnType.INSTANT, "yyyy-MM-dd HH:mm", false),
            field("millis", "millis", ColumnType.INSTANT, "epoch_millis", false));
    deliver("2024-08-03", "t.csv", "local,millis\n2024-07-01 12:00,1719828000000\n");
    ingest(berlin);
    assertThat(text(BronzeIngest.accepted(stored(), berlin), "local", "millis"))
        .isEqualTo("2024-07-01 10:00:00.0 | 2024-07-01 10:00:00.0");
  }

  @Test
  void whateverTheBytesEveryRecordIsAccountedFor() {
    AtomicInteger delivery = new AtomicInteger();
    qt().withExamples(12)
        .forAll(
            lists()
                .of(strings().betweenCodePoints(1, 300).ofLengthBetween(0, 40))
                .ofSizeBetween(1, 30),
            integers().between(0, 9))
        .checkAssert(
            (lines, broken) -> {
              String date =
                  java.time.LocalDate.of(2024, 1, 1)
                      .plusDays(delivery.incrementAndGet())
                      .toString();
              String body = String.join("\n", lines);
              try {
                deliver(
                    date,
                    "g.csv",
                    "employeeNumber,workDate,hours\n1,2024-01-31," + broken + "\n" + body);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              ingest(HOURS);
              Row counts =
                  tables
                      .latest("ops.run_ledger")
                      .where("file like '%" + date + "%'")
                      .selectExpr("rows_read", "rows_accepted + rows_rejected + rows_duplicate")
                      .first();
              long records = 1 + body.lines().filter(l -> !l.isBlank()).count();
              assertThat(counts.getLong(0)).isEqualTo(records);
              assertThat(counts.getLong(1)).isEqualTo(records);
            });
  }
}
