package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.pipelines.lake.DeltaTables;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest extends CommandTest {
  @Test
  void everyEventOfALogIsIngestedBesideAPlainCopy() {
    String out = folder.resolve("log").toString();
    assertThat(needle("bench", "--events=50", "--out=" + out, "--config=../pipelines")).isZero();
    assertThat(out()).contains("## A Moodle log of 50 events", "| `needle ingest` |");
    DeltaTables ingested = new DeltaTables(session(), out + "/warehouse");
    assertThat(ingested.latest("bronze.lms_moodle_logstore").where("_outcome = 'accepted'").count())
        .isEqualTo(50);
    assertThat(session().read().format("delta").load(out + "/copy").count()).isEqualTo(50);
  }

  /** A walk takes minutes even of a small company; that its steps know their options does not. */
  @Test
  void theStepsOfAWalkKnowWhatTheyAreTold() {
    List<String> told = LayerWalk.always(folder, "warehouse", "full");
    for (Object step : List.of(new RunCommand(), new PublishCommand())) {
      assertThat(new CommandLine(step).parseArgs(told.toArray(String[]::new)).matchedOptions())
          .hasSize(3);
    }
  }

  @Test
  void aStudyIsAnsweredSeveralTimesInOneSession() throws IOException {
    Files.writeString(
        folder.resolve("panel.csv"),
        "id,g,t,y\n"
            + IntStream.range(0, 120)
                .mapToObj(i -> "%d,%d,%d,%d".formatted(i / 4, i / 4 % 2 * 3, i % 4 + 1, i * 7 % 11))
                .collect(Collectors.joining("\n")));
    Path study =
        Files.writeString(
            folder.resolve("study.yaml"),
            """
            study: small
            panel: {path: panel.csv, unit: id, period: t}
            outcome: {column: y}
            treatment: {adopted: g, never: 0}
            methods: [{estimator: staggered_did}]
            """);
    Path out = folder.resolve("results");
    assertThat(needle("bench", "--study=" + study, "--repeat=2", "--out=" + out)).isZero();
    JsonNode told = new ObjectMapper().readTree(out());
    assertThat(told.get("seconds")).hasSize(2).allMatch(s -> s.asDouble() > 0);
    assertThat(told.get("processor_seconds")).hasSize(2);
    assertThat(told.has("session_seconds")).isTrue();
    assertThat(told.get("peak_bytes").asLong()).isPositive();
    assertThat(out.resolve("effects.csv")).content().contains("small,,staggered_did");
  }

  @Test
  void aStepThatFailsEndsTheBenchmark() {
    assertThat(needle("bench", "--employees=120", "--months=3", "--out=" + folder)).isNotZero();
    assertThat(err()).contains("needle simulate did not succeed");
  }

  @Test
  void whatIsTimedMustBeSaid() {
    assertThat(needle("bench", "--out=" + folder)).isEqualTo(2);
    assertThat(err()).contains("--employees", "--events");
  }
}
