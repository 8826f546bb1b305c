package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import java.time.LocalDate;
import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Hris;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Where each person stood in the company, as a slowly changing dimension (SCD2).
 *
 * <p>Of several records of one day the highest sequence number holds; rows that start after the
 * run's period are left out, since future-dated changes have not happened.
 */
public final class EmploymentHistory implements Job {
  public static final TableContract TABLE =
      table(SILVER, "employment_history", "Function, team, site and grade of each person over time")
          .oneRowPer("employee_id", "valid_from")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("valid_from", DATE, "First day")
          .column("valid_to", DATE, "First day on which it no longer holds")
          .column("is_current", FLAG, "Whether it holds at the end of the run's period")
          .optional("function", TEXT, "Department, such as Operations")
          .optional("team_id", TEXT, "Cost centre: the team that is trained together")
          .optional("site_id", TEXT, "Location")
          .optional("job_code", TEXT, "Job")
          .optional("pay_grade", TEXT, "Pay grade")
          .optional("fte", NUMBER, "Full-time equivalent, 0 to 1")
          .optional(
              "last_event", TEXT, "The event that started the row, such as PROM for a promotion")
          .check("valid_from < valid_to", "a row holds for at least a day");

  private static final Column OPEN_END = lit("9999-12-31").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Hris.EMP_JOB, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id")
        .touchedBy(
            Hris.EMP_JOB,
            (changed, all) -> FactReach.people(changed, all, System.HRIS_USER, col("user_id")),
            (jobs, people, all) ->
                FactReach.ofPeople(jobs, people, all, System.HRIS_USER, col("user_id")))
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                changed.where(col("system").equalTo(System.HRIS_USER.name())).select("employee_id"))
        .onNewMonths(
            (months, all) ->
                FactReach.people(
                    all.rows(Hris.EMP_JOB)
                        .where(col("start_date").between(day(months.start()), day(months.end()))),
                    all,
                    System.HRIS_USER,
                    col("user_id")));
  }

  private static Column day(LocalDate date) {
    return lit(date.toString()).cast("date");
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column periodEnd = day(in.period().end());
    Dataset<Row> newest =
        Delivery.newest(
                in.rows(Hris.EMP_JOB),
                "last_modified_date_time",
                "user_id",
                "start_date",
                "seq_number")
            .where(col("start_date").leq(periodEnd));
    Column lastOfDay =
        row_number()
            .over(
                Window.partitionBy("employee_id", "start_date")
                    .orderBy(col("seq_number").desc(), col("user_id")))
            .equalTo(1);
    Column next =
        lead("start_date", 1).over(Window.partitionBy("employee_id").orderBy("start_date"));
    return Identities.attribute(newest, in, System.HRIS_USER, col("user_id"), col("start_date"))
        .where(col("employee_id").isNotNull())
        .withColumn("_holds", lastOfDay)
        .where(col("_holds"))
        .withColumn("valid_to", coalesce(next, OPEN_END))
        .select(
            col("employee_id"),
            col("start_date").as("valid_from"),
            col("valid_to"),
            col("valid_to").gt(periodEnd).as("is_current"),
            col("department").as("function"),
            col("cost_center").as("team_id"),
            col("location").as("site_id"),
            col("job_code"),
            col("pay_grade"),
            col("fte"),
            col("event").as("last_event"));
  }
}
