package needle.bronze;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.substring_index;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
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

  /** The extract: one of those that supply the table. A run adds it to the rows that it reads. */
  public static final String EXTRACT = "_extract";

  private Delivery() {}

  /**
   * What rows are sorted by to stand in the order in which they were delivered. Of files of one day
   * the name decides, without its ending: a corrected {@code hours-2.csv} comes after {@code
   * hours.csv}.
   */
  public static List<Column> order() {
    return List.of(col(DELIVERED_ON), substring_index(col(FILE), ".", 1), col(FILE), col(LINE));
  }

  /**
   * The newest version of each record: by the source's own version stamp, then by delivery, file
   * and line.
   *
   * @param versionStamp the column that the source advances when it restates a record
   * @param key the record's key in the source
   */
  public static Dataset<Row> newest(Dataset<Row> rows, String versionStamp, String... key) {
    Column[] newestFirst = inOrder(versionStamp, c -> c.desc_nulls_last());
    return rows.withColumn(
            "_rank", row_number().over(Window.partitionBy(columns(key)).orderBy(newestFirst)))
        .where(col("_rank").equalTo(1))
        .drop("_rank");
  }

  /**
   * The value of a column in the oldest version of those that share these columns; beside {@link
   * #newest}, with the same order of versions.
   */
  public static Column oldest(String column, String versionStamp, String... shared) {
    Column[] oldestFirst = inOrder(versionStamp, c -> c.asc_nulls_first());
    return first(column).over(Window.partitionBy(columns(shared)).orderBy(oldestFirst));
  }

  private static Column[] inOrder(String versionStamp, UnaryOperator<Column> direction) {
    return Stream.concat(Stream.of(col(versionStamp)), order().stream())
        .map(direction)
        .toArray(Column[]::new);
  }

  private static Column[] columns(String... names) {
    return Arrays.stream(names).map(k -> col(k)).toArray(Column[]::new);
  }
}
