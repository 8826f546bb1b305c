package needle.panel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import needle.kit.ExactSum;
import needle.kit.Inputs;
import needle.silver.Assessments;
import needle.silver.CourseFeedback;
import needle.silver.LearningRecords;
import needle.silver.LearningRecords.Kind;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Everything that is known of people and the courses of programs: learning records, tests and
 * survey answers.
 *
 * <p>One row per signal: {@code employee_id}, {@code program_id}, {@code on}, {@code kind}, {@code
 * hours} (of completions), {@code value} and {@code attempt} (of tests and answers), {@code
 * is_refresher}.
 */
final class TrainingSignals {
  static final String PRE_TEST = "test_pre";
  static final String POST_TEST = "test_post";
  static final String ANSWER = "answer";

  private static final Column NO_NUMBER = lit(null).cast("double");
  private static final Column NO_COUNT = lit(null).cast("bigint");

  private TrainingSignals() {}

  static Dataset<Row> of(Inputs in) {
    Dataset<Row> records = in.rows(LearningRecords.TABLE);
    Dataset<Row> courses = ProgramCourses.of(in.plans(), records.sparkSession());
    return completions(records)
        .unionByName(otherRecords(records))
        .unionByName(tests(in.rows(Assessments.TABLE)))
        .unionByName(answers(in.rows(CourseFeedback.TABLE)))
        .where(col("employee_id").isNotNull())
        .join(courses, col("course_id").equalTo(col("program_course_id")));
  }

  // A course that two systems report on one day was completed once.
  private static Dataset<Row> completions(Dataset<Row> records) {
    Column before =
        row_number().over(Window.partitionBy("employee_id", "course_id").orderBy("on")).minus(1);
    return records
        .where(Kind.COMPLETED.in("kind"))
        .groupBy(col("employee_id"), col("course_id"), col("happened_on").as("on"))
        .agg(ExactSum.of("hours").as("hours"))
        .select(
            col("employee_id"),
            col("course_id"),
            col("on"),
            lit(Kind.COMPLETED.code()).as("kind"),
            col("hours"),
            NO_NUMBER.as("value"),
            NO_COUNT.as("attempt"),
            before.gt(0).as("is_refresher"));
  }

  private static Dataset<Row> otherRecords(Dataset<Row> records) {
    return signals(
        records.where(col("kind").notEqual(Kind.COMPLETED.code())),
        col("happened_on"),
        col("kind"),
        NO_NUMBER,
        NO_COUNT);
  }

  private static Dataset<Row> tests(Dataset<Row> assessments) {
    return signals(
        assessments.where(col("score_share").isNotNull()),
        col("taken_on"),
        concat(lit("test_"), col("phase")),
        col("score_share"),
        col("attempt"));
  }

  private static Dataset<Row> answers(Dataset<Row> feedback) {
    return signals(
        feedback.where(col("satisfaction").isNotNull()),
        col("responded_on"),
        lit(ANSWER),
        col("satisfaction").cast("double"),
        NO_COUNT);
  }

  private static Dataset<Row> signals(
      Dataset<Row> rows, Column on, Column kind, Column value, Column attempt) {
    return rows.select(
        col("employee_id"),
        col("course_id"),
        on.as("on"),
        kind.as("kind"),
        NO_NUMBER.as("hours"),
        value.as("value"),
        attempt.as("attempt"),
        lit(false).as("is_refresher"));
  }
}
