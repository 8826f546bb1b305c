package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import needle.estimate.EffectEstimate.Effect;
import org.apache.commons.math3.distribution.TDistribution;

/** Where an interval ends, and how likely so much is by chance, by Student's t. */
final class Intervals {
  private Intervals() {}

  /**
   * @param quantile of t for 97.5%, from scipy 1.17.1, so that the degrees of freedom are told
   *     twice
   */
  static void ofStudent(Effect effect, int freedom, double quantile) {
    double reach = quantile * effect.stdError();
    assertThat(effect.ciLow()).isCloseTo(effect.estimate() - reach, within(1e-6 * reach));
    assertThat(effect.ciHigh()).isCloseTo(effect.estimate() + reach, within(1e-6 * reach));
    double statistic = Math.abs(effect.estimate()) / effect.stdError();
    double tail = new TDistribution(freedom).cumulativeProbability(-statistic);
    assertThat(effect.pValue()).isCloseTo(2 * tail, within(1e-9));
  }
}
