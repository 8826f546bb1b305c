package needle.pipelines;

import static needle.pipelines.NeedleVerb.needle;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.gold.SmallCells;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.panel.LeaverCoverage;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import needle.silver.MatchRates;
import needle.silver.Unattributed;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small simulated company from its extracts to the dashboard, twice. */
class WalkTest extends SparkTest {
  private static final Declarations DECLARED = Declarations.read(Path.of("..", "pipelines"));

  // The dashboard's own tests open it in a browser.
  private static final String BROWSED = "target/walk/dashboard.html";

  @TempDir static Path folder;
  private final Map<TableContract, List<String>> firstRun = new HashMap<>();
  private DeltaTables tables;

  @BeforeAll
  void walkTwice() {
    needle("simulate", "--employees", "240", "--months", "24", "--seed", "3", "--out", at(""));
    tables = new DeltaTables(session(), at("warehouse"));
    run("first");
    tablesOf(Layer.GOLD).forEach(t -> firstRun.put(t, lines(rows(t))));
    run("second");
  }

  private void run(String name) {
    needle(
        "run",
        "--landing",
        at("landing"),
        "--warehouse",
        at("warehouse"),
        "--config",
        "../pipelines",
        "--demo-key",
        "--run-id",
        name);
  }

  private static String at(String place) {
    return folder.resolve(place).toString();
  }

  private static List<TableContract> tablesOf(Layer layer) {
    return JobGraph.of(DECLARED.contracts(), Catalog.jobs()).nodes().stream()
        .map(JobGraph.Node::table)
        .filter(t -> t.layer() == layer)
        .toList();
  }

  private static boolean isDelivered(JobGraph.Node node) {
    return node.extract()
        .map(e -> Files.exists(folder.resolve("landing").resolve(e.folder())))
        .orElse(true);
  }

  private Dataset<Row> rows(TableContract table) {
    long version =
        new Publications(tables).current().orElseThrow().tableVersions().get(table.qualifiedName());
    return tables.at(table.qualifiedName(), version);
  }

  private static List<String> lines(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private Dataset<Row> ledger() {
    return tables.latest(RunLedger.TABLE.qualifiedName());
  }

  @Test
  void aRerunPublishesTheSameNumbersBitForBit() {
    assertThat(new Publications(tables).current().orElseThrow().runId()).isEqualTo("second");
    assertThat(firstRun).hasSize(8);
    firstRun.forEach(
        (table, before) -> assertThat(lines(rows(table))).as("%s", table).isEqualTo(before));
    assertThat(firstRun.values().stream().filter(List::isEmpty)).isEmpty();
  }

  // A change of any published number shows in review, as a difference of these files.
  @Test
  void theSimulatedCompanysGoldIsWhatWasReviewed() throws IOException {
    for (TableContract table : tablesOf(Layer.GOLD)) {
      List<String> keys = table.grain();
      List<String> rows =
          rows(table)
              .orderBy(keys.stream().map(k -> col(k)).toArray(Column[]::new))
              .collectAsList()
              .stream()
              .map(WalkTest::reviewed)
              .toList();
      assertThat(rows).as("%s", table).isNotEmpty();
      Golden.check(
          "pipelines/src/test/golden/" + table + ".txt",
          String.join(" | ", table.columnNames()) + "\n" + String.join("\n", rows) + "\n");
    }
  }

  // Six digits: the last ones may differ between processors.
  private static String reviewed(Row row) {
    return IntStream.range(0, row.size())
        .mapToObj(row::get)
        .map(v -> v instanceof Double d ? String.format(Locale.ROOT, "%.6g", d) : v)
        .map(v -> v == null ? "" : v.toString())
        .collect(Collectors.joining(" | "));
  }

  @Test
  void everyDeliveredRecordIsAcceptedRejectedOrADuplicate() throws IOException {
    Map<String, Long> delivered = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("landing"))) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(csv|jsonl)")).toList()) {
        long lines;
        try (Stream<String> text = Files.lines(file, StandardCharsets.UTF_8)) {
          lines = text.filter(l -> !l.isBlank()).count();
        }
        delivered.put(folder.resolve("landing").relativize(file).toString(), lines);
      }
    }
    List<Row> accounts = ledger().where("run_id = 'first' and entry = 'FILE'").collectAsList();
    assertThat(accounts).hasSameSizeAs(delivered.keySet());
    for (Row account : accounts) {
      long read = account.<Long>getAs("rows_read");
      long headers = delivered.get(account.<String>getAs("file")) - read;
      assertThat(headers).as(account.<String>getAs("file")).isIn(0L, 1L, 3L);
      assertThat(
              account.<Long>getAs("rows_accepted")
                  + account.<Long>getAs("rows_rejected")
                  + account.<Long>getAs("rows_duplicate"))
          .isEqualTo(read);
    }
    assertThat(accounts.stream().mapToLong(r -> r.<Long>getAs("rows_rejected")).sum()).isPositive();
    assertThat(accounts.stream().mapToLong(r -> r.<Long>getAs("rows_duplicate")).sum())
        .isPositive();
  }

  @Test
  void theLedgerSaysWhatEachTableWasMadeFromAndBy() {
    List<Row> made = ledger().where("run_id = 'second' and entry = 'TABLE'").collectAsList();
    assertThat(made)
        .hasSize(
            (int)
                JobGraph.of(DECLARED.contracts(), Catalog.jobs()).nodes().stream()
                    .filter(WalkTest::isDelivered)
                    .count());
    for (Row row : made) {
      assertThat(row.<String>getAs("status")).isEqualTo("ok");
      assertThat(row.<String>getAs("config_hash")).isEqualTo(DECLARED.hash());
      assertThat(row.<Long>getAs("seed")).isEqualTo(1L);
      boolean isRead = row.<String>getAs("table_name").startsWith("bronze.");
      assertThat(row.<String>getAs("input_versions").isEmpty()).isEqualTo(isRead);
    }
  }

  @Test
  void everyFactHasAPersonOrIsCountedUnderItsReason() {
    int withReasons = 0;
    for (TableContract table : tablesOf(Layer.SILVER)) {
      if (table.find("unattributed_because").isEmpty()) {
        continue;
      }
      String ofTable = "split(source, '/')[0] = '" + table.name() + "'";
      long facts = rows(table).count();
      long nobodys = rows(table).where("employee_id is null").count();
      assertThat(total(MatchRates.TABLE, ofTable, "facts")).as("%s", table).isEqualTo(facts);
      assertThat(total(MatchRates.TABLE, ofTable, "matched")).isEqualTo(facts - nobodys);
      assertThat(total(Unattributed.TABLE, ofTable, "facts")).as("%s", table).isEqualTo(nobodys);
      withReasons += nobodys > 0 ? 1 : 0;
    }
    assertThat(withReasons).isGreaterThanOrEqualTo(3);
    assertThat(lines(rows(Unattributed.TABLE).select("reason").distinct()))
        .contains("[shared_account]", "[test_account]");
  }

  private long total(TableContract table, String where, String column) {
    Row sum = rows(table).where(where).selectExpr("coalesce(sum(" + column + "), 0L)").first();
    return sum.getLong(0);
  }

  @Test
  void theSimulatedLearningSystemsHaveNotForgottenWhoLeft() {
    assertThat(lines(rows(LeaverCoverage.TABLE).select("source", "leavers_are_missing")))
        .containsExactly("[lms_learning_history,false]", "[lms_xapi_statements,false]");
    assertThat(rows(LeaverCoverage.TABLE).where("is_testable").count()).isPositive();
  }

  @Test
  void goldTellsOfNoPerson() {
    Set<String> people = new HashSet<>();
    tables
        .latest("silver.identities")
        .select("employee_id")
        .distinct()
        .collectAsList()
        .forEach(r -> people.add(r.getString(0)));
    tables
        .latest("bronze.hris_emp_employment")
        .select("user_id")
        .distinct()
        .collectAsList()
        .forEach(r -> people.add(r.getString(0)));
    assertThat(people).hasSizeGreaterThan(400);
    int cells = 0;
    for (TableContract table : tablesOf(Layer.GOLD)) {
      assertThat(table.columnNames()).doesNotContain("employee_id", "user_id", "email");
      for (String cell : texts(table)) {
        assertThat(people).as("%s", table).doesNotContain(cell);
        cells++;
      }
    }
    assertThat(cells).isGreaterThan(100);
  }

  @Test
  void silverAndPanelKnowPeopleByPseudonymOnly() {
    Set<String> numbers =
        tables
            .latest("bronze.hris_emp_employment")
            .select("user_id")
            .distinct()
            .collectAsList()
            .stream()
            .map(r -> r.getString(0))
            .collect(Collectors.toSet());
    List<TableContract> withPeople = new ArrayList<>(tablesOf(Layer.SILVER));
    withPeople.addAll(tablesOf(Layer.PANEL));
    for (TableContract table : withPeople) {
      assertThat(texts(table)).as("%s", table).doesNotContainAnyElementsOf(numbers);
    }
  }

  private Set<String> texts(TableContract table) {
    Dataset<Row> rows = rows(table);
    Set<String> cells = new HashSet<>();
    for (TableContract.ColumnContract column : table.columns()) {
      if (column.type().equals(DataTypes.StringType)) {
        rows.select(col(column.name()))
            .distinct()
            .collectAsList()
            .forEach(r -> cells.add(r.getString(0)));
      }
    }
    cells.remove(null);
    return cells;
  }

  @Test
  void goldCountsNobodyBelowTheSmallestCell() {
    int counts = 0;
    for (TableContract table : tablesOf(Layer.GOLD)) {
      for (String column : List.of("people", "trained", "treated", "control", "employees")) {
        if (table.find(column).isPresent()) {
          assertThat(rows(table).where(col(column).lt(SmallCells.FEWEST_PEOPLE)).count())
              .as("%s.%s", table, column)
              .isZero();
          counts++;
        }
      }
    }
    assertThat(counts).isPositive();
  }

  @Test
  void everyQuestionOfEveryPlanHasAnAnswerOrAReason() {
    TableContract effects = needle.gold.TrainingEffects.TABLE;
    int questions = DECLARED.plans().stream().mapToInt(p -> p.questions().size()).sum();
    assertThat(rows(effects).count()).isEqualTo(questions);
    assertThat(rows(effects).where("verdict = 'cant_tell' and reasons is null").count()).isZero();
    assertThat(
            lines(
                rows(effects)
                    .where("kpi_id = 'time_to_productivity'")
                    .select("verdict", "reasons", "estimate")
                    .distinct()))
        .containsExactly("[cant_tell,not_yet,null]");
  }

  @Test
  void theDashboardShowsWhatIsPublished() throws IOException {
    String said =
        needle(
            "dashboard",
            "--warehouse",
            at("warehouse"),
            "--sources",
            "../dashboards",
            "--company",
            "Walk & Sons",
            "--out",
            BROWSED);
    assertThat(said).contains("The findings that matter most:", "  1. ", "  3. ");
    String page = Files.readString(Path.of(BROWSED));
    assertThat(page).contains("\"run_id\":\"second\"", "Walk & Sons").doesNotContain("inline:");
  }
}
