package needle.silver;

import static needle.kit.ColumnType.INSTANT;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The stages through which each opportunity went. */
public final class SalesStages implements Job {
  public static final TableContract TABLE =
      table(SILVER, "sales_stages", "Stage changes of opportunities")
          .oneRowPer("stage_change_id")
          .column("stage_change_id", TEXT, "Salesforce history id")
          .column("opportunity_id", TEXT, "Opportunity")
          .column("stage", TEXT, "Stage entered")
          .column("entered_at", INSTANT, "When")
          .optional("amount_usd", NUMBER, "Amount at that time");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Crm.OPPORTUNITY_HISTORY);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("stage_change_id").by(Crm.OPPORTUNITY_HISTORY, "id");
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return Delivery.newest(in.rows(Crm.OPPORTUNITY_HISTORY), "created_date", "id")
        .where(not(coalesce(col("is_deleted"), lit(false))))
        .select(
            col("id").as("stage_change_id"),
            col("opportunity_id"),
            col("stage_name").as("stage"),
            col("created_date").as("entered_at"),
            col("amount").as("amount_usd"));
  }
}
