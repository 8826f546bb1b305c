package needle.pipelines.lake;

import needle.kit.Held;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.LogicalRDD;

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
    return new MergeSource(
        rows.localCheckpoint(false, Held.level(rows.sparkSession().sparkContext())));
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
