package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.MeasurementPlan;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The panel that studies read: for every program and KPI of the plans, the employees for whom it
 * was meant, month by month.
 *
 * <p>One pass: each outcome row is given to all the questions that ask for it. What is said once
 * per person, first training and first team, stands in {@link Cohorts} and {@link HomeTeams};
 * {@link #studied} joins them.
 */
public final class EmployeePanel implements Job {
  public static final TableContract TABLE =
      table(PANEL, "employee_panel", "Outcomes of each program's population, per KPI")
          .storedByMonthOf("period_start")
          .oneRowPer("program_id", "kpi_id", "employee_id", "period_start")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("period_start", DATE, "First day of the month")
          .optional("site_id", TEXT, "Site at the time")
          .column("numerator", NUMBER, "Numerator of the KPI")
          .column("denominator", NUMBER, "Denominator of the KPI");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(EmployeePeriods.TABLE, KpiOutcomes.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id", "period_start")
        .by(EmployeePeriods.TABLE)
        .by(KpiOutcomes.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return in.rows(EmployeePeriods.TABLE)
        .join(in.rows(KpiOutcomes.TABLE), new String[] {"employee_id", "period_start"})
        .withColumn("program_id", explode(programsThatAsk(in.plans())))
        .select(
            col("program_id"),
            col("kpi_id"),
            col("employee_id"),
            col("period_start"),
            col("site_id"),
            col("numerator"),
            col("denominator"));
  }

  /** What a job reads to have the panel as studied. */
  public static List<TableContract> studiedTables() {
    return List.of(TABLE, Cohorts.TABLE, HomeTeams.TABLE);
  }

  /**
   * The panel with {@code cohort_start}, empty for the never trained, and {@code team_id}, the
   * person's first team.
   */
  public static Dataset<Row> studied(Inputs in) {
    return in.rows(TABLE)
        .join(in.rows(Cohorts.TABLE), new String[] {"program_id", "employee_id"}, "left")
        .join(
            in.rows(HomeTeams.TABLE).withColumnRenamed("home_team_id", "team_id"),
            new String[] {"employee_id"},
            "left");
  }

  private static Column programsThatAsk(List<MeasurementPlan> plans) {
    Column[] asking =
        plans.stream()
            .flatMap(
                plan ->
                    plan.questions().stream()
                        .map(
                            q ->
                                when(
                                    col("kpi_id").equalTo(q.kpiId()).and(expr(plan.population())),
                                    lit(plan.programId()))))
            .toArray(Column[]::new);
    return array_compact(array(asking));
  }
}
