package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Times as other tools write them to Parquet: pandas in nanoseconds, unless told otherwise. */
class ParquetTimesTest extends CommandTest {
  private static final String REASON =
      "its column finished holds times in nanoseconds; write microseconds, such as with"
          + " coerce_timestamps=\"us\" of pandas";

  @BeforeEach
  void parquetIsPromised() throws IOException {
    declare(
        "completions",
        completions("1.0.0").replace("*.csv\", format: csv", "*.parquet\", format: parquet"));
  }

  private Path write(Path file, String unit, String learner) throws IOException {
    MessageType columns =
        MessageTypeParser.parseMessageType(
            "message file { required binary learner (STRING); required binary course (STRING);"
                + " optional double hours; optional int64 finished (TIMESTAMP("
                + unit
                + ",true)); }");
    Files.createDirectories(file.getParent());
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withConf(new Configuration())
            .withType(columns)
            .build()) {
      writer.write(
          new SimpleGroupFactory(columns)
              .newGroup()
              .append("learner", learner)
              .append("course", "SAL-1")
              .append("hours", 2.0)
              .append("finished", 1_700_000_000_000_000L));
    }
    return file;
  }

  private Path delivered(String name) {
    return folder.resolve("landing/lms/completions").resolve(name);
  }

  @Test
  void nanosecondsPutTheirFileAsideAndNoOther() throws IOException {
    write(delivered("2025-01-03/nanos.parquet"), "NANOS", "u1");
    write(delivered("2025-01-03/micros.parquet"), "MICROS", "u2");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out())
        .contains("quarantined lms/completions/2025-01-03/nanos.parquet", REASON)
        .contains("new         lms/completions/2025-01-03/micros.parquet");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(err()).contains("QUARANTINED lms/completions/2025-01-03/nanos.parquet: " + REASON);
    assertThat(text(tables().latest("bronze.lms_completions"), "learner", "hours"))
        .isEqualTo("u2 | 2.0");
  }

  @Test
  void noContractIsDraftedFromNanoseconds() throws IOException {
    Path file = write(folder.resolve("sample.parquet"), "NANOS", "u1");
    assertThat(needle("contract", "new", file.toString())).isEqualTo(2);
    assertThat(err()).contains("No contract can be drafted from " + file, REASON, "remedy:");
  }
}
