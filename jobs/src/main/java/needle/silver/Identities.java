package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.bronze.Crm;
import needle.bronze.Delivery;
import needle.bronze.Hris;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Which person an id of a source system means, and from when to when.
 *
 * <p>Deterministic only. An id that means two people at once means nobody: it is marked ambiguous,
 * and its records are counted as unattributed rather than given to either.
 */
public final class Identities implements Job {
  /** A kind of source id; the same text in two systems is two ids. */
  public enum System {
    /**
     * SuccessFactors userId: one per employment, reused after people have left; the LMS uses it
     * too.
     */
    HRIS_USER,
    /** The employee number, personIdExternal: stable over rehires. */
    EMPLOYEE_NUMBER,
    /** Salesforce user id. */
    CRM_USER
  }

  public static final TableContract TABLE =
      table(SILVER, "identities", "Which person a source id means, and when")
          .oneRowPer("system", "source_key", "valid_from")
          .column("system", TEXT, "Kind of source id: HRIS_USER, EMPLOYEE_NUMBER or CRM_USER")
          .column("source_key", TEXT, "Keyed hash of the source id")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("valid_from", DATE, "First day on which the id means this person")
          .column("valid_to", DATE, "First day on which it no longer does")
          .column("is_ambiguous", FLAG, "Whether the interval overlaps another person's")
          .column("evidence", TEXT, "The extract that says so")
          .check("valid_from < valid_to", "an id is valid for at least a day");

  private static final Column OPEN_END = lit("9999-12-31").cast("date");
  private static final Column ALWAYS = lit("1900-01-01").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Hris.EMP_EMPLOYMENT, Crm.USER);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> employments =
        Delivery.newest(
            in.rows(Hris.EMP_EMPLOYMENT),
            "last_modified_date_time",
            "person_id_external",
            "user_id",
            "start_date");
    Dataset<Row> users = Delivery.newest(in.rows(Crm.USER), "system_modstamp", "id");
    Dataset<Row> byUserId =
        employments
            .groupBy(col("user_id"), col("person_id_external"), col("start_date"))
            .agg(max(coalesce(date_add(col("end_date"), 1), OPEN_END)).as("valid_to"))
            .select(
                key(in, System.HRIS_USER, col("user_id")),
                employeeId(in, col("person_id_external")),
                col("start_date").as("valid_from"),
                when(col("valid_to").gt(OPEN_END), OPEN_END)
                    .otherwise(col("valid_to"))
                    .as("valid_to"),
                lit("hris_emp_employment").as("evidence"),
                lit(System.HRIS_USER.name()).as("system"));
    Dataset<Row> byNumber =
        employments
            .groupBy("person_id_external")
            .agg(min("start_date").as("valid_from"))
            .select(
                key(in, System.EMPLOYEE_NUMBER, col("person_id_external")),
                employeeId(in, col("person_id_external")),
                col("valid_from"),
                OPEN_END.as("valid_to"),
                lit("hris_emp_employment").as("evidence"),
                lit(System.EMPLOYEE_NUMBER.name()).as("system"));
    Dataset<Row> byCrmUser =
        users
            .where(col("employee_number").isNotNull())
            .select(
                key(in, System.CRM_USER, col("id")),
                employeeId(in, col("employee_number")),
                ALWAYS.as("valid_from"),
                OPEN_END.as("valid_to"),
                lit("crm_user").as("evidence"),
                lit(System.CRM_USER.name()).as("system"));
    return byUserId
        .unionByName(byNumber)
        .unionByName(byCrmUser)
        .where(col("valid_from").lt(col("valid_to")))
        .transform(Identities::withAmbiguity)
        .select(TABLE_COLUMNS);
  }

  private static final Column[] TABLE_COLUMNS =
      java.util.Arrays.stream(TABLE.columnNames()).map(n -> col(n)).toArray(Column[]::new);

  /** The pseudonym of the person with that employee number. */
  static Column employeeId(Inputs in, Column employeeNumber) {
    return in.pseudonym(concat(lit("person:"), employeeNumber)).as("employee_id");
  }

  private static Column key(Inputs in, System system, Column sourceId) {
    return in.pseudonym(concat(lit(system.name() + ":"), sourceId)).as("source_key");
  }

  private static Dataset<Row> withAmbiguity(Dataset<Row> ids) {
    var timeline = Window.partitionBy("system", "source_key").orderBy("valid_from", "valid_to");
    Column overlapsNext = col("valid_to").gt(lead("valid_from", 1).over(timeline));
    Column overlapsBefore =
        max("valid_to")
            .over(timeline.rowsBetween(Window.unboundedPreceding(), -1))
            .gt(col("valid_from"));
    return ids.withColumn(
        "is_ambiguous",
        coalesce(overlapsNext, lit(false)).or(coalesce(overlapsBefore, lit(false))));
  }

  /** The rows of an extract whose source id is one of those that changed. */
  static Dataset<Row> facts(
      Dataset<Row> changed, Inputs in, TableContract extract, System system, Column sourceId) {
    Dataset<Row> keys =
        changed.where(col("system").equalTo(system.name())).select(col("source_key").as("_key"));
    Dataset<Row> rows = in.rows(extract);
    // Each id is hashed once, not each of its facts.
    Dataset<Row> ids =
        rows.select(sourceId.as("_id"))
            .distinct()
            .join(broadcast(keys), key(in, system, col("_id")).equalTo(col("_key")), "left_semi");
    return rows.join(broadcast(ids), sourceId.equalTo(col("_id")), "left_semi");
  }

  /**
   * Adds {@code employee_id} to facts, as of each fact's own date; empty where the id is unknown,
   * not valid on that day or ambiguous. No fact is lost and none is multiplied.
   *
   * @param sourceId the fact's id in the source system
   * @param on the fact's local date
   */
  static Dataset<Row> attribute(
      Dataset<Row> facts, Inputs in, System system, Column sourceId, Column on) {
    Dataset<Row> ids =
        in.rows(TABLE)
            .where(col("system").equalTo(system.name()).and(col("is_ambiguous").equalTo(false)))
            .select(
                col("source_key").as("_id_key"),
                col("employee_id"),
                col("valid_from").as("_id_from"),
                col("valid_to").as("_id_to"));
    Column sameId = col("_source_key").equalTo(col("_id_key"));
    Column validThen = col("_on").geq(col("_id_from")).and(col("_on").lt(col("_id_to")));
    return facts
        .withColumn("_source_key", key(in, system, sourceId))
        .withColumn("_on", on)
        .join(ids, sameId.and(validThen), "left")
        .drop("_source_key", "_on", "_id_key", "_id_from", "_id_to");
  }
}
