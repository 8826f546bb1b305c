package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Extracts that deliver the same people several times. */
class OneRowPerUnitTest extends SparkTest {
  private static final List<String> COVARIATES = List.of("educ", "re75");

  private static List<EffectEstimator> estimators() {
    Optional<String> noFold = Optional.empty();
    DoubleMachineLearning whole =
        new DoubleMachineLearning("aipw", Model.INTERACTIVE_ATE, COVARIATES, noFold, 2, 0.01, 0.99);
    return List.of(
        new OrdinaryLeastSquares("difference_in_means", List.of()),
        new OrdinaryLeastSquares("ols", COVARIATES),
        new InverseProbabilityWeighting(COVARIATES, false, 0.01, 0.99),
        whole,
        new TargetedLearning(whole, COVARIATES, noFold, 2),
        new Heterogeneity(whole, COVARIATES, List.of("black"), List.of(), noFold, 2, true),
        new Mediation(COVARIATES, "re74", true, Optional.empty()));
  }

  @Test
  void areRefused() {
    Dataset<Row> persons = TrainingExperiment.persons(session());
    long twice = persons.where("educ = 12").count();
    Dataset<Row> delivered = persons.union(persons.where("educ = 12"));
    StudyDesign design = StudyDesign.of("person", "re78").exposed("treat").build();
    assertThat(twice).isPositive();
    for (EffectEstimator estimator : estimators()) {
      isRefused(estimator, delivered, design, twice);
    }
    isRefused(
        new DoseResponse(COVARIATES, Optional.empty(), 2, 0.01, 0.99, List.of(), 3),
        delivered,
        StudyDesign.of("person", "re78").treatedBy(new StudyDesign.Dose("age")).build(),
        twice);
  }

  private static void isRefused(
      EffectEstimator estimator, Dataset<Row> rows, StudyDesign design, long twice) {
    assertThatThrownBy(() -> estimator.estimate(rows, design))
        .as(estimator.name())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(twice + " rows repeat a unit")
        .hasMessageContaining("keep one row per unit");
  }

  @Test
  void rowsWithoutAUnitAreNotToldToBeTheSame() {
    Dataset<Row> unnamed =
        TrainingExperiment.persons(session()).selectExpr("*", "string(null) as nobody");
    OneRowPerUnit.require(unnamed, StudyDesign.of("nobody", "re78").exposed("treat").build());
  }
}
