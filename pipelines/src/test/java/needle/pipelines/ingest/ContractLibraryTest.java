package needle.pipelines.ingest;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped contract reads its system's file: a small one in its real shape. */
class ContractLibraryTest extends SparkTest {
  private static final Path FIXTURES = Path.of("src/test/resources/extracts");
  private static final Path EXPECTED = Path.of("src/test/resources/expected");
  private static final Map<String, ExtractContract> CONTRACTS =
      Declarations.read(Path.of(".")).contracts().stream()
          .collect(Collectors.toMap(ExtractContract::id, c -> c));

  @TempDir static Path folder;
  private final Map<String, Row> ledger = new HashMap<>();
  private DeltaTables tables;

  static Stream<String> ids() {
    return CONTRACTS.keySet().stream().sorted();
  }

  @BeforeAll
  void ingestAllFixtures() {
    tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
    RunLedger entries =
        new RunLedger(
            tables, new RunLedger.Stamp("run-1", "test", "hash", "key", 1), Clock.systemUTC());
    BronzeIngest ingest = new BronzeIngest(tables, entries);
    new Landing(session(), FIXTURES.toString())
        .files(List.copyOf(CONTRACTS.values())).stream()
            .collect(Collectors.groupingBy(LandedFile::extract))
            .forEach((id, files) -> ingest.ingest(CONTRACTS.get(id), files));
    entries.flush();
    tables
        .latest(RunLedger.TABLE.qualifiedName())
        .where("entry = 'FILE'")
        .collectAsList()
        .forEach(row -> ledger.put(row.getAs("table_name"), row));
  }

  private static ExpectedExtract expected(String id) {
    return ExpectedExtract.read(EXPECTED.resolve(id + ".txt"));
  }

  private Dataset<Row> stored(String id) {
    return tables.latest("bronze." + id);
  }

  private static List<String> rows(Dataset<Row> rows, List<String> columns) {
    String lines = text(rows, columns.toArray(String[]::new));
    return lines.isEmpty()
        ? List.of()
        : ExpectedExtract.sorted(lines.lines().map(ExpectedExtract::evenly).toList());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void readsTheFixtureAsWrittenByHand(String id) {
    ExpectedExtract expected = expected(id);
    assertThat(expected.accepted()).isNotEmpty();
    assertThat(rows(stored(id).where("_outcome = 'accepted'"), expected.columns()))
        .isEqualTo(expected.accepted());
    assertThat(rows(BronzeIngest.rejected(stored(id)), List.of("_line", "_reason")))
        .isEqualTo(expected.rejected());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void accountsForEveryRecordOfTheFixture(String id) {
    ExpectedExtract expected = expected(id);
    Row account = ledger.get("bronze." + id);
    assertThat(account.<Long>getAs("rows_accepted")).isEqualTo(expected.accepted().size());
    assertThat(account.<Long>getAs("rows_rejected")).isEqualTo(expected.rejected().size());
    assertThat(account.<Long>getAs("rows_duplicate")).isEqualTo(expected.duplicates());
    assertThat(account.<Long>getAs("rows_read"))
        .isEqualTo(expected.accepted().size() + expected.rejected().size() + expected.duplicates());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void landsNothingThatTheContractDrops(String id) throws IOException {
    List<String> never = expected(id).neverLanded();
    assertThat(never.isEmpty()).isEqualTo(!CONTRACTS.get(id).dropsColumns());
    String delivered = read(FIXTURES.resolve(CONTRACTS.get(id).folder()));
    String landed =
        stored(id).collectAsList().stream().map(Row::toString).collect(Collectors.joining("\n"));
    assertThat(landed).contains("2024-02-01");
    for (String secret : never) {
      assertThat(delivered).contains(secret);
      assertThat(landed).doesNotContain(secret);
    }
  }

  private static String read(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(Files.readString(file, StandardCharsets.UTF_8));
      }
      return text.toString();
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void describesEveryColumnAndTypesIt(String id) {
    for (ExtractContract.Field field : CONTRACTS.get(id).fields()) {
      assertThat(field.meaning()).as(field.name()).isNotBlank().isNotEqualTo(field.name());
    }
    List<String> landed = CONTRACTS.get(id).landedFields().stream().map(f -> f.name()).toList();
    assertThat(Arrays.asList(stored(id).columns())).containsAll(landed);
  }

  @Test
  void whoSuppliesAnothersTableHasItsColumns() {
    List<ExtractContract> standIns =
        CONTRACTS.values().stream().filter(c -> !c.supplies().equals(c.id())).toList();
    assertThat(standIns).hasSizeGreaterThan(20);
    Catalog.checkBronze(List.copyOf(CONTRACTS.values()));
  }

  @Test
  void extractsThatShareAFolderShareItsManifest() throws IOException {
    Path shared = folder.resolve("landing/hris/workday_worker_history/2024-02-01");
    Files.createDirectories(shared);
    Files.writeString(shared.resolve("worker_history.csv"), "id\n");
    Files.writeString(shared.resolve("readme.txt"), "of another extract");
    Files.writeString(
        shared.resolve("_manifest.json"),
        "{\"files\": [{\"name\": \"worker_history.csv\", \"bytes\": 3}, {\"name\": \"readme.txt\"}]}");
    List<LandedFile> files =
        new Landing(session(), folder.resolve("landing").toString())
            .files(
                List.of(
                    CONTRACTS.get("hris_workday_worker"),
                    CONTRACTS.get("hris_workday_termination")));
    assertThat(files)
        .extracting(LandedFile::extract)
        .containsExactlyInAnyOrder("hris_workday_worker", "hris_workday_termination");
    assertThat(files).noneMatch(LandedFile::isUnreadable);
  }
}
