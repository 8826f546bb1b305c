package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import needle.bronze.Delivery;
import needle.bronze.Hris;
import needle.kit.Inputs;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What HR says of each spell of employment, in its newest version. */
final class EmploymentRecords {
  static final Column OPEN_END = lit("9999-12-31").cast("date");

  private EmploymentRecords() {}

  /**
   * One row per person, user and start. Two spells of one user cannot overlap: where they do, the
   * start was corrected, and the version that was modified last holds. A rehire starts after the
   * end of the spell before.
   */
  static Dataset<Row> of(Inputs in) {
    Dataset<Row> newest =
        Delivery.newest(
            in.rows(Hris.EMP_EMPLOYMENT),
            "last_modified_date_time",
            "person_id_external",
            "user_id",
            "start_date");
    Dataset<Row> later =
        newest.select(
            col("person_id_external").as("_person"),
            col("user_id").as("_user"),
            col("start_date").as("_start"),
            end(col("end_date")).as("_end"),
            col("last_modified_date_time").as("_modified"));
    Column overlaps =
        col("_start").leq(end(col("end_date"))).and(col("_end").geq(col("start_date")));
    return newest.join(
        later,
        col("person_id_external")
            .equalTo(col("_person"))
            .and(col("user_id").equalTo(col("_user")))
            .and(col("_start").notEqual(col("start_date")))
            .and(col("_modified").gt(col("last_modified_date_time")))
            .and(overlaps),
        "left_anti");
  }

  private static Column end(Column date) {
    return coalesce(date, OPEN_END);
  }
}
