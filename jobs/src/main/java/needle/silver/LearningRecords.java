package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import needle.bronze.Lms;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the learning systems say about people and courses, each kind of record apart.
 *
 * <p>Only {@link Kind#COMPLETED} is training that was taken to its end. Credit without it (waived,
 * tested out, equivalent, administrative, and what cmi5 calls satisfied, which counts all of these)
 * is no exposure. A withdrawn or voided record never happened, whenever that is told.
 */
public final class LearningRecords implements Job {
  /** What a record says of a person and a course. */
  public enum Kind {
    /** The person was told to take it, or enrolled. */
    ASSIGNED,
    /** The person began it. */
    STARTED,
    /** The person took it to its end. */
    COMPLETED,
    /** Excused, with no other reason given. */
    WAIVED,
    /** Excused, having passed its test without it. */
    TESTED_OUT,
    /** Excused, having taken something else that counts as much. */
    EQUIVALENT,
    /** Credited by an administrator. */
    ADMINISTRATIVE,
    /** What the course asked for is met, in whatever way. */
    SATISFIED,
    /** What it teaches was practised on the job. */
    PRACTISED;

    /** As it is written in the table. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    Column column() {
      return lit(code());
    }

    /** Whether a column of kinds holds this one. */
    public Column in(String column) {
      return col(column).equalTo(code());
    }
  }

  private static final String KINDS =
      Arrays.stream(Kind.values()).map(k -> "'" + k.code() + "'").collect(Collectors.joining(", "));

  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "learning_records", "What people did with courses")
              .oneRowPer("record_id")
              .column("record_id", TEXT, "The source and its own record id")
              .column("kind", TEXT, "What the record says: " + KINDS.replace("'", ""))
              .column("course_id", TEXT, "Course")
              .column("happened_on", DATE, "Day, in UTC")
              .optional("hours", NUMBER, "Hours in the seat; of completions only")
              .column("source", TEXT, "The extract")
              .check("hours is null or hours between 0 and 2000", "hours lie between 0 and 2,000")
              .check("kind in (" + KINDS + ")", "a record is of a known kind"),
          "the learner");

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
    return Increment.per("record")
        .storing("record", "record_id", all -> HistoryRecords.stored(all, col("record")))
        .touchedBy(Lms.XAPI_STATEMENTS, LearningRecords::statedIn, LearningRecords::statementsOf)
        .touchedBy(
            Lms.LEARNING_HISTORY,
            (changed, all) -> HistoryRecords.told(changed).select("record"),
            (rows, units, all) -> HistoryRecords.itemsOf(rows, units))
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                LearnerIds.reached(
                        changed,
                        all,
                        all.rows(Lms.XAPI_STATEMENTS),
                        col("actor_name"),
                        XapiRecords.HAPPENED_ON)
                    .select(XapiRecords.RECORD.as("record"))
                    .union(
                        LearnerIds.reached(
                                changed,
                                all,
                                HistoryRecords.told(all.rows(Lms.LEARNING_HISTORY)),
                                col("student_id"),
                                col("happened_on"))
                            .select("record")));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return LearnerIds.attribute(delivered(in), in)
        .withColumn("record_id", HistoryRecords.stored(in, col("record")))
        .drop("learner", "learner_system", "record");
  }

  // A statement states itself; a voiding one also unstates another.
  private static Dataset<Row> statedIn(Dataset<Row> statements, Inputs in) {
    return statements
        .select(XapiRecords.RECORD.as("record"))
        .union(statements.where(XapiRecords.VOIDS).select(XapiRecords.VOIDED.as("record")));
  }

  private static Dataset<Row> statementsOf(
      Dataset<Row> statements, Dataset<Row> records, Inputs in) {
    return statements
        .join(records, XapiRecords.RECORD.equalTo(col("record")), "left_semi")
        .union(
            statements
                .where(XapiRecords.VOIDS)
                .join(records, XapiRecords.VOIDED.equalTo(col("record")), "left_semi"));
  }

  /**
   * The records of all learning systems, with the learner's id as delivered in {@code learner}, of
   * {@code learner_system}.
   */
  static Dataset<Row> delivered(Inputs in) {
    return XapiRecords.of(in.rows(Lms.XAPI_STATEMENTS))
        .unionByName(HistoryRecords.of(in.rows(Lms.LEARNING_HISTORY)))
        .where(col("kind").isNotNull().and(col("course_id").isNotNull()));
  }
}
