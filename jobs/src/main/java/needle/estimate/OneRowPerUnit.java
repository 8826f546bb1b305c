package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Where units stand in one row each, a unit in several would count as several: errors too small,
 * and more units than there are.
 */
final class OneRowPerUnit {
  private OneRowPerUnit() {}

  /** Fails where rows repeat a unit. Rows that name none are not told to be the same. */
  static void require(Dataset<Row> rows, StudyDesign design) {
    Row repeated =
        rows.where(col(design.unit()).isNotNull())
            .groupBy(col(design.unit()).cast("string").as("unit"))
            .agg(count(lit(1)).as("rows"))
            .where(col("rows").gt(1))
            .agg(count(lit(1)), sum("rows"), min("unit"))
            .first();
    long units = repeated.getLong(0);
    if (units > 0) {
      throw new InvalidInput(
          repeated.getLong(1) - units + " rows repeat a unit",
          units
              + " units, such as "
              + repeated.getString(2)
              + ", stand in several rows, and each of these would count as a unit",
          "keep one row per unit; for units in several periods name the period and choose a method"
              + " for panels, such as staggered_did");
    }
  }
}
