package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * In which month each person was first trained in each program.
 *
 * <p>Once per person rather than in every row of the panel, so that somebody newly trained changes
 * one row and not all her months.
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
    return List.of(TrainingExposure.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return in.rows(TrainingExposure.TABLE)
        .groupBy("program_id", "employee_id")
        .agg(trunc(min("first_trained_on"), "month").as("cohort_start"));
  }
}
