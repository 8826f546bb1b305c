package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Lms;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Test scores before and after a course, as a share of the possible score. */
public final class Assessments implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "assessments", "Test scores around a course")
              .oneRowPer("student_key", "course_id", "phase", "attempt")
              .column("student_key", TEXT, "Keyed hash of the student id as delivered")
              .column("course_id", TEXT, "Course")
              .column("phase", TEXT, "pre or post")
              .column("attempt", WHOLE, "Attempt, from 1")
              .column("taken_on", DATE, "Day")
              .optional("score_share", NUMBER, "Score as a share of the possible score, 0 to 1")
              .check(
                  "score_share is null or score_share between 0 and 1",
                  "a score share lies between 0 and 1"),
          "the learner");

  private static final Column TAKEN_ON = col("taken_at").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Lms.ASSESSMENT_SCORES, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("student_id", "component_id", "phase", "attempt")
        .storing("student_id", "student_key", Assessments::studentKey)
        .storing("component_id", "course_id", all -> col("component_id"))
        .by(Lms.ASSESSMENT_SCORES)
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed,
                        all,
                        Lms.ASSESSMENT_SCORES,
                        System.HRIS_USER,
                        col("student_id"),
                        TAKEN_ON)
                    .select("student_id", "component_id", "phase", "attempt"));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> newest =
        Delivery.newest(
            in.rows(Lms.ASSESSMENT_SCORES),
            "taken_at",
            "student_id",
            "component_id",
            "phase",
            "attempt");
    return Identities.attribute(newest, in, System.HRIS_USER, col("student_id"), TAKEN_ON)
        .select(
            studentKey(in).as("student_key"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("component_id").as("course_id"),
            col("phase"),
            col("attempt"),
            TAKEN_ON.as("taken_on"),
            when(col("score_max").gt(0), col("score_raw").divide(col("score_max")))
                .as("score_share"));
  }

  private static Column studentKey(Inputs in) {
    return in.pseudonym(concat(lit("student:"), col("student_id")));
  }
}
