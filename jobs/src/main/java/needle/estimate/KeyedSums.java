package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Sums of vectors by a key that crosses the buckets, such as a cluster that many groups share.
 * Every bucket is summed before anything moves, and a key's parts are added in the order of the
 * buckets, so that the layout of the rows changes no bit.
 */
final class KeyedSums {
  private KeyedSums() {}

  /** What a unit adds to which keys. */
  interface Vectors<T> extends Serializable {
    void of(T unit, BiConsumer<String, double[]> add);
  }

  /** One bucket's part of a key's sum; the parts of a key stand together, in order. */
  record Part(int bucket, String key, double[] sum) implements OrderedSums.Bucketed {
    private static final long serialVersionUID = 1L;
  }

  private record Place(String key, int source) implements Serializable {
    private static final long serialVersionUID = 1L;

    int bucket() {
      return Math.floorMod(key.hashCode(), UnitHistory.BUCKETS);
    }
  }

  private static final class InOrder implements Comparator<Place>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Place one, Place other) {
      return Comparator.comparingInt(Place::bucket)
          .thenComparing(Place::key)
          .thenComparingInt(Place::source)
          .compare(one, other);
    }
  }

  private static final class ByBucket extends Partitioner {
    private static final long serialVersionUID = 1L;
    private final int partitions;

    ByBucket(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object place) {
      return ((Place) place).bucket() % partitions;
    }
  }

  static <T extends OrderedSums.Bucketed> JavaRDD<Part> of(JavaRDD<T> units, Vectors<T> vectors) {
    return units
        .mapPartitionsToPair(rows -> summed(rows, vectors))
        .repartitionAndSortWithinPartitions(
            new ByBucket(Math.min(UnitHistory.BUCKETS, units.getNumPartitions())), new InOrder())
        .map(part -> new Part(part._1().bucket(), part._1().key(), part._2()));
  }

  private static <T extends OrderedSums.Bucketed> Iterator<Tuple2<Place, double[]>> summed(
      Iterator<T> units, Vectors<T> vectors) {
    List<Tuple2<Place, double[]>> parts = new ArrayList<>();
    Map<String, double[]> sums = new TreeMap<>();
    int bucket = -1;
    while (units.hasNext()) {
      T unit = units.next();
      if (unit.bucket() != bucket) {
        flush(sums, bucket, parts);
        bucket = unit.bucket();
      }
      vectors.of(
          unit,
          (key, vector) ->
              CellSums.add(sums.computeIfAbsent(key, k -> new double[vector.length]), vector));
    }
    flush(sums, bucket, parts);
    return parts.iterator();
  }

  private static void flush(
      Map<String, double[]> sums, int bucket, List<Tuple2<Place, double[]>> parts) {
    sums.forEach((key, sum) -> parts.add(new Tuple2<>(new Place(key, bucket), sum)));
    sums.clear();
  }
}
