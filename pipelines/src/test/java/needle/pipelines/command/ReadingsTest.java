package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;

/** Accepted rows are never read again, so a contract that reads them otherwise is refused. */
class ReadingsTest extends CommandTest {
  private static final String TABLE = "bronze.lms_completions";

  private void declareTimes(String format, String zone, String... custom) throws IOException {
    declare(
        "completions",
        completions("1.1.0", custom)
            .replace("timezone, value: UTC", "timezone, value: " + zone)
            .replace(
                "physicalName: hours, logicalType: number",
                "physicalName: hours, logicalType: timestamp, logicalTypeOptions: {format: \""
                    + format
                    + "\"}"));
  }

  private void deliverRows(String day, String... rows) throws IOException {
    deliver(
        "lms/completions/" + day + "/a.csv",
        "learner,course,hours\n" + String.join("\n", rows) + "\n");
  }

  private String hours() {
    return text(tables().latest(TABLE).where("_outcome = 'accepted'"), "learner", "hours");
  }

  private void requireRefusal(String changed, String... command) {
    assertThat(here(command)).as(String.join(" ", command)).isEqualTo(2);
    assertThat(err())
        .contains(
            TABLE + " holds rows that were read otherwise",
            changed,
            "`needle ingest --source lms_completions --rebuild`");
  }

  @Test
  void anotherZoneOrFormatIsRefusedUntilTheTableIsMadeAnew() throws IOException {
    declareTimes("dd.MM.yyyy HH:mm", "UTC");
    deliverRows("2025-01-03", "u1,c,03.02.2024 08:00", "u2,c,x");
    assertThat(here("ingest")).as(err()).isZero();
    declareTimes("dd.MM.yyyy HH:mm", "Europe/Berlin");
    String changed = "hours was dd.MM.yyyy HH:mm in UTC, now dd.MM.yyyy HH:mm in Europe/Berlin";
    requireRefusal(changed, "ingest");
    requireRefusal(changed, "replay");
    deliverRows("2025-02-03", "u3,c,03.02.2024 09:00");
    requireRefusal(changed, "ingest", "--dry-run");
    assertThat(here("ingest", "--rebuild")).as(err()).isZero();
    assertThat(hours()).isEqualTo("u1 | 2024-02-03 07:00:00.0\nu3 | 2024-02-03 08:00:00.0");
    assertThat(here("ingest")).as(err()).isZero();
    declareTimes("MM.dd.yyyy HH:mm", "Europe/Berlin");
    requireRefusal("now MM.dd.yyyy HH:mm in Europe/Berlin", "ingest");
  }

  @Test
  void aZoneInWhichNoTimeIsToldChangesFreely() throws IOException {
    declareTimes("epoch_seconds", "UTC");
    deliverRows("2025-01-03", "u1,c,1706947200");
    assertThat(here("ingest")).as(err()).isZero();
    declareTimes("epoch_seconds", "Europe/Berlin");
    assertThat(here("ingest")).as(err()).isZero();
  }

  @Test
  void textsThatMeanAnEmptyFieldAreRefusedWhereRowsHoldThem() throws IOException {
    declare("completions", completions("1.0.0", "{property: emptyTexts, value: [\"n/a\"]}"));
    deliverRows("2025-01-03", "u1,-,-1", "u2,c,n/a");
    assertThat(here("ingest")).as(err()).isZero();
    declare("completions", completions("1.1.0", "{property: emptyTexts, value: [\"n/a\", NULL]}"));
    assertThat(here("ingest")).as(err()).isZero();
    for (String held : new String[] {"-", "-1"}) {
      declare(
          "completions",
          completions("1.1.0", "{property: emptyTexts, value: [\"n/a\", \"" + held + "\"]}"));
      requireRefusal("it holds values that are among emptyTexts now", "ingest");
    }
    declare("completions", completions("1.1.0"));
    requireRefusal("hours was empty where it said [n/a]", "ingest");
  }

  @Test
  void aHeaderThatWasRenamedIsTaken() throws IOException {
    declare("completions", completions("1.0.0"));
    deliverRows("2025-01-03", "u1,c,1");
    assertThat(here("ingest")).as(err()).isZero();
    declare(
        "completions", completions("1.1.0").replace("physicalName: hours", "physicalName: time"));
    deliver("lms/completions/2025-02-03/a.csv", "learner,course,time\nu2,c,2\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(hours()).isEqualTo("u1 | 1.0\nu2 | 2.0");
  }

  @Test
  void aTableThatWasMadeBeforeIsTakenAsItIs() throws IOException {
    declareTimes("dd.MM.yyyy HH:mm", "UTC");
    deliverRows("2025-01-03", "u1,c,03.02.2024 08:00");
    assertThat(here("ingest")).as(err()).isZero();
    forgetReadings();
    declareTimes("dd.MM.yyyy HH:mm", "Europe/Berlin");
    assertThat(here("ingest")).as(err()).isZero();
  }

  private void forgetReadings() throws IOException {
    Path log = folder.resolve("warehouse/bronze/lms_completions/_delta_log");
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().endsWith(".crc")) {
          Files.delete(file);
        } else {
          String text = Files.readString(file);
          assertThat(text).contains("needle.readAs");
          Files.writeString(file, text.replace("needle.readAs", "unknown"));
        }
      }
    }
    DeltaLog.clearCache();
  }
}
