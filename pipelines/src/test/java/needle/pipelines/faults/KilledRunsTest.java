package needle.pipelines.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import needle.SparkTest;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.PublishedViews;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are killed, starved or raced, in processes of their own: nothing of them is published,
 * and the next run leaves every table, row for row, as one clean run does.
 */
class KilledRunsTest extends SparkTest {
  private static final String FIGURES = "select * from gold.kpi_trends";

  @TempDir static Path folder;
  private Deliveries deliveries;
  private Map<String, List<String>> once;
  private List<String> figuresBefore;
  private List<String> figuresAfter;

  @BeforeAll
  void twoDeliveriesAndWhatOneCleanRunMakesOfThem() throws IOException {
    deliveries = new Deliveries(session(), folder);
    deliveries.make();
    runsWell("clean", true);
    once = deliveries.published("clean");
    figuresAfter = figures("clean");
    runsWell("base", false);
    figuresBefore = figures("base");
    assertThat(figuresBefore).isNotEmpty().isNotEqualTo(figuresAfter);
    assertThat(deliveries.published("base").get("silver.hours_worked"))
        .isNotEqualTo(once.get("silver.hours_worked"));
  }

  private void runsWell(String warehouse, boolean both) {
    assertThat(Deliveries.needle(deliveries.run(warehouse, both).toArray(String[]::new))).isEmpty();
  }

  private List<String> figures(String warehouse) {
    new PublishedViews(deliveries.tables(warehouse), List.of(), false).register(FIGURES);
    return session().sql(FIGURES).collectAsList().stream().map(Deliveries::text).sorted().toList();
  }

  // The warehouse as the first delivery left it.
  private void given(String warehouse) throws IOException {
    Deliveries.copy(folder.resolve("base"), folder.resolve(warehouse));
  }

  private ChildRun child() throws IOException {
    return new ChildRun(Files.createTempDirectory(folder, "child"));
  }

  private void assertConverges(String warehouse) {
    runsWell(warehouse, true);
    Map<String, List<String>> found = deliveries.published(warehouse);
    assertThat(found.keySet()).isEqualTo(once.keySet());
    once.forEach((table, rows) -> assertThat(found.get(table)).as(table).isEqualTo(rows));
    assertThat(figures(warehouse)).isEqualTo(figuresAfter);
  }

  // Each run dies later than the one before, on top of what that one left behind.
  @Test
  void runsThatDieAtAnyCommitAreMadeGoodByTheNext() throws IOException, InterruptedException {
    given("dies");
    for (String fault :
        List.of(
            "AFTER bronze.crm_opportunity 1",
            "MEMORY silver.sales 1",
            "DURING silver.sales 1",
            "AFTER silver.hours_worked 1",
            "BEFORE ops.run_ledger 2",
            "AFTER ops.run_ledger 2",
            "BEFORE ops.publications 1")) {
      dies("dies", fault);
      assertThat(figures("dies")).as(fault).isEqualTo(figuresBefore);
    }
    dies("dies", "AFTER ops.publications 1");
    assertThat(figures("dies")).isEqualTo(figuresAfter);
    assertConverges("dies");
    // What ends a run without memory in the tests ends it everywhere.
    for (String launcher : List.of("../needle", "../bin/spark-submit")) {
      assertThat(Files.readString(Path.of(launcher))).contains("-XX:+ExitOnOutOfMemoryError");
    }
  }

  private void dies(String warehouse, String fault) throws IOException, InterruptedException {
    ChildRun dying = child().at(fault).start(deliveries.run(warehouse, true));
    boolean starves = fault.startsWith("MEMORY");
    assertThat(dying.exitCode()).as(fault + "\n" + dying.said()).isEqualTo(starves ? 3 : 137);
    assertThat(dying.said().contains("java.lang.OutOfMemoryError")).as(fault).isEqualTo(starves);
  }

  @Test
  void firstRunsThatDieOneAfterTheOtherAreMadeGoodByTheNext()
      throws IOException, InterruptedException {
    // Few tables, so that they are soon where they die.
    String[] few = {"--tables", "bronze.crm_opportunity,bronze.crm_user"};
    for (String fault : List.of("DURING bronze.crm_opportunity 0", "DURING ops.run_ledger 0")) {
      ChildRun dying = child().at(fault).start(deliveries.run("new", true, few));
      assertThat(dying.exitCode()).as(dying.said()).isEqualTo(137);
      assertThatThrownBy(() -> figures("new")).hasMessageContaining("Nothing is published");
    }
    assertConverges("new");
    assertOldVersionsAreKept(deliveries.tables("new"));
  }

  // A child made the tables, with the settings of every run.
  private void assertOldVersionsAreKept(DeltaTables tables) {
    long published =
        new Publications(tables).current().orElseThrow().tableVersions().get("bronze.crm_user");
    List<Row> before = tables.at("bronze.crm_user", published).collectAsList();
    tables.replace("bronze.crm_user", tables.latest("bronze.crm_user").limit(1));
    tables.target("bronze.crm_user").vacuum();
    assertThat(tables.at("bronze.crm_user", published).collectAsList())
        .containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void ofTwoRunsAtOnceOneDoesTheWorkAndTheOtherIsTurnedAway()
      throws IOException, InterruptedException {
    given("raced");
    Path gate = folder.resolve("gate");
    List<ChildRun> racers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      racers.add(
          child()
              .at("WAIT ops.run_ledger 2")
              .with("-D" + FaultyLogStore.GATE + "=" + gate)
              .start(deliveries.run("raced", true)));
    }
    // The winner stands at the gate until the loser has gone.
    for (int waits = 0; waits < 6_000 && racers.stream().allMatch(ChildRun::isAlive); waits++) {
      Thread.sleep(100);
    }
    Files.createFile(gate);
    List<Integer> codes = new ArrayList<>();
    for (ChildRun racer : racers) {
      codes.add(racer.exitCode());
    }
    assertThat(codes)
        .as(racers.get(0).said() + racers.get(1).said())
        .containsExactlyInAnyOrder(0, 4);
    assertThat(racers.get(codes.indexOf(4)).said())
        .contains("is busy", "cause:", "remedy:")
        .doesNotContain("\tat ");
    assertThat(deliveries.published("raced")).isEqualTo(once);
  }

  @Test
  void aFullDiskIsNamedAndLeavesEveryTableAsItWas() throws IOException, InterruptedException {
    given("full");
    // In blocks of 512 bytes: less than the delivery needs, and enough for the ledger.
    ChildRun starved =
        child().after("ulimit -f 1024").start(deliveries.run("full", true, "--run-id", "starved"));
    assertThat(starved.exitCode()).as(starved.said()).isEqualTo(1);
    assertThat(starved.said())
        .contains("error: run failed\n  cause:  the disk is full", "\n  remedy: make room")
        .doesNotContain("\tat ");
    assertThat(figures("full")).isEqualTo(figuresBefore);
    assertThat(deliveries.endings("full").toString()).contains("[failed,the disk is full");
    assertConverges("full");
  }

  @Test
  void secretsStayOutOfTablesAndLogs() throws IOException, InterruptedException {
    String key = "canary-of-the-pseudonym-key";
    String account = "canary-of-the-storage-account";
    Path events = Files.createDirectory(folder.resolve("events"));
    List<String> line =
        deliveries.run(
            "secret",
            true,
            "--tables",
            "bronze.hris_emp_employment,bronze.crm_user,silver.identities");
    line.remove("--demo-key");
    ChildRun run =
        child()
            .in(Map.of("NEEDLE_PSEUDONYM_KEY", key))
            .with("-Dspark.hadoop.fs.azure.account.key.lake.dfs.core.windows.net=" + account)
            .with("-Dspark.needle.test.pepper=" + account)
            .with("-Dspark.eventLog.enabled=true")
            .with("-Dspark.eventLog.compress=false")
            .with("-Dspark.eventLog.dir=" + events.toUri())
            .with("-Dspark.log.level=INFO")
            .with("-Dspark.sql.parquet.compression.codec=uncompressed")
            .start(line);
    assertThat(run.exitCode()).as(run.said()).isZero();
    assertThat(deliveries.tables("secret").latest("silver.identities").count()).isPositive();
    List<byte[]> written = new ArrayList<>();
    for (String place : List.of("secret", "events")) {
      try (var all = Files.walk(folder.resolve(place))) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          written.add(Files.readAllBytes(file));
        }
      }
    }
    String all = String.join("\n", written.stream().map(KilledRunsTest::latin).toList());
    // What was looked through holds what stands beside the secrets.
    assertThat(all).contains("crm_user", "spark.needle.test.pepper", "EMPLOYEE_NUMBER");
    assertThat(run.said()).contains("INFO");
    for (String secret : List.of(key, account)) {
      assertThat(all.contains(secret)).as("tables and event logs tell " + secret).isFalse();
      assertThat(run.said()).doesNotContain(secret);
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
