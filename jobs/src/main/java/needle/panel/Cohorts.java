package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
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
 * When each person was first exposed to each program: by completion, or by assignment where the
 * plan says so.
 *
 * <p>Once per person rather than in every row of the panel, so that somebody newly exposed changes
 * one row and not all her months.
 */
public final class Cohorts implements Job {
  public static final TableContract TABLE =
      table(PANEL, "cohorts", "First exposure, per program and person")
          .oneRowPer("program_id", "employee_id")
          .column("program_id", TEXT, "Program")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column(
              "cohort_start",
              DATE,
              "Month of the first completion or assignment, as the plan says; who had none until"
                  + " the end of the period has no row")
          .column("first_exposed_on", DATE, "Day of that completion or assignment");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(TrainingExposure.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column exposedOn =
        when(isByAssignment(in.plans()), col("first_assigned_on"))
            .otherwise(col("first_completed_on"));
    return in.rows(TrainingExposure.TABLE)
        .groupBy("program_id", "employee_id")
        .agg(min(exposedOn).as("first_exposed_on"))
        .where(col("first_exposed_on").isNotNull())
        .withColumn("cohort_start", trunc(col("first_exposed_on"), "month"));
  }

  private static Column isByAssignment(List<MeasurementPlan> plans) {
    return col("program_id")
        .isin(
            plans.stream()
                .filter(p -> p.exposure() == MeasurementPlan.Exposure.ASSIGNMENT)
                .map(MeasurementPlan::programId)
                .toArray());
  }
}
