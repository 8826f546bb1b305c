package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealVector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class ImputationDidTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, team string");

  private static final int COHORTS = 10;

  // Teams adopt in period 4, 6 or never; the effect is as large as the time since adoption.
  private Dataset<Row> panel(long seed, int teams, double noise, double gaps) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < teams; team++) {
      Integer first = new Integer[] {null, 4, 6}[team % 3];
      double[] shock = new double[9];
      for (int t = 0; t < 9; t++) {
        shock[t] = noise * random.nextGaussian();
      }
      for (int i = 0; i < 4; i++) {
        double level = 3 * random.nextGaussian() + (first == null ? 0 : 2);
        for (int t = 1; t <= 8; t++) {
          double effect = first != null && t >= first ? 1 + t - first : 0;
          double y = level + Math.sin(t) + shock[t] + effect + noise * random.nextGaussian();
          if (random.nextDouble() >= gaps) {
            rows.add(RowFactory.create(team * 4 + i, t, y, first, "team" + team));
          }
        }
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team");
  }

  @Test
  void withoutNoiseEveryEffectIsFoundExactlyWhateverIsMissing() {
    EffectEstimate estimate = new ImputationDid().estimate(panel(1, 60, 0, 0.2), design().build());
    for (Effect effect : estimate.effects()) {
      if (effect.aggregation().equals("group_time") && effect.eventTime().orElseThrow() >= 0) {
        assertThat(effect.estimate())
            .as(effect.term())
            .isCloseTo(1 + effect.eventTime().orElseThrow(), within(1e-9));
      }
    }
  }

  @Test
  void nineteenOfTwentyIntervalsHoldThePlantedEffect() {
    int inside = 0;
    double error = 0;
    double errorOfChanges = 0;
    for (int seed = 0; seed < 20; seed++) {
      Dataset<Row> panel = panel(100 + seed, 60, 0.7, 0.1);
      Effect found =
          new ImputationDid()
              .estimate(panel, design().build())
              .find("event_time", "1")
              .orElseThrow();
      inside += found.ciLow() <= 2 && 2 <= found.ciHigh() ? 1 : 0;
      error += found.stdError();
      errorOfChanges +=
          new StaggeredDid()
              .estimate(panel, design().build())
              .find("event_time", "1")
              .orElseThrow()
              .stdError();
    }
    // 99.9% of samples of twenty draws at 95% lie between these.
    assertThat(inside).isBetween(15, 20);
    assertThat(error).as("more precise than changes from one period").isLessThan(errorOfChanges);
  }

  /** One cohort in every period from 3 on, and 60 units that are never treated; noise alone. */
  private static List<Row> smallCohorts(Random random, int each) {
    List<Row> rows = new ArrayList<>();
    int treated = COHORTS * each;
    for (int unit = 0; unit < treated + 60; unit++) {
      Integer first = unit < treated ? Integer.valueOf(3 + unit % COHORTS) : null;
      for (int t = 1; t <= COHORTS + 2; t++) {
        rows.add(RowFactory.create(unit, t, random.nextGaussian(), first, "team" + unit));
      }
    }
    return rows;
  }

  /** The variance of the headline where errors are independent, with variance one. */
  private static double variance(List<Row> rows) {
    int units = rows.size() / (COHORTS + 2);
    int width = units + COHORTS + 1;
    double[] treated = new double[width];
    int outcomes = 0;
    double[][] products = new double[width][width];
    for (Row row : rows) {
      double[] x = new double[width];
      x[row.getInt(0)] = 1;
      if (row.getInt(1) > 1) {
        x[units + row.getInt(1) - 2] = 1;
      }
      boolean isTreated = !row.isNullAt(3) && row.getInt(1) >= row.getInt(3);
      outcomes += isTreated ? 1 : 0;
      for (int i = 0; i < width; i++) {
        treated[i] += isTreated ? x[i] : 0;
        for (int j = 0; j < width && !isTreated; j++) {
          products[i][j] += x[i] * x[j];
        }
      }
    }
    RealVector mean = new ArrayRealVector(treated).mapDivide(outcomes);
    RealVector solved =
        new CholeskyDecomposition(new Array2DRowRealMatrix(products)).getSolver().solve(mean);
    return 1.0 / outcomes + mean.dotProduct(solved);
  }

  @Test
  void smallCohortsHideNoNoise() {
    for (int each : new int[] {1, 2}) {
      double mean = 0;
      double expected = variance(smallCohorts(new Random(0), each));
      EffectEstimate found = null;
      for (int seed = 0; seed < 12; seed++) {
        Dataset<Row> panel =
            session().createDataFrame(smallCohorts(new Random(seed), each), SCHEMA);
        StudyDesign plain = StudyDesign.of("unit", "period", "y").adopted("first").build();
        found = new ImputationDid().estimate(panel, plain);
        mean += Math.pow(found.headline().stdError(), 2) / 12;
      }
      // The mean of twelve such variances, of about ten degrees of freedom each, varies by an
      // eighth.
      assertThat(mean / expected).as("cohorts of " + each).isBetween(0.75, 1.35);
      // Clusters count by their outcomes, 1 to 10 each: 55² / 385 of as many, less the means.
      double clusters = each * 55.0 * 55.0 / 385;
      assertThat(found.degreesOfFreedom())
          .isEqualTo(Math.max(1, Math.floor(clusters - (each == 1 ? 1 : COHORTS))));
    }
  }

  @Test
  void anticipationIsNotTakenForUntreated() {
    Dataset<Row> panel =
        panel(2, 60, 0, 0)
            .selectExpr("unit", "period", "first", "team", "y + if(period = first - 1, 5, 0) as y");
    EffectEstimate blind = new ImputationDid().estimate(panel, design().build());
    EffectEstimate aware = new ImputationDid().estimate(panel, design().anticipating(1).build());
    assertThat(blind.find("event_time", "0").orElseThrow().estimate()).isLessThan(0.5);
    assertThat(aware.find("event_time", "0").orElseThrow().estimate()).isCloseTo(1, within(1e-9));
    assertThat(aware.find("event_time", "-1").orElseThrow().estimate()).isCloseTo(5, within(1e-9));
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    Dataset<Row> panel = panel(3, 30, 1, 0.1);
    assertThat(
            new ImputationDid()
                .estimate(panel.repartition(7).sortWithinPartitions("y"), design().build()))
        .isEqualTo(new ImputationDid().estimate(panel.coalesce(1), design().build()));
  }

  @Test
  void whatItCannotDoIsSaid() {
    Dataset<Row> panel = panel(4, 30, 1, 0);
    assertThatThrownBy(
            () ->
                new ImputationDid()
                    .estimate(
                        panel.withColumn("x", panel.col("y")),
                        design().adjustedFor(StudyDesign.Nuisance.IPW, List.of("x")).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("adjusts for no covariates");
    assertThatThrownBy(
            () ->
                new ImputationDid().estimate(panel, StudyDesign.of("unit", "period", "y").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say who was treated when");
    Dataset<Row> apart =
        panel.where("(unit % 2 = 0 and period <= 2) or (unit % 2 = 1 and period >= 3)");
    assertThatThrownBy(() -> new ImputationDid().estimate(apart, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("do not connect the periods");
  }
}
