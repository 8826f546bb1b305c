package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Poisson regressions beside pyfixest 0.60.0 (fepois, fixef_rm="none"), and with known truth. */
class PoissonFixedEffectsTest extends SparkTest {
  // Units 3 and 11 count nothing.
  private Dataset<Row> counts() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 180; i++) {
      int unit = i / 6;
      int period = i % 6;
      double square = i * i;
      double x = Math.sin(1.3 * square);
      double z = Math.cos(2.1 * square) + 0.1 * period;
      double hours = 1 + i * 7 % 5;
      double mean = hours * Math.exp(0.4 * x - 0.2 * z + 0.3 * Math.sin(unit) + 0.1 * period);
      int y = unit == 3 || unit == 11 ? 0 : (int) (mean * (1 + 0.8 * Math.sin(5 * square)));
      rows.add(RowFactory.create(unit, period, x, z, hours, y, unit % 9));
    }
    return session()
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "unit int, period int, x double, z double, hours double, y int, area int"));
  }

  private static StudyDesign design(String... clusters) {
    return StudyDesign.of("unit", "period", "y").clusteredBy(clusters).build();
  }

  private static PoissonFixedEffects regression(String absorbed, boolean isExposed) {
    return new PoissonFixedEffects(
        List.of("x", "z"),
        List.of(absorbed.split(" ")),
        isExposed ? Optional.of("hours") : Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "unit, unit period, true, 0.43745930974803987, -0.38905600701232934, 0.06950316625320344, 0.08153303426094942, 27",
    "unit, unit period, false, 0.4700938380495971, -0.49244519433279926, 0.09436644002196683, 0.10683468070469483, 27",
    "unit, unit, true, 0.41447649455235863, -0.2679493409955212, 0.07496062060565317, 0.06877557102654304, 27",
    "area, unit period, true, 0.43745930974803987, -0.38905600701232934, 0.07704526027642941, 0.08675521827802456, 8",
    "area period, unit period, true, 0.43745930974803987, -0.38905600701232934, 0.088409890021188, 0.08224777083697374, 5",
    "area period, unit, false, 0.4489482228991124, -0.396124670048083, 0.06644624884243532, 0.07607818213595918, 5",
    "unit period, unit period, false, 0.4700938380495971, -0.49244519433279926, 0.09764846364433952, 0.1182625937133815, 5",
  })
  void coefficientsAndErrorsAreThoseOfPyfixest(
      String clusters,
      String absorbed,
      boolean isExposed,
      double x,
      double z,
      double errorOfX,
      double errorOfZ,
      int freedom) {
    EffectEstimate found =
        regression(absorbed, isExposed).estimate(counts(), design(clusters.split(" ")));
    Effect first = found.headline();
    Effect second = found.effects().get(1);
    assertThat(first.estimate()).isCloseTo(x, within(1e-8));
    assertThat(second.estimate()).isCloseTo(z, within(1e-8));
    assertThat(first.stdError()).isCloseTo(errorOfX, within(1e-7));
    assertThat(second.stdError()).isCloseTo(errorOfZ, within(1e-7));
    assertThat(found.degreesOfFreedom()).isEqualTo(freedom);
  }

  @Test
  void levelsThatCountNothingAreToldApart() {
    Dataset<Row> quiet =
        counts().selectExpr("unit", "period", "x", "z", "if(period = 5, 0, y) as y");
    EffectEstimate found = regression("unit period", false).estimate(quiet, design("unit"));
    assertThat(found.attrition())
        .extracting(AttritionStep::step, AttritionStep::units, AttritionStep::rows)
        .containsExactly(
            tuple("read", 30L, 180L),
            tuple("incomplete", 0L, 0L),
            tuple("nothing_counted", 2L, 40L),
            tuple("analysed", 28L, 140L));
    assertThat(found.effects())
        .isEqualTo(
            regression("unit period", false)
                .estimate(quiet.where("period < 5 and unit not in (3, 11)"), design("unit"))
                .effects());
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    PoissonFixedEffects regression = regression("unit period", true);
    assertThat(regression.estimate(counts().repartition(7).orderBy("y"), design("area")).effects())
        .isEqualTo(regression.estimate(counts().coalesce(1), design("area")).effects());
  }

  @Test
  void nineteenOfTwentyIntervalsHoldThePlantedRate() {
    int inside = 0;
    int samples = 20;
    for (int seed = 0; seed < samples; seed++) {
      Random random = new Random(seed);
      Well19937c draws = new Well19937c(seed);
      List<Row> rows = new ArrayList<>();
      for (int unit = 0; unit < 80; unit++) {
        double level = random.nextGaussian();
        for (int t = 0; t < 6; t++) {
          double x = random.nextGaussian() + level;
          double hours = 0.5 + random.nextDouble();
          double mean = hours * Math.exp(0.3 * x + level + 0.2 * t + 0.4 * random.nextGaussian());
          int y = new PoissonDistribution(draws, mean, 1e-12, 100_000).sample();
          rows.add(RowFactory.create(unit, t, x, hours, y));
        }
      }
      Dataset<Row> panel =
          session()
              .createDataFrame(
                  rows, StructType.fromDDL("unit int, period int, x double, hours double, y int"));
      Effect found =
          new PoissonFixedEffects(List.of("x"), List.of("unit", "period"), Optional.of("hours"))
              .estimate(panel, design("unit"))
              .headline();
      inside += found.ciLow() <= 0.3 && 0.3 <= found.ciHigh() ? 1 : 0;
    }
    // 99.9% of samples of twenty draws at 95% lie between these.
    assertThat(inside).isBetween(15, samples);
  }

  @Test
  void whatCannotBeEstimatedIsSaid() {
    Dataset<Row> apart =
        counts().withColumn("x", org.apache.spark.sql.functions.expr("cast(y = 0 as int)"));
    assertThatThrownBy(() -> regression("unit period", true).estimate(apart, design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not settle")
        .hasMessageContaining("the larger x become");
    assertThatThrownBy(
            () ->
                regression("unit", true)
                    .estimate(
                        counts()
                            .selectExpr(
                                "unit", "period", "x", "z", "y - 1 as y", "hours - 1 as hours"),
                        design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("rows have a negative outcome")
        .hasMessageContaining("rows have an exposure that is zero or negative");
    assertThatThrownBy(
            () -> regression("unit", false).estimate(counts().where("unit = 3"), design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("No row can be analysed")
        .hasMessageContaining("anything was counted");
    assertThatThrownBy(
            () ->
                regression("unit period", false)
                    .estimate(
                        counts().withColumn("x", org.apache.spark.sql.functions.col("unit")),
                        design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The regressor x cannot be told from the others");
    assertThatThrownBy(
            () ->
                new PoissonFixedEffects(List.of("x"), List.of("unit"), Optional.of("days"))
                    .estimate(counts(), design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no column days");
  }
}
