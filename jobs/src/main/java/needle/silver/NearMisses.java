package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Safety;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Near misses that people reported; more reports may mean more danger or more candour. */
public final class NearMisses implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "near_misses", "Reported near misses")
              .oneRowPer("report_id")
              .column("report_id", TEXT, "SafetyCulture issue")
              .optional("site_id", TEXT, "Site")
              .column("reported_on", DATE, "Day of the report"),
          "the reporter");

  private static final Column NUMBER = col("reporter_number");

  private static final Column REPORTED_ON = col("created_at").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Safety.NEAR_MISS, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("report_id")
        .by(Safety.NEAR_MISS, "id")
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed, all, Safety.NEAR_MISS, System.EMPLOYEE_NUMBER, NUMBER, REPORTED_ON)
                    .select(col("id").as("report_id")));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> newest =
        Delivery.newest(in.rows(Safety.NEAR_MISS), "modified_at", "id").where(col("is_near_miss"));
    return Identities.attribute(newest, in, System.EMPLOYEE_NUMBER, NUMBER, REPORTED_ON)
        .select(
            col("id").as("report_id"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("site_id"),
            REPORTED_ON.as("reported_on"));
  }
}
