package needle.pipelines;

import static needle.pipelines.NeedleVerb.needle;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.PersonalData;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.Catalog;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What names a person in any shipped contract stays in bronze: no table that is made from it holds
 * the name, the name within a longer text, or a hash of it that anybody can make again.
 */
class PersonalDataTest extends SparkTest {
  private static final Path FIXTURES = Path.of("src/test/resources/extracts");
  private static final List<ExtractContract> CONTRACTS =
      Declarations.read(Path.of(".")).contracts();

  // Shorter ones stand in other columns by chance: a score, a count, a day of the month.
  private static final int SHORTEST_NAME = 4;

  @TempDir static Path folder;
  private DeltaTables tables;
  private final Map<String, String> named = new TreeMap<>();

  @BeforeAll
  void runAllFixtures() throws IOException {
    Path landing = folder.resolve("landing");
    try (Stream<Path> files = Files.walk(FIXTURES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = landing.resolve(FIXTURES.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.createFile(landing.resolve(Landing.SIMULATED));
    tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
    needle(
        "run",
        "--demo-key",
        "--period=2023-12:2024-01",
        "--landing=" + landing,
        "--warehouse=" + tables.warehouse(),
        "--config=.",
        "--tables=" + String.join(",", tables(Layer.BRONZE, Layer.SILVER, Layer.PANEL)));
    for (ExtractContract contract : CONTRACTS) {
      contract.landedFields().stream()
          .filter(field -> field.personalData() == PersonalData.PSEUDONYMISE)
          .forEach(field -> remember(contract, field.name()));
    }
  }

  private static List<String> tables(Layer... layers) {
    Set<Layer> wanted = Set.of(layers);
    return Catalog.tables(CONTRACTS).stream()
        .filter(table -> wanted.contains(table.layer()))
        .map(TableContract::qualifiedName)
        .toList();
  }

  private void remember(ExtractContract contract, String column) {
    Dataset<Row> rows =
        BronzeIngest.accepted(tables.latest(contract.table().qualifiedName()), contract);
    for (Row row : rows.selectExpr("cast(" + column + " as string)").distinct().collectAsList()) {
      String name = row.getString(0);
      if (name != null && name.length() >= SHORTEST_NAME) {
        named.put(name.toLowerCase(Locale.ROOT), contract.id() + "." + column);
      }
    }
  }

  @Test
  void everySystemNamesPeople() {
    Set<String> systems =
        named.values().stream().map(n -> n.split("_")[0]).collect(Collectors.toSet());
    assertThat(systems).containsExactlyInAnyOrder("crm", "hris", "lms", "safety");
    assertThat(named).hasSizeGreaterThan(30);
  }

  @Test
  void nothingMadeFromBronzeNamesThem() {
    Set<String> found = new TreeSet<>();
    for (String table : tables(Layer.SILVER, Layer.PANEL)) {
      for (Row row : tables.latest(table).collectAsList()) {
        for (int i = 0; i < row.size(); i++) {
          String cell = row.isNullAt(i) ? "" : row.get(i).toString().toLowerCase(Locale.ROOT);
          String column = table + "." + row.schema().fieldNames()[i];
          named.forEach(
              (name, source) -> {
                if (cell.contains(name) || hashes(name).stream().anyMatch(cell::contains)) {
                  found.add(column + " holds " + source);
                }
              });
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<String> hashes(String name) {
    List<String> hashes = new ArrayList<>();
    for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
      try {
        byte[] full =
            MessageDigest.getInstance(algorithm).digest(name.getBytes(StandardCharsets.UTF_8));
        hashes.add(HexFormat.of().formatHex(full));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
    return hashes;
  }
}
