package needle.pipelines.ingest;

import static needle.TextTable.text;
import static needle.pipelines.ingest.Texts.OPEN;
import static needle.pipelines.ingest.Texts.contract;
import static needle.pipelines.ingest.Texts.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.ColumnType;
import needle.kit.ContractViolation;
import needle.kit.InvalidInput;
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
import org.junit.jupiter.params.provider.EnumSource;

/** What files do that nobody wants: each fault is injected, and every record accounted for. */
class FaultyFilesTest extends SparkTest {
  @TempDir Path folder;
  private DeltaTables tables;
  private RunLedger ledger;

  @BeforeEach
  void freshWarehouse() {
    tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
    ledger =
        new RunLedger(
            tables, new RunLedger.Stamp("r", "test", "hash", "key", 1), Clock.systemUTC());
  }

  private static Field dropped(String name, String source) {
    return Texts.personal(name, source, PersonalData.DROP);
  }

  private static Field derived(String name, ColumnType type, String sql) {
    return new Field(name, null, type, null, true, false, PersonalData.KEEP, sql, name);
  }

  private static Dialect in(String zone, Format format) {
    return new Dialect(format, ',', '"', "UTF-8", 0, 0, false, zone, false, List.of("NULL"), "");
  }

  private Path deliver(String name, byte[] content) throws IOException {
    Path delivery = folder.resolve("landing/x/x/2024-02-03");
    Files.createDirectories(delivery);
    return Files.write(delivery.resolve(name), content);
  }

  private Path deliver(String name, String content) throws IOException {
    return deliver(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void ingest(ExtractContract contract) {
    List<LandedFile> files =
        new Landing(session(), folder.resolve("landing").toString()).files(List.of(contract));
    new BronzeIngest(tables, ledger).ingest(contract, files);
    ledger.flush();
  }

  private String accepted(ExtractContract contract, String... columns) {
    return text(BronzeIngest.accepted(stored(), contract), columns);
  }

  private String rejected(String... columns) {
    return text(BronzeIngest.rejected(stored()), columns);
  }

  private Dataset<Row> stored() {
    return tables.latest("bronze.x");
  }

  private String ledger(String... columns) {
    return text(tables.latest("ops.run_ledger").where("entry = 'FILE'").orderBy("file"), columns);
  }

  @Test
  void aDamagedFileIsPutAsideWholeAndTheOthersAreRead() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.WHOLE, null));
    deliver("bad.csv", "<!doctype html>");
    deliver("good[1].csv", "a\n1\n");
    deliver("good1.csv", "a\n2\n3\n");
    ingest(contract);
    assertThat(accepted(contract, "_file", "a"))
        .isEqualTo(
            """
            x/x/2024-02-03/good1.csv | 2
            x/x/2024-02-03/good1.csv | 3
            x/x/2024-02-03/good[1].csv | 1""");
    assertThat(ledger("file", "status", "rows_read", "substring(message, 1, 16)"))
        .isEqualTo(
            """
            x/x/2024-02-03/bad.csv | quarantined | 0 | it is a web page
            x/x/2024-02-03/good1.csv | ok | 2 |
            x/x/2024-02-03/good[1].csv | ok | 1 |""");
    // The same name with good bytes is taken at the next run.
    deliver("bad.csv", "a\n4\n");
    ingest(contract);
    assertThat(accepted(contract, "a")).isEqualTo("1\n2\n3\n4");
  }

  @Test
  void aFileThatBreaksItsManifestIsPutAside() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.WHOLE, null));
    deliver("cut.csv", "a\n1\n2");
    deliver("whole.csv", "a\n1\n2");
    deliver(
        "_manifest.json",
        "{\"files\":[{\"name\":\"cut.csv\",\"records\":3},{\"name\":\"whole.csv\",\"bytes\":5,\"records\":2}]}");
    ingest(contract);
    assertThat(ledger("file", "status", "message"))
        .isEqualTo(
            """
            x/x/2024-02-03/cut.csv | quarantined | it has 2 records, and its manifest promises 3
            x/x/2024-02-03/whole.csv | ok |""");
    deliver("_manifest.json", "{\"files\":[{\"name\":\"late.csv\"}]}");
    assertThatThrownBy(() -> ingest(contract))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("late.csv");
    deliver("_manifest.json", "{\"files\":");
    assertThatThrownBy(() -> ingest(contract))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("manifest");
  }

  @Test
  void linesThatAreNoTextAreRejectedOneByOne() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.TEXT, null));
    byte[] bytes = "a\nfine\nM?ller\nnul?\nend\n".getBytes(StandardCharsets.ISO_8859_1);
    bytes[8] = (byte) 0xfc;
    bytes[17] = 0;
    deliver("a.csv", bytes);
    ingest(contract);
    assertThat(accepted(contract, "a", "_line")).isEqualTo("end | 5\nfine | 2");
    assertThat(rejected("_line", "_reason"))
        .isEqualTo(
            """
            3 | it is not valid text of the contract's encoding
            4 | it is not valid text of the contract's encoding""");
  }

  @Test
  void droppedColumnsReachNeitherTheTableNorTheRejectedText() throws IOException {
    ExtractContract contract =
        contract(
            Dialect.of(Format.CSV),
            OPEN,
            read("n", "n", ColumnType.WHOLE, null),
            read("m", "m", ColumnType.TEXT, null),
            dropped("ip", "ip"));
    deliver("a.csv", "ip,n,m\n10.9.8.7,1,x\n10.9.8.7,one,\"x,y\"\n10.9.8.7,2\n");
    ingest(contract);
    assertThat(accepted(contract, "n")).isEqualTo("1");
    assertThat(stored().columns()).doesNotContain("ip");
    assertThat(rejected("_line", "substring(_raw, 1, 8)")).isEqualTo("3 | ,one,\"x,\n4 | withheld");
    assertThat(stored().toJSON().collectAsList()).noneMatch(row -> row.contains("10.9.8.7"));
  }

  @Test
  void jsonIsReadAsLinesAndAsArraysAndPoisonIsRejected() throws IOException {
    Field[] fields = {
      read("a", "/a/b", ColumnType.NUMBER, null), dropped("secret", "/a/secret"),
    };
    ExtractContract lines = contract(Dialect.of(Format.JSON_LINES), OPEN, fields);
    deliver(
        "a.jsonl",
        "{\"a\":{\"b\":1.5,\"secret\":\"s3cr\"}}\n"
            + "{\"a\":".repeat(1_200)
            + "1"
            + "}".repeat(1_200)
            + "\n{\"a\":{\"b\":\"x\",\"secret\":\"s3cr\"}}\n"
            + "{\"a\":{\"b\":\""
            + "9".repeat(30 << 20)
            + "\"}}\n"
            + "{\"a\":{\"b\":1e400}}\n{\"a\":{\"b\":2}} trailing\n");
    ingest(lines);
    assertThat(accepted(lines, "a", "_line")).isEqualTo("1.5 | 1");
    assertThat(rejected("_line", "substring(_reason, 1, 20)"))
        .isEqualTo(
            """
            2 | the line is not JSON
            3 | a: 'x' is not a numb
            4 | the record has 31457
            5 | a: '1E+400' is not a
            6 | the line is not JSON""");
    assertThat(stored().toJSON().collectAsList()).noneMatch(row -> row.contains("s3cr"));
    assertThat(stored().selectExpr("max(length(_raw))").first().getInt(0)).isLessThan(4_200);
  }

  @Test
  void aJsonArrayGivesItsElementsAndTheirNumbers() throws IOException {
    ExtractContract array =
        contract(Dialect.of(Format.JSON_ARRAY), OPEN, read("a", "/a", ColumnType.WHOLE, null));
    deliver("a.json", "[\n  {\"a\": 1},\n  7,\n  {\n    \"a\": 2\n  }\n]\n");
    deliver("cut.json", "[{\"a\": 3}, {\"a\"");
    ingest(array);
    assertThat(accepted(array, "a", "_line")).isEqualTo("1 | 1\n2 | 3");
    assertThat(rejected("_line", "_reason", "_raw"))
        .isEqualTo("2 | the element is not a JSON object | 7");
    assertThat(ledger("file", "status"))
        .isEqualTo("x/x/2024-02-03/a.json | ok\nx/x/2024-02-03/cut.json | quarantined");
  }

  @Test
  void anElementThatCannotBeReadIsRejectedAndTheNextOneRead() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.JSON_ARRAY), OPEN, read("a", "/a", ColumnType.WHOLE, null));
    deliver(
        "a.json",
        "[1e99999999999, {\"b\": [{\"a\": 1e99999999999, \"c\": {}}], \"d\": [2]}, {\"a\": 3, \"b\": \""
            + "x".repeat(21_000_000)
            + "\"}, {\"a\": 4}]");
    ingest(contract);
    assertThat(accepted(contract, "_line", "a")).isEqualTo("3 | 3\n4 | 4");
    assertThat(rejected("_line", "_reason"))
        .isEqualTo(
            "1 | the element has a value that cannot be read\n"
                + "2 | the element has a value that cannot be read");
  }

  @Test
  void aLineWithANumberBeyondAnySizeIsRejectedAndTheNextOneRead() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.JSON_LINES), OPEN, read("a", "/a", ColumnType.WHOLE, null));
    deliver("a.jsonl", "{\"a\": 1e99999999999}\n{\"a\": 2}\n");
    ingest(contract);
    assertThat(accepted(contract, "_line", "a")).isEqualTo("2 | 2");
    assertThat(rejected("_line", "_reason"))
        .isEqualTo("1 | the line is not JSON: it has a number beyond any size");
  }

  @ParameterizedTest
  @EnumSource(
      value = PersonalData.class,
      names = {"DROP", "PSEUDONYMISE"})
  void theReasonQuotesNothingOfPeople(PersonalData personal) throws IOException {
    ExtractContract contract =
        contract(
            Dialect.of(Format.JSON_LINES),
            OPEN,
            read("id", "/id", ColumnType.TEXT, null),
            new Field("name", "/name", ColumnType.TEXT, null, false, false, personal, null, "x"));
    deliver("a.jsonl", "{\"id\": 1, \"name\": Canary}\n{\"id\": 2}\n");
    ingest(contract);
    assertThat(rejected("_line", "_reason"))
        .matches("1 \\| the line is not JSON: it cannot be read from character [0-9]+ on");
    if (personal == PersonalData.DROP) {
      assertThat(stored().collectAsList().toString()).contains("a.jsonl").doesNotContain("Canary");
    }
  }

  @Test
  void norDoesWhyAFileIsPutAside() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.JSON_ARRAY), OPEN, read("a", "/a", ColumnType.TEXT, null));
    deliver("a.json", "[{\"a\": 1},\n{\"a\": Canary}]");
    ingest(contract);
    assertThat(ledger("status", "message"))
        .isEqualTo("quarantined | its bytes are damaged or cut off: it is no JSON from line 2 on");
  }

  @Test
  void parquetIsReadByNameAndAFlippedByteIsFound() throws IOException {
    ExtractContract contract =
        contract(
            Dialect.of(Format.PARQUET),
            OPEN,
            read("id", "Id", ColumnType.WHOLE, null),
            new Field(
                "on",
                "business day",
                ColumnType.DATE,
                "yyyy-MM-dd",
                false,
                false,
                PersonalData.KEEP,
                null,
                "on",
                List.of("date", "day")),
            read("at", "at", ColumnType.INSTANT, "iso_instant"));
    String made = folder.resolve("made").toString();
    session()
        .range(3)
        .selectExpr(
            "'noise' as other",
            "timestamp'2024-01-31 10:00:00' as at",
            "if(id = 2, 'two', cast(id as string)) as Id",
            "date'2024-01-31' as day")
        .coalesce(1)
        .write()
        .parquet(made);
    byte[] bytes;
    try (Stream<Path> parts = Files.list(Path.of(made))) {
      bytes =
          Files.readAllBytes(
              parts.filter(p -> p.toString().endsWith(".parquet")).findFirst().orElseThrow());
    }
    deliver("a[0].parquet", bytes);
    byte[] flipped = bytes.clone();
    flipped[60] ^= 0x10;
    deliver("flipped.parquet", flipped);
    deliver("cut.parquet", Arrays.copyOf(bytes, bytes.length / 2));
    ingest(contract);
    assertThat(accepted(contract, "id", "on", "at", "_line"))
        .isEqualTo(
            """
            0 | 2024-01-31 | 2024-01-31 10:00:00.0 | 1
            1 | 2024-01-31 | 2024-01-31 10:00:00.0 | 2""");
    assertThat(rejected("_line", "_reason")).isEqualTo("3 | id: 'two' is not a whole number");
    assertThat(ledger("file", "status"))
        .isEqualTo(
            """
            x/x/2024-02-03/a[0].parquet | ok
            x/x/2024-02-03/cut.parquet | quarantined
            x/x/2024-02-03/flipped.parquet | quarantined""");
  }

  @Test
  void timesThatTheClocksSkipAndYearsThatCannotBeAreRejected() throws IOException {
    ExtractContract berlin =
        contract(
            in("Europe/Berlin", Format.CSV),
            OPEN,
            read("t", "t", ColumnType.INSTANT, "yyyy-MM-dd HH:mm"),
            read("i", "i", ColumnType.INSTANT, "iso_instant"),
            read("d", "d", ColumnType.DATE, "yyyy-MM-dd"));
    deliver(
        "a.csv",
        """
        t,i,d
        2024-03-31 02:30,,
        2024-03-31 03:30,2024-02-29T12:00:00,2024-02-29
        ,2024-02-29T12:00:00Z,9999-12-31
        ,2024-03-31T02:30:00,
        ,,0001-01-01
        ,,2023-02-29
        NULL,NULL,NULL
        """);
    ingest(berlin);
    assertThat(accepted(berlin, "_line", "t", "i", "d"))
        .isEqualTo(
            """
            3 | 2024-03-31 01:30:00.0 | 2024-02-29 11:00:00.0 | 2024-02-29
            4 |  | 2024-02-29 12:00:00.0 | 9999-12-31
            8 |  |  |""");
    assertThat(rejected("_line", "substring(_reason, 1, 42)"))
        .isEqualTo(
            """
            2 | t: '2024-03-31 02:30' does not exist in Eu
            5 | i: '2024-03-31T02:30:00' does not exist in
            6 | d: '0001-01-01' is not a date of the contr
            7 | d: '2023-02-29' is not a date of the contr""");
  }

  @Test
  void datesOfODataAreMilliseconds() throws IOException {
    ExtractContract sap =
        contract(
            new Dialect(
                Format.JSON_ARRAY,
                ',',
                '"',
                "UTF-8",
                0,
                0,
                false,
                "UTC",
                false,
                List.of(),
                "/d/results"),
            OPEN,
            read("startDate", "/startDate", ColumnType.DATE, "odata"),
            read("changedAt", "/changedAt", ColumnType.INSTANT, "odata"));
    deliver(
        "EmpJob.json",
        """
        {"d": {"results": [
          {"startDate": "\\/Date(1577836800000)\\/", "changedAt": "/Date(1577840400000+0060)/"},
          {"startDate": "/Date(-86400000)/"},
          {"startDate": "2020-01-01"},
          {"startDate": "/Date(x)/"}
        ]}}
        """);
    ingest(sap);
    assertThat(accepted(sap, "startDate", "changedAt"))
        .isEqualTo("1969-12-31 |\n2020-01-01 | 2020-01-01 01:00:00.0");
    assertThat(rejected("_line", "_reason"))
        .isEqualTo(
            """
            3 | startDate: '2020-01-01' is not a date of the contract's format
            4 | startDate: '/Date(x)/' is not a date of the contract's format""");
  }

  @Test
  void aRecordThatItsFileHoldsTwiceAndNotAlikeIsTold() throws IOException {
    Field key =
        new Field("id", "id", ColumnType.TEXT, null, true, true, PersonalData.KEEP, null, "id");
    ExtractContract keyed =
        contract(Dialect.of(Format.CSV), OPEN, key, read("h", "h", ColumnType.WHOLE, null));
    deliver("shifts.csv", "id,h\n1,4\n2,8\n1,5\n2,8\n");
    deliver("shifts2.csv", "id,h\n2,9\n");
    ingest(keyed);
    assertThat(ledger("file", "status", "message"))
        .isEqualTo(
            """
            x/x/2024-02-03/shifts.csv | warning | 1 of 4 records (25.0%) were accepted with a warning: its file has another record of this key that differs, and the last one holds
            x/x/2024-02-03/shifts2.csv | ok |""");
  }

  @Test
  void derivedColumnsFollowFromThoseThatWereRead() throws IOException {
    ExtractContract contract =
        contract(
            Dialect.of(Format.CSV),
            OPEN,
            read("minutes", "minutes", ColumnType.NUMBER, null),
            derived("hours", ColumnType.NUMBER, "minutes / 60"));
    deliver("a.csv", "minutes\n90\n\"\"\n");
    ingest(contract);
    assertThat(accepted(contract, "minutes", "hours")).isEqualTo("90.0 | 1.5");
    assertThat(rejected("_reason")).isEqualTo("hours is empty");
  }

  @Test
  void gatesWarnQuarantineAndFail() throws IOException {
    Field number = read("a", "a", ColumnType.WHOLE, null);
    deliver("few.csv", "a\n1\n2\n3\nx\n");
    deliver("many.csv", "a\n4\nx\ny\nz\n");
    ExtractContract careful =
        contract(Dialect.of(Format.CSV), new Gates(0.2, 0.5, Gates.OFF), number);
    ingest(careful);
    assertThat(accepted(careful, "a")).isEqualTo("1\n2\n3");
    assertThat(ledger("file", "status", "rows_rejected", "message"))
        .isEqualTo(
            """
            x/x/2024-02-03/few.csv | warning | 1 | 1 of 4 records (25.0%) were rejected
            x/x/2024-02-03/many.csv | warning | 4 | 4 of 4 records (100.0%) are in quarantine, because more than the contract's quarantineAboveRejectedShare of 0.5 are unfit; bronze.x__rejected has the reasons, and `needle replay` takes the records once file and contract fit""");
    assertThat(rejected("_file", "_line", "_reason"))
        .contains("many.csv | 2 | the file is in quarantine: 3 of 4 records (75.0%) are unfit");
    deliver("more.csv", "a\n5\nx\ny\nz\n");
    long before = tables.version("bronze.x");
    assertThatThrownBy(
            () -> ingest(contract(Dialect.of(Format.CSV), new Gates(0.2, 0.5, 0.6), number)))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("more.csv");
    assertThat(tables.version("bronze.x")).isEqualTo(before);
  }

  private static String lines(int fit, int unfit) {
    return "a\n" + "1\n".repeat(fit) + "x\n".repeat(unfit);
  }

  @Test
  void aFileThatMostlyDoesNotFitStopsTheRunThoughNoGateIsSet() throws IOException {
    Field number = read("a", "a", ColumnType.WHOLE, null);
    ExtractContract silent = contract(Dialect.of(Format.CSV), OPEN, number);
    deliver("few.csv", lines(0, 19));
    deliver("half.csv", lines(10, 10));
    ingest(silent);
    assertThat(ledger("file", "status")).doesNotContain("failed");
    deliver("most.csv", lines(9, 11));
    assertThatThrownBy(() -> ingest(silent))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("most.csv: 11 of 20 records (55.0%) are unfit, more than half");
    ingest(contract(Dialect.of(Format.CSV), new Gates(1, Gates.OFF, 1), number));
    assertThat(stored().where("_file like '%most.csv' and _outcome = 'rejected'").count())
        .isEqualTo(11);
  }

  @Test
  void linksLeadOutOfTheLandingFolderAndAreRefused() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.TEXT, null));
    Path real = deliver("real.csv", "a\n1\n");
    Path secret = Files.writeString(folder.resolve("passwd"), "a\nroot\n");
    Files.createSymbolicLink(real.resolveSibling("link.csv"), secret);
    assertThatThrownBy(() -> ingest(contract))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is a link");
  }

  @Test
  void aDeliveryBehindALinkedFolderIsRefused() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.TEXT, null));
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("passwd.csv"), "a\nroot\n");
    Path extract = Files.createDirectories(folder.resolve("landing/x/x"));
    Files.createSymbolicLink(extract.resolve("2024-02-03"), outside);
    assertThatThrownBy(() -> ingest(contract))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("lies behind one");
  }

  @Test
  void linesKeepTheirNumbersAcrossTheTasksThatReadALargeFile() throws IOException {
    ExtractContract contract =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.WHOLE, null));
    List<String> lines = new ArrayList<>();
    String padding = " ".repeat(990);
    for (int i = 2; i <= 40_000; i++) {
      lines.add(i + padding);
    }
    deliver("a.csv", "a\n" + String.join("\n", lines));
    ingest(contract);
    assertThat(stored().where("_outcome = 'accepted' and a = _line").count()).isEqualTo(39_999);
  }
}
