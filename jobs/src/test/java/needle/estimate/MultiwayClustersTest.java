package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.FixedEffects.Errors;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors clustered in several ways, beside pyfixest 0.60.0 (feols, CRV1, fixef_rm="none"). */
class MultiwayClustersTest extends SparkTest {
  // Counties' minimum wages; areas are the first digits of the county's number.
  private Dataset<Row> counties() {
    return PublishedPanels.minimumWage(session())
        .selectExpr(
            "county",
            "year",
            "log_teen_employment as y",
            "cast(county / 1000 as int) as area",
            "cast(first_raised > 0 and year >= first_raised as int) as d",
            "log_population * (year - 2003) as x");
  }

  @ParameterizedTest
  @CsvSource({
    "area year,   county year, -0.03984907150239985,  0.01718187424282938,  0.002167978463289213,  4",
    "county year, county year, -0.03984907150239985,  0.012737772562607733, 0.002469092593876741,  4",
    "area,        county year, -0.03984907150239985,  0.022392432335077036, 0.0023232554369296346, 28",
    "area year,   county,      -0.023060309262594902, 0.016055459632949756, 0.0024183674356821824, 4",
    "county year, county,      -0.023060309262594902, 0.011468698663837894, 0.002156240778189497,  4",
  })
  void errorsAreThoseOfPyfixest(
      String clusters, String absorbed, double slope, double error, double other, int freedom) {
    EffectEstimate found =
        new FixedEffects(List.of("d", "x"), List.of(absorbed.split(" ")), Errors.CLUSTERED)
            .estimate(
                counties(),
                StudyDesign.of("county", "year", "y").clusteredBy(clusters.split(" ")).build());
    assertThat(found.headline().estimate()).isCloseTo(slope, within(1e-10));
    assertThat(found.headline().stdError()).isCloseTo(error, within(1e-10));
    assertThat(found.effects().get(1).stdError()).isCloseTo(other, within(1e-10));
    assertThat(found.degreesOfFreedom()).isEqualTo(freedom);
    assertThat(found.headline().clusters()).isEqualTo(freedom + 1);
  }

  private Dataset<Row> waves(int outcome) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 48; i++) {
      double square = i * i;
      rows.add(
          RowFactory.create(
              i / 6,
              i % 6,
              Math.sin(outcome * square),
              Math.sin(2 * square),
              Math.cos(3 * square)));
    }
    return session()
        .createDataFrame(
            rows, StructType.fromDDL("unit int, period int, y double, a double, b double"));
  }

  private static final StudyDesign BOTH =
      StudyDesign.of("unit", "period", "y").clusteredBy("unit", "period").build();

  @Test
  void whatSubtractingLeavesNegativeIsNone() {
    // The eigenvalues of pyfixest's covariance, the negative one set to zero.
    EffectEstimate found =
        new FixedEffects(List.of("a", "b"), List.of("unit"), Errors.CLUSTERED)
            .estimate(waves(13), BOTH);
    assertThat(found.headline().stdError()).isCloseTo(0.1517106035642071, within(1e-9));
    assertThat(found.effects().get(1).stdError()).isCloseTo(0.04741906295033985, within(1e-9));
  }

  @Test
  void aNegativeVarianceIsNoError() {
    EffectEstimate found =
        new FixedEffects(List.of("a", "b"), List.of("unit"), Errors.CLUSTERED)
            .estimate(waves(6), BOTH);
    assertThat(found.effects()).extracting(Effect::stdError).first().isEqualTo(Double.NaN);
    assertThat(found.headline().pValue()).isNaN();
    assertThat(found.headline().estimate()).isCloseTo(0.28019323355779086, within(1e-9));
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    var regression =
        new FixedEffects(List.of("d", "x"), List.of("county", "year"), Errors.CLUSTERED);
    StudyDesign design = StudyDesign.of("county", "year", "y").clusteredBy("area", "year").build();
    assertThat(regression.estimate(counties().repartition(7).orderBy("y"), design).effects())
        .isEqualTo(regression.estimate(counties().coalesce(1), design).effects());
  }

  @Test
  void whatClustersInOneWayRefusesSeveral() {
    assertThatThrownBy(
            () ->
                new ImputationDid()
                    .estimate(
                        counties(),
                        StudyDesign.of("county", "year", "y")
                            .exposed("d")
                            .clusteredBy("area", "year")
                            .build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("clusters by one column");
    assertThatThrownBy(
            () -> StudyDesign.of("county", "year", "y").clusteredBy("area", "area").build())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cluster's column stands twice");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("a"), List.of("unit"), Errors.CLUSTERED)
                    .estimate(
                        waves(1).withColumn("all", org.apache.spark.sql.functions.lit("one")),
                        StudyDesign.of("unit", "period", "y").clusteredBy("unit", "all").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("too few rows");
  }
}
