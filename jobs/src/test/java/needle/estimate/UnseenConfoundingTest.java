package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

class UnseenConfoundingTest extends SparkTest {
  private Dataset<Row> table(int[][] counts, double[] outcomes) {
    List<Row> rows = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      for (int k = 0; k < outcomes.length; k++) {
        for (int i = 0; i < counts[side][k]; i++) {
          rows.add(RowFactory.create(rows.size(), side, outcomes[k]));
        }
      }
    }
    return session().createDataFrame(rows, StructType.fromDDL("person int, treated int, y double"));
  }

  private static EffectEstimate tried(Dataset<Row> panel, StudyDesign design) {
    return tried(panel, design, Settings.USUAL);
  }

  private static EffectEstimate tried(Dataset<Row> panel, StudyDesign design, Settings settings) {
    return new TriedEstimator(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            List.of(new UnseenConfounding(List.of(), Optional.empty(), settings)))
        .estimate(panel, design);
  }

  private static StudyDesign design() {
    return StudyDesign.of("person", "y").exposed("treated").build();
  }

  private static Diagnostic check(EffectEstimate estimate, String statistic) {
    return estimate.diagnostic("e_value", statistic).orElseThrow();
  }

  @Test
  void ofRisksByHand() {
    // 20% without, 50% with: a ratio of 2.5.
    EffectEstimate estimate =
        tried(table(new int[][] {{80, 20}, {50, 50}}, new double[] {0, 1}), design());
    assertThat(check(estimate, "estimate").value())
        .isCloseTo(2.5 + Math.sqrt(2.5 * 1.5), within(1e-9));
    double low = 1 + estimate.headline().ciLow() / 0.2;
    assertThat(check(estimate, "interval").value())
        .isCloseTo(low + Math.sqrt(low * (low - 1)), within(1e-9));
    assertThat(check(estimate, "estimate").message()).contains("4.44 times as likely");
  }

  /**
   * 20% without, 50% with, of 100 each: a variance of (0.16 + 0.25)/100 × 200/198, and an interval
   * from 0.1731, a ratio of 1.8655, whose E-value is 3.136.
   */
  @ParameterizedTest
  @CsvSource({"3.13, PASS, withstands it: 3.136", "3.14, FAIL, does not withstand it: 3.136"})
  void aConclusionWithstandsWhatTheIntervalDoes(double asked, Status status, String said) {
    Dataset<Row> risks = table(new int[][] {{80, 20}, {50, 50}}, new double[] {0, 1});
    Diagnostic told = check(tried(risks, design(), Settings.withstanding(asked)), "withstands");
    assertThat(told.value()).isEqualTo(asked);
    assertThat(told.status()).isEqualTo(status);
    assertThat(told.message()).contains(said);
  }

  @Test
  void whereNothingOrNoEffectIsConcludedNothingHasToBeWithstood() {
    Settings much = Settings.withstanding(9);
    Dataset<Row> alike = table(new int[][] {{30, 30}, {29, 31}}, new double[] {0, 1});
    assertThat(check(tried(alike, design(), much), "withstands").message())
        .contains("Nothing is concluded");
    Dataset<Row> risks = table(new int[][] {{80, 20}, {50, 50}}, new double[] {0, 1});
    StudyDesign wide = StudyDesign.of("person", "y").exposed("treated").mattersFrom(0.5).build();
    assertThat(check(tried(risks, wide, much), "withstands"))
        .extracting(Diagnostic::status, Diagnostic::message)
        .satisfies(
            told -> {
              assertThat(told.get(0)).isEqualTo(Status.PASS);
              assertThat(told.get(1).toString()).contains("not asked of the absence of an effect");
            });
    assertThat(tried(risks, design()).diagnostic("e_value", "withstands")).isEmpty();
  }

  @Test
  void ofMeansByHand() {
    // Means 2 and 3 of 60 each; 30 at the mean less 1, 30 at the mean plus 1.
    EffectEstimate estimate =
        tried(
            table(new int[][] {{30, 0, 30, 0}, {0, 30, 0, 30}}, new double[] {1, 2, 3, 4}),
            design());
    double ratio = Math.exp(0.91 / Math.sqrt(120 / 118.0));
    assertThat(check(estimate, "estimate").value())
        .isCloseTo(ratio + Math.sqrt(ratio * (ratio - 1)), within(1e-9));
  }

  @Test
  void anIntervalThatHoldsZeroNeedsNothingUnseen() {
    EffectEstimate estimate =
        tried(table(new int[][] {{30, 30}, {29, 31}}, new double[] {0, 1}), design());
    assertThat(check(estimate, "interval").value()).isEqualTo(1);
    assertThat(check(estimate, "interval").message()).startsWith("Nothing unseen is needed");
  }

  @Test
  void withoutARatioOrADeviationThereIsNone() {
    Dataset<Row> nobody = table(new int[][] {{60, 0}, {30, 30}}, new double[] {0, 1});
    assertThatThrownBy(() -> tried(nobody, design()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no risk ratio");
    Dataset<Row> flat = table(new int[][] {{9, 0}, {0, 9}}, new double[] {2, 3});
    assertThatThrownBy(() -> tried(flat, design()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not vary");
  }
}
