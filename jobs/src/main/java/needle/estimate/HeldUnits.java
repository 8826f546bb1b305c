package needle.estimate;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * What a study passes over several times, computed in the first pass and held until unpersisted.
 */
final class HeldUnits {
  private HeldUnits() {}

  /**
   * The same units, cut from how they came about once they are held: every task of every later pass
   * would be sent the whole query that read them, and unpacking it takes longer than most passes.
   */
  static <T> JavaRDD<T> of(JavaRDD<T> units) {
    JavaRDD<T> held = units.persist(level(units));
    held.rdd().localCheckpoint();
    return held;
  }

  // On a cluster twice: what a lost executor held could not be computed again.
  private static StorageLevel level(JavaRDD<?> units) {
    return units.rdd().sparkContext().isLocal()
        ? StorageLevel.MEMORY_AND_DISK()
        : StorageLevel.MEMORY_AND_DISK_2();
  }
}
