package needle.estimate.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EValueTest {
  /** The examples of VanderWeele & Ding (2017): smoking; breastfeeding; with their intervals. */
  @ParameterizedTest
  @CsvSource({
    "10.73, 8.02, 14.36, 20.9, 15.5",
    "3.9, 1.8, 8.7, 7.2, 3.0",
  })
  void publishedExamples(double ratio, double low, double high, double value, double ofInterval) {
    assertThat(EValue.of(ratio)).isCloseTo(value, within(0.07));
    assertThat(EValue.of(new Interval(low, high))).isCloseTo(ofInterval, within(0.06));
  }

  @Test
  void aRatioBelowOneCountsAsItsInverse() {
    assertThat(EValue.of(0.5)).isCloseTo(2 + Math.sqrt(2), within(1e-12));
    assertThat(EValue.of(new Interval(0.25, 0.5))).isCloseTo(2 + Math.sqrt(2), within(1e-12));
    assertThat(EValue.of(new Interval(0.5, 2))).isEqualTo(1);
    assertThat(EValue.of(1)).isEqualTo(1);
  }

  @Test
  void aDifferenceInDeviationsBecomesARatio() {
    assertThat(EValue.riskRatio(1)).isCloseTo(2.4843, within(1e-4));
  }
}
