package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Corrections for many tests. */
class MultipleTestingTest {
  /**
   * By hand: 0.005 · 4, 0.01 · 3, 0.03 · 2, and 0.04 · 1, which may not be below the one before.
   */
  @Test
  void holmsStepsGoUp() {
    double[] corrected = MultipleTesting.holm(new double[] {0.01, 0.04, Double.NaN, 0.03, 0.005});
    double[] expected = {0.03, 0.06, Double.NaN, 0.06, 0.02};
    for (int i = 0; i < expected.length; i++) {
      if (Double.isNaN(expected[i])) {
        assertThat(corrected[i]).isNaN();
      } else {
        assertThat(corrected[i]).isCloseTo(expected[i], within(1e-15));
      }
    }
    assertThat(MultipleTesting.holm(new double[] {0.6, 0.7})).containsExactly(1, 1);
  }
}
