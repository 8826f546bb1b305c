package needle.estimate.prediction;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A ridge regression (Hoerl & Kennard 1970) of the change from a period to one some steps later,
 * one regression per number of steps (direct prediction: Marcellino, Stock & Watson 2006), with the
 * same coefficients for all series of a group.
 *
 * <p>Its intercept is the trend. It explains the change by that of the same months in earlier
 * years, by how far the period lies from the mean of its year, and by how many more units are
 * treated.
 */
final class ChangeRegression {
  /** Two rows for each coefficient. */
  static final int FEWEST_ROWS = 8;

  /** On slopes of features with a variance of one. */
  private static final double PENALTY = 0.01;

  private final SparkSession spark;
  private final int season;

  ChangeRegression(SparkSession spark, int season) {
    this.spark = spark;
    this.season = season;
  }

  /** The first period from which there are enough rows to predict that many steps. */
  static int firstOrigin(int season, int steps) {
    return season + steps + FEWEST_ROWS - 1;
  }

  /** Each series that many steps after the origin, from what was known in the origin. */
  double[] predict(List<Series> group, int origin, int steps) {
    List<double[]> known = new ArrayList<>();
    List<Double> changes = new ArrayList<>();
    for (Series series : group) {
      for (int from = season; from + steps <= origin; from++) {
        known.add(features(series, from, steps));
        changes.add(series.means()[from + steps] - series.means()[from]);
      }
    }
    // What never differed tells nothing, and has no slope.
    int[] telling =
        IntStream.range(0, known.get(0).length)
            .filter(f -> known.stream().anyMatch(row -> row[f] != known.get(0)[f]))
            .toArray();
    double[] labels = changes.stream().mapToDouble(Double::doubleValue).toArray();
    double spread = Math.sqrt(StatUtils.populationVariance(labels));
    if (telling.length == 0 || spread == 0) {
      double mean = StatUtils.mean(labels);
      return group.stream().mapToDouble(s -> s.means()[origin] + mean).toArray();
    }
    LinearRegressionModel model = fit(known, labels, telling, spread);
    return group.stream()
        .mapToDouble(
            s ->
                s.means()[origin]
                    + model.predict(Vectors.dense(chosen(features(s, origin, steps), telling))))
        .toArray();
  }

  private LinearRegressionModel fit(
      List<double[]> known, double[] labels, int[] telling, double spread) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      rows.add(RowFactory.create(labels[i], Vectors.dense(chosen(known.get(i), telling))));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            // Told how many there are, MLlib runs no job to find out.
            .add(
                "features",
                SQLDataTypes.VectorType(),
                false,
                new AttributeGroup("features", telling.length).toMetadata());
    return new LinearRegression()
        .setSolver("normal")
        .setStandardization(true)
        // MLlib's penalty has the label's unit.
        .setRegParam(PENALTY * spread)
        // One partition, so that sums have one order.
        .fit(spark.createDataFrame(rows, schema).coalesce(1));
  }

  private static double[] chosen(double[] features, int[] which) {
    return IntStream.of(which).mapToDouble(f -> features[f]).toArray();
  }

  private double[] features(Series series, int origin, int steps) {
    double[] y = series.means();
    double seasonal = 0;
    int years = 0;
    for (int then = origin - season; then >= 0; then -= season) {
      seasonal += y[then + steps] - y[then];
      years++;
    }
    double[] year = java.util.Arrays.copyOfRange(y, origin - season + 1, origin + 1);
    double[] share = series.exposed();
    int target = origin + steps;
    return new double[] {
      seasonal / years,
      y[origin] - StatUtils.mean(year),
      // After the last period nobody more is treated.
      target < share.length ? share[target] - share[origin] : 0
    };
  }
}
