package needle.estimate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Least squares on rows that are centred within their groups, by normal equations.
 *
 * <p>Every sum is made group by group and added in the order of the groups' names, so that it comes
 * out the same however the rows were laid out.
 */
final class WithinRegression {
  /** Below this share of a column's changes within groups the others leave nothing of it. */
  private static final double NOTHING = 1e-10;

  /** Below this share of a column's own size, changes within groups are those of rounding. */
  private static final double ROUNDING = 1e-24;

  private static final int BUCKETS = 64;

  private final int[] kept;
  private final double[] coefficients;
  private final RealMatrix covariance;
  private final Moments moments;
  private final long clusters;
  private final double degreesOfFreedom;

  private WithinRegression(
      int[] kept,
      double[] coefficients,
      RealMatrix covariance,
      Moments moments,
      long clusters,
      double degreesOfFreedom) {
    this.kept = kept;
    this.coefficients = coefficients;
    this.covariance = covariance;
    this.moments = moments;
    this.clusters = clusters;
    this.degreesOfFreedom = degreesOfFreedom;
  }

  double coefficient(int column) {
    return coefficients[position(column)];
  }

  double standardError(int column) {
    return Math.sqrt(covariance.getEntry(position(column), position(column)));
  }

  double degreesOfFreedom() {
    return degreesOfFreedom;
  }

  long rows() {
    return moments.rows;
  }

  /** Rows in which the column is not zero. */
  long rowsWith(int column) {
    return moments.nonZero[column];
  }

  long clusters() {
    return clusters;
  }

  private int position(int column) {
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] == column) {
        return i;
      }
    }
    throw new IllegalStateException("column " + column + " was not estimated");
  }

  /** Centred cross products of the columns and, last, the outcome. */
  private static final class Moments implements Serializable {
    private static final long serialVersionUID = 1L;
    private final double[][] products;
    private final double[] squares;
    private final long[] nonZero;
    private long rows;
    private long groups;
    private boolean isNested = true;

    Moments(int columns) {
      products = new double[columns + 1][columns + 1];
      squares = new double[columns];
      nonZero = new long[columns];
    }

    void add(Row group) {
      List<Row> members = group.getList(1);
      double[][] centred = centred(members);
      int columns = squares.length;
      String cluster = members.get(0).getString(0);
      for (int r = 0; r < centred.length; r++) {
        List<Double> raw = members.get(r).getList(2);
        isNested &= cluster.equals(members.get(r).getString(0));
        for (int i = 0; i < columns; i++) {
          squares[i] += raw.get(i) * raw.get(i);
          nonZero[i] += raw.get(i) != 0 ? 1 : 0;
        }
        for (int i = 0; i <= columns; i++) {
          for (int j = 0; j <= i; j++) {
            products[i][j] += centred[r][i] * centred[r][j];
          }
        }
      }
      rows += centred.length;
      groups++;
    }

    Moments merge(Moments other) {
      for (int i = 0; i < products.length; i++) {
        for (int j = 0; j <= i; j++) {
          products[i][j] += other.products[i][j];
        }
      }
      for (int i = 0; i < squares.length; i++) {
        squares[i] += other.squares[i];
        nonZero[i] += other.nonZero[i];
      }
      rows += other.rows;
      groups += other.groups;
      isNested &= other.isNested;
      return this;
    }

    double product(int i, int j) {
      return i >= j ? products[i][j] : products[j][i];
    }
  }

  /**
   * Fits the regression.
   *
   * @param groups group and its rows as (cluster, y, x), sorted
   * @param dummies how many of the columns, the first ones, are dummies that may be redundant
   * @param nested how many of these, the first ones, are of effects nested in the clusters
   */
  static WithinRegression of(
      Dataset<Row> groups,
      List<String> terms,
      int dummies,
      int nested,
      FixedEffects.Errors errors) {
    int columns = terms.size();
    JavaRDD<Row> sorted =
        groups
            .repartition(
                groups.sparkSession().sparkContext().defaultParallelism(), bucketOf("group"))
            .withColumn("bucket", bucketOf("group"))
            .sortWithinPartitions("bucket", "group")
            .toJavaRDD()
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Moments moments =
          perBucket(sorted, columns).stream().reduce(new Moments(columns), Moments::merge);
      int[] kept = independent(moments, terms, dummies);
      RealMatrix inverse = inverse(moments, kept);
      double[] coefficients = new double[kept.length];
      for (int i = 0; i < kept.length; i++) {
        for (int j = 0; j < kept.length; j++) {
          coefficients[i] += inverse.getEntry(i, j) * moments.product(kept[j], columns);
        }
      }
      double absorbed = kept.length + moments.groups;
      if (errors == FixedEffects.Errors.CONVENTIONAL) {
        double squares = moments.product(columns, columns);
        for (int i = 0; i < kept.length; i++) {
          squares -= coefficients[i] * moments.product(kept[i], columns);
        }
        double freedom = positive(moments.rows - absorbed, moments);
        RealMatrix covariance = inverse.scalarMultiply(squares / freedom);
        return new WithinRegression(kept, coefficients, covariance, moments, moments.rows, freedom);
      }
      Meat meat = meat(sorted, groups, kept, coefficients, columns);
      long uncounted = java.util.Arrays.stream(kept).filter(k -> k < nested).count();
      double parameters = kept.length - uncounted + (moments.isNested ? 1 : moments.groups);
      double factor =
          meat.clusters
              / positive(meat.clusters - 1.0, moments)
              * (moments.rows - 1)
              / positive(moments.rows - parameters, moments);
      RealMatrix covariance =
          inverse.multiply(meat.products).multiply(inverse).scalarMultiply(factor);
      return new WithinRegression(
          kept, coefficients, covariance, moments, meat.clusters, meat.clusters - 1.0);
    } finally {
      sorted.unpersist();
    }
  }

  private static double positive(double freedom, Moments moments) {
    if (freedom < 1) {
      throw new InvalidInput(
          "There are too few rows for this regression",
          moments.rows + " rows in " + moments.groups + " groups leave no degrees of freedom",
          "supply more rows or clusters, or estimate fewer coefficients");
    }
    return freedom;
  }

  private static org.apache.spark.sql.Column bucketOf(String column) {
    return org.apache.spark.sql.functions.pmod(
        org.apache.spark.sql.functions.xxhash64(col(column)), lit(BUCKETS));
  }

  private static List<Moments> perBucket(JavaRDD<Row> sorted, int columns) {
    List<Tuple2<Long, Moments>> parts =
        new ArrayList<>(
            sorted
                .mapPartitions(
                    rows -> {
                      List<Tuple2<Long, Moments>> found = new ArrayList<>();
                      while (rows.hasNext()) {
                        Row group = rows.next();
                        last(found, group.getLong(2), () -> new Moments(columns)).add(group);
                      }
                      return found.iterator();
                    })
                .collect());
    parts.sort(Comparator.comparing(Tuple2::_1));
    return parts.stream().map(Tuple2::_2).toList();
  }

  private static <S> S last(
      List<Tuple2<Long, S>> found, long bucket, java.util.function.Supplier<S> start) {
    if (found.isEmpty() || found.get(found.size() - 1)._1() != bucket) {
      found.add(new Tuple2<>(bucket, start.get()));
    }
    return found.get(found.size() - 1)._2();
  }

  private static double[][] centred(List<Row> members) {
    int columns = members.get(0).getList(2).size();
    double[][] rows = new double[members.size()][columns + 1];
    double[] means = new double[columns + 1];
    for (int r = 0; r < rows.length; r++) {
      List<Double> x = members.get(r).getList(2);
      for (int i = 0; i < columns; i++) {
        rows[r][i] = x.get(i);
      }
      rows[r][columns] = members.get(r).getDouble(1);
      for (int i = 0; i <= columns; i++) {
        means[i] += rows[r][i] / rows.length;
      }
    }
    for (double[] row : rows) {
      for (int i = 0; i <= columns; i++) {
        row[i] -= means[i];
      }
    }
    return rows;
  }

  // Columns that the earlier ones and the groups do not already explain.
  private static int[] independent(Moments moments, List<String> terms, int dummies) {
    int columns = terms.size();
    double[][] left = new double[columns][columns];
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        left[i][j] = moments.product(i, j);
      }
    }
    List<Integer> kept = new ArrayList<>();
    Faults faults = new Faults("The regressors");
    for (int k = 0; k < columns; k++) {
      double within = moments.product(k, k);
      if (!(within > ROUNDING * moments.squares[k] && left[k][k] > NOTHING * within)) {
        if (k >= dummies) {
          faults.add(
              "The regressor " + terms.get(k) + " cannot be told from the others",
              "within the absorbed groups it never changes, or the columns before it explain it",
              "drop it, or absorb fewer columns");
        }
        continue;
      }
      kept.add(k);
      for (int i = k + 1; i < columns; i++) {
        double slope = left[i][k] / left[k][k];
        for (int j = k + 1; j < columns; j++) {
          left[i][j] -= slope * left[k][j];
        }
      }
    }
    faults.report();
    return kept.stream().mapToInt(i -> i).toArray();
  }

  private static RealMatrix inverse(Moments moments, int[] kept) {
    RealMatrix products = new Array2DRowRealMatrix(kept.length, kept.length);
    for (int i = 0; i < kept.length; i++) {
      for (int j = 0; j < kept.length; j++) {
        products.setEntry(i, j, moments.product(kept[i], kept[j]));
      }
    }
    return new CholeskyDecomposition(products, 1e-12, 0).getSolver().getInverse();
  }

  private record Meat(RealMatrix products, long clusters) {}

  /** The clusters' scores, and their cross products added in the order of the clusters' names. */
  private static Meat meat(
      JavaRDD<Row> sorted, Dataset<Row> groups, int[] kept, double[] coefficients, int columns) {
    Dataset<Row> scores =
        groups
            .sparkSession()
            .createDataFrame(
                sorted.mapPartitions(rows -> scores(rows, kept, coefficients, columns)),
                org.apache.spark.sql.types.StructType.fromDDL(
                    "cluster string, group string, score array<double>"));
    RealMatrix products = new Array2DRowRealMatrix(kept.length, kept.length);
    long clusters = 0;
    Iterator<Row> byCluster =
        scores
            .groupBy(coalesce(col("cluster"), lit("")).as("cluster"))
            .agg(sort_array(collect_list(struct("group", "score"))).as("parts"))
            .orderBy("cluster")
            .toLocalIterator();
    while (byCluster.hasNext()) {
      double[] total = new double[kept.length];
      for (Row part : byCluster.next().<Row>getList(1)) {
        List<Double> score = part.getList(1);
        for (int i = 0; i < total.length; i++) {
          total[i] += score.get(i);
        }
      }
      for (int i = 0; i < total.length; i++) {
        for (int j = 0; j < total.length; j++) {
          products.addToEntry(i, j, total[i] * total[j]);
        }
      }
      clusters++;
    }
    return new Meat(products, clusters);
  }

  private static Iterator<Row> scores(
      Iterator<Row> rows, int[] kept, double[] coefficients, int columns) {
    List<Row> found = new ArrayList<>();
    while (rows.hasNext()) {
      Row group = rows.next();
      List<Row> members = group.getList(1);
      double[][] centred = centred(members);
      int from = 0;
      while (from < centred.length) {
        // Rows are sorted by cluster first.
        String cluster = members.get(from).getString(0);
        Double[] score = new Double[kept.length];
        java.util.Arrays.fill(score, 0.0);
        int at = from;
        for (; at < centred.length && cluster.equals(members.get(at).getString(0)); at++) {
          double residual = centred[at][columns];
          for (int i = 0; i < kept.length; i++) {
            residual -= coefficients[i] * centred[at][kept[i]];
          }
          for (int i = 0; i < kept.length; i++) {
            score[i] += residual * centred[at][kept[i]];
          }
        }
        found.add(
            org.apache.spark.sql.RowFactory.create(cluster, group.getString(0), (Object) score));
        from = at;
      }
    }
    return found.iterator();
  }
}
