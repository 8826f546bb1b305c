package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
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
 * Closed sales opportunities, won or lost, in their newest version; open ones are not outcomes yet.
 * A deal stays with whoever owned it when it was closed.
 */
public final class Sales implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "sales", "Closed sales opportunities")
              .oneRowPer("opportunity_id")
              .column("opportunity_id", TEXT, "Salesforce opportunity")
              .column("created_on", DATE, "Day on which it was opened")
              .column("closed_on", DATE, "Day on which it was closed")
              .column("is_won", FLAG, "Whether it was won")
              .column("amount_usd", NUMBER, "Amount; zero when lost without one")
              .storedByMonthOf("closed_on")
              .check("amount_usd >= 0", "an amount is not negative"),
          "the owner at the closing");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Crm.OPPORTUNITY, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("opportunity_id")
        .by(Crm.OPPORTUNITY, "id")
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed,
                        all,
                        Crm.OPPORTUNITY,
                        System.CRM_USER,
                        col("owner_id"),
                        col("close_date"))
                    .select(col("id").as("opportunity_id")));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column ownerAtClosing =
        Delivery.oldest("owner_id", "system_modstamp", "id", "is_closed", "close_date");
    Dataset<Row> versions = in.rows(Crm.OPPORTUNITY).withColumn("owner_id", ownerAtClosing);
    Dataset<Row> closed =
        Delivery.newest(versions, "system_modstamp", "id")
            .where(not(coalesce(col("is_deleted"), lit(false))).and(col("is_closed")))
            .where(col("close_date").isNotNull());
    return Identities.attribute(closed, in, System.CRM_USER, col("owner_id"), col("close_date"))
        .select(
            col("id").as("opportunity_id"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("created_date").cast("date").as("created_on"),
            col("close_date").as("closed_on"),
            col("is_won"),
            coalesce(col("amount"), lit(0.0)).as("amount_usd"));
  }
}
