package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.last;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.bronze.Crm;
import needle.bronze.Delivery;
import needle.bronze.Hris;
import needle.bronze.Lms;
import needle.kit.Inputs;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * What each source says about whose an id is, and from when to when; not yet held against what the
 * others say.
 *
 * <p>One row per claim: {@code system}, {@code source_id}, {@code employee_number} (empty for an
 * account of which no source says whose it is), {@code is_shared} (whether that is because it is
 * nobody's), {@code valid_from}, {@code valid_to} (first day on which it no longer holds) and
 * {@code evidence}, the extract that says so.
 */
final class IdClaims {
  static final List<TableContract> SOURCES = List.of(Hris.EMP_EMPLOYMENT, Crm.USER, Lms.ACCOUNT);

  private static final Column OPEN_END = EmploymentRecords.OPEN_END;
  private static final Column ALWAYS = lit("1900-01-01").cast("date");

  private IdClaims() {}

  /** All claims of all sources; one about an employee number that HR does not know is no claim. */
  static Dataset<Row> of(Inputs in) {
    Dataset<Row> employments =
        in.reused(
            EmploymentRecords.of(in)
                .select("person_id_external", "user_id", "start_date", "end_date"));
    Dataset<Row> crm = in.reused(versions(crmUsers(in, employments), "system_modstamp", "id"));
    Dataset<Row> lms =
        in.reused(
            versions(
                Delivery.newest(in.rows(Lms.ACCOUNT), "modified_at", "username", "modified_at"),
                "modified_at",
                "username"));
    Dataset<Row> people = employments.select(col("person_id_external").as("_known")).distinct();
    Dataset<Row> addresses =
        byAddress(crm, System.EMAIL, "email", Crm.USER)
            .unionByName(byAddress(lms, System.EMAIL, "email", Lms.ACCOUNT))
            .transform(claims -> standing(claims, people));
    return byUserId(employments)
        .unionByName(byNumber(employments))
        .unionByName(byAccount(numbered(crm, addresses)))
        .unionByName(byAddress(crm, System.CRM_FEDERATION, "federation_identifier", Crm.USER))
        .unionByName(byAddress(lms, System.LMS_USERNAME, "username", Lms.ACCOUNT))
        .transform(claims -> standing(claims, people))
        .unionByName(addresses);
  }

  private static Dataset<Row> standing(Dataset<Row> claims, Dataset<Row> people) {
    return claims
        .join(people, col("employee_number").equalTo(col("_known")), "left")
        .where(col("employee_number").isNull().or(col("_known").isNotNull()))
        .where(col("source_id").isNotNull().and(col("valid_from").lt(col("valid_to"))))
        .drop("_known");
  }

  private static Dataset<Row> byUserId(Dataset<Row> employments) {
    return claims(
        employments,
        System.HRIS_USER,
        col("user_id"),
        col("person_id_external"),
        col("start_date"),
        dayAfterEnd(),
        Hris.EMP_EMPLOYMENT);
  }

  private static Dataset<Row> byNumber(Dataset<Row> employments) {
    return claims(
        employments.groupBy("person_id_external").agg(min("start_date").as("first_hired_on")),
        System.EMPLOYEE_NUMBER,
        col("person_id_external"),
        col("person_id_external"),
        col("first_hired_on"),
        OPEN_END,
        Hris.EMP_EMPLOYMENT);
  }

  /**
   * An account id is never given out again, but its owner may change; closing it changes nothing.
   */
  private static Dataset<Row> byAccount(Dataset<Row> crm) {
    return crm.select(
        claim(
            System.CRM_USER,
            col("id"),
            col("_number"),
            coalesce(col("is_shared"), lit(false)),
            when(col("_is_first"), ALWAYS).otherwise(col("_since")),
            coalesce(col("_next_since"), OPEN_END),
            Crm.USER));
  }

  /**
   * The accounts, those that no source says anything of by the addresses that they carry: a version
   * is whose its address is on the first day on which it means anybody else's account, if that is
   * one person.
   */
  private static Dataset<Row> numbered(Dataset<Row> crm, Dataset<Row> addresses) {
    Dataset<Row> known =
        addresses.select(
            col("source_id").as("_address"),
            col("employee_number").as("_carrier"),
            col("valid_from").as("_from"),
            col("valid_to").as("_to"));
    // Who is closed out carries the address on that day only.
    Column until =
        when(col("_is_open"), coalesce(col("_next_since"), OPEN_END)).otherwise(col("_since"));
    Column isCarriedThen =
        System.EMAIL
            .normal(col("email"))
            .equalTo(col("_address"))
            .and(col("_from").lt(greatest(until, date_add(col("_since"), 1))))
            .and(col("_to").gt(col("_since")));
    Dataset<Row> carriers =
        crm.where(isUnnumbered())
            .join(known, isCarriedThen)
            .groupBy(col("id"), col("system_modstamp"), greatest("_since", "_from").as("_first"))
            .agg(collect_set("_carrier").as("_carriers"))
            .groupBy(col("id").as("_id"), col("system_modstamp").as("_stamp"))
            .agg(min_by(col("_carriers"), col("_first")).as("_carriers"));
    Column mailed = when(size(col("_carriers")).equalTo(1), get(col("_carriers"), lit(0)));
    return crm.join(
            carriers,
            col("id").equalTo(col("_id")).and(col("system_modstamp").equalTo(col("_stamp"))),
            "left")
        .withColumn("_mailed", mailed)
        .withColumn(
            "_number", coalesce(col("_number"), heldOn("_mailed", "system_modstamp", "id")));
  }

  private static Column isUnnumbered() {
    return col("_number").isNull().and(coalesce(col("is_shared"), lit(false)).equalTo(lit(false)));
  }

  /** What an account carries means its owner while the account is open and carries it. */
  private static Dataset<Row> byAddress(
      Dataset<Row> versions, System system, String address, TableContract source) {
    // Who is closed out on a day was there on that day.
    Column until =
        when(col("_next_is_open"), col("_next_since")).otherwise(date_add(col("_next_since"), 1));
    return claims(
        versions.where(col("_is_open").and(col("_number").isNotNull())),
        system,
        col(address),
        col("_number"),
        col("_since"),
        coalesce(until, OPEN_END),
        source);
  }

  private static Dataset<Row> claims(
      Dataset<Row> rows,
      System system,
      Column sourceId,
      Column employeeNumber,
      Column from,
      Column to,
      TableContract source) {
    return rows.select(claim(system, sourceId, employeeNumber, lit(false), from, to, source));
  }

  private static Column[] claim(
      System system,
      Column sourceId,
      Column employeeNumber,
      Column isShared,
      Column from,
      Column to,
      TableContract source) {
    return new Column[] {
      lit(system.name()).as("system"),
      system.normal(sourceId).as("source_id"),
      employeeNumber.as("employee_number"),
      isShared.as("is_shared"),
      from.as("valid_from"),
      to.as("valid_to"),
      lit(source.name()).as("evidence")
    };
  }

  private static Column dayAfterEnd() {
    return least(coalesce(date_add(col("end_date"), 1), OPEN_END), OPEN_END);
  }

  /**
   * CRM accounts, each version with its number, else that of whoever held its federation id then.
   */
  private static Dataset<Row> crmUsers(Inputs in, Dataset<Row> employments) {
    Dataset<Row> held =
        employments.select(
            col("user_id").as("_held_id"),
            col("person_id_external").as("_holder"),
            col("start_date").as("_held_from"),
            dayAfterEnd().as("_held_to"));
    Column savedOn = col("system_modstamp").cast("date");
    Column heldThen =
        col("employee_number")
            .isNull()
            .and(col("federation_identifier").equalTo(col("_held_id")))
            .and(savedOn.geq(col("_held_from")).and(savedOn.lt(col("_held_to"))));
    Column holders = size(collect_set("_holder").over(Window.partitionBy("id", "system_modstamp")));
    return Delivery.newest(in.rows(Crm.USER), "system_modstamp", "id", "system_modstamp")
        .join(held, heldThen, "left")
        .withColumn("_holders", holders)
        .withColumn(
            "employee_number",
            coalesce(col("employee_number"), when(col("_holders").equalTo(1), col("_holder"))))
        .dropDuplicates("id", "system_modstamp");
  }

  /** Each version of an account with the day on which it was saved and the next one. */
  private static Dataset<Row> versions(Dataset<Row> saved, String stamp, String account) {
    WindowSpec inOrder = Window.partitionBy(account).orderBy(stamp);
    return saved
        .withColumn("_since", col(stamp).cast("date"))
        .withColumn("_is_open", coalesce(col("is_active"), lit(true)))
        .withColumn("_is_first", row_number().over(inOrder).equalTo(1))
        .withColumn("_next_since", lead("_since", 1).over(inOrder))
        .withColumn("_next_is_open", lead("_is_open", 1).over(inOrder))
        .withColumn("_number", heldOn("employee_number", stamp, account));
  }

  /** A version that leaves a value out has that of the one before, the first ones the next's. */
  private static Column heldOn(String value, String stamp, String account) {
    WindowSpec inOrder = Window.partitionBy(account).orderBy(stamp);
    return coalesce(
        last(value, true)
            .over(inOrder.rowsBetween(Window.unboundedPreceding(), Window.currentRow())),
        first(value, true)
            .over(inOrder.rowsBetween(Window.currentRow(), Window.unboundedFollowing())));
  }
}
