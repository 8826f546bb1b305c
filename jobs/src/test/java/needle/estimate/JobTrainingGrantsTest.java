package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.FixedEffects.Errors;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Training grants and scrap rates in Michigan: the figures published for the panel of Holzer,
 * Block, Cheatham & Knott (1993). See pipelines/replications.
 */
class JobTrainingGrantsTest extends SparkTest {
  private static final List<String> REGRESSORS = List.of("d88", "d89", "grant", "grant_1");
  private static final StudyDesign DESIGN = StudyDesign.of("fcode", "year", "lscrap").build();

  private Dataset<Row> firms() {
    return PublishedPanels.jobTrainingGrants(session());
  }

  private static void agrees(EffectEstimate estimate, String term, double published, double error) {
    EffectEstimate.Effect effect = estimate.find("coefficient", term).orElseThrow();
    assertThat(effect.estimate()).as(term).isCloseTo(published, within(1e-7));
    assertThat(effect.stdError()).as(term).isCloseTo(error, within(1e-7));
  }

  @Test
  void everyPublishedFigureComesOut() {
    var conventional = new FixedEffects(REGRESSORS, List.of("fcode"), Errors.CONVENTIONAL);
    EffectEstimate estimate = conventional.estimate(firms(), DESIGN);
    agrees(estimate, "d88", -0.08021567497, 0.1094751277);
    agrees(estimate, "d89", -0.247202794, 0.1332182914);
    agrees(estimate, "grant", -0.2523148738, 0.1506289944);
    agrees(estimate, "grant_1", -0.4215895085, 0.2101999644);
    assertThat(estimate.degreesOfFreedom()).isEqualTo(162 - 54 - 4);

    var clustered = new FixedEffects(REGRESSORS, List.of("fcode"), Errors.CLUSTERED);
    EffectEstimate robust = clustered.estimate(firms(), DESIGN);
    agrees(robust, "d88", -0.08021567497, 0.09784079025);
    agrees(robust, "d89", -0.247202794, 0.1967819099);
    agrees(robust, "grant", -0.2523148738, 0.1434398542);
    agrees(robust, "grant_1", -0.4215895085, 0.2824603894);
    assertThat(robust.headline().clusters()).isEqualTo(54);
    assertThat(robust.degreesOfFreedom()).isEqualTo(53);
  }

  @Test
  void firmsWithoutScrapRatesAreCountedAsLost() {
    EffectEstimate estimate =
        new FixedEffects(REGRESSORS, List.of("fcode"), Errors.CLUSTERED).estimate(firms(), DESIGN);
    assertThat(estimate.attrition())
        .extracting(EffectEstimate.AttritionStep::step, s -> s.units(), s -> s.rows())
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("read", 157L, 471L),
            org.assertj.core.api.Assertions.tuple("incomplete", 103L, 309L),
            org.assertj.core.api.Assertions.tuple("analysed", 54L, 162L));
  }

  @Test
  void absorbedYearsAreTheSameAsYearDummies() {
    EffectEstimate estimate =
        new FixedEffects(List.of("grant", "grant_1"), List.of("year", "fcode"), Errors.CLUSTERED)
            .estimate(firms(), DESIGN);
    agrees(estimate, "grant", -0.2523148738, 0.1434398542);
    agrees(estimate, "grant_1", -0.4215895085, 0.2824603894);
    assertThat(estimate.effects()).hasSize(2);
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    var regression = new FixedEffects(REGRESSORS, List.of("fcode"), Errors.CLUSTERED);
    assertThat(regression.estimate(firms().repartition(7).orderBy("lscrap"), DESIGN).effects())
        .isEqualTo(regression.estimate(firms(), DESIGN).effects());
  }

  @Test
  void clustersThatCrossTheGroupsAgreeWithDenseMatrices() {
    Random random = new Random(4);
    int rows = 60;
    double[] y = new double[rows];
    RealMatrix x = new Array2DRowRealMatrix(rows, 1 + 12);
    int[] cluster = new int[rows];
    List<Row> panel = new java.util.ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int unit = i / 5;
      cluster[i] = i % 5;
      double dose = random.nextGaussian() + unit;
      y[i] = 2 * dose + unit + cluster[i] * dose + random.nextGaussian();
      x.setEntry(i, 0, dose);
      x.setEntry(i, 1 + unit, 1);
      panel.add(RowFactory.create(unit, i, y[i], dose, "c" + cluster[i]));
    }
    RealMatrix inverse = new LUDecomposition(x.transpose().multiply(x)).getSolver().getInverse();
    double[] beta = inverse.multiply(x.transpose()).operate(y);
    double[] left = new ArrayRealVector(y).subtract(new ArrayRealVector(x.operate(beta))).toArray();
    RealMatrix meat = new Array2DRowRealMatrix(13, 13);
    for (int c = 0; c < 5; c++) {
      double[] score = new double[13];
      for (int i = 0; i < rows; i++) {
        for (int k = 0; cluster[i] == c && k < 13; k++) {
          score[k] += x.getEntry(i, k) * left[i];
        }
      }
      meat = meat.add(new ArrayRealVector(score).outerProduct(new ArrayRealVector(score)));
    }
    double factor = 5.0 / 4 * 59 / (60 - 13);
    double error = Math.sqrt(inverse.multiply(meat).multiply(inverse).getEntry(0, 0) * factor);

    EffectEstimate estimate =
        new FixedEffects(List.of("dose"), List.of("unit"), Errors.CLUSTERED)
            .estimate(
                session()
                    .createDataFrame(
                        panel,
                        StructType.fromDDL(
                            "unit int, period int, y double, dose double, area string")),
                StudyDesign.of("unit", "period", "y").clusteredBy("area").build());
    assertThat(estimate.headline().estimate()).isCloseTo(beta[0], within(1e-10));
    assertThat(estimate.headline().stdError()).isCloseTo(error, within(1e-10));
  }

  /** 240 rows in 20 firms, 8 states and 4 regions; states lie in regions, firms do not. */
  private Dataset<Row> regions(double origin) {
    List<Row> rows = new java.util.ArrayList<>();
    for (int i = 0; i < 240; i++) {
      int state = i % 8;
      int firm = (i * 7 + i / 13) % 20;
      double x = ((i * 37) % 101) / 10.0;
      double y = 0.5 * x + state * 0.3 + firm * 0.1 + ((i * 53) % 97) / 20.0 + state / 2;
      rows.add(RowFactory.create(i, 1, y, origin + x, "s" + state, "r" + state / 2, "f" + firm));
    }
    return session()
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "row int, period int, y double, x double, state string, region string, firm string"));
  }

  /** The figures of pyfixest 0.60.0, with k_fixef nonnested. */
  @Test
  void effectsNestedInClustersAreNotCountedWhetherSweptOutOrNot() {
    EffectEstimate found =
        new FixedEffects(List.of("x"), List.of("state", "firm"), Errors.CLUSTERED)
            .estimate(
                regions(0), StudyDesign.of("row", "period", "y").clusteredBy("region").build());
    assertThat(found.headline().estimate()).isCloseTo(0.5447730860015259, within(1e-7));
    assertThat(found.headline().stdError()).isCloseTo(0.02339764049800891, within(1e-8));
  }

  @Test
  void aRegressorFarFromZeroIsNotTakenForAConstant() {
    FixedEffects regression = new FixedEffects(List.of("x"), List.of("firm"), Errors.CONVENTIONAL);
    StudyDesign design = StudyDesign.of("row", "period", "y").build();
    double near = regression.estimate(regions(0), design).headline().estimate();
    // Seconds since 1970, with a spread of hours.
    Dataset<Row> seconds =
        regions(0).selectExpr("row", "period", "y", "1.7e9 + 1000 * x as x", "firm");
    assertThat(1000 * regression.estimate(seconds, design).headline().estimate())
        .isCloseTo(near, within(1e-6));
    Dataset<Row> constant = regions(0).selectExpr("row", "period", "y", "1.7e9 + 0.1 as x", "firm");
    assertThatThrownBy(() -> regression.estimate(constant, design))
        .hasMessageContaining("The regressor x cannot be told from the others");
  }

  @Test
  void whatCannotBeEstimatedIsSaid() {
    assertThatThrownBy(() -> new FixedEffects(List.of(), List.of(), Errors.CLUSTERED))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is nothing to estimate")
        .hasMessageContaining("No effects are absorbed");
    assertThatThrownBy(() -> new FixedEffects(List.of("grant"), List.of("grant"), Errors.CLUSTERED))
        .hasMessageContaining("grant stands twice");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("nothing", "grant"), List.of("fcode"), Errors.CLUSTERED)
                    .estimate(firms(), DESIGN))
        .hasMessageContaining("no column nothing");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("union"), List.of("fcode"), Errors.CLUSTERED)
                    .estimate(firms(), DESIGN))
        .hasMessageContaining("The regressor union cannot be told from the others");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("d88", "d89"), List.of("fcode", "year"), Errors.CLUSTERED)
                    .estimate(firms(), DESIGN))
        .hasMessageContaining("d88 cannot be told from the others");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("grant"), List.of("fcode"), Errors.CLUSTERED)
                    .estimate(firms().where("lscrap is null"), DESIGN))
        .hasMessageContaining("No row can be analysed");
    assertThatThrownBy(
            () ->
                new FixedEffects(List.of("grant"), List.of("fcode"), Errors.CONVENTIONAL)
                    .estimate(firms().where("lscrap is not null and year > 1987").limit(2), DESIGN))
        .isInstanceOf(InvalidInput.class);
  }
}
