package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.FixedEffects.Errors;
import needle.estimate.FixedEffects.Inference;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WildBootstrapTest extends SparkTest {
  // Four units in each site, five periods.
  private Dataset<Row> sites(int sites) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20 * sites; i++) {
      int unit = i / 5;
      int t = i % 5;
      int site = unit % sites;
      double square = i * i;
      double x = Math.sin(1.3 * square) + 0.5 * Math.sin(site + 1) * t;
      double z = Math.cos(2.1 * square);
      double shock = 0.8 * Math.cos(3 * site * (t + 1)) * (1 + 0.3 * x);
      double y = 0.25 * x - 0.1 * z + Math.sin(unit) + 0.3 * t + Math.sin(5 * square) + shock;
      rows.add(RowFactory.create(unit, t, x, z, y, "site" + site));
    }
    return session()
        .createDataFrame(
            rows,
            StructType.fromDDL("unit int, period int, x double, z double, y double, site string"));
  }

  private static StudyDesign design(String... clusters) {
    return StudyDesign.of("unit", "period", "y").clusteredBy(clusters).seed(3).build();
  }

  private static FixedEffects regression(Inference inference) {
    return new FixedEffects(
        List.of("x", "z"), List.of("unit", "period"), Errors.CLUSTERED, inference);
  }

  // WildboottestCL of wildboottest 0.3.2, type "11", null imposed, dummies for units and periods:
  // draws with a |t| above the sample's, and the two that are the sample itself.
  @ParameterizedTest
  @CsvSource({
    "8,  x, 0.1261703008435172,   88,  256",
    "8,  z, -0.01274555971158392, 228, 256",
    "10, x, 0.34835290911685146, 2,   1024",
    "10, z, -0.1202048398498668,  466, 1024",
  })
  void allSignsGiveThePValuesOfWildboottest(
      int sites, String term, double estimate, int larger, double draws) {
    EffectEstimate found =
        regression(Inference.WILD_BOOTSTRAP).estimate(sites(sites), design("site"));
    Effect effect = found.find("coefficient", term).orElseThrow();
    assertThat(effect.estimate()).isCloseTo(estimate, within(1e-10));
    assertThat(effect.pValue()).isEqualTo((larger + 2) / draws);
    assertThat(found.diagnostic("wild_bootstrap", "clusters").orElseThrow().message())
        .contains("all " + (int) draws + " ways to choose signs");
    assertThat(effect.stdError())
        .isEqualTo(
            regression(Inference.CLUSTER)
                .estimate(sites(sites), design("site"))
                .find("coefficient", term)
                .orElseThrow()
                .stdError());
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 8, 14})
  void theIntervalHoldsWhatIsNotRejected(int sites) {
    Effect found =
        regression(Inference.WILD_BOOTSTRAP).estimate(sites(sites), design("site")).headline();
    assertThat(found.ciLow()).isLessThan(found.estimate());
    assertThat(found.ciHigh()).isGreaterThan(found.estimate());
    double step = 1e-6 * (found.ciHigh() - found.ciLow());
    for (int side : new int[] {-1, 1}) {
      double end = side < 0 ? found.ciLow() : found.ciHigh();
      assertThat(pValue(sites, end - side * step)).isGreaterThan(0.05);
      assertThat(pValue(sites, end + side * step)).isLessThanOrEqualTo(0.05);
    }
  }

  // The hypothesis taken off the outcome, and then that nothing is left.
  private double pValue(int sites, double hypothesis) {
    Dataset<Row> panel =
        sites(sites)
            .withColumn("y", functions.col("y").minus(functions.col("x").multiply(hypothesis)));
    return regression(Inference.WILD_BOOTSTRAP).estimate(panel, design("site")).headline().pValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 10})
  void aTrueNullIsRejectedAboutOneTimeInTwenty(int clusters) {
    Random random = new Random(11);
    int samples = 1000;
    int rejected = 0;
    int byErrors = 0;
    for (int sample = 0; sample < samples; sample++) {
      double[][] grams = new double[clusters][9];
      long rows = 0;
      for (double[] gram : grams) {
        double x = random.nextGaussian();
        double shock = random.nextGaussian();
        int size = 5 + random.nextInt(30);
        rows += size;
        for (int i = 0; i < size; i++) {
          double[] row = {1, x + 0.3 * random.nextGaussian(), shock + random.nextGaussian()};
          for (int k = 0; k < 9; k++) {
            gram[k] += row[k / 3] * row[k % 3];
          }
        }
      }
      WildBootstrap bootstrap = new WildBootstrap(grams, 1, WildWeights.of(clusters, sample));
      rejected += bootstrap.pValue(0) <= 0.05 ? 1 : 0;
      double factor = Math.sqrt(clusters / (clusters - 1.0) * (rows - 1) / (rows - 2));
      double t = bootstrap.estimate() / bootstrap.standardError() / factor;
      byErrors += 2 * Quantiles.tail(clusters - 1, Math.abs(t)) <= 0.05 ? 1 : 0;
    }
    // 99.9% of draws of a thousand at 5% lie between 29 and 75; size distortions are smaller.
    assertThat(rejected).isBetween(25, 80);
    assertThat(byErrors).isGreaterThan(rejected + 20);
  }

  @Test
  void theSeedAndNotTheLayoutOfTheRowsDecides() {
    FixedEffects wild = regression(Inference.WILD_BOOTSTRAP);
    List<Effect> found =
        wild.estimate(sites(6).repartition(7).orderBy("y"), design("site")).effects();
    assertThat(wild.estimate(sites(6).coalesce(1), design("site")).effects()).isEqualTo(found);
    StudyDesign other = StudyDesign.of("unit", "period", "y").clusteredBy("site").seed(4).build();
    double another = wild.estimate(sites(6), other).headline().pValue();
    assertThat(another).isNotEqualTo(found.get(0).pValue());
    assertThat(another).isCloseTo(found.get(0).pValue(), within(0.03));
  }

  @Test
  void whatCannotBeDrawnIsSaid() {
    FixedEffects wild = regression(Inference.WILD_BOOTSTRAP);
    assertThatThrownBy(
            () ->
                new FixedEffects(
                    List.of("x"), List.of("unit"), Errors.CONVENTIONAL, Inference.WILD_BOOTSTRAP))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("conventional errors know none");
    assertThatThrownBy(() -> wild.estimate(sites(8), design("site", "period")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("clusters of one kind");
    assertThatThrownBy(() -> wild.estimate(sites(8), design("period")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("clusters that share absorbed effects");
    assertThatThrownBy(() -> wild.estimate(sites(4), design("site")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("supply more clusters");
    assertThatThrownBy(() -> wild.estimate(sites(30), design("unit")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("leave inference out");
    // The smallest p-value of eight signs is 2/256.
    StudyDesign strict =
        StudyDesign.of("unit", "period", "y").clusteredBy("site").alpha(0.005).build();
    assertThatThrownBy(() -> wild.estimate(sites(8), strict))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("rejects nothing");
  }
}
