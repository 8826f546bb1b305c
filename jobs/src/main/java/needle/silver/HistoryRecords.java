package needle.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import needle.bronze.Delivery;
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

  private static final String ITEM = "sf:";
  private static final String ASSIGNED = "sf-assigned:";
  private static final String STARTED = "sf-started:";

  private HistoryRecords() {}

  /** A record's id as it is stored: of one that tells a person, the keyed hash. */
  static Column stored(Inputs in, Column record) {
    Column head = concat(substring_index(record, ":", 1), lit(":"));
    return when(
            record.rlike("^sf(-assigned|-started)?:" + PERSONAL),
            concat(head, in.pseudonym(record)))
        .otherwise(record);
  }

  /** The records of items that say something of a learner and a course. */
  static Dataset<Row> of(Dataset<Row> history) {
    Dataset<Row> items =
        Delivery.newest(history, "last_update_timestamp", "student_component_id")
            .where(not(coalesce(col("status").equalTo("Deleted"), lit(false))));
    return told(items)
        .select(
            col("record"),
            col("kind"),
            col("student_id").as("learner"),
            col("learner_system"),
            col("component_id").as("course_id"),
            col("happened_on"),
            when(Kind.COMPLETED.in("kind"), col("total_hours")).as("hours"),
            col(Delivery.EXTRACT).as("source"));
  }

  /**
   * What items tell, each with {@code record}, {@code kind} and {@code happened_on}: when it was
   * assigned, when it was begun, and what became of it. An id stays its record's whatever happens
   * later, so a completion moves no assignment.
   */
  static Dataset<Row> told(Dataset<Row> items) {
    Column all =
        array(
            record(ITEM, kind(), "completion_date"),
            record(ASSIGNED, Kind.ASSIGNED.column(), "assigned_at"),
            record(STARTED, Kind.STARTED.column(), "started_at"));
    return items
        .select(col("*"), explode(all).as("_told"))
        .select(col("*"), col("_told.*"))
        .where(col("happened_on").isNotNull());
  }

  /** Those of some rows whose items have one of the records. */
  static Dataset<Row> itemsOf(Dataset<Row> history, Dataset<Row> records) {
    Column item = regexp_replace(col("record"), "^(" + ASSIGNED + "|" + STARTED + ")", ITEM);
    return history.join(
        records, concat(lit(ITEM), col("student_component_id")).equalTo(item), "left_semi");
  }

  private static Column record(String head, Column kind, String at) {
    return struct(
        concat(lit(head), col("student_component_id")).as("record"),
        kind.as("kind"),
        col(at).cast("date").as("happened_on"));
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
