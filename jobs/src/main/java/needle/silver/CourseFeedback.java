package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import needle.bronze.Lms;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What participants said right after a course. Satisfaction is not an effect; it is shown beside
 * one.
 */
public final class CourseFeedback implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "course_feedback", "Level-1 survey answers")
              .oneRowPer("response_id")
              .column("response_id", TEXT, "Qualtrics response")
              .column("course_id", TEXT, "Course")
              .column("responded_on", DATE, "Day")
              .optional("satisfaction", WHOLE, "1 to 5; empty when the question was left out")
              .check(
                  "satisfaction is null or satisfaction between 1 and 5",
                  "satisfaction lies between 1 and 5"),
          "the participant, by the e-mail address that was asked");

  private static final Column RESPONDED_ON = col("recorded_date").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Lms.LEVEL1_SURVEY, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("response_id")
        .by(Lms.LEVEL1_SURVEY)
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed,
                        all,
                        Lms.LEVEL1_SURVEY,
                        System.EMAIL,
                        col("recipient_email"),
                        RESPONDED_ON)
                    .select("response_id"));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> answers =
        Responses.newest(in.rows(Lms.LEVEL1_SURVEY), "response_id")
            .where(col("external_reference").isNotNull());
    return Identities.attribute(answers, in, System.EMAIL, col("recipient_email"), RESPONDED_ON)
        .select(
            col("response_id"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("external_reference").as("course_id"),
            RESPONDED_ON.as("responded_on"),
            col("q1_satisfaction").as("satisfaction"));
  }
}
