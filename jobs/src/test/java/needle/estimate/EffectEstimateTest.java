package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;
import org.junit.jupiter.api.Test;

class EffectEstimateTest {
  private static Effect effect(String aggregation, String term, double reach, double band) {
    return new Effect(
        Estimand.ATT,
        aggregation,
        term,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1,
        reach / 2,
        1 - reach,
        1 + reach,
        1 - band,
        1 + band,
        0.05,
        20,
        20,
        40,
        20);
  }

  private static EffectEstimate of(Effect... effects) {
    return new EffectEstimate("any", effects[0], List.of(effects), List.of(), List.of(), 10);
  }

  @Test
  void intervalsOfSeveralTermsAreNoBand() {
    EffectEstimate found = of(effect("event_time", "0", 2, 2), effect("event_time", "1", 1, 1));
    assertThat(found.effects()).allMatch(e -> Double.isNaN(e.bandLow() + e.bandHigh()));
    assertThat(found.headline()).isEqualTo(found.effects().get(0));
    assertThat(found.headline().ciLow()).isEqualTo(-1);
  }

  /** Quantiles of t with 10 degrees of freedom, as tables have them: 1.372 (10%), 2.764 (1%). */
  @Test
  void theLargerOfTwoOneSidedTestsIsOfTheNearerMargin() {
    EffectEstimate found = of(effect("overall", "ate", 2, 2));
    assertThat(found.equivalencePValue(1)).isEqualTo(0.5);
    assertThat(found.equivalencePValue(1 + 1.372)).isCloseTo(0.10, within(1e-4));
    assertThat(found.equivalencePValue(1 + 2.764)).isCloseTo(0.01, within(1e-5));
    assertThat(found.equivalencePValue(0.5)).isGreaterThan(0.5);
    assertThat(of(effect("overall", "ate", Double.NaN, 2)).equivalencePValue(1)).isNaN();
  }

  @Test
  void aBandThatWasComputedStays() {
    EffectEstimate found = of(effect("event_time", "0", 2, 2.5), effect("event_time", "1", 1, 1.2));
    assertThat(found.effects()).extracting(Effect::bandHigh).containsExactly(3.5, 2.2);
  }

  @Test
  void ofOneTermTheIntervalIsTheBand() {
    EffectEstimate found =
        of(
            effect("overall", "ate", 2, 2),
            effect("event_time", "0", 2, 2),
            effect("event_time", "1", Double.NaN, Double.NaN));
    assertThat(found.effects()).extracting(Effect::bandHigh).containsExactly(3.0, 3.0, Double.NaN);
  }
}
