package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.VerdictRule.Outcome;
import needle.kit.Kpi.Direction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** People who were drawn by lot, of whom some are not found again. */
class MissingOutcomesTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("person int, trained int, x double, y double");
  private static final StudyDesign DESIGN =
      StudyDesign.of("person", "y").exposed("trained").build();

  /**
   * Training does nothing; of the trained those with the lowest outcomes leave, of others anybody.
   *
   * @param ofTrained the share that leaves
   */
  private Dataset<Row> found(double ofTrained, double ofOthers) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int trained = i % 2;
      double place = random.nextDouble();
      double x = random.nextGaussian();
      boolean leaves = trained == 1 ? place < ofTrained : random.nextDouble() < ofOthers;
      rows.add(RowFactory.create(i, trained, x, leaves ? null : 5 * place + x));
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static Diagnostic check(EffectEstimate estimate, String statistic) {
    return estimate.diagnostic("attrition", statistic).orElseThrow();
  }

  private static EffectEstimate means(Dataset<Row> people) {
    return new OrdinaryLeastSquares("difference_in_means", List.of()).estimate(people, DESIGN);
  }

  @Test
  void manyMoreMissingOnOneSideForbidAVerdict() {
    Dataset<Row> people = found(0.4, 0.05);
    List<String> x = List.of("x");
    List<EffectEstimator> estimators =
        List.of(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            new OrdinaryLeastSquares("ols", x),
            new InverseProbabilityWeighting(x, false, 0.01, 0.99),
            new DoubleMachineLearning(
                "aipw", Model.INTERACTIVE_ATE, x, Optional.empty(), 2, 0.01, 0.99),
            new GeneralizedLinearModel(OutcomeFamily.GAUSSIAN, x, Optional.empty()));
    for (EffectEstimator estimator : estimators) {
      EffectEstimate estimate = estimator.estimate(people, DESIGN);
      // The mean of the upper 60% is 3.5, that of all 2.5.
      assertThat(estimate.headline().estimate()).isCloseTo(1, within(0.2));
      Diagnostic lost = check(estimate, "differential_attrition");
      assertThat(lost.value()).isCloseTo(0.35, within(0.04));
      assertThat(lost.status()).isEqualTo(Status.FAIL);
      VerdictRule.Verdict verdict = VerdictRule.judge(estimate, 0.0001, 1, Direction.UP, 0.1);
      assertThat(verdict.outcome()).as(estimator.name()).isEqualTo(Outcome.CANT_TELL);
      assertThat(verdict.reasons()).containsExactly("attrition");
    }
  }

  @Test
  void asManyMissingOnBothSidesDoNot() {
    EffectEstimate alike = means(found(0.08, 0.08));
    assertThat(check(alike, "differential_attrition").status()).isEqualTo(Status.PASS);
    assertThat(check(alike, "share_analysed").status()).isEqualTo(Status.PASS);
    assertThat(check(alike, "share_analysed").value()).isCloseTo(0.92, within(0.02));
    // All of a side whose outcome is known, and none lost: a difference of zero.
    assertThat(check(means(found(0, 0)), "differential_attrition").value()).isZero();
  }

  @Test
  void fewRowsThatCanBeAnalysedDo() {
    assertThat(check(means(found(0.3, 0.3)), "share_analysed").status()).isEqualTo(Status.WARNING);
    assertThat(check(means(found(0.6, 0.6)), "share_analysed").status()).isEqualTo(Status.FAIL);
  }
}
