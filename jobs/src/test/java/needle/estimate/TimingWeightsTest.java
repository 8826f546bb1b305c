package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.FixedEffects.Errors;
import needle.estimate.TimingWeights.Comparison;
import needle.estimate.TimingWeights.Control;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two-way fixed effects compare: diff-diff 3.13.0 and de Chaisemartin's definition. */
class TimingWeightsTest extends SparkTest {
  private static final StudyDesign COUNTIES = StudyDesign.of("county", "year", "y").build();

  private Dataset<Row> counties() {
    return PublishedPanels.minimumWage(session())
        .selectExpr(
            "county",
            "year",
            "log_teen_employment as y",
            "cast(first_raised > 0 and year >= first_raised as int) as d");
  }

  private static EffectEstimate twoWay(Dataset<Row> panel, StudyDesign design, String regressor) {
    return new FixedEffects(
            List.of(regressor),
            List.of(design.unit(), design.period().orElseThrow()),
            Errors.CLUSTERED)
        .estimate(panel, design);
  }

  private static TimingWeights weights(Dataset<Row> panel, StudyDesign design, String regressor) {
    StudyDesign timed =
        StudyDesign.of(design.unit(), design.period().orElseThrow(), design.outcome())
            .exposed(regressor)
            .build();
    try (UnitHistories histories = UnitHistories.of(panel, timed)) {
      int[] periods = OrderedSums.of(histories.units(), new PanelSurvey(0)).periods();
      return TimingWeights.of(OrderedSums.of(histories.units(), new CohortMeans(periods)));
    }
  }

  @Test
  void comparisonsAreThoseOfDiffDiff() {
    int never = UnitHistory.NEVER;
    // Treated, control, weight, estimate; BaconDecomposition of diff-diff 3.13.0.
    double[][] peer = {
      {2004, never, 0.0817795656949278, -0.07974912657472899},
      {2006, never, 0.24533869708478342, -0.02257004760847625},
      {2007, never, 0.5356561553017772, -0.043106032808698735},
      {2004, 2006, 0.005293175773134488, -0.04560790521102831},
      {2006, 2004, 0.010586351546268975, 0.05428690020054905},
      {2004, 2007, 0.02600272598552317, -0.09105540160048786},
      {2007, 2004, 0.026002725985523174, -0.019604805926793922},
      {2006, 2007, 0.05200545197104632, 0.018480380807539554},
      {2007, 2006, 0.017335150657015443, 0.0105754538741607},
    };
    List<Comparison> found = weights(counties(), COUNTIES, "d").comparisons();
    assertThat(found).hasSize(peer.length);
    for (double[] row : peer) {
      Comparison one =
          found.stream()
              .filter(c -> c.treated() == row[0] && c.control() == row[1])
              .findFirst()
              .orElseThrow();
      assertThat(one.weight()).isCloseTo(row[2], within(1e-10));
      assertThat(one.estimate()).isCloseTo(row[3], within(1e-10));
    }
  }

  @Test
  void theRegressionTellsWhatItCompares() {
    EffectEstimate found = twoWay(counties(), COUNTIES, "d");
    assertThat(found.headline().estimate()).isCloseTo(-0.03654893667406696, within(1e-10));
    Diagnostic already = found.diagnostic("comparisons", "already_treated").orElseThrow();
    assertThat(already.value()).isCloseTo(0.05392422818880759, within(1e-10));
    assertThat(already.status()).isEqualTo(Status.WARNING);
    assertThat(already.message())
        .isEqualTo(
            "5.4% of the coefficient compares with units already treated; alone it would be"
                + " 0.004604.");
    assertThat(found.diagnostic("comparisons", "never_treated").orElseThrow().status())
        .isEqualTo(Status.PASS);
    // From the residuals of pyfixest 0.60.0, feols('d ~ 1 | county + year').
    Diagnostic negative = found.diagnostic("negative_weights", "sum").orElseThrow();
    assertThat(negative.value()).isCloseTo(-0.010851010334925755, within(1e-9));
    assertThat(negative.message()).startsWith("6.9% of the treated observations");
    assertThat(found.diagnosticValue("comparison", "2006_against_2004").orElseThrow())
        .isCloseTo(0.010586351546268975, within(1e-10));
  }

  // With units that are always treated, and with and without any that never are.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theWeightedAverageIsTheCoefficient(long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 40; unit++) {
      int start = 1 + random.nextInt(seed % 2 == 0 ? 6 : 9);
      for (int t = 1; t <= 7; t++) {
        int d = t >= start ? 1 : 0;
        double y = random.nextGaussian() + unit + d * (1 + t - start) * start;
        // Periods need not follow each other here.
        rows.add(RowFactory.create(unit, t * t, y, d));
      }
    }
    Dataset<Row> panel =
        session()
            .createDataFrame(rows, StructType.fromDDL("unit int, period int, y double, d int"));
    StudyDesign design = StudyDesign.of("unit", "period", "y").build();
    TimingWeights weights = weights(panel, design, "d");
    assertThat(weights.comparisons().stream().mapToDouble(Comparison::weight).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(weights.comparisons()).allMatch(c -> c.weight() > 0);
    assertThat(weights.comparisons().stream().mapToDouble(c -> c.weight() * c.estimate()).sum())
        .isCloseTo(twoWay(panel, design, "d").headline().estimate(), within(1e-10));
    assertThat(weights.weight(Control.NEVER_TREATED) > 0).isEqualTo(seed % 2 == 1);
  }

  @Test
  void whereItCannotBeToldTheRegressionSaysSo() {
    Dataset<Row> gaps = counties().where("county % 7 > 0 or year < 2006");
    assertThat(twoWay(gaps, COUNTIES, "d").diagnostic("comparisons", "known").orElseThrow())
        .satisfies(
            d -> {
              assertThat(d.status()).isEqualTo(Status.WARNING);
              assertThat(d.message()).contains("not every unit was observed in every period");
            });
    Dataset<Row> ends =
        counties().withColumn("d", org.apache.spark.sql.functions.expr("d * int(year < 2007)"));
    assertThat(
            twoWay(ends, COUNTIES, "d").diagnostic("comparisons", "known").orElseThrow().message())
        .contains("units are exposed and later not");
    Dataset<Row> dose = counties().withColumn("d", org.apache.spark.sql.functions.expr("2 * d"));
    assertThat(twoWay(dose, COUNTIES, "d").diagnostics())
        .noneMatch(d -> d.check().equals("comparisons"));
  }
}
