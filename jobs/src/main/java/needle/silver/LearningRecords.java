package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.upper;
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

/**
 * Completed training, from xAPI statements and the corporate LMS alike.
 *
 * <p>A voided statement never happened, whenever its voiding arrives. Starting, passing a test out
 * or being waived is not completing: only completions count as exposure.
 */
public final class LearningRecords implements Job {
  public static final TableContract TABLE =
      table(SILVER, "learning_records", "Completed training")
          .oneRowPer("record_id")
          .column("record_id", TEXT, "The source and its own record id")
          .optional(
              "employee_id", TEXT, "Pseudonym of the learner; empty when the id is not attributed")
          .column("course_id", TEXT, "Course")
          .column("completed_on", DATE, "Day of completion, in UTC")
          .optional("hours", NUMBER, "Hours of training")
          .column("source", TEXT, "The extract")
          .check("hours is null or hours between 0 and 2000", "hours lie between 0 and 2,000");

  private static final String VERBS = "http://adlnet.gov/expapi/verbs/";
  private static final Column STATEMENT = concat(lit("xapi:"), col("statement_id"));
  private static final Column ITEM = concat(lit("sf:"), col("student_component_id"));
  private static final Column VOIDS = col("verb_id").equalTo(VERBS + "voided");
  private static final Column VOIDED = concat(lit("xapi:"), col("object_id"));

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Lms.XAPI_STATEMENTS, Lms.LEARNING_HISTORY, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("record_id")
        .touchedBy(Lms.XAPI_STATEMENTS, LearningRecords::statedIn, LearningRecords::statementsOf)
        .touchedBy(
            Lms.LEARNING_HISTORY,
            (changed, all) -> changed.select(ITEM.as("record_id")),
            (rows, units, all) -> rows.join(units, ITEM.equalTo(col("record_id")), "left_semi"))
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed, all, Lms.XAPI_STATEMENTS, System.HRIS_USER, col("actor_name"))
                    .select(STATEMENT.as("record_id"))
                    .union(
                        Identities.facts(
                                changed,
                                all,
                                Lms.LEARNING_HISTORY,
                                System.HRIS_USER,
                                col("student_id"))
                            .select(ITEM.as("record_id"))));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> completions =
        fromXapi(in.rows(Lms.XAPI_STATEMENTS))
            .unionByName(fromHistory(in.rows(Lms.LEARNING_HISTORY)));
    return Identities.attribute(
            completions, in, System.HRIS_USER, col("learner"), col("completed_on"))
        .drop("learner");
  }

  private static Dataset<Row> fromXapi(Dataset<Row> statements) {
    return standing(statements)
        .where(isCompletedStatement())
        .select(
            STATEMENT.as("record_id"),
            col("actor_name").as("learner"),
            element_at(split(col("object_id"), "/"), -1).as("course_id"),
            col("happened_at").cast("date").as("completed_on"),
            hours(col("duration")).as("hours"),
            lit("lms_xapi_statements").as("source"));
  }

  // A statement states itself; a voiding one also unstates another.
  private static Dataset<Row> statedIn(Dataset<Row> statements, Inputs in) {
    return statements
        .select(STATEMENT.as("record_id"))
        .union(statements.where(VOIDS).select(VOIDED.as("record_id")));
  }

  private static Dataset<Row> statementsOf(
      Dataset<Row> statements, Dataset<Row> records, Inputs in) {
    return statements
        .join(records, STATEMENT.equalTo(col("record_id")), "left_semi")
        .union(
            statements.where(VOIDS).join(records, VOIDED.equalTo(col("record_id")), "left_semi"));
  }

  /** Statements that were not voided, each once, without the voiding statements themselves. */
  static Dataset<Row> standing(Dataset<Row> statements) {
    Dataset<Row> voided =
        statements.where(VOIDS).select(col("object_id").as("voided_id")).distinct();
    return Delivery.newest(statements, "stored_at", "statement_id")
        .where(not(VOIDS))
        .join(voided, col("statement_id").equalTo(col("voided_id")), "left_anti");
  }

  /** Whether a statement says that the activity was completed. */
  static Column isCompletedStatement() {
    return col("verb_id").equalTo(VERBS + "completed");
  }

  // ISO 8601 durations as statements carry them: PT2H30M, PT90M, PT5400S.
  private static Column hours(Column duration) {
    Column part = lit(0.0);
    for (var unit : List.of(List.of("H", "1"), List.of("M", "60"), List.of("S", "3600"))) {
      String pattern = "([0-9.]+)" + unit.get(0);
      Column digits = regexp_extract(regexp_extract(duration, "T(.*)", 1), pattern, 1);
      part =
          part.plus(
              coalesce(
                  digits.try_cast("double").divide(Double.parseDouble(unit.get(1))), lit(0.0)));
    }
    return when(duration.startsWith("PT"), part);
  }

  private static Dataset<Row> fromHistory(Dataset<Row> history) {
    return newestItems(history)
        .where(isCompletedItem())
        .select(
            ITEM.as("record_id"),
            col("student_id").as("learner"),
            col("component_id").as("course_id"),
            col("completion_date").cast("date").as("completed_on"),
            col("total_hours").as("hours"),
            lit("lms_learning_history").as("source"));
  }

  /** Learning-history items in their newest version, without withdrawn ones. */
  static Dataset<Row> newestItems(Dataset<Row> history) {
    return Delivery.newest(history, "last_update_timestamp", "student_component_id")
        .where(not(coalesce(col("status").equalTo("Deleted"), lit(false))));
  }

  /**
   * Whether an item was taken and completed: waived, equivalent and tested-out items count for the
   * LMS, not as exposure.
   */
  static Column isCompletedItem() {
    Column status = upper(col("completion_status_id"));
    return coalesce(
        status
            .rlike("(^|[_-])COMPL")
            .and(not(status.rlike("WAIV|EQUIV|TESTED")))
            .and(col("completion_date").isNotNull()),
        lit(false));
  }
}
