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
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;

import java.util.List;
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
 * <p>One pass: each outcome row is given to all the questions that ask for it.
 */
public final class EmployeePanel implements Job {
  public static final TableContract TABLE =
      table(
              PANEL,
              "employee_panel",
              "Outcomes and first exposure of each program's population, per KPI")
          .oneRowPer("program_id", "kpi_id", "employee_id", "period_start")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("period_start", DATE, "First day of the month")
          .optional(
              "cohort_start",
              DATE,
              "Month of the first exposure, by completion or assignment as the plan says; empty"
                  + " when there was none until the end of the period")
          .optional("team_id", TEXT, "The person's first team: who was trained together")
          .optional("site_id", TEXT, "Site at the time")
          .column("numerator", NUMBER, "Numerator of the KPI")
          .column("denominator", NUMBER, "Denominator of the KPI");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(EmployeePeriods.TABLE, KpiOutcomes.TABLE, TrainingExposure.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column exposedOn =
        when(isByAssignment(in.plans()), col("first_assigned_on"))
            .otherwise(col("first_completed_on"));
    Dataset<Row> firstExposed =
        in.rows(TrainingExposure.TABLE)
            .groupBy(col("employee_id").as("_employee"), col("program_id").as("_program"))
            .agg(trunc(min(exposedOn), "month").as("cohort_start"));
    Column samePerson = col("employee_id").equalTo(col("_employee"));
    Column sameProgram = col("program_id").equalTo(col("_program"));
    return in.rows(EmployeePeriods.TABLE)
        .join(in.rows(KpiOutcomes.TABLE), new String[] {"employee_id", "period_start"})
        .withColumn("program_id", explode(programsThatAsk(in.plans())))
        .join(firstExposed, samePerson.and(sameProgram), "left")
        .select(
            col("program_id"),
            col("kpi_id"),
            col("employee_id"),
            col("period_start"),
            col("cohort_start"),
            col("home_team_id").as("team_id"),
            col("site_id"),
            col("numerator"),
            col("denominator"));
  }

  private static Column isByAssignment(List<MeasurementPlan> plans) {
    return col("program_id")
        .isin(
            plans.stream()
                .filter(p -> p.exposure() == MeasurementPlan.Exposure.ASSIGNMENT)
                .map(MeasurementPlan::programId)
                .toArray());
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
