package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.last_day;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.median;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * When people came to do as well as tenured colleagues: with the last of the months in a row in
 * which their KPI has to be at least a share of the median of people with some tenure. Before that
 * month is over it may still be missed, and who is trained until then may owe it to the training.
 */
public final class Milestones implements Job {
  public static final TableContract TABLE =
      table(PANEL, "milestones", "When people came to do as well as tenured colleagues")
          .oneRowPer("kpi_id", "employee_id", "reached_on")
          .column("kpi_id", TEXT, "KPI that waits for it")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column(
              "reached_on",
              DATE,
              "Last day of the last of the months that the KPI asks for; a later stretch has"
                  + " another row");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(EmployeePeriods.TABLE, KpiOutcomes.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return in.kpis().stream()
        .flatMap(
            kpi ->
                kpi.timeToEvent().flatMap(Kpi.TimeToEvent::milestone).stream()
                    .map(milestone -> reached(kpi.kpiId(), milestone, in)))
        .reduce(Dataset::unionByName)
        .orElseGet(
            () ->
                in.rows(KpiOutcomes.TABLE)
                    .sparkSession()
                    .createDataFrame(List.of(), TABLE.schema()));
  }

  private static Dataset<Row> reached(String kpiId, Kpi.Milestone milestone, Inputs in) {
    Dataset<Row> values =
        in.rows(KpiOutcomes.TABLE)
            .where(col("kpi_id").equalTo(milestone.ofKpi()))
            .join(in.rows(EmployeePeriods.TABLE), new String[] {"employee_id", "period_start"})
            .select(
                col("employee_id"),
                col("period_start"),
                col("tenure_months"),
                col("numerator").divide(col("denominator")).as("value"));
    Dataset<Row> bars =
        values
            .where(col("tenure_months").geq(milestone.tenuredMonths()))
            .groupBy("period_start")
            .agg(median(col("value")).multiply(milestone.share()).as("bar"));
    // Months that follow each other come to the same month when each goes back by its number.
    Column number = row_number().over(Window.partitionBy("employee_id").orderBy("period_start"));
    return values
        .join(broadcast(bars), "period_start")
        .where(col("bar").gt(0).and(col("value").geq(col("bar"))))
        .withColumn("stretch", add_months(col("period_start"), number.multiply(-1)))
        .groupBy("employee_id", "stretch")
        .agg(min("period_start").as("first"), count(lit(1)).as("months"))
        .where(col("months").geq(milestone.forMonths()))
        .withColumn("reached_on", last_day(add_months(col("first"), milestone.forMonths() - 1)))
        .select(lit(kpiId).as("kpi_id"), col("employee_id"), col("reached_on"));
  }
}
