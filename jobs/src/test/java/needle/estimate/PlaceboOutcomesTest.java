package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * What is told of estimates that are known. P-values by Holm are those of statsmodels 0.15.0
 * (multipletests), quantiles of t with ten degrees of freedom those of scipy 1.17.1.
 */
class PlaceboOutcomesTest {
  private static final StudyDesign DESIGN =
      StudyDesign.of("person", "sales").exposed("trained").build();

  /** Finds what the outcome's name says: an effect of 2 with that p-value. */
  private record Known(Map<String, Double> pValues) implements EffectEstimator {
    @Override
    public String name() {
      return "known";
    }

    @Override
    public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
      if (!pValues.containsKey(design.outcome())) {
        throw new InvalidInput("It does not vary", "it is 5 in all rows", "give another");
      }
      double p = pValues.get(design.outcome());
      double error = Double.isNaN(p) ? Double.NaN : 0.5;
      Optional<Integer> none = Optional.empty();
      Effect effect =
          new Effect(
              Estimand.ATE,
              "overall",
              "ate",
              none,
              none,
              none,
              2,
              error,
              0.75,
              3.25,
              0,
              4,
              p,
              9,
              9,
              11,
              5);
      return new EffectEstimate(name(), effect, List.of(effect), List.of(), List.of(), 10);
    }
  }

  private static List<Diagnostic> tried(String... outcomes) {
    Known known =
        new Known(Map.of("age", 0.002, "height", 0.04, "weight", 0.03, "eyes", Double.NaN));
    return new PlaceboOutcomes(known, List.of(outcomes)).of(null, null, DESIGN);
  }

  private static void told(Diagnostic told, String outcome, double pValue, Status status) {
    assertThat(told.check()).isEqualTo("placebo_outcomes");
    assertThat(told.statistic()).isEqualTo(outcome);
    assertThat(told.value()).isEqualTo(2);
    assertThat(told.pValue()).isCloseTo(pValue, within(1e-12));
    assertThat(told.status()).isEqualTo(status);
  }

  @Test
  void eachHasItsOwnPValueCorrectedForAll() {
    List<Diagnostic> found = tried("height", "age", "weight");
    told(found.get(0), "height", 0.06, Status.PASS);
    told(found.get(1), "age", 0.006, Status.FAIL);
    told(found.get(2), "weight", 0.06, Status.PASS);
    told(tried("height").get(0), "height", 0.04, Status.WARNING);
  }

  @Test
  void theIntervalAndWhatWouldHaveBeenNoticedAreTold() {
    // (2.228139 + 0.879058) / 2.
    assertThat(tried("height", "age").get(0).message())
        .isEqualTo(
            "An effect was seen where there can be none: 2.000 (0.7500 to 3.250); one of 1.554"
                + " would have been noticed with a probability of 80%.");
    assertThat(tried("height", "age", "weight").get(0).message())
        .startsWith("No effect where there can be none was seen: 2.000");
  }

  @Test
  void withoutAnErrorNothingWasTested() {
    List<Diagnostic> found = tried("eyes", "height");
    assertThat(found.get(0).pValue()).isNaN();
    assertThat(found.get(0).status()).isEqualTo(Status.WARNING);
    assertThat(found.get(0).message())
        .startsWith("Whether there is an effect where there can be none cannot be tested: 2.000");
    told(found.get(1), "height", 0.04, Status.WARNING);
  }

  @Test
  void oneThatCannotBeEstimatedIsNamed() {
    assertThatThrownBy(() -> tried("height", "shoes"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The placebo outcome shoes has no estimate")
        .hasMessageContaining("It does not vary: it is 5 in all rows")
        .hasMessageContaining("leave it out of placebo_outcomes");
  }
}
