package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Safety;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Recordable injuries and illnesses of the OSHA 300 log, in their newest version. */
public final class Incidents implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "incidents", "Recordable injuries and illnesses")
              .oneRowPer("establishment_id", "case_number")
              .column("establishment_id", TEXT, "Establishment")
              .column(
                  "case_number",
                  TEXT,
                  "Number of the case, unique in its establishment over the years")
              .column("occurred_on", DATE, "Day of the incident")
              .column("is_lost_time", FLAG, "Whether it led to death or days away from work")
              .optional("days_away", WHOLE, "Days away from work"),
          "the person");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Safety.CASE_LOG, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("establishment_id", "case_number")
        .by(Safety.CASE_LOG)
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed,
                        all,
                        Safety.CASE_LOG,
                        System.EMPLOYEE_NUMBER,
                        col("employee_number"),
                        col("date_of_incident"))
                    .select("establishment_id", "case_number"));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    // The log has no version stamp of its own: what was delivered last holds.
    Dataset<Row> newest =
        Delivery.newest(
            in.rows(Safety.CASE_LOG), Delivery.DELIVERED_ON, "establishment_id", "case_number");
    return Identities.attribute(
            newest, in, System.EMPLOYEE_NUMBER, col("employee_number"), col("date_of_incident"))
        .select(
            col("establishment_id"),
            col("case_number"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("date_of_incident").as("occurred_on"),
            coalesce(col("incident_outcome").leq(2), lit(false)).as("is_lost_time"),
            col("dafw_num_away").as("days_away"));
  }
}
