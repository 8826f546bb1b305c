package needle.pipelines.lake;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.Period;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock that runs backwards changes neither which version holds nor which publication does. */
class ClockSkewTest extends SparkTest {
  private static final Clock NOW = at("2026-01-01T00:00:00Z");
  private static final Clock LONG_BEFORE = at("1999-12-31T23:59:59Z");
  private static final Period MAY =
      new Period(LocalDate.parse("2024-05-01"), LocalDate.parse("2024-05-31"));
  private static final String TABLE = "gold.hours";

  @TempDir Path folder;
  private DeltaTables tables;

  @BeforeEach
  void freshWarehouse() {
    tables = new DeltaTables(session(), folder.toString());
  }

  private static Clock at(String instant) {
    return Clock.fixed(Instant.parse(instant), ZoneOffset.UTC);
  }

  private static RunLedger.Stamp stamp(Clock clock) {
    return new RunLedger.Stamp("run of " + clock.instant(), "test", "hash", "key", 1);
  }

  private Dataset<Row> hours(int hours) {
    return session().range(1).select(lit("a").as("team"), lit(hours).as("hours"));
  }

  private long runAndPublish(int hours, Clock clock) {
    long version = tables.replace(TABLE, hours(hours));
    RunLedger ledger = new RunLedger(tables, stamp(clock), clock);
    RunLedger.Recipe recipe = new RunLedger.Recipe("recipe", MAY);
    ledger.made(
        TABLE, new RunLedger.Made(version, 1, 1, OptionalLong.empty(), 0), Map.of(), recipe);
    ledger.flush();
    new Publications(tables).publish(ledger.stamp(), MAY, ledger.staged(), clock);
    return version;
  }

  @Test
  void theLaterRunHoldsThoughItsClockSaysEarlier() throws IOException {
    runAndPublish(1, NOW);
    misdateTheLogs();
    long second = runAndPublish(2, LONG_BEFORE);
    RunLedger ledger = new RunLedger(tables, stamp(NOW), NOW);
    assertThat(ledger.bases().get(TABLE).version()).isEqualTo(second);
    Publications.Publication current = new Publications(tables).current().orElseThrow();
    assertThat(current.tableVersions()).isEqualTo(Map.of(TABLE, second));
    assertThat(current.publishedAt()).isEqualTo(LONG_BEFORE.instant());
    new PublishedViews(tables, List.of(), false).register("select * from gold.hours");
    assertThat(session().sql("select hours from gold.hours").first().getInt(0)).isEqualTo(2);
  }

  // As a restored backup, or a machine with a wrong clock, leaves them.
  private void misdateTheLogs() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().contains("_delta_log")).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2038-01-19T03:14:07Z")));
      }
    }
  }
}
