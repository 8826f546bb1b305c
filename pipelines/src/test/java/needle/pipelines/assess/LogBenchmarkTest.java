package needle.pipelines.assess;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogBenchmarkTest {
  @Test
  void theRateIsThatOfThePlainCopyTimesItsShare() {
    assertThat(new LogBenchmark(1_000_000, 150_000_000L, 5.0, 20.0, 2_000_000_000L).markdown())
        .contains("## A Moodle log of 1,000,000 events", "150 MB; peak memory 2,000 MB")
        .contains("writes Delta | 5.0 | 200,000 | 100% |")
        .contains("| `needle ingest` | 20.0 | 50,000 | 25% |");
  }
}
