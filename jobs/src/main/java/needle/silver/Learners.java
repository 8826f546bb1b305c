package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Who learned, in records that somebody else may have made.
 *
 * <p>A bronze table of a learning system names the account that acted {@code user_id}, the person
 * whom the record is about {@code related_user_id}, and the person behind the keyboard {@code
 * real_user_id}, as Moodle's log does. The learner is whom the record is about, else the account
 * that acted; who was logged in as that account has learned nothing.
 */
final class Learners {
  /** The learner's id. */
  static final String LEARNER = "learner";

  /** Whether another person made the record: an administrator, or somebody logged in as them. */
  static final String BY_ANOTHER = "is_recorded_by_another";

  private Learners() {}

  /** Adds {@value #LEARNER} and {@value #BY_ANOTHER} to rows with some or all of these columns. */
  static Dataset<Row> named(Dataset<Row> rows) {
    Column acted = id(rows, "user_id");
    Column about = id(rows, "related_user_id");
    Column behind = id(rows, "real_user_id");
    Column byAnother = about.notEqual(acted).or(behind.notEqual(coalesce(about, acted)));
    return rows.withColumn(LEARNER, coalesce(about, acted))
        .withColumn(BY_ANOTHER, coalesce(byAnother, lit(false)));
  }

  // Moodle writes 0, and other systems nothing, where there is nobody.
  private static Column id(Dataset<Row> rows, String column) {
    if (!Arrays.asList(rows.columns()).contains(column)) {
      return lit(null).cast("string");
    }
    Column text = trim(col(column).cast("string"));
    return when(text.notEqual("").and(text.notEqual("0")), text);
  }
}
