package needle.silver;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;

import java.util.List;
import needle.bronze.Lms;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Who started a course, and whether the person completed it: reach and completion, which say
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
    Dataset<Row> statements =
        LearningRecords.standing(in.rows(Lms.XAPI_STATEMENTS))
            .where(col("object_type").isNull().or(col("object_type").equalTo("Activity")))
            .select(
                col("actor_name").as("student"),
                element_at(split(col("object_id"), "/"), -1).as("course_id"),
                LearningRecords.isCompletedStatement().as("completed"));
    Dataset<Row> items =
        LearningRecords.newestItems(in.rows(Lms.LEARNING_HISTORY))
            .select(
                col("student_id").as("student"),
                col("component_id").as("course_id"),
                LearningRecords.isCompletedItem().as("completed"));
    return statements
        .unionByName(items)
        .where(col("student").isNotNull().and(col("course_id").isNotNull()))
        .groupBy("student", "course_id")
        .agg(bool_or(col("completed")).as("is_completed"))
        .select(
            in.pseudonym(concat(lit("student:"), col("student"))).as("student_key"),
            col("course_id"),
            col("is_completed"));
  }
}
