package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.pipelines.faults.ChildRun;
import needle.pipelines.faults.Deliveries;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.run.Pseudonyms;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The life of a pseudonym key: a run in a JVM of its own, a wrong key, and rotations. */
@TestMethodOrder(OrderAnnotation.class)
class PseudonymKeyTest extends SparkTest {
  private static final String OLD = "canary-Sq7vXw2LmN0pRt5y";
  private static final String NEW = "canary-Kd4hJf8GzB3cVn1m";
  private static final String CODEC = "spark.sql.parquet.compression.codec";

  @TempDir static Path folder;
  private DeltaTables tables;
  private Set<String> oldPseudonyms;
  private Map<String, List<String>> oldGold;

  @BeforeAll
  void runOnce() throws IOException, InterruptedException {
    new Deliveries(session(), folder).make();
    runInItsOwnJvm();
    tables = new DeltaTables(session(), at("warehouse"));
    session().conf().set(CODEC, "uncompressed");
    oldPseudonyms = pseudonyms();
    oldGold = gold();
  }

  @AfterAll
  void compressAgain() {
    session().conf().unset(CODEC);
  }

  private static String at(String place) {
    return folder.resolve(place).toString();
  }

  // With an event log, and files that can be searched for text.
  private static void runInItsOwnJvm() throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("events"));
    List<String> line = new ArrayList<>(List.of("run", "--run-id", "first"));
    line.addAll(places());
    ChildRun run =
        new ChildRun(Files.createDirectories(folder.resolve("child")))
            .in(Map.of(Pseudonyms.KEY, OLD))
            .with("-Dspark.eventLog.enabled=true")
            .with("-Dspark.eventLog.compress=false")
            .with("-Dspark.eventLog.dir=" + folder.resolve("events").toUri())
            .with("-Dspark.local.dir=" + at("local"))
            .with("-D" + CODEC + "=uncompressed")
            .start(line);
    assertThat(run.exitCode()).as(run.said()).isZero();
    assertThat(run.said()).contains("published");
  }

  private static List<String> places() {
    return List.of(
        "--landing", at("landing"), "--warehouse", at("warehouse"), "--config", at("config"));
  }

  private static String call(Callable<Integer> verb, String... args) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(verb).setOut(new PrintWriter(said, true));
    line.parseArgs(args);
    try {
      assertThat(verb.call()).isZero();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return said.toString();
  }

  private static String[] inPlace(String... more) {
    return Stream.concat(places().stream(), Stream.of(more)).toArray(String[]::new);
  }

  private static void run(String key, String runId) {
    call(new RunCommand(Map.of(Pseudonyms.KEY, key)), inPlace("--run-id", runId));
  }

  private static String rotate(String key, String... more) {
    return call(new RotateKeyCommand(Map.of(Pseudonyms.KEY, key)), inWarehouse(more));
  }

  private static String[] inWarehouse(String... more) {
    return Stream.concat(
            Stream.of("--warehouse", at("warehouse"), "--config", at("config")), Stream.of(more))
        .toArray(String[]::new);
  }

  private Map<String, Long> published() {
    return new Publications(tables).current().orElseThrow().tableVersions();
  }

  private Set<String> pseudonyms() {
    Set<String> found = new HashSet<>();
    for (String table :
        List.of("silver.identities", "silver.employments", "panel.employee_panel")) {
      tables
          .at(table, published().get(table))
          .where("employee_id is not null")
          .select("employee_id")
          .distinct()
          .collectAsList()
          .forEach(r -> found.add(r.getString(0)));
    }
    return found;
  }

  private Map<String, List<String>> gold() {
    Map<String, List<String>> rows = new TreeMap<>();
    published()
        .forEach(
            (table, version) -> {
              if (table.startsWith(Layer.GOLD.schema() + ".")) {
                rows.put(
                    table,
                    tables.at(table, version).collectAsList().stream()
                        .map(Row::toString)
                        .sorted()
                        .toList());
              }
            });
    return rows;
  }

  /** Files below a folder that hold any of the texts. */
  private static List<Path> filesWith(Path root, Set<String> texts) throws IOException {
    Predicate<String> holdsAny = holdsAny(texts);
    List<Path> hits = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (holdsAny.test(Files.readString(file, StandardCharsets.ISO_8859_1))) {
          hits.add(file);
        }
      }
    }
    return hits;
  }

  // Hundreds of texts in one pass: each place is looked up by its first letters.
  private static Predicate<String> holdsAny(Set<String> texts) {
    int length = texts.stream().mapToInt(String::length).min().orElseThrow();
    Map<String, List<String>> byStart =
        texts.stream().collect(Collectors.groupingBy(t -> t.substring(0, length)));
    Set<Character> first = texts.stream().map(t -> t.charAt(0)).collect(Collectors.toSet());
    return in ->
        IntStream.rangeClosed(0, in.length() - length)
            .filter(i -> first.contains(in.charAt(i)))
            .anyMatch(
                i ->
                    byStart.getOrDefault(in.substring(i, i + length), List.of()).stream()
                        .anyMatch(t -> in.startsWith(t, i)));
  }

  private static Set<String> written(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Set.of(key, Base64.getEncoder().encodeToString(bytes), HexFormat.of().formatHex(bytes));
  }

  @Test
  @Order(1)
  void nothingThatARunLeavesBehindHoldsTheKey() throws IOException {
    assertThat(filesWith(folder, written(OLD))).isEmpty();
    // The same search finds what is there: table names in the event log, pseudonyms in the tables.
    assertThat(filesWith(folder.resolve("events"), Set.of("silver.identities"))).isNotEmpty();
    assertThat(filesWith(folder.resolve("warehouse/silver"), oldPseudonyms)).isNotEmpty();
  }

  @Test
  @Order(2)
  void anotherKeyIsRefusedBeforeAnythingIsComputed() {
    assertThatThrownBy(() -> run(NEW, "wrong"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("another pseudonym key")
        .hasMessageContaining("needle rotate-key");
    assertThat(new Publications(tables).current().orElseThrow().runId()).isEqualTo("first");
  }

  @Test
  @Order(3)
  void theSameKeyIsNoRotation() {
    assertThatThrownBy(() -> rotate(OLD)).hasMessageContaining("The key is not a new one");
  }

  @Test
  @Order(3)
  void whereNothingIsPublishedThereIsNothingToRotate() {
    assertThatThrownBy(
            () ->
                call(
                    new RotateKeyCommand(Map.of(Pseudonyms.KEY, NEW)),
                    "--warehouse",
                    at("empty"),
                    "--config",
                    "../pipelines"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There are no pseudonyms to replace");
  }

  @Test
  @Order(4)
  void aRotationRenamesEverybodyAndChangesNoFigure() throws IOException {
    String said = rotate(NEW);
    assertThat(said)
        .contains("silver.sales", "still hold old pseudonyms", "--vacuum")
        .doesNotContain("as_known_at");
    assertThat(pseudonyms())
        .hasSameSizeAs(oldPseudonyms)
        .doesNotContainAnyElementsOf(oldPseudonyms);
    assertThat(oldGold).hasSizeGreaterThanOrEqualTo(8);
    gold().forEach((table, rows) -> assertThat(rows).as(table).isEqualTo(oldGold.get(table)));
    for (Map.Entry<String, Long> table : published().entrySet()) {
      if (!table.getKey().startsWith(Layer.BRONZE.schema())) {
        assertThat(tables.at(table.getKey(), table.getValue()).toJSON().collectAsList())
            .as(table.getKey())
            .noneMatch(holdsAny(oldPseudonyms));
      }
    }
    assertThat(filesWith(folder, written(NEW))).isEmpty();
  }

  @Test
  @Order(5)
  void afterwardsTheOldKeyAndTheOldRunAreRefused() {
    assertThatThrownBy(() -> run(OLD, "late"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("another pseudonym key");
    assertThatThrownBy(() -> call(new PublishCommand(), inWarehouse("--run-id", "first")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("another pseudonym key");
  }

  @Test
  @Order(6)
  void vacuumLeavesNoFileWithAnOldPseudonym() throws IOException {
    assertThat(filesWith(folder.resolve("warehouse"), oldPseudonyms)).isNotEmpty();
    Files.createDirectories(folder.resolve("warehouse").resolve(RunCommand.AS_KNOWN_AT));
    String said = rotate("canary-3rd-Zx9cVb6nQw", "--vacuum");
    assertThat(said).contains("as_known_at/", "delete it");
    assertThat(filesWith(folder.resolve("warehouse"), oldPseudonyms)).isEmpty();
  }
}
