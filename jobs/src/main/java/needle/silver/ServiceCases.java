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
import static org.apache.spark.sql.functions.not;

import java.util.List;
import needle.bronze.Crm;
import needle.bronze.Delivery;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Closed customer cases, with whether they were reopened and what the customer said. A case stays
 * with whoever owned it when it was closed.
 */
public final class ServiceCases implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "service_cases", "Closed customer cases")
              .oneRowPer("case_id")
              .column("case_id", TEXT, "Salesforce case")
              .column("created_on", DATE, "Day on which it was opened")
              .column("closed_on", DATE, "Day of its last closing")
              .column("is_reopened", FLAG, "Whether it was ever opened again after a closing")
              .optional(
                  "csat_score",
                  WHOLE,
                  "Satisfaction, 1 to 5; empty when the customer did not answer")
              .storedByMonthOf("closed_on")
              .check(
                  "csat_score is null or csat_score between 1 and 5",
                  "satisfaction lies between 1 and 5"),
          "the agent at the closing");

  private static final Column CLOSED_ON = col("closed_date").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Crm.CASE, Crm.CASE_HISTORY, Crm.CSAT_SURVEY, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("case_id")
        .by(Crm.CASE, "id")
        .by(Crm.CASE_HISTORY)
        .touchedBy(Crm.CSAT_SURVEY, ServiceCases::answered, ServiceCases::answersTo)
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed, all, Crm.CASE, System.CRM_USER, col("owner_id"), CLOSED_ON)
                    .select(col("id").as("case_id")));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column ownerAtClosing =
        Delivery.oldest("owner_id", "system_modstamp", "id", "is_closed", "closed_date");
    Dataset<Row> closed =
        newest(in.rows(Crm.CASE).withColumn("owner_id", ownerAtClosing))
            .where(
                col("is_customer_case").and(col("is_closed")).and(col("closed_date").isNotNull()));
    Dataset<Row> reopened =
        in.rows(Crm.CASE_HISTORY)
            .where(col("is_reopening"))
            .select(col("case_id").as("reopened_id"))
            .distinct();
    Dataset<Row> answers =
        Responses.newest(in.rows(Crm.CSAT_SURVEY), "external_reference")
            .select(col("external_reference"), col("q1").as("csat_score"));
    Dataset<Row> described =
        closed
            .join(reopened, col("id").equalTo(col("reopened_id")), "left")
            .join(answers, col("case_number").equalTo(col("external_reference")), "left");
    return Identities.attribute(described, in, System.CRM_USER, col("owner_id"), CLOSED_ON)
        .select(
            col("id").as("case_id"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("created_date").cast("date").as("created_on"),
            CLOSED_ON.as("closed_on"),
            col("reopened_id").isNotNull().as("is_reopened"),
            col("csat_score"));
  }

  private static Dataset<Row> answered(Dataset<Row> answers, Inputs in) {
    Dataset<Row> numbers = answers.select(col("external_reference").as("_number")).distinct();
    return in.among(in.rows(Crm.CASE), "case_number", numbers).select(col("id").as("case_id"));
  }

  private static Dataset<Row> answersTo(Dataset<Row> answers, Dataset<Row> units, Inputs in) {
    Dataset<Row> numbers = in.rows(Crm.CASE).select(col("case_number").as("_number")).distinct();
    return in.among(answers, "external_reference", numbers);
  }

  /** Cases in their newest version, without deleted ones. */
  static Dataset<Row> newest(Dataset<Row> cases) {
    return Delivery.newest(cases, "system_modstamp", "id")
        .where(not(coalesce(col("is_deleted"), lit(false))));
  }
}
