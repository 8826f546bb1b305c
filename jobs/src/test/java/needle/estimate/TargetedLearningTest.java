package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Targeted maximum likelihood. Figures of the National Supported Work experiment are those of an
 * independent program in NumPy around statsmodels 0.15.0 (OLS and GLM for the nuisances, GLM with
 * an offset for the fluctuation), on the folds of the file.
 */
class TargetedLearningTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, y double, treated int, x double");
  private static final List<String> COVARIATES =
      List.of("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75");

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session())
        .selectExpr(
            "*", "educ as school", "educ % 3 as fold_of_school", "cast(re78 > 0 as int) as works");
  }

  private static TargetedLearning targeted(Model model, List<String> covariates, String fold) {
    return targeted(model, covariates, fold, 1, 0.01, 0.99);
  }

  private static TargetedLearning targeted(
      Model model, List<String> covariates, String fold, int folds, double lowest, double highest) {
    Optional<String> column = Optional.ofNullable(fold);
    return new TargetedLearning(
        new DoubleMachineLearning("tmle", model, covariates, column, folds, lowest, highest),
        covariates,
        column,
        folds);
  }

  private static StudyDesign.Draft earnings() {
    return StudyDesign.of("person", "re78").exposed("treat");
  }

  private static void agrees(Effect effect, double estimate, double error) {
    assertThat(effect.estimate()).isCloseTo(estimate, within(1e-6 * Math.abs(estimate)));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  @Test
  void theEffectOnEverybody() {
    EffectEstimate estimate =
        targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold").estimate(persons(), earnings().build());
    agrees(estimate.headline(), 1555.8394853114742, 689.9248744349745);
    assertThat(estimate.headline().term()).isEqualTo("ate");
    agrees(estimate.find("mean", "treated").orElseThrow(), 6104.691869207762, 602.5805875559391);
    agrees(estimate.find("mean", "untreated").orElseThrow(), 4548.852383896287, 344.0175273879474);
    agrees(
        targeted(Model.INTERACTIVE_ATE, COVARIATES, null)
            .estimate(persons(), earnings().build())
            .headline(),
        1619.0045841596148,
        670.8102136265915);
    Effect bySchool =
        targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold_of_school")
            .estimate(persons(), earnings().clusteredBy("school").build())
            .headline();
    agrees(bySchool, 1878.8768197792608, 633.424357873628);
    Intervals.ofStudent(bySchool, 13, 2.1603686564628);
  }

  @Test
  void theEffectOnTheTreated() {
    EffectEstimate estimate =
        targeted(Model.INTERACTIVE_ATT, COVARIATES, "fold").estimate(persons(), earnings().build());
    agrees(estimate.headline(), 1806.8393785477597, 683.270031746197);
    assertThat(estimate.headline().term()).isEqualTo("att");
    agrees(estimate.find("mean", "treated").orElseThrow(), 6349.143502065297, 576.8574887774087);
    agrees(estimate.find("mean", "untreated").orElseThrow(), 4542.304123517537, 382.9090846537412);
    agrees(
        targeted(Model.INTERACTIVE_ATT, COVARIATES, "fold_of_school")
            .estimate(persons(), earnings().clusteredBy("school").build())
            .headline(),
        1709.3496431286069,
        558.3848785628041);
  }

  @Test
  void foldsThatDivideClustersAreRefused() {
    StudyDesign bySchool = earnings().clusteredBy("school").build();
    assertThatThrownBy(
            () -> targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold").estimate(persons(), bySchool))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The column fold divides clusters")
        .hasMessageContaining("values of school, such as 10, have rows in several folds");
  }

  @Test
  void anOutcomeOfZeroAndOne() {
    StudyDesign works = StudyDesign.of("person", "works").exposed("treat").build();
    EffectEstimate everybody =
        targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold").estimate(persons(), works);
    agrees(everybody.headline(), 0.1092111667092509, 0.04491509880904706);
    assertThat(everybody.diagnosticValue("nuisance", "share_beyond_range").orElseThrow())
        .isCloseTo(0.033707865168539325, within(1e-12));
    // Sides that change their names change a sign, and nothing else.
    EffectEstimate turned =
        targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold")
            .estimate(
                persons().withColumn("untreated", functions.expr("1 - treat")),
                StudyDesign.of("person", "works").exposed("untreated").build());
    agrees(turned.headline(), -0.1092111667092509, 0.04491509880904706);
    assertThat(turned.diagnosticValue("nuisance", "share_beyond_range").orElseThrow())
        .isCloseTo(0.033707865168539325, within(1e-12));
    agrees(
        targeted(Model.INTERACTIVE_ATT, COVARIATES, "fold").estimate(persons(), works).headline(),
        0.11530579408189556,
        0.047201080111415064);
  }

  /** A sample, and what treatment changed in the mean of all, and of the treated. */
  private record Simulated(Dataset<Row> rows, double ofAll, double ofTreated) {}

  private Simulated simulated(
      long seed, DoubleUnaryOperator probability, DoubleUnaryOperator untreated) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    double all = 0;
    double ofTreated = 0;
    int treated = 0;
    for (int i = 0; i < 2000; i++) {
      double x = random.nextGaussian();
      int d = random.nextDouble() < probability.applyAsDouble(x) ? 1 : 0;
      double effect = 1 + 0.5 * x;
      double y = untreated.applyAsDouble(x) + d * effect + random.nextGaussian();
      all += effect / 2000;
      ofTreated += d * effect;
      treated += d;
      rows.add(RowFactory.create(i, y, d, x));
    }
    return new Simulated(session().createDataFrame(rows, SCHEMA), all, ofTreated / treated);
  }

  private static StudyDesign simulatedDesign() {
    return StudyDesign.of("unit", "y").exposed("treated").build();
  }

  // The mean distance from the truth over seeds, in standard errors of that mean.
  private void isRightOnAverage(DoubleUnaryOperator probability, DoubleUnaryOperator untreated) {
    int seeds = 4;
    for (Model model : List.of(Model.INTERACTIVE_ATE, Model.INTERACTIVE_ATT)) {
      double distance = 0;
      for (int seed = 1; seed <= seeds; seed++) {
        Simulated sample = simulated(seed, probability, untreated);
        Effect found =
            targeted(model, List.of("x"), null, 5, 0.01, 0.99)
                .estimate(sample.rows(), simulatedDesign())
                .headline();
        double truth = model == Model.INTERACTIVE_ATE ? sample.ofAll() : sample.ofTreated();
        distance += (found.estimate() - truth) / found.stdError() / Math.sqrt(seeds);
      }
      assertThat(distance).isBetween(-3.0, 3.0);
    }
  }

  @Test
  void isRightWhereOnlyThePropensityIs() {
    DoubleUnaryOperator probability = x -> 1 / (1 + Math.exp(-x));
    DoubleUnaryOperator untreated = x -> 3 * x * x;
    isRightOnAverage(probability, x -> untreated.applyAsDouble(x));
    Effect wrong =
        new OrdinaryLeastSquares("ols", List.of("x"))
            .estimate(simulated(1, x -> x > 1 ? 0.8 : 0.2, untreated).rows(), simulatedDesign())
            .headline();
    assertThat(wrong.estimate()).isGreaterThan(1 + 5 * wrong.stdError());
  }

  @Test
  void isRightWhereOnlyTheOutcomeIs() {
    DoubleUnaryOperator probability = x -> x > 0.5 && x < 1.5 ? 0.85 : 0.2;
    DoubleUnaryOperator untreated = x -> 3 * x;
    isRightOnAverage(probability, untreated);
    Effect wrong =
        new InverseProbabilityWeighting(List.of("x"), false, 0.01, 0.99)
            .estimate(simulated(1, probability, untreated).rows(), simulatedDesign())
            .headline();
    assertThat(Math.abs(wrong.estimate() - 1)).isGreaterThan(3 * wrong.stdError());
  }

  /**
   * The treated are where few others are, and a line through those leaves the range from 0 to 1.
   */
  @Test
  void staysWithinTheOutcomesRangeWhereScoresLeaveIt() {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean isTreated = i % 4 == 0;
      double x = isTreated ? 2 + random.nextDouble() : 2.4 * random.nextDouble();
      double chance = isTreated ? 0.03 : Math.min(0.97, 0.45 * x);
      rows.add(
          RowFactory.create(i, random.nextDouble() < chance ? 1.0 : 0.0, isTreated ? 1 : 0, x));
    }
    Dataset<Row> sample = session().createDataFrame(rows, SCHEMA);
    List<String> x = List.of("x");
    double byScores =
        new DoubleMachineLearning("aipw", Model.INTERACTIVE_ATT, x, Optional.empty(), 5, 0.3, 0.7)
            .estimate(sample, simulatedDesign())
            .headline()
            .estimate();
    assertThat(byScores).isLessThan(-1);
    EffectEstimate estimate =
        targeted(Model.INTERACTIVE_ATT, x, null, 5, 0.3, 0.7).estimate(sample, simulatedDesign());
    assertThat(estimate.headline().estimate()).isBetween(-1.0, -0.5);
    assertThat(estimate.find("mean", "untreated").orElseThrow().estimate()).isBetween(0.5, 1.0);
    assertThat(estimate.find("mean", "treated").orElseThrow().estimate()).isBetween(0.0, 0.1);
  }

  @Test
  void checksAreThoseOfTheScoresWithOnePower() {
    EffectEstimate estimate =
        targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold").estimate(persons(), earnings().build());
    assertThat(estimate.diagnostics())
        .extracting(d -> d.check() + " " + d.statistic())
        .doesNotHaveDuplicates()
        .contains(
            "overlap effective_units_of_smaller_side",
            "balance largest_standardised_difference",
            "nuisance log_loss_treatment",
            "unconfoundedness assumed");
    assertThat(estimate.diagnosticValue("power", "minimum_detectable_effect").orElseThrow())
        .isCloseTo((1.959964 + 0.841621) * estimate.headline().stdError(), within(1e-2));
  }

  @Test
  void whatCannotBeTargetedIsRefused() {
    TargetedLearning tmle = targeted(Model.INTERACTIVE_ATE, COVARIATES, "fold");
    Dataset<Row> constant = persons().withColumn("re78", functions.lit(5.0));
    assertThatThrownBy(() -> tmle.estimate(constant, earnings().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The outcome re78 does not vary");
    Dataset<Row> none =
        persons().withColumn("re78", functions.expr("if(treat = 1, 0, works)").cast("double"));
    assertThatThrownBy(() -> tmle.estimate(none, earnings().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The predictions of the treated do not settle");
    assertThatThrownBy(() -> targeted(Model.PARTIALLY_LINEAR, COVARIATES, "fold"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("A slope is no difference between means");
    assertThatThrownBy(
            () -> tmle.estimate(persons(), StudyDesign.of("person", "re78").exposed("age").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("age");
  }

  @Test
  void theLayoutDoesNotMatterToTheLastBit() {
    TargetedLearning tmle = targeted(Model.INTERACTIVE_ATE, COVARIATES, null, 5, 0.01, 0.99);
    assertThat(
            tmle.estimate(
                persons().repartition(7).sortWithinPartitions("re78"), earnings().build()))
        .isEqualTo(tmle.estimate(persons().coalesce(1), earnings().build()));
  }
}
