package needle.estimate.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import needle.estimate.sensitivity.LeeBounds.Kept;
import needle.estimate.sensitivity.LeeBounds.Side;
import org.junit.jupiter.api.Test;

class LeeBoundsTest {
  /** Lee's estimator straight from the definition, on sorted outcomes of those who are seen. */
  private static LeeBounds naive(double[] treated, int treatedUnits, double[] other, int units) {
    Arrays.sort(treated);
    int kept =
        (int)
            Math.round(
                treated.length * (other.length / (double) units) * treatedUnits / treated.length);
    return LeeBounds.of(
        new Side(treatedUnits, treated.length),
        new Side(units, other.length),
        kept(Arrays.copyOf(treated, kept), treated[kept - 1]),
        kept(
            Arrays.copyOfRange(treated, treated.length - kept, treated.length),
            treated[treated.length - kept]),
        kept(other, 0),
        true);
  }

  private static Kept kept(double[] outcomes, double edge) {
    double mean = Arrays.stream(outcomes).average().orElseThrow();
    double variance =
        Arrays.stream(outcomes).map(y -> (y - mean) * (y - mean)).average().orElseThrow();
    return new Kept(mean, variance, edge);
  }

  /** An effect of 1, and the mean of normal numbers above their lower quartile. */
  private static final double HIGHEST = 1 + 0.3177766 / 0.75;

  /**
   * Errors are what the bounds spread by over many samples; the interval covers an effect at a
   * bound.
   */
  @Test
  void errorsAndCoverageInRepeatedSamples() {
    Random random = new Random(3);
    int samples = 2000;
    double[] uppers = new double[samples];
    double errors = 0;
    int covered = 0;
    for (int s = 0; s < samples; s++) {
      double[] treated = new double[500];
      double[] other = new double[500];
      int seenTreated = 0;
      int seenOther = 0;
      for (int i = 0; i < 500; i++) {
        if (random.nextDouble() < 0.8) {
          treated[seenTreated++] = 1 + random.nextGaussian();
        }
        if (random.nextDouble() < 0.6) {
          other[seenOther++] = random.nextGaussian();
        }
      }
      LeeBounds bounds =
          naive(Arrays.copyOf(treated, seenTreated), 500, Arrays.copyOf(other, seenOther), 500);
      uppers[s] = bounds.upper();
      errors += bounds.upperError() / samples;
      covered += bounds.interval(0.05).holds(HIGHEST) ? 1 : 0;
    }
    double mean = Arrays.stream(uppers).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(uppers).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
    assertThat(mean).isCloseTo(HIGHEST, within(0.01));
    assertThat(errors).isCloseTo(spread, within(0.06 * spread));
    assertThat(covered / (double) samples).isBetween(0.93, 0.975);
  }

  @Test
  void boundsThatMeetHaveTheUsualInterval() {
    Interval one = new LeeBounds(1, 1, 0.5, 0.5).interval(0.05);
    assertThat(one.low()).isCloseTo(1 - 1.959964 * 0.5, within(1e-6));
    Interval far = new LeeBounds(0, 100, 0.5, 0.5).interval(0.05);
    assertThat(far.low()).isCloseTo(-1.644854 * 0.5, within(1e-6));
    assertThat(far.high()).isCloseTo(100 + 1.644854 * 0.5, within(1e-6));
  }
}
