package needle.silver;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import needle.bronze.Lms;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.LearningRecords.Kind;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Who had to do with a course, and whether the person completed it: reach and completion, which say
 * nothing of effects.
 */
public final class Enrolments implements Job {
  public static final TableContract TABLE =
      table(SILVER, "enrolments", "Learners per course, and whether they completed it")
          .oneRowPer("student_key", "course_id")
          .column("student_key", TEXT, "Keyed hash of the student id as delivered")
          .column("course_id", TEXT, "Course")
          .column(
              "is_completed",
              FLAG,
              "Whether any record of the learner is a completion that was not voided");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Lms.XAPI_STATEMENTS, Lms.LEARNING_HISTORY);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return LearningRecords.delivered(in)
        .where(not(Kind.PRACTISED.in("kind")))
        .where(col("learner").isNotNull())
        .groupBy("learner", "course_id")
        .agg(bool_or(Kind.COMPLETED.in("kind")).as("is_completed"))
        .select(
            in.pseudonym(concat(lit("student:"), col("learner"))).as("student_key"),
            col("course_id"),
            col("is_completed"));
  }
}
