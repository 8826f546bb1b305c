package needle.pipelines.assess;

import static org.assertj.core.api.Assertions.assertThat;

import needle.pipelines.assess.Coverage.Trial;
import org.junit.jupiter.api.Test;

class CoverageTest {
  private static Trial trial(String kpi, Double estimate, String truth, String verdict) {
    Double low = estimate == null ? null : estimate - 1;
    Double high = estimate == null ? null : estimate + 1;
    return new Trial(1, "safety", kpi, 2.0, truth, estimate, low, high, verdict, null);
  }

  @Test
  void anIntervalHoldsTheTruthOrDoesNot() {
    Coverage coverage = new Coverage();
    coverage.add(trial("rate", 2.5, "works", "works"));
    coverage.add(trial("rate", 1.0, "works", "works"));
    coverage.add(trial("rate", 3.5, "works", "no_effect"));
    coverage.add(trial("rate", 0.5, "works", "cant_tell"));
    coverage.add(trial("tenure", null, "cant_tell", "cant_tell"));
    assertThat(coverage.share()).isEqualTo(0.5);
    assertThat(coverage.markdown())
        .contains(
            "| safety / rate | 2.000 | 1.875 | 2 of 4 | works |"
                + " cant_tell × 1; no_effect × 1; works × 2 |")
        .contains("| safety / tenure | 2.000 | none | not estimated |")
        .contains("Over all 4 intervals: 2 hold the planted effect (50.0%).")
        .contains("that is not one): 1 of 5.");
  }
}
