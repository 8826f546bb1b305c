package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import needle.kit.Period;
import needle.pipelines.config.Declarations;
import needle.pipelines.ingest.Landing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which months a run covers where nobody says. */
class CoveredMonthsTest extends CommandTest {
  @BeforeEach
  void contracts() throws IOException {
    declareShipped();
    declare("own", completions("1.0.0"));
    deliver("lms/completions/2022-07-01/own.csv", "");
  }

  private String covered() {
    return covered(Map.of());
  }

  private String covered(Map<String, Set<String>> taken) {
    Period period =
        CoveredMonths.of(
            null,
            new Landing(session(), folder.resolve("landing").toString()),
            Declarations.read(folder.resolve("config")),
            taken,
            Optional.empty());
    return period.start() + " to " + period.end();
  }

  @Test
  void areThoseOfExtractsThatJobsRead() throws IOException {
    deliver("hris/emp_job/2025-01-03/job.csv", "");
    deliver("lms/docebo_completions/2025-03-03/more.csv", "");
    assertThat(covered()).isEqualTo("2024-12-01 to 2025-02-28");
  }

  @Test
  void goBackToFilesThatWereTakenAndLieThereNoMore() throws IOException {
    deliver("hris/emp_job/2025-03-03/job.csv", "");
    assertThat(covered(Map.of("bronze.hris_emp_job", Set.of("hris/old/2025-01-03/job.csv@a1"))))
        .isEqualTo("2024-12-01 to 2025-02-28");
  }

  @Test
  void areThoseOfOthersWhereNothingElseLies() {
    assertThat(covered()).isEqualTo("2022-06-01 to 2022-06-30");
  }
}
