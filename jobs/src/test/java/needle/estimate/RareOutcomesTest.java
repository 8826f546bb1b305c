package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Cross-sections in which hardly anything happens on one side. */
class RareOutcomesTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, d int, hours double, x double, y double");
  private static final List<String> X = List.of("x");
  private static final Optional<String> NO_FOLD = Optional.empty();

  /** Sixty are treated; to so many of them it happens, and to 60 of the 2,000 others. */
  private Dataset<Row> incidents(int amongTreated, double usual) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 2_060; unit++) {
      boolean isTreated = unit < 60;
      boolean happens = isTreated ? unit < amongTreated : unit % 33 == 0 && unit < 60 + 60 * 33;
      rows.add(
          RowFactory.create(
              unit,
              isTreated ? 1 : 0,
              isTreated ? 1 + random.nextDouble() : 0.0,
              random.nextGaussian(),
              happens ? 1 - usual : usual));
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static List<EffectEstimator> estimators() {
    DoubleMachineLearning interactive =
        new DoubleMachineLearning("aipw", Model.INTERACTIVE_ATE, X, NO_FOLD, 1, 0.01, 0.99);
    return List.of(
        new OrdinaryLeastSquares("difference_in_means", List.of()),
        new OrdinaryLeastSquares("ols", X),
        new InverseProbabilityWeighting(X, false, 0.01, 0.99),
        interactive,
        new DoubleMachineLearning(
            "partially_linear", Model.PARTIALLY_LINEAR, X, NO_FOLD, 1, 0.01, 0.99),
        new GeneralizedLinearModel(OutcomeFamily.GAUSSIAN, X, Optional.empty()));
  }

  private static Optional<Diagnostic> events(
      EffectEstimator estimator, Dataset<Row> rows, String side) {
    StudyDesign design = StudyDesign.of("unit", "y").exposed("d").build();
    return estimator.estimate(rows, design).diagnostic("events", side);
  }

  @Test
  void nothingHappenedIsNotNoEffect() {
    Dataset<Row> rows = incidents(0, 0).cache();
    for (EffectEstimator estimator : estimators()) {
      Diagnostic treated = events(estimator, rows, "treated").orElseThrow();
      assertThat(treated.value()).as(estimator.name()).isZero();
      assertThat(treated.status()).as(estimator.name()).isEqualTo(Status.FAIL);
      assertThat(events(estimator, rows, "control")).as(estimator.name()).isEmpty();
    }
    rows.unpersist();
  }

  @Test
  void fewEventsWarnAndHardlyAnyFail() {
    EffectEstimator estimator = estimators().get(0);
    for (double usual : new double[] {0, 1}) {
      Diagnostic hardlyAny = events(estimator, incidents(9, usual), "treated").orElseThrow();
      assertThat(hardlyAny.value()).isEqualTo(9);
      assertThat(hardlyAny.status()).isEqualTo(Status.FAIL);
      for (int few : new int[] {10, 19}) {
        assertThat(events(estimator, incidents(few, usual), "treated").orElseThrow().status())
            .isEqualTo(Status.WARNING);
      }
      assertThat(events(estimator, incidents(20, usual), "treated")).isEmpty();
    }
  }

  @Test
  void whatMostOutcomesAreNotIsNotRare() {
    // Of 60 numbers that all differ, one is the least; none is usual.
    Dataset<Row> rows = incidents(0, 0).selectExpr("unit", "d", "hours", "x", "x + y as y");
    assertThat(events(estimators().get(0), rows, "treated")).isEmpty();
  }

  @Test
  void oneUntrainedIsNoReference() {
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("hours")).build();
    EffectEstimate one =
        new DoseResponse(List.of(), NO_FOLD, 1, 0.01, 0.99, List.of(), 3)
            .estimate(incidents(30, 0).where("d = 1 or unit = 61"), design);
    assertThat(one.diagnosticValue("units", "control")).hasValue(1);
    assertThat(one.diagnostic("units", "control").orElseThrow().status()).isEqualTo(Status.FAIL);
  }

  @Test
  void ofDosesTheUntrainedAreTheOtherSide() {
    StudyDesign design =
        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("hours")).build();
    DoseResponse curve = new DoseResponse(List.of(), NO_FOLD, 1, 0.01, 0.99, List.of(), 3);
    EffectEstimate calm = curve.estimate(incidents(30, 0).where("d = 1 or y = 0"), design);
    assertThat(calm.diagnosticValue("events", "control")).hasValue(0);
    assertThat(calm.diagnostic("events", "treated")).isEmpty();
  }
}
