package needle.estimate;

import needle.kit.Held;
import org.apache.spark.api.java.JavaRDD;

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
    JavaRDD<T> held = units.persist(Held.level(units.rdd().sparkContext()));
    held.rdd().localCheckpoint();
    return held;
  }
}
