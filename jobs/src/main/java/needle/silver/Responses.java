package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.trim;

import needle.bronze.Delivery;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Survey responses that people really gave. */
final class Responses {
  // Qualtrics' response types, as exports of values and of labels write them: through a link,
  // imported, offline, and the first and the last of an employee project. All others are previews,
  // tests, spam or synthetic.
  private static final Object[] REAL = {
    "0", "4", "16", "32", "48", "ip address", "imported", "offline", "ex", "ex offline"
  };

  private Responses() {}

  /** The newest response per key, without previews, tests and spam. */
  static Dataset<Row> newest(Dataset<Row> responses, String... key) {
    Column isReal = coalesce(lower(trim(col("status"))).isin(REAL), lit(true));
    return Delivery.newest(responses.where(isReal), "recorded_date", key);
  }
}
