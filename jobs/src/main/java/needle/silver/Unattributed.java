package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many facts of each source and month could not be given to a person, and why. */
public final class Unattributed implements Job {
  public static final TableContract TABLE =
      table(SILVER, "unattributed", "Facts without a person, per source, month and reason")
          .oneRowPer("source", "month_start", "reason")
          .column("source", TEXT, "The silver table, and the extract where it has several")
          .column("month_start", DATE, "Month of the facts")
          .column(
              "reason",
              TEXT,
              "no_id, test_account, shared_account (a queue, an integration or a mailbox),"
                  + " no_number, unknown_id, not_valid_then or ambiguous")
          .column("facts", WHOLE, "Facts without a person for that reason")
          .check("facts > 0", "a reason is listed where it occurs");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(FactCounts.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return in.rows(FactCounts.TABLE)
        .where(col("outcome").notEqual(FactCounts.ATTRIBUTED))
        .withColumnRenamed("outcome", "reason");
  }
}
