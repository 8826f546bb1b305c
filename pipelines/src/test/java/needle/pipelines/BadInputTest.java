package needle.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.pipelines.ingest.Landing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong, as they meet it at the command line: exit code 2, and what to do. */
class BadInputTest extends SparkTest {
  private static final String HEADER = "id,created_at,category_label,modified_at\n";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path folder;

  private int needle(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private void isRefused(String because, String... args) {
    assertThat(needle(args)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString())
        .contains("error: ", "\n  cause:  ", "\n  remedy: ", because)
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "sql --format yaml q        | expected one of [TABLE, CSV, JSON]",
        "sql                        | Missing required parameter: 'QUERY'",
        "sql --limit -5 q           | --limit is negative",
        "run --threat               | Unknown option: '--threat'",
        "run --threads two          | 'two' is not an int",
        "run --demo-key --threads 0 | --threads is below one",
        "trian                      | Unmatched argument",
        "simulate --employees 0     | employees",
      })
  void aWrongCommandLineIsNamed(String line, String because) {
    isRefused(because, line.split(" "));
  }

  @Test
  void aMistypedOptionIsRecognised() {
    needle("run", "--threat", "2");
    assertThat(err.toString()).contains("Possible solutions: --threads");
  }

  @Test
  void aQueryThatFailsOnTheRowsIsTheQuerysFault() {
    String query = "select id / 0 from range(3)";
    isRefused("zero", "sql", "--warehouse", at("warehouse"), "--config", "../pipelines", query);
  }

  private String at(String place) {
    return folder.resolve(place).toString();
  }

  private String[] readingNearMisses(String csv) throws IOException {
    Path delivery = folder.resolve("landing/safety/near_miss/2024-02-03");
    Files.createDirectories(delivery);
    Files.writeString(delivery.resolve("near_miss.csv"), csv);
    Files.writeString(folder.resolve("landing").resolve(Landing.SIMULATED), "");
    return new String[] {
      "run",
      "--demo-key",
      "--tables",
      "bronze.safety_near_miss",
      "--landing",
      at("landing"),
      "--warehouse",
      at("warehouse"),
      "--config",
      "../pipelines"
    };
  }

  // Every column of the contract, the given ones filled.
  private static String delivered(String... records) {
    String rest =
        "unique_id,creator_id,creator_user_name,occurred_at,due_at,priority,status,category_id,site_id,"
            + "site_name,location_name,template_id,inspection_id,completed_at,asset_id";
    StringBuilder csv = new StringBuilder(HEADER.strip() + "," + rest + "\n");
    for (String record : records) {
      csv.append(record).append(",".repeat(15)).append('\n');
    }
    return csv.toString();
  }

  @Test
  void aMissingColumnIsNamedWithItsFile() throws IOException {
    String csv = delivered().replace("category_label", "category");
    isRefused("category_label", readingNearMisses(csv));
    assertThat(err.toString()).contains("near_miss.csv");
  }

  @Test
  void aValueOfTheWrongTypeIsARejectedRowWithItsReason() throws IOException {
    String csv =
        delivered(
            "1,2024-01-05T08:00:00Z,Near miss,2024-01-05T08:00:00Z",
            "2,last Friday,Near miss,2024-01-05T08:00:00Z");
    assertThat(needle(readingNearMisses(csv))).as(err.toString()).isZero();
    String rejected = "select _line, _reason from bronze.safety_near_miss__rejected";
    String[] query = {
      "sql",
      "--staged",
      "--format",
      "csv",
      "--warehouse",
      at("warehouse"),
      "--config",
      "../pipelines"
    };
    assertThat(needle(Stream.concat(Stream.of(query), Stream.of(rejected)).toArray(String[]::new)))
        .as(err.toString())
        .isZero();
    assertThat(out.toString().lines().skip(1))
        .singleElement()
        .asString()
        .startsWith("3,")
        .contains("created_at", "last Friday");
  }

  @Test
  void aPlanThatAsksForAnUnknownKpiIsNamed() throws IOException {
    for (String part : List.of("contracts", "kpis", "plans")) {
      try (Stream<Path> files = Files.walk(Path.of(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.createDirectories(folder.resolve(file).getParent());
          Files.copy(file, folder.resolve(file));
        }
      }
    }
    Path plan = folder.resolve("plans/safety.yaml");
    Files.writeString(
        plan, Files.readString(plan).replace("kpi: near_miss_rate", "kpi: happiness"));
    isRefused("plan safety asks for KPI happiness", "graph", "--config", folder.toString());
  }

  @Test
  void aPanelWithoutControlsIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("panel.csv"),
        "shop,year,sales,opened\n1,1,5,2\n1,2,6,2\n1,3,7,2\n2,1,4,2\n2,2,4,2\n2,3,5,2\n");
    Path study = folder.resolve("study.yaml");
    Files.writeString(
        study,
        """
        study: shops
        panel: {path: panel.csv, unit: shop, period: year}
        outcome: {column: sales}
        treatment: {adopted: opened, never: 0}
        methods:
          - {estimator: staggered_did}
        """);
    isRefused("There is nobody to compare the treated with", "estimate", study.toString());
  }
}
