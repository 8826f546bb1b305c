package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
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

class SelectionBoundsTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("person int, treated int, stayed int, y double");

  private Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("person", "y").exposed("treated");
  }

  private static EffectEstimate tried(Dataset<Row> panel, StudyDesign design) {
    return tried(panel, design, Settings.USUAL);
  }

  private static EffectEstimate tried(Dataset<Row> panel, StudyDesign design, Settings settings) {
    return new TriedEstimator(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            List.of(new SelectionBounds("stayed", settings)))
        .estimate(panel, design);
  }

  private static Diagnostic check(EffectEstimate estimate, String statistic) {
    return estimate.diagnostic("lee_bounds", statistic).orElseThrow();
  }

  private static void side(List<Row> rows, int treated, int left, double... outcomes) {
    for (double outcome : outcomes) {
      rows.add(RowFactory.create(rows.size(), treated, 1, outcome));
    }
    for (int i = 0; i < left; i++) {
      rows.add(RowFactory.create(rows.size(), treated, 0, null));
    }
  }

  @Test
  void byHand() {
    // 8 of 10 treated stayed, 4 of 10 others: half of the treated who stayed are too many.
    List<Row> rows = new ArrayList<>();
    side(rows, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8);
    side(rows, 0, 6, 1, 2, 3, 4);
    EffectEstimate estimate = tried(table(rows), design().build());
    assertThat(check(estimate, "share_trimmed").value()).isCloseTo(0.5, within(1e-12));
    assertThat(check(estimate, "lower").value()).isCloseTo(2.5 - 2.5, within(1e-12));
    assertThat(check(estimate, "upper").value()).isCloseTo(6.5 - 2.5, within(1e-12));
    // Variances 1.25; the quantile is 4, 1.5 and 2.5 from the means (Lee's proposition 3).
    double ofExcess = 0.2 / 8 + 0.6 / 4;
    double low = Math.sqrt((1.25 + 2.25 * 0.5) / 4 + 2.25 * ofExcess + 1.25 / 4);
    double high = Math.sqrt((1.25 + 6.25 * 0.5) / 4 + 6.25 * ofExcess + 1.25 / 4);
    assertThat(check(estimate, "lower_std_error").value()).isCloseTo(low, within(1e-12));
    assertThat(check(estimate, "upper_std_error").value()).isCloseTo(high, within(1e-12));
    // The other way round, the other side is trimmed and the signs turn.
    Dataset<Row> turned =
        table(rows).withColumn("treated", org.apache.spark.sql.functions.expr("1 - treated"));
    EffectEstimate other = tried(turned, design().build());
    assertThat(check(other, "lower").value()).isCloseTo(-4, within(1e-12));
    assertThat(check(other, "upper").value()).isCloseTo(0, within(1e-12));
  }

  @Test
  void aPartOfTheLastOutcomeIsKeptWhereTheExcessIsNotWhole() {
    // 5 of 6 against 4 of 6: of five outcomes four fifths are kept, with ties at the edge.
    List<Row> rows = new ArrayList<>();
    side(rows, 1, 1, 1, 3, 3, 3, 9);
    side(rows, 0, 2, 0, 0, 1, 1);
    EffectEstimate estimate = tried(table(rows), design().build());
    assertThat(check(estimate, "lower").value()).isCloseTo(10 / 4.0 - 0.5, within(1e-12));
    assertThat(check(estimate, "upper").value()).isCloseTo(18 / 4.0 - 0.5, within(1e-12));
  }

  private static List<Row> experiment(long seed, int people, double effect, double kept) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      int treated = i % 2;
      double level = random.nextGaussian();
      // Treatment keeps people of low outcomes who would have left.
      double shown = random.nextDouble() + 0.2 * level;
      boolean stayed = shown > 0.4 || treated == 1 && shown > 0.4 - kept;
      rows.add(
          RowFactory.create(i, treated, stayed ? 1 : 0, stayed ? level + effect * treated : null));
    }
    return rows;
  }

  @Test
  void theTruthLiesBetweenAndOtherLayoutsSeeTheSameBits() {
    Dataset<Row> panel = table(experiment(5, 20_000, 1, 0.2));
    EffectEstimate estimate = tried(panel.repartition(6), design().build());
    assertThat(check(estimate, "lower").value()).isLessThan(1);
    assertThat(check(estimate, "upper").value()).isGreaterThan(1);
    assertThat(check(estimate, "interval_low").value())
        .isBetween(check(estimate, "lower").value() - 0.1, check(estimate, "lower").value() - 0.01);
    assertThat(check(estimate, "interval_low").status()).isEqualTo(Status.PASS);
    assertThat(tried(panel.coalesce(1), design().build()).diagnostics())
        .isEqualTo(estimate.diagnostics());
  }

  @Test
  void whatSelectionAloneMayExplainIsSensitive() {
    EffectEstimate estimate = tried(table(experiment(6, 4000, 0.3, 0.35)), design().build());
    assertThat(check(estimate, "interval_low").value()).isNegative();
    assertThat(check(estimate, "interval_low").status()).isEqualTo(Status.WARNING);
  }

  @Test
  void boundsThatHaveToExcludeZeroForbidAVerdict() {
    Settings excludesZero = new Settings(List.of(), OptionalDouble.empty(), true);
    Dataset<Row> selected = table(experiment(6, 4000, 0.3, 0.35));
    assertThat(check(tried(selected, design().build(), excludesZero), "interval_low").status())
        .isEqualTo(Status.FAIL);
    // No effect that matters is concluded there, which bounds do not speak of.
    assertThat(
            check(tried(selected, design().mattersFrom(1).build(), excludesZero), "interval_low")
                .status())
        .isEqualTo(Status.WARNING);
    Dataset<Row> clear = table(experiment(5, 20_000, 1, 0.2));
    assertThat(check(tried(clear, design().build(), excludesZero), "interval_low").status())
        .isEqualTo(Status.PASS);
  }

  @Test
  void whatCannotBeBoundedIsRefused() {
    List<Row> rows = new ArrayList<>();
    side(rows, 1, 0, 1, 2, 3, 4);
    side(rows, 0, 5, 1);
    side(rows, 0, 0);
    Dataset<Row> unseen = table(rows);
    assertThatThrownBy(() -> tried(unseen, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("seen of nobody on one side");
    Dataset<Row> other =
        table(experiment(7, 100, 0, 0.2))
            .withColumn("stayed", org.apache.spark.sql.functions.expr("2 * stayed"));
    assertThatThrownBy(() -> tried(other, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is not 0 or 1");
    Dataset<Row> clustered =
        table(experiment(8, 100, 0, 0.2))
            .withColumn("team", org.apache.spark.sql.functions.expr("person % 20"));
    assertThatThrownBy(() -> tried(clustered, design().clusteredBy("team").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("independent units only");
  }
}
