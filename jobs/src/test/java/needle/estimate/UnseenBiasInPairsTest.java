package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lead in the blood of 33 children whose fathers worked with lead, and of as many matched children
 * (Morton et al. 1982): the bounds published in Rosenbaum 2002, table 4.2.
 */
class UnseenBiasInPairsTest extends SparkTest {
  private static final int[] EXPOSED = {
    38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48,
    44, 35, 43, 39, 34, 13, 73, 25, 27
  };
  private static final int[] MATCHED = {
    16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18,
    19, 12, 11, 22, 25, 16, 13, 11, 13
  };

  private Dataset<Row> children(int pairs) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      rows.add(RowFactory.create("e" + i, "pair" + i, 1, (double) EXPOSED[i]));
      rows.add(RowFactory.create("m" + i, "pair" + i, 0, (double) MATCHED[i]));
    }
    rows.add(RowFactory.create("alone", "pair99", 1, 99.0));
    rows.add(RowFactory.create("nobody", null, 1, 99.0));
    return session()
        .createDataFrame(
            rows, StructType.fromDDL("child string, pair string, exposed int, lead double"));
  }

  private static EffectEstimate tried(Dataset<Row> panel, String... clusters) {
    return tried(panel, Settings.USUAL, clusters);
  }

  private static EffectEstimate tried(Dataset<Row> panel, Settings settings, String... clusters) {
    return new TriedEstimator(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            List.of(new UnseenBiasInPairs("pair", settings)))
        .estimate(
            panel,
            StudyDesign.of("child", "lead").exposed("exposed").clusteredBy(clusters).build());
  }

  private static Diagnostic check(EffectEstimate estimate, String statistic) {
    return estimate.diagnostic("rosenbaum", statistic).orElseThrow();
  }

  @Test
  void publishedBounds() {
    EffectEstimate estimate = tried(children(33));
    assertThat(check(estimate, "p_at_1.0").pValue()).isLessThan(0.0001);
    assertThat(check(estimate, "p_at_2.0").pValue()).isCloseTo(0.0018, within(5e-5));
    assertThat(check(estimate, "p_at_3.0").pValue()).isCloseTo(0.0136, within(5e-5));
    // The same with scipy 1.17.1's ranks.
    assertThat(check(estimate, "p_at_2.0").pValue()).isCloseTo(0.00178987597669511, within(1e-12));
    assertThat(check(estimate, "p_at_3.0").pValue()).isCloseTo(0.013615306096588897, within(1e-12));
    // At one side of 5%, two sides of 2.5% each.
    assertThat(check(estimate, "breakdown").value()).isBetween(3.0, 4.0);
    assertThat(check(estimate, "pairs").value()).isEqualTo(33);
    assertThat(check(estimate, "pairs").message()).contains("1 other groups were left out");
  }

  /** Published one-sided p-values are 0.0136 at a factor of 3, and 0.0388 at 4. */
  @ParameterizedTest
  @CsvSource({"3, PASS", "4, FAIL"})
  void aConclusionWithstandsThePublishedFactor(double asked, Status status) {
    Diagnostic told = check(tried(children(33), Settings.withstanding(asked)), "withstands");
    assertThat(told.value()).isEqualTo(asked);
    assertThat(told.status()).isEqualTo(status);
  }

  @Test
  void boundsAreToldAtTheFactorsThatAreAsked() {
    EffectEstimate estimate =
        tried(children(33), new Settings(List.of(4.0, 4.25, 5.0), OptionalDouble.empty(), false));
    assertThat(check(estimate, "p_at_4.0").value()).isCloseTo(0.0388, within(5e-5));
    assertThat(check(estimate, "p_at_4.25").value()).isCloseTo(0.0468, within(5e-5));
    assertThat(check(estimate, "p_at_5.0").value()).isCloseTo(0.0740, within(5e-5));
    assertThat(estimate.diagnostic("rosenbaum", "p_at_2.0")).isEmpty();
    assertThat(estimate.diagnostic("rosenbaum", "withstands")).isEmpty();
  }

  @Test
  void aLowerOutcomeHasTheSameBounds() {
    Dataset<Row> mirrored =
        children(33).withColumn("lead", org.apache.spark.sql.functions.expr("-lead"));
    assertThat(check(tried(mirrored), "breakdown"))
        .isEqualTo(check(tried(children(33).repartition(5)), "breakdown"));
  }

  @Test
  void tooFewPairsAreRefused() {
    Dataset<Row> few = children(9);
    assertThatThrownBy(() -> tried(few))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("too few pairs")
        .hasMessageContaining("9 cases");
  }

  @Test
  void pairsThatAreNotIndependentAreRefused() {
    assertThat(check(tried(children(33), "pair"), "breakdown"))
        .isEqualTo(check(tried(children(33)), "breakdown"));
    Dataset<Row> works =
        children(33).withColumn("works", org.apache.spark.sql.functions.expr("right(pair, 1)"));
    assertThatThrownBy(() -> tried(works, "works"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("the study clusters by works, which may hold several")
        .hasMessageContaining("or cluster by pair");
  }
}
