package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How much of each program's training each employee had completed by the end of each period.
 *
 * <p>An as-of join: a completion counts from the period it falls in, never earlier, so an estimate
 * cannot see training that had not happened yet. Periods before the first completion have no row.
 */
public final class TrainingExposure implements Job {
  public static final TableContract TABLE =
      table(PANEL, "training_exposure", "Training completed by the end of each period, per program")
          .oneRowPer("employee_id", "program_id", "period_start")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("program_id", TEXT, "Program")
          .column("period_start", DATE, "First day of the month")
          .column("first_trained_on", DATE, "First completion of any of the program's courses")
          .column("hours_completed", NUMBER, "Hours completed up to the period end")
          .storedByMonthOf("period_start");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(EmployeePeriods.TABLE, LearningRecords.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id", "period_start")
        .by(EmployeePeriods.TABLE)
        .touchedBy(
            LearningRecords.TABLE, TrainingExposure::monthsSince, TrainingExposure::ofPersons);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> periods = in.rows(EmployeePeriods.TABLE).as("p");
    Dataset<Row> courses = ProgramCourses.of(in.plans(), periods.sparkSession());
    Dataset<Row> completions =
        in.rows(LearningRecords.TABLE)
            .where(col("employee_id").isNotNull())
            .join(courses, col("course_id").equalTo(col("program_course_id")))
            .as("r");
    Column samePerson = col("r.employee_id").equalTo(col("p.employee_id"));
    Column knownByPeriodEnd = col("r.completed_on").leq(col("p.period_end"));
    return periods
        .join(completions, samePerson.and(knownByPeriodEnd))
        .groupBy(col("p.employee_id"), col("r.program_id"), col("p.period_start"))
        .agg(
            min("r.completed_on").as("first_trained_on"),
            coalesce(sum("r.hours"), lit(0.0)).as("hours_completed"));
  }

  // A completion counts in its own month and in all that follow.
  private static Dataset<Row> monthsSince(Dataset<Row> records, Inputs in) {
    Column end = lit(in.period().end().toString()).cast("date");
    Column start = lit(in.period().start().toString()).cast("date");
    Column first = trunc(greatest(col("completed_on"), start), "month");
    return records
        .where(col("completed_on").leq(end))
        .select(
            col("employee_id"),
            explode(sequence(first, trunc(end, "month"), expr("interval 1 month")))
                .as("period_start"));
  }

  private static Dataset<Row> ofPersons(Dataset<Row> records, Dataset<Row> units, Inputs in) {
    return records.join(
        units.select(col("employee_id").as("_person")),
        col("employee_id").equalTo(col("_person")),
        "left_semi");
  }
}
