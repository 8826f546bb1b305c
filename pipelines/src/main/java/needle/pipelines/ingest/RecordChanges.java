package needle.pipelines.ingest;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What records do to a table that holds records before and after them.
 *
 * @param fresh these, with their outcomes
 * @param moved held records that become duplicates, or accepted again, with what they were in
 *     {@link #WAS}
 * @param withdrawn held records of files that were delivered anew under their names
 * @param accepted held records that were accepted, of the same keys
 */
record RecordChanges(
    Dataset<Row> fresh, Dataset<Row> moved, Dataset<Row> withdrawn, Dataset<Row> accepted) {
  /** The outcome that a held record had. */
  static final String WAS = "_was";

  /** The same with other fresh records. */
  RecordChanges with(Dataset<Row> others) {
    return new RecordChanges(others, moved, withdrawn, accepted);
  }
}
