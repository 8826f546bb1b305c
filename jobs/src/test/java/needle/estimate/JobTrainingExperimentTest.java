package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * The National Supported Work experiment (LaLonde 1986), the sample of Dehejia & Wahba (1999),
 * whose difference in earnings of 1,794 dollars is published. Other figures are those of
 * statsmodels 0.15.0, DoubleML 0.11.4 and PySensemakr 0.0.8 on the same rows, with the folds of the
 * file.
 */
class JobTrainingExperimentTest extends SparkTest {
  private static final List<String> COVARIATES =
      List.of("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75");

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session());
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("person", "re78").exposed("treat");
  }

  private static void agrees(EffectEstimate estimate, double effect, double error) {
    Effect headline = estimate.headline();
    assertThat(headline.estimate()).isCloseTo(effect, within(1e-6 * Math.abs(effect)));
    assertThat(headline.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  private EffectEstimate learned(Model model, Optional<String> foldColumn) {
    return new DoubleMachineLearning("dml", model, COVARIATES, foldColumn, 1, 0.01, 0.99)
        .estimate(persons(), design().build());
  }

  @Test
  void thePublishedDifferenceInMeans() {
    EffectEstimate estimate =
        new OrdinaryLeastSquares("difference_in_means", List.of())
            .estimate(persons(), design().build());
    agrees(estimate, 1794.3423818500985, 670.824490766941);
    assertThat(estimate.headline().treated()).isEqualTo(185);
    assertThat(estimate.headline().control()).isEqualTo(260);
  }

  @Test
  void regressionOnCovariates() {
    OrdinaryLeastSquares ols = new OrdinaryLeastSquares("ols", COVARIATES);
    EffectEstimate robust = ols.estimate(persons(), design().build());
    agrees(robust, 1676.3426254025526, 676.7336974784864);
    assertThat(robust.diagnosticValue("robustness_value", "estimate").orElseThrow())
        .isCloseTo(0.118175, within(1e-6));
    assertThat(robust.diagnosticValue("robustness_value", "interval").orElseThrow())
        .isCloseTo(0.031007680749, within(1e-6));
    List<String> withoutSchool = COVARIATES;
    EffectEstimate clustered =
        new OrdinaryLeastSquares("ols", withoutSchool)
            .estimate(
                persons().withColumn("school", org.apache.spark.sql.functions.col("educ")),
                design().clusteredBy("school").build());
    agrees(clustered, 1676.3426254025526, 575.2486202523526);
  }

  @Test
  void doubleMachineLearningWithTheSameFolds() {
    Optional<String> fold = Optional.of("fold");
    agrees(learned(Model.PARTIALLY_LINEAR, fold), 1679.4607858703155, 664.1624841375937);
    agrees(learned(Model.INTERACTIVE_ATE, fold), 1549.3968378915013, 690.4581830380936);
    agrees(learned(Model.INTERACTIVE_ATT, fold), 1809.7216066408305, 683.2410651930338);
  }

  /**
   * The estimate's is DoubleML's, by a root finder. The interval's is that of numpy, with the
   * errors of numerical derivatives of the whole limit by the weight of each person; DoubleML takes
   * the covariance of effect and ratio with the other sign, and has 0.0257 at its one-sided 97.5%.
   */
  @Test
  void whatSomethingUnseenWouldHaveToTellOfASlope() {
    EffectEstimate slope = learned(Model.PARTIALLY_LINEAR, Optional.of("fold"));
    assertThat(slope.diagnosticValue("robustness_value", "estimate").orElseThrow())
        .isCloseTo(0.11780851570802794, within(1e-8));
    assertThat(slope.diagnosticValue("robustness_value", "interval").orElseThrow())
        .isCloseTo(0.030099481097582856, within(1e-8));
  }

  @Test
  void withoutCrossFitting() {
    agrees(learned(Model.INTERACTIVE_ATE, Optional.empty()), 1619.052845034404, 670.8065976688899);
  }

  /** Errors: the sandwich of the stacked estimating equations, with numerical derivatives. */
  @Test
  void inverseProbabilityWeighting() {
    agrees(
        new InverseProbabilityWeighting(COVARIATES, false, 0, 1)
            .estimate(persons(), design().build()),
        1641.3152016515623,
        671.0452110143991);
    agrees(
        new InverseProbabilityWeighting(COVARIATES, true, 0, 1)
            .estimate(persons(), design().build()),
        1806.416907680993,
        673.1062694564656);
  }

  @Test
  void weightingBalancesWhatDecidedAboutTreatment() {
    EffectEstimate estimate = learned(Model.INTERACTIVE_ATE, Optional.empty());
    assertThat(estimate.diagnosticValue("balance", "largest_standardised_difference").orElseThrow())
        .isLessThan(0.02);
  }

  /**
   * Before weighting by hand, in numpy 2.4.6; after it with weights of a logistic regression there.
   */
  @Test
  void everyCovariateTellsItsBalanceBeforeAndAfter() {
    EffectEstimate estimate =
        new InverseProbabilityWeighting(COVARIATES, true, 0, 1)
            .estimate(persons(), design().build());
    double[] before = {
      0.10752668216244382,
      0.14155956389063692,
      0.04398779888532583,
      -0.17494816420389028,
      0.09386107410187214,
      -0.30471583331186786,
      -0.002164834328123152,
      0.08405909305794607
    };
    double[] after = {
      0.008763853609829767,
      -0.019761169453922537,
      5.771694291510589e-05,
      2.330921439364659e-05,
      -0.019316254231846554,
      0.02690978379716691,
      0.011190300379166223,
      0.0027774341655580842
    };
    for (int i = 0; i < COVARIATES.size(); i++) {
      String name = COVARIATES.get(i);
      assertThat(estimate.diagnosticValue("balance", "before_" + name).orElseThrow())
          .isCloseTo(before[i], within(1e-8));
      assertThat(estimate.diagnosticValue("balance", "after_" + name).orElseThrow())
          .isCloseTo(after[i], within(1e-8));
    }
  }

  @Test
  void aTreatmentThatIsNoTreatmentIsRefused() {
    OrdinaryLeastSquares means = new OrdinaryLeastSquares("difference_in_means", List.of());
    assertThatThrownBy(
            () ->
                means.estimate(persons(), StudyDesign.of("person", "re78").exposed("age").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("age is not 0 or 1");
    assertThatThrownBy(() -> means.estimate(persons().where("treat = 1"), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is nobody to compare the treated with");
    assertThatThrownBy(() -> means.estimate(persons().where("treat = 0"), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Nobody was treated");
    assertThatThrownBy(
            () ->
                means.estimate(
                    persons(), StudyDesign.of("person", "re78").adopted("treat").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say who was treated");
  }

  @Test
  void aTreatmentThatIsTheSameInAllRowsIsSaid() {
    for (String treated : List.of("0", "1")) {
      assertThatThrownBy(
              () ->
                  new OrdinaryLeastSquares("ols", List.of("age"))
                      .estimate(
                          persons()
                              .withColumn("treat", org.apache.spark.sql.functions.expr(treated)),
                          design().build()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("the treatment treat is " + treated + " in all rows");
    }
  }

  @Test
  void theCovariateThatTheOthersTellIsNamed() {
    Dataset<Row> twice = persons().selectExpr("*", "2 * age + educ as both");
    List<String> covariates = List.of("age", "educ", "both", "black");
    for (EffectEstimator estimator :
        List.of(
            new InverseProbabilityWeighting(covariates, false, 0.01, 0.99),
            new DoubleMachineLearning(
                "interactive", Model.INTERACTIVE_ATE, covariates, Optional.empty(), 5, 0, 1))) {
      assertThatThrownBy(() -> estimator.estimate(twice, design().build()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("both is constant, or a combination of those before it");
    }
  }

  @Test
  void covariatesThatCannotBeToldApartAreNamed() {
    Dataset<Row> twice = persons().selectExpr("*", "2 * age as age2");
    assertThatThrownBy(
            () ->
                new OrdinaryLeastSquares("ols", List.of("age", "age2"))
                    .estimate(twice, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told apart");
    assertThatThrownBy(
            () ->
                new DoubleMachineLearning(
                        "dml",
                        Model.PARTIALLY_LINEAR,
                        List.of("age", "age2"),
                        Optional.empty(),
                        5,
                        0,
                        1)
                    .estimate(twice, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told apart");
    Dataset<Row> decided = persons().selectExpr("*", "treat + rand(1) / 10 as chosen");
    assertThatThrownBy(
            () ->
                new DoubleMachineLearning(
                        "dml",
                        Model.INTERACTIVE_ATE,
                        List.of("chosen"),
                        Optional.empty(),
                        5,
                        0.01,
                        0.99)
                    .estimate(decided, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nobody is like them");
  }

  @Test
  void theLayoutDoesNotMatterToTheLastBit() {
    DoubleMachineLearning dml =
        new DoubleMachineLearning(
            "dml", Model.INTERACTIVE_ATE, COVARIATES, Optional.empty(), 5, 0.01, 0.99);
    assertThat(
            dml.estimate(persons().repartition(7).sortWithinPartitions("re78"), design().build()))
        .isEqualTo(dml.estimate(persons().coalesce(1), design().build()));
  }
}
