package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import needle.kit.InvalidInput;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Panels as they come, and those that cannot be read. */
class PanelReaderTest extends StudyFiles {
  @Test
  void namesThatLookLikeNumbersStayApart() throws IOException {
    Files.writeString(folder.resolve("names.csv"), "team,x\n0D,1\n0F,2\n007,3\n7,4\n");
    assertThat(
            new PanelReader(session())
                .read(folder, "names.csv", Set.of("team"), List.of())
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[0D,1]", "[0F,2]", "[007,3]", "[7,4]");
    StudyFile wage = StudyFile.read(study(wage("x.csv", "{estimator: staggered_did}")));
    assertThat(wage.names()).containsExactly("county");
  }

  @Test
  void aPanelThatCannotBeReadIsSaid() throws IOException {
    Files.writeString(folder.resolve("ragged.csv"), "county,year\n1,2,3\n");
    Files.writeString(folder.resolve("notes.txt"), "county");
    Files.writeString(folder.resolve("broken.parquet"), "this is not Parquet");
    Files.writeString(folder.resolve("empty.csv"), "");
    Files.writeString(folder.resolve("dotted.csv"), "county,kpi.value\n1,2\n");
    PanelReader reader = new PanelReader(session());
    assertThatThrownBy(() -> reader.read(folder, "none.csv", Set.of(), List.of()))
        .hasMessageContaining("no panel at");
    assertThatThrownBy(() -> reader.read(folder, "ragged.csv", Set.of(), List.of()))
        .hasMessageContaining("does not have the 2 cells of the header");
    assertThatThrownBy(() -> reader.read(folder, "notes.txt", Set.of(), List.of()))
        .hasMessageContaining("neither in .csv nor in .parquet");
    assertThatThrownBy(() -> reader.read(folder, "broken.parquet", Set.of(), List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("is not a Parquet file");
    assertThatThrownBy(() -> reader.read(folder, "empty.csv", Set.of(), List.of()))
        .hasMessageContaining("it is empty");
    assertThatThrownBy(() -> reader.read(folder, "dotted.csv", Set.of(), List.of()))
        .hasMessageContaining("a dot or a backtick stands in kpi.value");
  }

  @Test
  void momentsOfNanosecondsAreNoPeriods() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required binary person (STRING); required int64 month (TIMESTAMP(NANOS,"
                + "false)); required int64 first; required double y; }");
    java.nio.file.Path file = folder.resolve("pandas.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file)).withType(schema).build()) {
      for (int i = 0; i < 40; i++) {
        writer.write(
            new SimpleGroup(schema)
                .append("person", "p" + i / 4)
                .append("month", (i % 4 * 31 + 19_724) * 86_400_000_000_000L)
                .append("first", i < 20 ? 0L : 2L)
                .append("y", i * 7 % 5 + 0.5));
      }
    }
    assertThat(
            new PanelReader(session())
                .read(folder, "pandas.parquet", Set.of(), List.of())
                .collectAsList())
        .first()
        .extracting(Row::toString)
        .isEqualTo("[p0,2024-01-02T00:00,0,0.5]");
    StudyRun run = new StudyRun(session());
    java.nio.file.Path study = study(months("pandas.parquet", "first"));
    assertThatThrownBy(() -> run.run(study))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The column month is not a number: its type is timestamp_ntz");
  }

  private static String months(String panel, String first) {
    return """
    study: months
    panel: {path: %s, unit: person, period: month}
    outcome: {column: y}
    treatment: {adopted: %s, never: 0}
    methods:
      - {estimator: staggered_did}
    """
        .formatted(panel, first);
  }

  @ParameterizedTest
  @CsvSource({
    "1704067200000000000,0,rows have a period beyond 2147483647",
    "1,1704067200000000000,rows have a first treated period beyond 2147483647"
  })
  void periodsAreNotCutToSize(long month, long first, String said) throws IOException {
    StringBuilder rows = new StringBuilder("person,month,first,y\n");
    for (int i = 0; i < 40; i++) {
      rows.append("p%d,%d,%d,%d\n".formatted(i / 4, month + i % 4, i < 20 ? 0 : first, i * 7 % 5));
    }
    Files.writeString(folder.resolve("large.csv"), rows);
    StudyRun run = new StudyRun(session());
    java.nio.file.Path study = study(months("large.csv", "first"));
    assertThatThrownBy(() -> run.run(study))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }
}
