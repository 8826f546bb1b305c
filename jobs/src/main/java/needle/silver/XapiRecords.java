package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.bronze.Delivery;
import needle.silver.LearningRecords.Kind;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learning records from xAPI 1.0.3 statements, with the verbs of cmi5.
 *
 * <p>Practice is a statement about an activity of ADL's type {@code performance} or {@code
 * simulation}, with the verb {@code experienced}, {@code interacted} or {@code completed}; its
 * course is the activity that it is grouped under.
 */
final class XapiRecords {
  private static final String ADL = "http://adlnet.gov/expapi/verbs/";
  private static final String CMI5 = "https://w3id.org/xapi/adl/verbs/";
  private static final String ASSIGN = "http://activitystrea.ms/schema/1.0/assign";
  private static final String ACTIVITIES = "http://adlnet.gov/expapi/activities/";

  /** The record id of a statement. */
  static final Column RECORD = concat(lit("xapi:"), col("statement_id"));

  /** Whether a statement voids another. */
  static final Column VOIDS = verb(ADL, "voided");

  /** The record id of the statement that a voiding one voids. */
  static final Column VOIDED = concat(lit("xapi:"), col("object_id"));

  /** The day of a statement. */
  static final Column HAPPENED_ON = col("happened_at").cast("date");

  private XapiRecords() {}

  /** The statements that say something of a learner and a course. */
  static Dataset<Row> of(Dataset<Row> statements) {
    Column course = when(isPractice(), col("grouping_id")).otherwise(col("object_id"));
    return standing(statements)
        .where(col("object_type").isNull().or(col("object_type").equalTo("Activity")))
        .select(
            RECORD.as("record"),
            kind().as("kind"),
            col("actor_name").as("learner"),
            col("learner_system"),
            element_at(split(course, "/"), -1).as("course_id"),
            HAPPENED_ON.as("happened_on"),
            when(Kind.COMPLETED.column().equalTo(kind()), hours(col("duration"))).as("hours"),
            col(Delivery.EXTRACT).as("source"));
  }

  /** Statements that were not voided, each once, without the voiding statements themselves. */
  private static Dataset<Row> standing(Dataset<Row> statements) {
    Dataset<Row> voided =
        statements.where(VOIDS).select(col("object_id").as("voided_id")).distinct();
    return Delivery.newest(statements, "stored_at", "statement_id")
        .where(not(VOIDS))
        .join(voided, col("statement_id").equalTo(col("voided_id")), "left_anti");
  }

  private static Column kind() {
    Column practised = verb(ADL, "experienced", "interacted", "completed");
    Column assigned = verb(ADL, "registered").or(col("verb_id").equalTo(ASSIGN));
    return when(isPractice(), when(practised, Kind.PRACTISED.column()))
        .when(assigned, Kind.ASSIGNED.column())
        .when(verb(ADL, "launched", "initialized", "attempted"), Kind.STARTED.column())
        .when(verb(ADL, "completed"), Kind.COMPLETED.column())
        .when(verb(CMI5, "waived"), waiver())
        .when(verb(CMI5, "satisfied"), Kind.SATISFIED.column());
  }

  // The four reasons of cmi5 9.5.5.2.
  private static Column waiver() {
    Column reason = lower(col("reason"));
    return when(reason.equalTo("tested out"), Kind.TESTED_OUT.column())
        .when(reason.startsWith("equivalent"), Kind.EQUIVALENT.column())
        .when(reason.equalTo("administrative"), Kind.ADMINISTRATIVE.column())
        .otherwise(Kind.WAIVED.column());
  }

  private static Column isPractice() {
    return coalesce(
        col("activity_type").isin(ACTIVITIES + "performance", ACTIVITIES + "simulation"),
        lit(false));
  }

  private static Column verb(String vocabulary, String... names) {
    return col("verb_id").isin(List.of(names).stream().map(n -> vocabulary + n).toArray());
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
}
