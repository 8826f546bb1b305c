package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Which person an id of a source system means, and from when to when.
 *
 * <p>Deterministic only. An id that means two people at once means nobody: it is marked ambiguous,
 * and its records are counted as unattributed rather than given to either. docs/identity.md has the
 * rules.
 */
public final class Identities implements Job {
  /** A kind of source id; the same text in two systems is two ids. */
  public enum System {
    /** SuccessFactors userId: one per employment, reused after people have left. */
    HRIS_USER,
    /** The employee number, personIdExternal: stable over rehires. */
    EMPLOYEE_NUMBER,
    /** Salesforce user id. */
    CRM_USER,
    /** The id with which a Salesforce user signs on; it follows the employment. */
    CRM_FEDERATION,
    /** E-mail address: changes with names, and is given out again. */
    EMAIL,
    /** Login of the learning system. */
    LMS_USERNAME;

    /** The id as it is compared. */
    Column normal(Column sourceId) {
      return Identities.normal(lit(name()), sourceId);
    }
  }

  public static final TableContract TABLE =
      table(SILVER, "identities", "Which person a source id means, and when")
          .oneRowPer("system", "source_key", "employee_id", "valid_from")
          .column(
              "system",
              TEXT,
              "Kind of source id: HRIS_USER, EMPLOYEE_NUMBER, CRM_USER, CRM_FEDERATION, EMAIL or"
                  + " LMS_USERNAME")
          .column("source_key", TEXT, "Keyed hash of the source id")
          .optional(
              "employee_id",
              TEXT,
              "Pseudonym of the person; empty for an account of which no source says whose it is")
          .column(
              "is_shared",
              FLAG,
              "Whether several people or a program use the account, so that nobody is meant")
          .column("valid_from", DATE, "First day on which the id means this person")
          .column("valid_to", DATE, "First day on which it no longer does")
          .column("is_ambiguous", FLAG, "Whether the interval overlaps another person's")
          .column("evidence", TEXT, "The extracts that say so")
          .column("confidence", TEXT, "deterministic: stated by the evidence, never guessed")
          .check("valid_from < valid_to", "an id is valid for at least a day")
          .check("confidence = 'deterministic'", "nothing is guessed");

  private static final Column[] COLUMNS =
      Arrays.stream(TABLE.columnNames()).map(n -> col(n)).toArray(Column[]::new);

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return IdClaims.SOURCES;
  }

  @Override
  public Increment increment(Inputs in) {
    return IdReach.of();
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return IdClaims.of(in)
        .transform(in::wanted)
        .withColumn("source_key", key(in, col("system"), col("source_id")))
        .withColumn("employee_id", employeeId(in, col("employee_number")))
        .transform(Identities::joined)
        .withColumn("is_ambiguous", overlapsAnother())
        .withColumn("confidence", lit("deterministic"))
        .select(COLUMNS);
  }

  /** The pseudonym of the person with that employee number. */
  static Column employeeId(Inputs in, Column employeeNumber) {
    return in.pseudonym(concat(lit("person:"), employeeNumber)).as("employee_id");
  }

  /** An id as its system compares it: addresses and logins do not care for case. */
  static Column normal(Column system, Column sourceId) {
    Column trimmed = trim(sourceId);
    Column caresNot = system.isin(System.EMAIL.name(), System.LMS_USERNAME.name());
    Column compared = when(caresNot, lower(trimmed)).otherwise(trimmed);
    return when(compared.notEqual(""), compared);
  }

  /** The keyed hash of a source id, in the form in which its system compares ids. */
  static Column key(Inputs in, System system, Column sourceId) {
    return key(in, lit(system.name()), system.normal(sourceId));
  }

  /** The keyed hash of an id in that form. */
  static Column key(Inputs in, Column system, Column normalId) {
    return in.pseudonym(concat(system, lit(":"), normalId));
  }

  /** One row where claims of the same person overlap or follow each other without a gap. */
  private static Dataset<Row> joined(Dataset<Row> claims) {
    WindowSpec ofPerson =
        Window.partitionBy("system", "source_key", "employee_id").orderBy("valid_from", "valid_to");
    Column reached = max("valid_to").over(ofPerson.rowsBetween(Window.unboundedPreceding(), -1));
    Column toHere =
        sum("_starts").over(ofPerson.rowsBetween(Window.unboundedPreceding(), Window.currentRow()));
    return claims
        .withColumn("_reached", reached)
        .withColumn("_starts", when(col("valid_from").leq(col("_reached")), 0).otherwise(1))
        .withColumn("_stretch", toHere)
        .groupBy("system", "source_key", "employee_id", "_stretch")
        .agg(
            min("valid_from").as("valid_from"),
            max("valid_to").as("valid_to"),
            bool_or(col("is_shared").and(col("employee_id").isNull())).as("is_shared"),
            concat_ws(", ", sort_array(collect_set("evidence"))).as("evidence"));
  }

  // A person's own rows do not overlap any more, so an overlap is another's.
  private static Column overlapsAnother() {
    WindowSpec timeline =
        Window.partitionBy("system", "source_key").orderBy("valid_from", "valid_to", "employee_id");
    Column next = col("valid_to").gt(lead("valid_from", 1).over(timeline));
    Column before =
        max("valid_to")
            .over(timeline.rowsBetween(Window.unboundedPreceding(), -1))
            .gt(col("valid_from"));
    return coalesce(next, lit(false)).or(coalesce(before, lit(false)));
  }

  /** The rows of an extract that changes of this table may give to somebody else. */
  static Dataset<Row> facts(
      Dataset<Row> changed,
      Inputs in,
      TableContract extract,
      System system,
      Column sourceId,
      Column on) {
    return FactReach.of(changed, in, in.rows(extract), system, sourceId, on);
  }

  /**
   * Adds {@code employee_id} to facts, as of each fact's own date, and {@code unattributed_because}
   * where nobody is meant. No fact is lost and none is multiplied.
   *
   * @param sourceId the fact's id in the source system
   * @param on the fact's local date
   */
  static Dataset<Row> attribute(
      Dataset<Row> facts, Inputs in, System system, Column sourceId, Column on) {
    return Attribution.of(facts, in, system, sourceId, on);
  }
}
