package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files of the landing folder that no contract reads are told, with the reason. */
class UnmatchedFilesTest extends CommandTest {
  private static final String ROWS = "learner,course,hours\nu1,SAL-1,2\n";

  @BeforeEach
  void strayFiles() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/B.CSV", ROWS);
    deliver("lms/completions/2025-01-03/again/c.csv", ROWS);
    deliver("lms/completions/c.csv", ROWS);
    deliver("lms/complesions/2025-01-03/c.csv", ROWS);
    deliver("c.csv", ROWS);
  }

  private void hiddenAndMatchedFiles() throws IOException {
    deliver("lms/completions/2025-01-03/a.csv", ROWS);
    deliver("lms/completions/2025-01-03/b.csv.gz", ROWS);
    deliver("lms/completions/2025-01-03/_manifest.json", "{\"files\": []}");
    deliver("lms/completions/2025-01-03/.c.csv.part", ROWS);
    deliver("lms/_old/2025-01-03/c.csv", ROWS);
    deliver("_SIMULATED", "");
  }

  @Test
  void aDryRunListsThemWithTheReason() throws IOException {
    hiddenAndMatchedFiles();
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out())
        .startsWith(
            """
            5 file(s) of the landing folder fit no contract
              unmatched   c.csv
                because  it does not lie in <system>/<extract>/<date>/
              unmatched   lms/complesions/2025-01-03/c.csv
                because  there is no contract for the folder lms/complesions
              unmatched   lms/completions/2025-01-03/B.CSV
                because  the pattern of the contract lms_completions is *.csv
              unmatched   lms/completions/2025-01-03/again
                because  it is a folder: files lie in the date folder itself
              unmatched   lms/completions/c.csv
                because  it lies in no date folder, such as lms/completions/2025-12-03/
            """)
        .contains("bronze.lms_completions: 2 file(s), 0 of them known");
  }

  @Test
  void aFileThatIsHiddenByItsNameIsTold() throws IOException {
    hiddenAndMatchedFiles();
    deliver("lms/completions/2025-01-03/_users.csv", ROWS);
    deliver("lms/completions/2025-01-03/.a.csv.crc", "");
    deliver("lms/completions/2025-01-03/_SUCCESS", "");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out())
        .startsWith("6 file(s) of the landing folder fit no contract")
        .contains(
            "unmatched   lms/completions/2025-01-03/_users.csv\n"
                + "    because  a name that begins with . or _ is of a file in the making");
  }

  @Test
  void aDryRunListsThemWhereNothingElseLies() {
    assertThat(here("ingest", "--dry-run")).isEqualTo(2);
    assertThat(out()).contains("unmatched   lms/completions/2025-01-03/B.CSV");
    assertThat(err()).contains("No extract was delivered");
  }

  @Test
  void anIngestSaysHowManyThereAre() throws IOException {
    hiddenAndMatchedFiles();
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(out())
        .contains(
            "5 file(s) of the landing folder fit no contract and are not read; `needle ingest"
                + " --dry-run` lists them");
  }

  @Test
  void aRunSaysHowManyThereAre() {
    assertThat(
            needle(
                "run",
                "--demo-key",
                "--landing",
                folder.resolve("landing").toString(),
                "--warehouse",
                folder.resolve("warehouse").toString(),
                "--config",
                Path.of(".").toString()))
        .isEqualTo(2);
    assertThat(out()).contains("5 file(s) of the landing folder fit no contract");
    assertThat(err()).contains("No extract was delivered");
  }
}
