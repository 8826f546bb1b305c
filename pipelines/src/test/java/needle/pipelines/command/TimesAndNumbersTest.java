package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import needle.pipelines.ingest.BronzeIngest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written is what is read: no time is moved twice, and no text becomes a number by luck.
 */
class TimesAndNumbersTest extends CommandTest {
  private static final String FILE = "lms/completions/2025-01-03/a.csv";

  private static String hours(String type) {
    return completions("1.0.0")
        .replace("timezone, value: UTC", "timezone, value: Europe/Berlin")
        .replace("physicalName: hours, logicalType: number", "physicalName: hours, " + type);
  }

  private String ingested(String type, String... values) throws IOException {
    declare("completions", hours(type));
    StringBuilder file = new StringBuilder("learner,course,hours\n");
    for (int i = 0; i < values.length; i++) {
      file.append("u").append(i).append(",c,\"").append(values[i]).append("\"\n");
    }
    deliver(FILE, file.toString());
    assertThat(here("ingest")).as(err()).isZero();
    return accepted();
  }

  private String accepted() {
    return text(
        tables().latest("bronze.lms_completions").where("_outcome = 'accepted'"),
        "learner",
        "hours");
  }

  private String rejected() {
    return text(
        BronzeIngest.rejected(tables().latest("bronze.lms_completions")), "_line", "_reason");
  }

  @Test
  void aTimeThatSaysItsZoneKeepsIt() throws IOException {
    assertThat(
            ingested(
                "logicalType: timestamp",
                "2024-03-01 08:00:00",
                "2024-03-01T08:00:00Z",
                "2024-03-01 08:00:00 UTC",
                "2024-03-01T08:00:00 CET",
                "2024-03-01T08:00:00.250-0500",
                "2024-03-01 08:00:00+2",
                "2024-03-01 08:00:00 UTC+2",
                "2024-03-01 08:00:00 America/New_York",
                "2024-03-01"))
        .isEqualTo(
            """
            u0 | 2024-03-01 07:00:00.0
            u1 | 2024-03-01 08:00:00.0
            u2 | 2024-03-01 08:00:00.0
            u3 | 2024-03-01 07:00:00.0
            u4 | 2024-03-01 13:00:00.25
            u5 | 2024-03-01 06:00:00.0
            u6 | 2024-03-01 06:00:00.0
            u7 | 2024-03-01 13:00:00.0
            u8 | 2024-02-29 23:00:00.0""");
    assertThat(rejected()).isEmpty();
  }

  @Test
  void aTimeWithoutItsDayIsRejected() throws IOException {
    String[] values = {
      "10:30:00", "T10:30Z", "10:30", "2024", "2024-05", "2024-05Z", "2024-5-1 8:00"
    };
    assertThat(ingested("logicalType: timestamp", values)).isEqualTo("u6 | 2024-05-01 06:00:00.0");
    assertThat(rejected().lines())
        .hasSize(6)
        .allMatch(r -> r.endsWith("' is not a time of the contract's format"));
  }

  @Test
  void aDateWithoutItsDayIsRejected() throws IOException {
    assertThat(ingested("logicalType: date", "2024", "2024-05", "10:30:00", "2024-05-01"))
        .isEqualTo("u3 | 2024-05-01");
  }

  @Test
  void soDoesOneWhosePatternHasAZone() throws IOException {
    String pattern =
        "logicalType: timestamp, logicalTypeOptions: {format: \"dd.MM.yyyy 'Z' HH:mm XXX\"}";
    assertThat(ingested(pattern, "01.03.2024 Z 08:00 +02:00", "01.03.2024 Z 08:00 Z"))
        .isEqualTo("u0 | 2024-03-01 06:00:00.0\nu1 | 2024-03-01 08:00:00.0");
  }

  @Test
  void aLetterInQuotesIsNoZone() throws IOException {
    assertThat(
            ingested(
                "logicalType: timestamp, logicalTypeOptions: {format: \"dd.MM.yyyy 'Z' HH:mm\"}",
                "01.03.2024 Z 08:00"))
        .isEqualTo("u0 | 2024-03-01 07:00:00.0");
  }

  private void deliverParquet(String contract, String query) throws IOException {
    declare(
        "completions",
        contract
            .replace("Europe/Berlin", "America/Denver")
            .replace("*.csv\", format: csv, delimiter: \",\"", "*.parquet\", format: parquet"));
    Path made = folder.resolve("made");
    session().sql(query).coalesce(1).write().mode("overwrite").parquet(made.toString());
    Path landed = deliver("lms/completions/2025-01-03/a.parquet", "");
    try (Stream<Path> parts = Files.list(made)) {
      Files.write(
          landed,
          Files.readAllBytes(
              parts.filter(p -> p.toString().endsWith(".parquet")).findFirst().orElseThrow()));
    }
    assertThat(here("ingest")).as(err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logicalType: timestamp",
        "logicalType: timestamp, logicalTypeOptions: {format: \"yyyy-MM-dd HH:mm:ss\"}"
      })
  void aParquetColumnOfInstantsHasItsOwn(String type) throws IOException {
    deliverParquet(
        hours(type),
        "select 'u1' as learner, 'c' as course, timestamp'2024-03-01 08:00:00Z' as hours"
            + " union all select 'u2', 'c', null");
    assertThat(accepted()).isEqualTo("u1 | 2024-03-01 08:00:00.0\nu2 |");
  }

  @Test
  void aParquetColumnOfClockTimesIsToldInTheContractsZone() throws IOException {
    deliverParquet(
        hours("logicalType: timestamp"),
        "select 'u1' as learner, 'c' as course, timestamp_ntz'2024-03-01 08:00:00' as hours");
    assertThat(accepted()).isEqualTo("u1 | 2024-03-01 15:00:00.0");
  }

  @Test
  void anIdThatIsADoubleOfParquetIsStillThatId() throws IOException {
    deliverParquet(
        completions("1.0.0"),
        "select 204D as learner, 'c' as course, 1.5D as hours"
            + " union all select 1.5D, 'c', null union all select 1e300D, 'c', -2F");
    assertThat(accepted()).isEqualTo("1.0E300 | -2.0\n1.5 |\n204 | 1.5");
  }

  @Test
  void aYearOfFiveDigitsIsRejected() throws IOException {
    assertThat(ingested("logicalType: timestamp", "12024-03-01 08:00:00", "9999-12-31T00:00:00Z"))
        .isEqualTo("u1 | 9999-12-31 00:00:00.0");
    assertThat(rejected()).startsWith("2 | hours: '12024-03-01 08:00:00' ");
  }

  @Test
  void aNumberHasNoLetterBehindIt() throws IOException {
    assertThat(ingested("logicalType: number", "1d", "2F", "3.", "-4e1", "5"))
        .isEqualTo("u2 | 3.0\nu3 | -40.0\nu4 | 5.0");
    assertThat(rejected())
        .isEqualTo("2 | hours: '1d' is not a number\n3 | hours: '2F' is not a number");
  }

  @Test
  void aDecimalCommaIsDerivedAsTheDocumentationSays() throws IOException {
    String documented =
        Files.readString(Path.of("../docs/configuration.md"))
            .lines()
            .reduce("", (a, b) -> a + " " + b)
            .replaceFirst(".*transformLogic: \"(cast\\(if\\(not hours_text.*?)\"`.*", "$1");
    assertThat(documented).startsWith("cast(if(not hours_text");
    declare(
        "completions",
        completions("1.0.0")
            .replace(
                "- {name: hours, physicalName: hours, logicalType: number}",
                "- {name: hours_text, physicalName: hours, logicalType: string}\n"
                    + "      - {name: hours, logicalType: number, transformLogic: \""
                    + documented
                    + "\"}"));
    deliver(
        FILE,
        "learner,course,hours\nu0,c,\"1.234,5\"\nu1,c,8.5\nu2,c,\"8,5\"\nu3,c,\nu4,c,-1234\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(accepted()).isEqualTo("u0 | 1234.5\nu2 | 8.5\nu3 |\nu4 | -1234.0");
    assertThat(rejected()).isEqualTo("3 | hours: the transformLogic fails on this record");
  }

  @Test
  void aDeliveryOfTheFutureIsRefused() throws IOException {
    declare("completions", hours("logicalType: number"));
    deliver("lms/completions/2099-01-01/a.csv", "learner,course,hours\nu1,c,1\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("2099-01-01 is dated in the future", "remedy:");
    assertThat(here("ingest", "--dry-run")).isEqualTo(2);
    Files.move(
        folder.resolve("landing/lms/completions/2099-01-01"),
        folder.resolve("landing/lms/completions/" + LocalDate.now(ZoneOffset.UTC)));
    assertThat(here("ingest")).as(err()).isZero();
  }

  @Test
  void aFileWithAColonInItsNameIsRefused() throws IOException {
    declare("completions", hours("logicalType: number"));
    deliver("lms/completions/2025-01-03/export_10:00.csv", "learner,course,hours\nu1,c,1\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("export_10:00.csv cannot be read", "colon", "remedy: rename it");
  }
}
