package needle.pipelines.assess;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import needle.pipelines.assess.Benchmark.Stretch;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
  @Test
  void everyLayerStandsBesideAPlainScan() {
    Benchmark benchmark =
        new Benchmark(
            2000,
            36,
            50_000_000L,
            10.0,
            2.0,
            new Benchmark.Walk(
                List.of(
                    new Stretch("bronze", 17, 400_000L, 390_000L, 8.0),
                    new Stretch("silver", 16, 390_000L, 300_000L, 4.0)),
                20.0,
                30.0),
            new Benchmark.Walk(
                List.of(
                    new Stretch("bronze", 17, 10_000L, 9_000L, 0.5),
                    new Stretch("silver", 16, 9_000L, 300_000L, 0.4)),
                3.0,
                1.5),
            1_500_000_000L);
    assertThat(benchmark.markdown())
        .contains("## 2,000 employees × 36 months")
        .contains("400,000 delivered rows in 50 MB")
        .contains("peak memory 1,500 MB")
        .contains("| bronze | 17 | 400,000 | 390,000 | 8.0 | 50,000 | 4.0 |")
        .contains("| bronze | 8.0 | 0.5 | 6.3% |")
        .contains("| ingest: bronze, silver, panel | 12.0 | 0.9 | 7.5% |")
        .contains("| the whole run, by the clock | 20.0 | 3.0 | 15.0% |")
        .contains("| the whole run, processor time | 30.0 | 1.5 | 5.0% |")
        .contains("| all | 33 | 400,000 | 690,000 | 12.0 | 33,333 | 6.0 |");
  }
}
