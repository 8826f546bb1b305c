package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.Learners.Outcome;
import needle.estimate.Learners.Treatment;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Nuisances by MLlib. Figures of the National Supported Work experiment are those of DoubleML
 * 0.11.4 with statsmodels 0.15.0 (Poisson, logistic) and scikit-learn 1.9.1 (ridge), on the folds
 * of the file.
 */
class LearnersTest extends SparkTest {
  private static final List<String> COVARIATES =
      List.of("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75");

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session());
  }

  private static DoubleMachineLearning learned(
      Model model, List<String> covariates, String fold, Outcome outcome, Treatment treatment) {
    return new DoubleMachineLearning(
        "dml",
        model,
        covariates,
        Optional.ofNullable(fold),
        2,
        0.01,
        0.99,
        new Learners(outcome, treatment));
  }

  private EffectEstimate experiment(Model model, Outcome outcome, Treatment treatment) {
    return learned(model, COVARIATES, "fold", outcome, treatment)
        .estimate(persons(), StudyDesign.of("person", "re78").exposed("treat").build());
  }

  private static void agrees(EffectEstimate estimate, double effect, double error) {
    Effect headline = estimate.headline();
    assertThat(headline.estimate()).isCloseTo(effect, within(1e-6 * Math.abs(effect)));
    assertThat(headline.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  @Test
  void regressionsAreThoseOfOtherPackages() {
    EffectEstimate poisson = experiment(Model.INTERACTIVE_ATE, Outcome.POISSON, Treatment.LOGISTIC);
    agrees(poisson, 1547.071412411424, 690.7457436678568);
    assertThat(poisson.diagnosticValue("nuisance", "r2_outcome_of_treated").orElseThrow())
        .isCloseTo(-0.08040277495393489, within(1e-7));
    assertThat(poisson.diagnosticValue("nuisance", "r2_outcome_of_controls").orElseThrow())
        .isCloseTo(-0.0027520729882479777, within(1e-7));
    assertThat(poisson.diagnosticValue("nuisance", "log_loss_treatment").orElseThrow())
        .isCloseTo(0.6749326990318295, within(1e-8));
    agrees(
        experiment(Model.INTERACTIVE_ATE, Outcome.LINEAR, Treatment.RIDGE_LOGISTIC),
        1554.6300256468426,
        682.8549545693653);
    agrees(
        experiment(Model.INTERACTIVE_ATT, Outcome.POISSON, Treatment.RIDGE_LOGISTIC),
        1816.8999885713167,
        681.118899983447);
    agrees(
        experiment(Model.PARTIALLY_LINEAR, Outcome.POISSON, Treatment.LOGISTIC),
        1675.779287818671,
        665.8573113583761);
    agrees(
        experiment(Model.PARTIALLY_LINEAR, Outcome.LINEAR, Treatment.RIDGE_LOGISTIC),
        1684.0677917131868,
        663.9671793663676);
  }

  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, y double, d int, x1 double, x2 double");
  private static final List<String> BOTH = List.of("x1", "x2");

  /** The effect is 1; the average are treated more, and do better anyway, by 3. */
  private static List<Row> hump(long seed, int units) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      double x1 = 1.5 * random.nextGaussian();
      double x2 = random.nextGaussian();
      double hump = Math.exp(-x1 * x1);
      int d = random.nextDouble() < 0.2 + 0.6 * hump ? 1 : 0;
      double y = d + 3 * hump + 0.5 * x2 + random.nextGaussian();
      rows.add(RowFactory.create(i, y, d, x1, x2));
    }
    return rows;
  }

  private EffectEstimate hump(List<Row> rows, int partitions, Model model, boolean isLearned) {
    boolean isSlope = model == Model.PARTIALLY_LINEAR;
    Treatment linear = isSlope ? Treatment.LINEAR : Treatment.LOGISTIC;
    return learned(
            model,
            BOTH,
            null,
            isLearned ? Outcome.GRADIENT_BOOSTED_TREES : Outcome.LINEAR,
            isLearned ? Treatment.GRADIENT_BOOSTED_TREES : linear)
        .estimate(
            session().createDataFrame(rows, SCHEMA).repartition(partitions),
            StudyDesign.of("unit", "y").exposed("d").build());
  }

  @Test
  void treesFindWhatIsNotLinear() {
    List<Row> rows = hump(1, 3000);
    Effect biased = hump(rows, 2, Model.INTERACTIVE_ATT, false).headline();
    assertThat(biased.ciLow()).isGreaterThan(1.5);
    EffectEstimate learned = hump(rows, 2, Model.INTERACTIVE_ATT, true);
    // The chance of three errors is 0.3%.
    assertThat(learned.headline().estimate())
        .isCloseTo(1, within(3 * learned.headline().stdError()));
    assertThat(learned.headline().stdError()).isLessThan(0.1);
    assertThat(learned.diagnosticValue("nuisance", "r2_outcome_of_controls").orElseThrow())
        .isGreaterThan(0.4);
  }

  /** What five trees of either kind predict of a few people, in two layouts. */
  @Test
  void theLayoutChangesNoBitOfWhatIsLearned() {
    List<Row> rows = hump(2, 300);
    List<Row> turned = new ArrayList<>(rows);
    Collections.reverse(turned);
    assertThat(predicted(turned, 5)).containsExactly(predicted(rows, 1));
  }

  private double[] predicted(List<Row> rows, int partitions) {
    StudyDesign design = StudyDesign.of("unit", "y").exposed("d").build();
    Dataset<Row> table = session().createDataFrame(rows, SCHEMA).repartition(partitions);
    try (CrossSection sample = CrossSection.of(table, design, "d", BOTH, Optional.empty(), 2);
        LibraryFits fits = new LibraryFits(sample, sample.means(), 1, 5)) {
      List<Prediction> learned =
          List.of(
              fits.outcome(Outcome.GRADIENT_BOOSTED_TREES, 0),
              fits.treatment(Treatment.GRADIENT_BOOSTED_TREES),
              fits.probability(Treatment.GRADIENT_BOOSTED_TREES),
              fits.probability(Treatment.RIDGE_LOGISTIC));
      double[] found = new double[8 * learned.size()];
      for (int i = 0; i < found.length; i++) {
        double[] z = {1, i % 8 / 2 - 1.7, i % 3 - 1, 0, 0};
        found[i] = learned.get(i / 8).of(i % 2, z);
      }
      assertThat(found).doesNotContain(Double.NaN);
      return found;
    }
  }

  @Test
  void learnersThatDoNotFitAreRefused() {
    List<Row> rows = hump(3, 80);
    assertThatThrownBy(() -> hump(rows, 1, Model.INTERACTIVE_ATE, true))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("too little to learn from");
    Dataset<Row> table = session().createDataFrame(rows, SCHEMA);
    StudyDesign design = StudyDesign.of("unit", "y").exposed("d").build();
    assertThatThrownBy(
            () ->
                learned(Model.INTERACTIVE_ATE, BOTH, null, Outcome.POISSON, Treatment.LOGISTIC)
                    .estimate(table, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no Poisson mean");
    assertThatThrownBy(
            () ->
                learned(Model.INTERACTIVE_ATE, BOTH, null, Outcome.POISSON, Treatment.LOGISTIC)
                    .estimate(
                        session()
                            .createDataFrame(hump(3, 300), SCHEMA)
                            .selectExpr("unit", "abs(y) * (1 - d) as y", "d", "x1", "x2"),
                        design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not settle");
    assertThatThrownBy(
            () -> learned(Model.INTERACTIVE_ATE, BOTH, null, Outcome.LINEAR, Treatment.LINEAR))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("not linear");
    assertThatThrownBy(
            () ->
                learned(
                        Model.PARTIALLY_LINEAR,
                        List.of("x2"),
                        null,
                        Outcome.LINEAR,
                        Treatment.LOGISTIC)
                    .estimate(
                        table,
                        StudyDesign.of("unit", "y").treatedBy(new StudyDesign.Dose("x1")).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("x1 is not 0 or 1");
    assertThatThrownBy(
            () ->
                new DoubleMachineLearning(
                    "dml",
                    Model.INTERACTIVE_ATE,
                    BOTH,
                    Optional.empty(),
                    1,
                    0.01,
                    0.99,
                    new Learners(Outcome.POISSON, Treatment.LOGISTIC)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has to be cross-fitted");
  }
}
