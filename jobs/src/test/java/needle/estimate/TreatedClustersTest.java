package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Errors count clusters of either side: many on one do not make up for few on the other. */
class TreatedClustersTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "unit int, team string, d int, hours double, x double, y double, time double, event int");
  private static final int TEAMS = 40;
  private static final int SIZE = 12;
  private static final List<String> X = List.of("x");

  /**
   * @param treated so many teams of 40, as wholes
   */
  private Dataset<Row> teams(int treated) {
    Random dice = new Random(6);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < TEAMS; team++) {
      double shock = dice.nextGaussian();
      for (int i = 0; i < SIZE; i++) {
        double x = dice.nextGaussian();
        double y = shock + 0.3 * x + dice.nextGaussian();
        int d = team < treated ? 1 : 0;
        rows.add(
            RowFactory.create(
                team * SIZE + i,
                "t" + team,
                d,
                d * (1 + dice.nextDouble()),
                x,
                y,
                Math.exp(y / 4) + 0.1 * i,
                1));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static List<EffectEstimator> ofOutcomes() {
    Optional<String> noFold = Optional.empty();
    DoubleMachineLearning whole =
        new DoubleMachineLearning("aipw", Model.INTERACTIVE_ATE, X, noFold, 1, 0.01, 0.99);
    return List.of(
        new OrdinaryLeastSquares("difference_in_means", List.of()),
        new OrdinaryLeastSquares("ols", X),
        new InverseProbabilityWeighting(X, false, 0.01, 0.99),
        new GeneralizedLinearModel(OutcomeFamily.GAUSSIAN, X, Optional.empty()),
        whole,
        new TargetedLearning(whole, X, noFold, 1));
  }

  private static List<EffectEstimator> ofDurations() {
    DurationColumns columns = new DurationColumns(Optional.empty(), "event");
    return List.of(
        new CoxRegression(columns, X),
        new WeightedSurvival(columns, List.of(), false, 0.01, 0.99, 2, List.of()));
  }

  private static StudyDesign.Draft design(String outcome) {
    return StudyDesign.of("unit", outcome).exposed("d").clusteredBy("team");
  }

  private static void has(
      EffectEstimator estimator, Dataset<Row> rows, StudyDesign design, double treated) {
    EffectEstimate found = estimator.estimate(rows, design);
    assertThat(found.diagnosticValue("clusters", "treated")).as(estimator.name()).hasValue(treated);
    assertThat(found.diagnosticValue("clusters", "control"))
        .as(estimator.name())
        .hasValue(TEAMS - treated);
    assertThat(found.diagnostic("clusters", "treated").orElseThrow().status())
        .as(estimator.name())
        .isEqualTo(treated < 10 ? Status.FAIL : treated < 20 ? Status.WARNING : Status.PASS);
  }

  @Test
  void areCountedOnEitherSide() {
    for (int treated : new int[] {2, 12, 20}) {
      Dataset<Row> rows = teams(treated).cache();
      for (EffectEstimator estimator : ofOutcomes()) {
        has(estimator, rows, design("y").build(), treated);
      }
      for (EffectEstimator estimator : ofDurations()) {
        has(estimator, rows, design("time").build(), treated);
      }
      rows.unpersist();
    }
  }

  @Test
  void aGiantAmongThemCountsForMost() {
    // Of ten treated teams one has 12 people, nine have one each: (12 + 9)² / (144 + 9) = 2.9.
    Dataset<Row> rows = teams(10).where("d = 0 or team = 't0' or unit % 12 = 0");
    EffectEstimate found = new OrdinaryLeastSquares("ols", X).estimate(rows, design("y").build());
    assertThat(found.diagnosticValue("clusters", "treated")).hasValue(2);
  }

  @Test
  void dosesOfFewTeamsAreFewTeams() {
    StudyDesign design =
        StudyDesign.of("unit", "y")
            .treatedBy(new StudyDesign.Dose("hours"))
            .clusteredBy("team")
            .build();
    DoubleMachineLearning linear =
        new DoubleMachineLearning(
            "partially_linear", Model.PARTIALLY_LINEAR, X, Optional.empty(), 2, 0.01, 0.99);
    // Doses d of two teams of 40: most of Σ(d − mean)² is theirs, so that about two count.
    EffectEstimate few = linear.estimate(teams(2), design);
    assertThat(few.diagnosticValue("clusters", "dose").orElseThrow()).isBetween(2.0, 3.0);
    assertThat(few.diagnostic("clusters", "dose").orElseThrow().status()).isEqualTo(Status.FAIL);
    EffectEstimate many = linear.estimate(teams(20), design);
    assertThat(many.diagnosticValue("clusters", "dose").orElseThrow()).isGreaterThan(30);
  }

  @Test
  void aFoldThatKnowsTooFewOfASideIsSaidToBeSo() {
    Dataset<Row> rows = teams(20).where("d = 0 or unit = 0");
    DoubleMachineLearning crossed =
        new DoubleMachineLearning(
            "aipw", Model.INTERACTIVE_ATE, X, Optional.empty(), 2, 0.01, 0.99);
    StudyDesign design = StudyDesign.of("unit", "y").exposed("d").build();
    assertThatThrownBy(() -> crossed.estimate(rows, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There are too few units to predict outcomes from")
        .hasMessageContaining("and a regression has 2 coefficients");
  }

  @Test
  void controlsAreCountedAsTheTreatedAre() {
    Dataset<Row> rows = teams(20).where("d = 1 or unit % 12 = 0 and team < 't23'");
    StudyDesign design = StudyDesign.of("unit", "y").exposed("d").build();
    long controls = rows.where("d = 0").count();
    assertThat(controls).isBetween(1L, 19L);
    for (EffectEstimator estimator :
        List.of(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            new OrdinaryLeastSquares("ols", X),
            new GeneralizedLinearModel(OutcomeFamily.GAUSSIAN, X, Optional.empty()))) {
      EffectEstimate found = estimator.estimate(rows, design);
      assertThat(found.diagnosticValue("units", "control")).hasValue(controls);
      assertThat(found.diagnostic("units", "control").orElseThrow().status())
          .as(estimator.name())
          .isEqualTo(Status.FAIL);
      assertThat(found.diagnostic("clusters", "control")).isEmpty();
    }
  }
}
