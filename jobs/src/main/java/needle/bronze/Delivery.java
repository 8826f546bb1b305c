package needle.bronze;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Where a bronze row came from, and which of several versions of the same record holds. */
public final class Delivery {
  /** The date of the delivery folder: when Needle could first know the row. */
  public static final String DELIVERED_ON = "_delivered_on";

  /** The file below the landing folder. */
  public static final String FILE = "_file";

  /** The line in the file, counted from 1. */
  public static final String LINE = "_line";

  private Delivery() {}

  /**
   * The newest version of each record: by the source's own version stamp, then by delivery, file
   * and line.
   *
   * @param versionStamp the column that the source advances when it restates a record
   * @param key the record's key in the source
   */
  public static Dataset<Row> newest(Dataset<Row> rows, String versionStamp, String... key) {
    Column[] keys = Arrays.stream(key).map(k -> col(k)).toArray(Column[]::new);
    Column[] newestFirst =
        Stream.of(versionStamp, DELIVERED_ON, FILE, LINE)
            .distinct()
            .map(c -> col(c).desc_nulls_last())
            .toArray(Column[]::new);
    return rows.withColumn(
            "_rank", row_number().over(Window.partitionBy(keys).orderBy(newestFirst)))
        .where(col("_rank").equalTo(1))
        .drop("_rank");
  }
}
