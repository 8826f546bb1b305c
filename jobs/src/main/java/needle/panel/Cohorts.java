package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.last_day;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Employments;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * In which month each person was first trained in each program.
 *
 * <p>Once per person rather than in every row of the panel, so that somebody newly trained changes
 * one row and not all her months. Training after the last month of employment is nobody's exposure.
 */
public final class Cohorts implements Job {
  public static final TableContract TABLE =
      table(PANEL, "cohorts", "Month of first training, per program and person")
          .oneRowPer("program_id", "employee_id")
          .column("program_id", TEXT, "Program")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("cohort_start", DATE, "First day of the month of first training");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Employments.TABLE, LearningRecords.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column runStart = lit(in.period().start().toString()).cast("date");
    Column runEnd = lit(in.period().end().toString()).cast("date");
    Column spellEnd = least(coalesce(col("left_on"), runEnd), runEnd);
    Dataset<Row> lastMonths =
        in.rows(Employments.TABLE)
            .where(col("hired_on").leq(spellEnd).and(spellEnd.geq(runStart)))
            .groupBy(col("employee_id").as("_person"))
            .agg(last_day(max(spellEnd)).as("_last_day"));
    Column samePerson = col("employee_id").equalTo(col("_person"));
    Column whileEmployed = col("completed_on").leq(col("_last_day"));
    return TrainingExposure.completions(in)
        .join(lastMonths, samePerson.and(whileEmployed))
        .groupBy("program_id", "employee_id")
        .agg(trunc(min("completed_on"), "month").as("cohort_start"));
  }
}
