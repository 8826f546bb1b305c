package needle.pipelines.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.pipelines.Main;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A small company that delivers twice, what one clean run makes of it, and what any other sequence
 * of runs made.
 */
public final class Deliveries {
  private static final List<String> KPIS =
      List.of("revenue_per_seller", "win_rate", "near_miss_rate");

  private final SparkSession spark;
  private final Path folder;

  public Deliveries(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * The first delivery in {@code first/landing}, both in {@code landing}; a short configuration.
   */
  public void make() throws IOException {
    String[] simulate = {
      "simulate", "--employees", "120", "--months", "12", "--seed", "5", "--out"
    };
    assertThat(
            needle(
                Stream.concat(Stream.of(simulate), Stream.of(at("first"))).toArray(String[]::new)))
        .isEmpty();
    copy(folder.resolve("first/landing"), folder.resolve("landing"));
    again("crm/opportunity", ",true,true,", "Amount", "98765.0", "");
    again("safety/hours_worked", "REG", "hours_worked", "12.5", garbage());
    copy(Path.of("contracts"), folder.resolve("config/contracts"));
    takeGarbage(folder.resolve("config/contracts/safety/hours_worked.yaml"));
    copy(Path.of("plans/sales_enablement.yaml"), folder.resolve("config/plans/sales.yaml"));
    for (String kpi : KPIS) {
      copy(Path.of("kpis", kpi + ".yaml"), folder.resolve("config/kpis/" + kpi + ".yaml"));
    }
  }

  // Delivers the newest record with that mark again, with another value.
  private void again(String extract, String mark, String column, String value, String more)
      throws IOException {
    Path newest;
    try (Stream<Path> files = Files.walk(folder.resolve("landing").resolve(extract))) {
      newest = files.filter(Files::isRegularFile).sorted().reduce((a, b) -> b).orElseThrow();
    }
    List<String> lines = Files.readAllLines(newest);
    List<String> header = List.of(lines.get(0).split(",", -1));
    String record = lines.stream().filter(l -> l.contains(mark)).reduce((a, b) -> b).orElseThrow();
    String[] cells = record.split(",", -1);
    assertThat(cells).hasSameSizeAs(header);
    cells[header.indexOf(column)] = value;
    Files.writeString(
        newest.resolveSibling("restated.csv"),
        lines.get(0) + "\n" + String.join(",", cells) + "\n" + more);
  }

  // Records that fit nothing and compress badly: what fills a disk.
  private static String garbage() {
    Random dice = new Random(1);
    StringBuilder lines = new StringBuilder();
    for (int line = 0; line < 10_000; line++) {
      dice.ints(160, '0', 'z').forEach(c -> lines.append((char) c));
      lines.append('\n');
    }
    return lines.toString();
  }

  private static void takeGarbage(Path contract) throws IOException {
    assertThat(contract).content().doesNotContain("\ncustomProperties:");
    Files.writeString(
        contract,
        "\ncustomProperties: [{property: failAboveRejectedShare, value: 1}]\n",
        StandardOpenOption.APPEND);
  }

  /** Copies a file, or a folder with all that is in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.toAbsolutePath().getParent());
        Files.copy(file, copy);
      }
    }
  }

  String at(String place) {
    return folder.resolve(place).toString();
  }

  /** The command line of a run over both deliveries, or over the first. */
  List<String> run(String warehouse, boolean both, String... more) {
    List<String> line = new ArrayList<>(List.of("run", "--demo-key", "--config", at("config")));
    line.addAll(List.of("--landing", at(both ? "landing" : "first/landing")));
    line.addAll(List.of("--warehouse", at(warehouse)));
    line.addAll(List.of(more));
    return line;
  }

  /** Runs a command in this process; gives its complaint, which is empty when it went well. */
  static String needle(String... line) {
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(line);
    return code == 0 ? "" : code + ": " + err;
  }

  DeltaTables tables(String warehouse) {
    return new DeltaTables(spark, at(warehouse));
  }

  /** The rows of every published table, by its name, without the name of the run. */
  Map<String, List<String>> published(String warehouse) {
    DeltaTables tables = tables(warehouse);
    Map<String, Long> versions = new Publications(tables).current().orElseThrow().tableVersions();
    Map<String, List<String>> rows = new TreeMap<>();
    versions.forEach((table, version) -> rows.put(table, rows(tables.at(table, version))));
    rows.put("files", files(tables));
    return rows;
  }

  // Every file enters the ledger once, however often it was tried.
  private static List<String> files(DeltaTables tables) {
    return rows(
        tables
            .latest(RunLedger.TABLE.qualifiedName())
            .where("entry = 'FILE' and status in ('ok', 'warning')")
            .select(
                "table_name",
                "file",
                "file_sha256",
                "rows_read",
                "rows_accepted",
                "rows_rejected",
                "rows_duplicate"));
  }

  private static List<String> rows(Dataset<Row> stored) {
    Dataset<Row> rows = stored.drop("_run_id");
    Column[] columns =
        Stream.of(rows.columns()).sorted().map(functions::col).toArray(Column[]::new);
    return rows.select(columns).collectAsList().stream().map(Deliveries::text).sorted().toList();
  }

  // Nine digits: the last ones depend on the order in which rows are added up.
  static String text(Row row) {
    return IntStream.range(0, row.size())
        .mapToObj(row::get)
        .map(v -> v instanceof Double d ? String.format(Locale.ROOT, "%.9g", d) : String.valueOf(v))
        .collect(Collectors.joining(" | "));
  }

  /** How the runs ended that the ledger knows of, and what it says of it. */
  List<Row> endings(String warehouse) {
    return tables(warehouse)
        .latest(RunLedger.TABLE.qualifiedName())
        .where("entry = 'RUN'")
        .orderBy("recorded_at")
        .select("status", "message")
        .collectAsList();
  }
}
