package needle.gold;

import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.posexplode;

import java.util.List;
import needle.estimate.Studies;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Every check on every study's assumptions, and how it ended. */
public final class Diagnostics implements Job {
  public static final TableContract TABLE =
      table(GOLD, "diagnostics", "Checks on the assumptions of each study")
          .oneRowPer("program_id", "kpi_id", "position")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("position", WHOLE, "Order of the checks, from 0")
          .column("check", TEXT, "What is checked")
          .column("statistic", TEXT, "Which statistic")
          .optional("value", NUMBER, "Its value")
          .optional("p_value", NUMBER, "Its p-value, where the check is a test")
          .column("status", TEXT, "pass, warning or fail")
          .column("message", TEXT, "What it means");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Studies.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return in.rows(Studies.TABLE)
        .select(
            col("program_id"),
            col("kpi_id"),
            posexplode(col("diagnostics")).as(new String[] {"position", "d"}))
        .select(
            col("program_id"),
            col("kpi_id"),
            col("position").cast("bigint").as("position"),
            col("d.check"),
            col("d.statistic"),
            col("d.value"),
            col("d.p_value"),
            col("d.status"),
            col("d.message"));
  }
}
