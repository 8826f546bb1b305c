package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.shiftleft;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import scala.Tuple2;

/**
 * Sums over units that come out the same, bit for bit, however the panel's rows were laid out.
 *
 * <p>Floating-point addition depends on its order. Units are sorted within a fixed number of
 * buckets and a bucket is never split between tasks, so every bucket is summed in one order; the
 * caller merges the buckets in theirs.
 */
final class OrderedSums {
  private OrderedSums() {}

  /** Something that always falls into the same bucket. */
  interface Bucketed extends Serializable {
    int bucket();
  }

  /**
   * What is summed over units of type T.
   *
   * @param <S> its own type
   */
  interface Partial<T, S> extends Serializable {
    /** A sum of the same kind, still without units. */
    S empty();

    void add(T unit);

    /** Called after a bucket's last unit. */
    default void finish() {}

    /** Takes another's units in; returns itself. */
    S merge(S other);
  }

  /** The bucket in which all that has the same key falls. */
  static Column bucket(Column key) {
    return pmod(xxhash64(key), lit(UnitHistory.BUCKETS)).cast("int").as("bucket");
  }

  /** Rows with a bucket, in whole buckets; within them, sorted by the columns. */
  static Dataset<Row> inBuckets(Dataset<Row> rows, String... columns) {
    int cores = rows.sparkSession().sparkContext().defaultParallelism();
    return sorted(rows.repartition(Math.min(UnitHistory.BUCKETS, cores), col("bucket")), columns);
  }

  /**
   * Rows with a bucket, sorted by it and by the columns in each partition.
   *
   * <p>Spark compares the first thing it sorts by as a number, and only rows in which this is equal
   * by their values: so it is the bucket and the first column's hash, which tells almost all apart.
   */
  static Dataset<Row> sorted(Dataset<Row> rows, String... columns) {
    Column place =
        shiftleft(col("bucket").cast("long"), 64 - 6)
            .bitwiseOR(shiftrightunsigned(xxhash64(col(columns[0])), 6));
    return rows.sortWithinPartitions(
        Stream.concat(Stream.of(place), Arrays.stream(columns).map(functions::col))
            .toArray(Column[]::new));
  }

  /** One pass over the units, in one Spark job. */
  static <T extends Bucketed, S extends Partial<T, S>> S of(JavaRDD<T> units, S none) {
    List<Tuple2<Integer, S>> parts =
        new ArrayList<>(units.mapPartitions(rows -> summed(rows, none)).collect());
    parts.sort(Comparator.comparing(Tuple2::_1));
    S sum = none.empty();
    for (Tuple2<Integer, S> part : parts) {
      sum = sum.merge(part._2());
    }
    return sum;
  }

  private static <T extends Bucketed, S extends Partial<T, S>> Iterator<Tuple2<Integer, S>> summed(
      Iterator<T> units, S none) {
    List<Tuple2<Integer, S>> parts = new ArrayList<>();
    int bucket = -1;
    S part = null;
    while (units.hasNext()) {
      T unit = units.next();
      if (unit.bucket() != bucket) {
        bucket = unit.bucket();
        part = none.empty();
        parts.add(new Tuple2<>(bucket, part));
      }
      part.add(unit);
    }
    parts.forEach(whole -> whole._2().finish());
    return parts.iterator();
  }
}
