package needle.pipelines.lake;

import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that a merge reads in several passes, computed once, when they are first read.
 *
 * <p>Not persisted: Delta refuses to merge from what the session's cache could hold otherwise.
 */
public final class MergeSource implements AutoCloseable {
  private final Dataset<Row> rows;

  private MergeSource(Dataset<Row> rows) {
    this.rows = rows;
  }

  /** Holds the rows until closed. */
  public static MergeSource of(Dataset<Row> rows) {
    return new MergeSource(rows.localCheckpoint(false, level(rows.sparkSession().sparkContext())));
  }

  // On a cluster twice: what a lost executor held could not be computed again.
  private static StorageLevel level(SparkContext spark) {
    return spark.isLocal() ? StorageLevel.MEMORY_AND_DISK() : StorageLevel.MEMORY_AND_DISK_2();
  }

  public Dataset<Row> rows() {
    return rows;
  }

  @Override
  public void close() {
    if (rows.queryExecution().logical() instanceof LogicalRDD held) {
      held.rdd().unpersist(false);
    }
  }
}
