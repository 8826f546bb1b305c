package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CoverageCommandTest extends CommandTest {
  @Test
  void oneEstimatorIsJudgedAnewAndTheRestOfTheReportStays() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("coverage.md"), "# Coverage\n\n## Simulated companies\n\nTwenty.\n");
    assertThat(
            needle(
                "coverage",
                "--seeds=0",
                "--estimators=decomposition",
                "--repetitions=2",
                "--out=" + file))
        .isZero();
    assertThat(file)
        .content()
        .contains("Twenty.")
        .contains("| decomposition | twofold explained | 2 | 1.000 |")
        .contains("| decomposition, cells | kitagawa rate | 2 | 0.500 |");
    assertThat(out()).contains("s per repetition", Files.readString(file));
  }

  @Test
  void whatCannotBeJudgedIsNamed() {
    assertThat(needle("coverage", "--seeds=0", "--estimators=coxx,ols")).isEqualTo(2);
    assertThat(err()).contains("no design for coxx", "discrete_hazard");
    assertThat(needle("coverage", "--seeds=0", "--repetitions=0")).isEqualTo(2);
    assertThat(err()).contains("--repetitions is 0");
  }
}
