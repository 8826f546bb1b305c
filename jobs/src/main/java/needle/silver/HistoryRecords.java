package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import needle.bronze.Delivery;
import needle.bronze.Lms;
import needle.kit.Inputs;
import needle.silver.LearningRecords.Kind;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learning records from SuccessFactors Learning history.
 *
 * <p>Status ids are a company's own; they are read by the whole words in them. Credit comes first:
 * WAIV…, EXEMPT…, TESTED or TEST OUT, EQUIV…, ADMIN. FAIL, INCOMPL, and NOT or NON before one of
 * the next words is an item that was begun and not finished. COMPL, COMPLETE and COMPLETED is one
 * taken to its end, and so are PASS and PASSED: SAP's guide to credit grades courses as passed,
 * failed or incomplete. Other ids say nothing that is known; the contract warns of them.
 */
final class HistoryRecords {
  /** What an item's id begins with where a contract makes it of what tells a person. */
  private static final String PERSONAL = "personal:";

  private static final String FINISHED = "(COMPL(ETED?)?|PASS(ED)?)";

  /** The record id of an item, as delivered. */
  static final Column RECORD = concat(lit("sf:"), col("student_component_id"));

  /** The day of an item. */
  static final Column HAPPENED_ON = col("completion_date").cast("date");

  private HistoryRecords() {}

  /** A record's id as it is stored: of one that tells a person, the keyed hash. */
  static Column stored(Inputs in, Column record) {
    return when(record.startsWith("sf:" + PERSONAL), concat(lit("sf:"), in.pseudonym(record)))
        .otherwise(record);
  }

  /** The items that say something of a learner and a course. */
  static Dataset<Row> of(Dataset<Row> history) {
    return Delivery.newest(history, "last_update_timestamp", "student_component_id")
        .where(not(coalesce(col("status").equalTo("Deleted"), lit(false))))
        .where(col("completion_date").isNotNull())
        .select(
            RECORD.as("record"),
            kind().as("kind"),
            col("student_id").as("learner"),
            col("component_id").as("course_id"),
            HAPPENED_ON.as("happened_on"),
            when(Kind.COMPLETED.column().equalTo(kind()), col("total_hours")).as("hours"),
            lit(Lms.LEARNING_HISTORY.name()).as("source"));
  }

  private static Column kind() {
    return when(says("WAIV[A-Z]*|EXEMPT[A-Z]*"), Kind.WAIVED.column())
        .when(says("TEST(ED)?[^A-Z]?OUT|TESTED"), Kind.TESTED_OUT.column())
        .when(says("EQUIV[A-Z]*"), Kind.EQUIVALENT.column())
        .when(says("ADMIN(ISTRATIVE)?"), Kind.ADMINISTRATIVE.column())
        .when(says("FAIL(ED)?|INCOMPL(ETED?)?"), Kind.STARTED.column())
        .when(says("(NON[^A-Z]*|NOT([^A-Z].*)?)" + FINISHED), Kind.STARTED.column())
        .when(says(FINISHED), Kind.COMPLETED.column());
  }

  private static Column says(String words) {
    return upper(col("completion_status_id")).rlike("(^|[^A-Z])(" + words + ")([^A-Z]|$)");
  }
}
