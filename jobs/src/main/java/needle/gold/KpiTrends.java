package needle.gold;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import needle.kit.ExactSum;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.TableContract;
import needle.panel.EmployeePeriods;
import needle.panel.KpiOutcomes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Every KPI per function and month: what happened, which is not yet why. */
public final class KpiTrends implements Job {
  public static final TableContract TABLE =
      table(GOLD, "kpi_trends", "Every KPI per function and month")
          .oneRowPer("kpi_id", "segment", "period_start")
          .column("kpi_id", TEXT, "KPI")
          .column("kpi_title", TEXT, "Title")
          .column("unit", TEXT, "Unit")
          .column("direction", TEXT, "Which way is good: up, down or ambiguous")
          .column("period_start", DATE, "First day of the month")
          .column("segment", TEXT, "Function")
          .optional("value", NUMBER, "The KPI; empty below 10 people")
          .optional("employees", WHOLE, "People behind it; empty below 10");

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
    Map<String, Kpi> kpis = in.kpis().stream().collect(Collectors.toMap(Kpi::kpiId, k -> k));
    return in.rows(KpiOutcomes.TABLE)
        .join(in.rows(EmployeePeriods.TABLE), new String[] {"employee_id", "period_start"})
        .groupBy(
            col("kpi_id"),
            coalesce(col("function"), lit("Unknown")).as("segment"),
            col("period_start"))
        .agg(
            ExactSum.of("numerator").divide(ExactSum.of("denominator")).as("value"),
            count(lit(1)).as("employees"))
        .select(
            col("kpi_id"),
            named(kpis, Kpi::title).as("kpi_title"),
            named(kpis, Kpi::unit).as("unit"),
            functions.lower(named(kpis, k -> k.direction().name())).as("direction"),
            col("period_start"),
            col("segment"),
            SmallCells.unlessFew("value", "employees"),
            SmallCells.unlessFew("employees", "employees"));
  }

  private static Column named(Map<String, Kpi> kpis, Function<Kpi, String> of) {
    Column name = lit(null).cast("string");
    for (Kpi kpi : kpis.values()) {
      name = functions.when(col("kpi_id").equalTo(kpi.kpiId()), of.apply(kpi)).otherwise(name);
    }
    return name;
  }
}
