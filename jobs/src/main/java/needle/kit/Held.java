package needle.kit;

import org.apache.spark.SparkContext;
import org.apache.spark.storage.StorageLevel;

/** How rows are held that are cut from how they came about. */
public final class Held {
  private Held() {}

  /** On a cluster twice: what a lost executor held could not be computed again. */
  public static StorageLevel level(SparkContext spark) {
    return spark.isLocal() ? StorageLevel.MEMORY_AND_DISK() : StorageLevel.MEMORY_AND_DISK_2();
  }
}
