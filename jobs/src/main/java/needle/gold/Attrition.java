package needle.gold;

import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.estimate.Studies;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** From the rows of the panel to the rows that each study analysed, step by step. */
public final class Attrition implements Job {
  public static final TableContract TABLE =
      table(GOLD, "attrition", "Who was lost on the way to each estimate")
          .oneRowPer("program_id", "kpi_id", "position")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("position", WHOLE, "Order of the steps, from 0")
          .column("step", TEXT, "Step")
          .optional(
              "units",
              WHOLE,
              "People; empty from 1 to 9, and where it would give such a figure away")
          .optional("rows", WHOLE, "Rows of the study's periods; empty when the people are")
          .column("reason", TEXT, "Why");

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
    WindowSpec ofStudy = Window.partitionBy("program_id", "kpi_id");
    Column few = col("a.units").between(1, SmallCells.FEWEST_PEOPLE - 1);
    Column hiddenPeople = sum(when(few, col("a.units")).otherwise(0)).over(ofStudy);
    // All read less all told would give the hidden ones away.
    Column givesAway =
        col("a.step").equalTo("read").and(hiddenPeople.between(1, SmallCells.FEWEST_PEOPLE - 1));
    Column tellable = not(few.or(givesAway));
    return in.rows(Studies.TABLE)
        .select(
            col("program_id"),
            col("kpi_id"),
            posexplode(col("attrition")).as(new String[] {"position", "a"}))
        .withColumn("is_tellable", tellable)
        .select(
            col("program_id"),
            col("kpi_id"),
            col("position").cast("bigint").as("position"),
            col("a.step"),
            when(col("is_tellable"), col("a.units")).as("units"),
            when(col("is_tellable"), col("a.rows")).as("rows"),
            col("a.reason"));
  }
}
