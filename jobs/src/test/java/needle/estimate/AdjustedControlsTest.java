package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StudyDesign.Nuisance;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Panels in which a covariate decides who is treated and how outcomes drift, so that only an
 * adjusted comparison finds the planted effect.
 */
class AdjustedControlsTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, x double");
  private static final double EFFECT = 1;

  private Dataset<Row> panel(
      long seed, int units, DoubleUnaryOperator logit, DoubleUnaryOperator drift) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      double x = random.nextGaussian();
      boolean isTreated = random.nextDouble() < 1 / (1 + Math.exp(-logit.applyAsDouble(x)));
      double level = 2 * random.nextGaussian() + x;
      for (int t = 1; t <= 4; t++) {
        double y = level + t * drift.applyAsDouble(x) + random.nextGaussian();
        boolean after = isTreated && t >= 3;
        rows.add(RowFactory.create(i, t, y + (after ? EFFECT : 0), isTreated ? 3 : null, x));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private EffectEstimate estimate(Dataset<Row> panel, Nuisance how) {
    StudyDesign.Draft design = StudyDesign.of("unit", "period", "y").adopted("first");
    if (how != Nuisance.NONE) {
      design.adjustedFor(how, List.of("x"));
    }
    return new StaggeredDid().estimate(panel, design.build());
  }

  private static double errorsOff(EffectEstimate estimate) {
    return Math.abs(estimate.headline().estimate() - EFFECT) / estimate.headline().stdError();
  }

  @Test
  void weightsFindTheEffectWhateverTheDrift() {
    Dataset<Row> panel = panel(1, 8_000, x -> 0.8 * x, x -> Math.abs(x) + x);
    assertThat(errorsOff(estimate(panel, Nuisance.NONE))).isGreaterThan(6);
    assertThat(errorsOff(estimate(panel, Nuisance.IPW))).isLessThan(3.5);
    assertThat(errorsOff(estimate(panel, Nuisance.DOUBLY_ROBUST))).isLessThan(3.5);
  }

  /** Who adopts in period 7 reacts in period 6, and is like the others' controls no longer. */
  @Test
  void controlsThatReactBeforeThePanelEndsAreWeightedForTheirTimeAlone() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      double x = random.nextGaussian();
      double place = random.nextDouble() * (Math.exp(x / 2) + Math.exp(-x / 2) + 1);
      boolean isTreated = place < Math.exp(x / 2);
      Integer first = isTreated ? (Integer) 4 : place < Math.exp(x / 2) + 1 ? null : 7;
      for (int t = 1; t <= 6; t++) {
        rows.add(RowFactory.create(i, t, t * x + random.nextGaussian(), first, x));
      }
    }
    Dataset<Row> panel = session().createDataFrame(rows, SCHEMA);
    StudyDesign.Draft design =
        StudyDesign.of("unit", "period", "y")
            .adopted("first")
            .anticipating(1)
            .adjustedFor(Nuisance.IPW, List.of("x"));
    // In that period, against the never treated alone, the logit is x / 2 and the weights right.
    EffectEstimate.Effect effect =
        new StaggeredDid()
            .estimate(panel, design.build()).effects().stream()
                .filter(e -> e.term().equals("4:6"))
                .findFirst()
                .orElseThrow();
    assertThat(effect.stdError()).isLessThan(0.15);
    assertThat(Math.abs(effect.estimate())).isLessThan(3.5 * effect.stdError());
  }

  @Test
  void doublyRobustNeedsOnlyOneOfTheTwoModels() {
    Dataset<Row> wrongWeights = panel(2, 8_000, x -> x * x - 1, x -> x);
    assertThat(errorsOff(estimate(wrongWeights, Nuisance.DOUBLY_ROBUST))).isLessThan(3.5);
    Dataset<Row> wrongTrend = panel(3, 8_000, x -> x, x -> x * x);
    assertThat(errorsOff(estimate(wrongTrend, Nuisance.OUTCOME_REGRESSION))).isGreaterThan(6);
    assertThat(errorsOff(estimate(wrongTrend, Nuisance.DOUBLY_ROBUST))).isLessThan(3.5);
  }

  @Test
  void standardErrorsAreTheSpreadOfTheEstimates() {
    for (Nuisance how : List.of(Nuisance.IPW, Nuisance.DOUBLY_ROBUST)) {
      int samples = 30;
      double sum = 0;
      double squares = 0;
      double errors = 0;
      int inside = 0;
      for (int seed = 0; seed < samples; seed++) {
        EffectEstimate found = estimate(panel(500 + seed, 400, x -> 0.5 * x, x -> 0.5 * x), how);
        double off = found.headline().estimate() - EFFECT;
        sum += off;
        squares += off * off;
        errors += found.headline().stdError();
        inside += errorsOff(found) < 1.96 ? 1 : 0;
      }
      double spread = Math.sqrt((squares - sum * sum / samples) / (samples - 1));
      // A standard deviation of thirty draws is right to 13%.
      assertThat(errors / samples).as(how.name()).isCloseTo(spread, within(0.4 * spread));
      assertThat(Math.abs(sum / samples)).isLessThan(4 * spread / Math.sqrt(samples));
      assertThat(inside).isBetween(24, 30);
    }
  }

  @Test
  void nobodyLikeTheTreatedIsNoComparison() {
    Dataset<Row> apart = panel(4, 400, x -> x > 0 ? 50 : -50, x -> x);
    for (Nuisance how : List.of(Nuisance.IPW, Nuisance.DOUBLY_ROBUST)) {
      assertThatThrownBy(() -> estimate(apart, how))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("There is nobody to compare the treated with");
    }
  }

  @Test
  void aFewControlsThatCarryAllTheWeightAreReported() {
    Dataset<Row> thin = panel(5, 600, x -> 4 * x, x -> x);
    EffectEstimate found = estimate(thin, Nuisance.DOUBLY_ROBUST);
    EffectEstimate.Diagnostic overlap =
        found.diagnostic("overlap", "effective_controls_in_smallest_cell").orElseThrow();
    assertThat(overlap.status()).isNotEqualTo(Status.PASS);
    assertThat(overlap.value()).isLessThan(20);
  }

  private static Status overlap(EffectEstimate found, String statistic) {
    return found.diagnostic("overlap", statistic).orElseThrow().status();
  }

  /** The errors of such weights are too small: 0.24 where estimates spread by 0.3 to 0.4. */
  @Test
  void steepPropensitiesAreNotTakenForAStandardError() {
    int failed = 0;
    for (int seed = 0; seed < 10; seed++) {
      EffectEstimate steep = estimate(panel(40 + seed, 300, x -> 2.5 * x, x -> x), Nuisance.IPW);
      Status status = overlap(steep, "controls_behind_the_error");
      assertThat(status).isNotEqualTo(Status.PASS);
      failed += status == Status.FAIL ? 1 : 0;
    }
    assertThat(failed).isGreaterThanOrEqualTo(7);
    EffectEstimate gentle = estimate(panel(50, 1_000, x -> 0.5 * x, x -> x), Nuisance.IPW);
    assertThat(overlap(gentle, "controls_behind_the_error")).isEqualTo(Status.PASS);
  }

  @Test
  void aRegressionThatExtrapolatesIsNoticed() {
    // Normal covariates whose means lie so many standard deviations apart: among controls, weights
    // are 1 + gap · x, so that the negative ones add up to gap · φ(1/gap) − Φ(−1/gap).
    EffectEstimate near = estimate(apart(0.5), Nuisance.OUTCOME_REGRESSION);
    assertThat(overlap(near, "share_of_negative_weight")).isEqualTo(Status.PASS);
    EffectEstimate further = estimate(apart(1.2), Nuisance.OUTCOME_REGRESSION);
    assertThat(overlap(further, "share_of_negative_weight")).isEqualTo(Status.WARNING);
    assertThat(further.diagnosticValue("overlap", "share_of_negative_weight").orElseThrow())
        .isCloseTo(0.136 / (1 + 2 * 0.136), within(0.03));
    // As many equal ones as n / (1 + gap²).
    assertThat(
            further.diagnosticValue("overlap", "effective_controls_in_smallest_cell").orElseThrow())
        .isCloseTo(600 / (1 + 1.2 * 1.2), within(40.0));
    EffectEstimate far = estimate(apart(3), Nuisance.OUTCOME_REGRESSION);
    assertThat(overlap(far, "share_of_negative_weight")).isEqualTo(Status.FAIL);
    assertThat(estimate(apart(3), Nuisance.NONE).diagnostic("overlap", "share_of_negative_weight"))
        .isEmpty();
  }

  private Dataset<Row> apart(double gap) {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      double x = random.nextGaussian() + (i % 2 == 0 ? gap : 0);
      for (int t = 1; t <= 4; t++) {
        rows.add(RowFactory.create(i, t, random.nextGaussian(), i % 2 == 0 ? 3 : null, x));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  @Test
  void aConstantCovariateIsNotTakenForOneThatDecides() {
    Dataset<Row> constant =
        panel(8, 200, x -> x, x -> x).selectExpr("unit", "period", "y", "first", "7.0 as x");
    for (Nuisance how : List.of(Nuisance.IPW, Nuisance.DOUBLY_ROBUST)) {
      assertThatThrownBy(() -> estimate(constant, how))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("x is constant, or a combination");
    }
  }

  @Test
  void unitsOfMeasurementDoNotMatter() {
    Dataset<Row> panel = panel(7, 800, x -> 0.8 * x, x -> x);
    double found = estimate(panel, Nuisance.DOUBLY_ROBUST).headline().estimate();
    for (String scale : List.of("1e-9", "1e9")) {
      Dataset<Row> scaled = panel.selectExpr("unit", "period", "y", "first", scale + " * x as x");
      assertThat(estimate(scaled, Nuisance.DOUBLY_ROBUST).headline().estimate())
          .as(scale)
          .isCloseTo(found, within(1e-8));
    }
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    Dataset<Row> panel = panel(6, 500, x -> x, x -> x);
    EffectEstimate one = estimate(panel.coalesce(1), Nuisance.DOUBLY_ROBUST);
    EffectEstimate other =
        estimate(panel.repartition(7).sortWithinPartitions("y"), Nuisance.DOUBLY_ROBUST);
    assertThat(other).isEqualTo(one);
  }
}
