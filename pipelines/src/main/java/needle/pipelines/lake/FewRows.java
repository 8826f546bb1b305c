package needle.pipelines.lake;

import static org.apache.spark.sql.functions.broadcast;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows that are few enough to be sent to every task: what they are joined to stays where it is. */
public final class FewRows {
  private static final long MOST = 1_000_000;

  private FewRows() {}

  /** Whether that many rows are few. */
  public static boolean are(long rows) {
    return rows <= MOST;
  }

  /** The rows, sent to every task if they are few. */
  public static Dataset<Row> sent(Dataset<Row> rows, long count) {
    return are(count) ? broadcast(rows) : rows;
  }
}
