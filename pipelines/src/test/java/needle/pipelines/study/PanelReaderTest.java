package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Panels as they come, and those that cannot be read. */
class PanelReaderTest extends StudyFiles {
  @Test
  void namesThatLookLikeNumbersStayApart() throws IOException {
    Files.writeString(folder.resolve("names.csv"), "team,x\n0D,1\n0F,2\n007,3\n7,4\n");
    assertThat(new PanelReader(session()).read(folder, "names.csv", Set.of("team")).collectAsList())
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
    assertThatThrownBy(() -> reader.read(folder, "none.csv", Set.of()))
        .hasMessageContaining("no panel at");
    assertThatThrownBy(() -> reader.read(folder, "ragged.csv", Set.of()))
        .hasMessageContaining("does not have the 2 cells of the header");
    assertThatThrownBy(() -> reader.read(folder, "notes.txt", Set.of()))
        .hasMessageContaining("neither in .csv nor in .parquet");
    assertThatThrownBy(() -> reader.read(folder, "broken.parquet", Set.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("is not a Parquet file");
    assertThatThrownBy(() -> reader.read(folder, "empty.csv", Set.of()))
        .hasMessageContaining("it is empty");
    assertThatThrownBy(() -> reader.read(folder, "dotted.csv", Set.of()))
        .hasMessageContaining("a dot or a backtick stands in kpi.value");
  }
}
