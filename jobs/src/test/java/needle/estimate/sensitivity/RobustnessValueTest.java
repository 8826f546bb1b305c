package needle.estimate.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RobustnessValueTest {
  /** Exposure to violence in Darfur: Cinelli & Hazlett 2020, table 1. */
  @Test
  void publishedExample() {
    RobustnessValue darfur = new RobustnessValue(4.18, 783);
    assertThat(darfur.ofEstimate()).isCloseTo(0.139, within(5e-4));
    assertThat(darfur.ofInterval(0.05)).isCloseTo(0.076, within(5e-4));
  }

  /** PySensemakr 0.0.8, {@code robustness_value} with q = 1, and alpha = 1 or as given. */
  @ParameterizedTest
  @CsvSource({
    "4.18445, 783, 0.05, 0.13877635435985322, 0.0762579660459714",
    "2.5, 436, 0.1, 0.11277519865687469, 0.03987564889495086",
    "-7.0, 60, 0.05, 0.5833333333333333, 0.468784900541375",
    "1.2, 100, 0.05, 0.11301580594913466, 0",
    "40.0, 30, 0.05, 0.9819218044369613, 0.9789403653761001",
  })
  void agreesWithAnotherImplementation(
      double t, double freedom, double alpha, double estimate, double interval) {
    RobustnessValue value = new RobustnessValue(t, freedom);
    assertThat(value.ofEstimate()).isCloseTo(estimate, within(1e-9));
    assertThat(value.ofInterval(alpha)).isCloseTo(interval, within(1e-9));
  }

  @Test
  void withoutFreedomForWhatIsUnseenNothingIsRobust() {
    assertThat(new RobustnessValue(50, 1).ofInterval(0.05)).isZero();
  }
}
