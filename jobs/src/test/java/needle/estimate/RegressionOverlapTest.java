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
import needle.estimate.VerdictRule.Verdict;
import needle.kit.Kpi.Direction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Regressions of a curved outcome, where the sides are far apart or are not. */
class RegressionOverlapTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, y double, treated int, x double, z double");
  private static final int UNITS = 2000;

  /** The treatment is logistic in x, without an effect on an outcome that is curved in it. */
  private Dataset<Row> people(double constant, double slope) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < UNITS; i++) {
      double x = random.nextGaussian();
      double p = 1 / (1 + Math.exp(-constant - slope * x));
      double y = x * x * x + random.nextGaussian();
      rows.add(RowFactory.create(i, y, random.nextDouble() < p ? 1 : 0, x, random.nextGaussian()));
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static List<EffectEstimator> regressions() {
    List<String> covariates = List.of("x", "z");
    return List.of(
        new OrdinaryLeastSquares("ols", covariates),
        new DoubleMachineLearning(
            "partially_linear",
            Model.PARTIALLY_LINEAR,
            covariates,
            Optional.empty(),
            5,
            0.01,
            0.99));
  }

  private static EffectEstimate estimate(EffectEstimator estimator, Dataset<Row> people) {
    return estimator.estimate(people, StudyDesign.of("unit", "y").exposed("treated").build());
  }

  private static Diagnostic apart(EffectEstimate estimate) {
    return estimate.diagnostic("overlap", "share_apart").orElseThrow();
  }

  @Test
  void whoCanBeToldApartIsNotCompared() {
    for (EffectEstimator estimator : regressions()) {
      // Of an infinite slope: treated where x is above zero.
      EffectEstimate found = estimate(estimator, people(0, 1e9));
      assertThat(apart(found).value()).isEqualTo(1);
      assertThat(apart(found).status()).isEqualTo(Status.FAIL);
      Verdict verdict = VerdictRule.judge(found, 0.001, 0.01, Direction.UP, 0.1);
      assertThat(verdict.outcome()).isEqualTo(VerdictRule.Outcome.CANT_TELL);
      assertThat(verdict.reasons()).contains("no_overlap");
    }
  }

  // P(|12 x| > log 99), and P(|3 x| > log 99), of a standard normal x.
  @Test
  void theShareIsThatOfPeopleWithoutOthersLikeThem() {
    for (EffectEstimator estimator : regressions()) {
      Diagnostic most = apart(estimate(estimator, people(0, 12)));
      assertThat(most.value()).isCloseTo(0.7017, within(0.05));
      assertThat(most.status()).isEqualTo(Status.FAIL);
      Diagnostic some = apart(estimate(estimator, people(0, 3)));
      assertThat(some.value()).isCloseTo(0.1256, within(0.04));
      assertThat(some.status()).isEqualTo(Status.WARNING);
    }
  }

  @Test
  void fewTreatedPeopleAreNotFarApart() {
    for (EffectEstimator estimator : regressions()) {
      // One in a hundred, whatever x is.
      Diagnostic found = apart(estimate(estimator, people(-4.6, 0)));
      assertThat(found.value()).isZero();
      assertThat(found.status()).isEqualTo(Status.PASS);
    }
  }

  @Test
  void dosesHaveNoSides() {
    EffectEstimate found =
        new OrdinaryLeastSquares("ols", List.of("z"))
            .estimate(
                people(0, 1),
                StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("x")).build());
    assertThat(found.diagnostic("overlap", "share_apart")).isEmpty();
  }
}
