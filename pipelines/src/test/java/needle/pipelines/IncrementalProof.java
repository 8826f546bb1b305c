package needle.pipelines;

import static needle.pipelines.NeedleVerb.needle;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * However a company's files are split into deliveries, and in whatever order these are ingested,
 * the tables end as one clean run over all files makes them.
 */
class IncrementalProof extends SparkTest {
  private static final Declarations DECLARED = Declarations.read(Path.of("..", "pipelines"));
  private static final List<TableContract> TABLES =
      JobGraph.of(DECLARED.contracts(), Catalog.jobs()).nodes().stream()
          .map(JobGraph.Node::table)
          .filter(t -> t.layer().compareTo(Layer.PANEL) <= 0)
          .toList();
  private static final String PERIOD = "2025-01:2025-12";
  // Their first file comes after the year.
  private static final Set<String> ONLY_LATER =
      Set.of("safety_summary_300a", "establishment_years");
  private static final String OUTSIDE_QUOTES = ",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";
  private static final String KNOWN_AT = "2025-10-03";

  @TempDir static Path folder;
  private final List<Path> files = new ArrayList<>();
  private DeltaTables clean;

  @BeforeAll
  void aCompanyInOneCleanRun() throws IOException {
    needle(
        "simulate", "--employees", "100", "--months", "12", "--seed", "5", "--out", at("company"));
    restate();
    Path landing = folder.resolve("company/landing");
    try (Stream<Path> all = Files.walk(landing)) {
      all.filter(Files::isRegularFile)
          .map(landing::relativize)
          .filter(f -> f.getNameCount() > 1)
          .sorted()
          .forEach(files::add);
    }
    assertThat(files).hasSizeGreaterThan(100);
    clean = run("clean", "company/landing", "clean");
  }

  // Beside what the simulation restates, voids and delivers late: what must reach far.
  private void restate() throws IOException {
    again(
        "crm/user",
        3,
        Map.of("EmployeeNumber", "1000003", "SystemModstamp", "2025-12-02T00:00:00.000Z"));
    again("hris/emp_employment", 2, Map.of("personIdExternal", "1000001"));
    again(
        "hris/emp_employment",
        4,
        Map.of("endDate", "2025-08-14", "lastModifiedDateTime", "2025-12-01T00:00:00.000Z"));
    again(
        "hris/emp_job",
        5,
        Map.of(
            "startDate",
            "2025-07-15",
            "costCenter",
            "OPS-0099",
            "lastModifiedDateTime",
            "2025-12-01T00:00:00.000Z"));
    again(
        "hris/emp_job",
        6,
        Map.of(
            "startDate",
            "2025-12-20",
            "payGrade",
            "G5",
            "lastModifiedDateTime",
            "2025-12-01T00:00:00.000Z"));
    again("safety/hours_worked", 7, Map.of("hours_worked", "12.5"));
    again("crm/case", 3, Map.of("IsDeleted", "true", "SystemModstamp", "2025-12-02T00:00:00.000Z"));
    again(
        "crm/opportunity",
        4,
        Map.of("CloseDate", "2025-06-17", "SystemModstamp", "2025-12-02T00:00:00.000Z"));
    for (int account : List.of(3, 8, 20, 40)) {
      again(
          "lms/account",
          account,
          Map.of("employeeNumber", "1000003", "modifiedAt", "2025-02-20T00:00:00.000Z"));
    }
    again("lms/assessment_scores", 1, Map.of("scoreRaw", "1"));
    again("lms/learning_history", 1, Map.of("completionStatusID", "COURSE-WAIV"));
  }

  // Delivers the n-th record of an extract's first file that has one once more, with other values,
  // in November.
  private static void again(String extract, int record, Map<String, String> values)
      throws IOException {
    Path landing = folder.resolve("company/landing").resolve(extract);
    List<String> lines = List.of();
    try (Stream<Path> all = Files.walk(landing)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        if (lines.size() <= record) {
          lines = Files.readAllLines(file);
        }
      }
    }
    List<String> header = Arrays.asList(lines.get(0).split(",", -1));
    String[] cells = lines.get(record).split(OUTSIDE_QUOTES, -1);
    assertThat(cells).as("%s", extract).hasSameSizeAs(header);
    values.forEach(
        (name, value) -> {
          assertThat(header).contains(name);
          cells[header.indexOf(name)] = value;
        });
    Path restated = landing.resolve("2025-12-03").resolve("restated_" + record + ".csv");
    Files.createDirectories(restated.getParent());
    Files.writeString(restated, lines.get(0) + "\n" + String.join(",", cells) + "\n");
  }

  private static String at(String place) {
    return folder.resolve(place).toString();
  }

  private DeltaTables run(String warehouse, String landing, String name, String... more) {
    String tables =
        TABLES.stream().map(TableContract::qualifiedName).collect(Collectors.joining(","));
    List<String> args =
        new ArrayList<>(
            List.of("run", "--landing", at(landing), "--warehouse", at(warehouse), "--demo-key"));
    args.addAll(List.of("--config", "../pipelines", "--run-id", name, "--tables", tables));
    args.addAll(List.of("--period", PERIOD));
    args.addAll(List.of(more));
    needle(args.toArray(String[]::new));
    return new DeltaTables(session(), at(warehouse));
  }

  private void deliver(List<Path> some, String landing) throws IOException {
    for (Path file : some) {
      Path to = folder.resolve(landing).resolve(file);
      Files.createDirectories(to.getParent());
      Files.copy(folder.resolve("company/landing").resolve(file), to);
    }
    Files.writeString(folder.resolve(landing).resolve(Landing.SIMULATED), "");
  }

  // Another split: -Dneedle.split=SEED.
  @Test
  void anySplitInAnyOrderEndsAsOneCleanRun() throws IOException {
    long seed = Long.getLong("needle.split", 1);
    List<List<Path>> batches = split(new Random(seed));
    String landing = "landing-" + seed;
    DeltaTables tables = null;
    for (int batch = 0; batch < batches.size(); batch++) {
      deliver(batches.get(batch), landing);
      if (batch > 0) {
        leaveWhatADeadRunLeaves(tables);
      }
      tables = run("warehouse-" + seed, landing, "batch-" + batch);
    }
    for (TableContract table : made(clean)) {
      assertSame(table, tables, clean, seed);
    }
    assertThat(narrowed(tables)).isGreaterThan(20);
    assertTheSameWasKnown(landing, "warehouse-" + seed, seed);
  }

  // An extract that nobody delivers has no table.
  private static List<TableContract> made(DeltaTables tables) {
    List<TableContract> made =
        TABLES.stream().filter(t -> tables.exists(t.qualifiedName())).toList();
    assertThat(made).hasSizeGreaterThan(40);
    return made;
  }

  // Versions that were written and never entered in the ledger.
  private static void leaveWhatADeadRunLeaves(DeltaTables tables) {
    for (String table : List.of("bronze.crm_case", "silver.sales", "panel.kpi_outcomes")) {
      tables.append(table, tables.latest(table));
    }
  }

  // What was known at a date is what a landing folder gives that ends there.
  private void assertTheSameWasKnown(String landing, String warehouse, long seed)
      throws IOException {
    run(warehouse, landing, "then", "--as-known-at", KNOWN_AT);
    String shorter = landing + "-shorter";
    deliver(
        files.stream().filter(f -> f.getName(2).toString().compareTo(KNOWN_AT) <= 0).toList(),
        shorter);
    DeltaTables expected = run("shorter-" + seed, shorter, "shorter");
    DeltaTables then = new DeltaTables(session(), at(warehouse + "/as_known_at/" + KNOWN_AT));
    for (TableContract table : made(expected)) {
      if (table.layer() != Layer.BRONZE) {
        assertSame(table, then, expected, seed);
      }
    }
  }

  // Most files come in the order of delivery; some before, some after their turn.
  private List<List<Path>> split(Random dice) {
    Map<Integer, List<Path>> batches = new TreeMap<>();
    List<String> dates =
        files.stream().map(f -> f.getName(2).toString()).distinct().sorted().toList();
    for (Path file : files) {
      int turn = 2 * dates.indexOf(file.getName(2).toString()) / dates.size();
      int batch = dice.nextInt(5) == 0 ? dice.nextInt(4) : turn;
      batches.computeIfAbsent(batch, b -> new ArrayList<>()).add(file);
    }
    batches.values().forEach(b -> Collections.shuffle(b, dice));
    return new ArrayList<>(batches.values());
  }

  private void assertSame(TableContract table, DeltaTables found, DeltaTables expected, long seed) {
    List<String> due = rows(table, expected);
    assertThat(due.isEmpty()).as("%s", table).isEqualTo(ONLY_LATER.contains(table.name()));
    assertThat(rows(table, found)).as("%s, split by seed %d", table, seed).isEqualTo(due);
  }

  private static List<String> rows(TableContract table, DeltaTables tables) {
    Dataset<Row> stored = tables.at(table.qualifiedName(), version(table, tables));
    Dataset<Row> rows = table.layer() == Layer.BRONZE ? stored.drop("_run_id") : stored;
    Column[] columns = Stream.of(rows.columns()).sorted().map(c -> col(c)).toArray(Column[]::new);
    return rows.select(columns).collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private static long version(TableContract table, DeltaTables tables) {
    RunLedger.Stamp reader = new RunLedger.Stamp("reader", "test", "test", "key", 1);
    return new RunLedger(tables, reader, Clock.systemUTC())
        .bases()
        .get(table.qualifiedName())
        .version();
  }

  // How many tables were changed in place, so that the test does not only see full computations.
  private static long narrowed(DeltaTables tables) {
    Predicate<Row> inPlace = r -> !r.isNullAt(0) && r.getLong(0) > 0;
    return tables
        .latest(RunLedger.TABLE.qualifiedName())
        .where("entry = 'TABLE' and table_name not like 'bronze.%'")
        .select("rows_changed")
        .collectAsList()
        .stream()
        .filter(inPlace)
        .count();
  }

  @Test
  void theSameDeliveryTwiceMakesNoVersion() {
    Map<String, Long> before = versions();
    run("clean", "company/landing", "again");
    assertThat(versions()).isEqualTo(before);
  }

  private Map<String, Long> versions() {
    return TABLES.stream()
        .map(TableContract::qualifiedName)
        .collect(Collectors.toMap(t -> t, clean::version));
  }
}
