package needle.pipelines.assess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import needle.SparkTest;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Questions;
import org.junit.jupiter.api.Test;

/** One panel of a few designs, through all that a study goes through. */
class EstimatorTrialsTest extends SparkTest {
  private List<Trial> trials(String name, Truthfulness truthfulness) {
    Question question =
        Questions.all().stream()
            .filter(q -> q.name().equals(name) && q.truthfulness() == truthfulness)
            .findFirst()
            .orElseThrow();
    return new EstimatorTrials(session()).of(question, 1);
  }

  @Test
  void anEstimateStandsBesideItsTruth() {
    Trial trial = trials("heterogeneity", Truthfulness.ASSUMPTIONS_HOLD).get(0);
    assertThat(trial.intervals()).hasSize(3);
    assertThat(trial.intervals())
        .allSatisfy(
            i -> {
              assertThat(i.isTold()).isTrue();
              assertThat(i.estimate()).isCloseTo(i.truth(), within(5 * i.error()));
            });
    assertThat(trial.isBandHeld()).isPresent();
    assertThat(trial.verdict()).isEqualTo("works");
  }

  @Test
  void threeSitesTellNothing() {
    Trial trial = trials("difference_in_means", Truthfulness.THREE_SITES).get(0);
    assertThat(trial.verdict()).isIn("cant_tell", "refused");
  }

  @Test
  void aRefusalKeepsItsReason() {
    Trial trial = trials("synthetic_did, placebo", Truthfulness.THREE_SITES).get(0);
    assertThat(trial.isRefused() || trial.verdict().equals("cant_tell")).isTrue();
    assertThat(trial.reasons()).isNotBlank();
  }
}
