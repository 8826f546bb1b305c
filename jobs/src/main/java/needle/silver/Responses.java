package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import needle.bronze.Delivery;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Survey responses that people really gave. */
final class Responses {
  private Responses() {}

  /** The newest response per key, without previews, tests and spam (Qualtrics status 0 is real). */
  static Dataset<Row> newest(Dataset<Row> responses, String... key) {
    return Delivery.newest(
        responses.where(coalesce(col("status").equalTo("0"), lit(true))), "recorded_date", key);
  }
}
