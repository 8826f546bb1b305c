package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Where each person stood in the company, as a slowly changing dimension (SCD2).
 *
 * <p>A job holds within its employment. Of employments at one time, such as a global assignment
 * beside the home one, the one that began last holds, and the other again when it has ended.
 */
public final class EmploymentHistory implements Job {
  public static final TableContract TABLE =
      JobRecords.job(
              table(
                      SILVER,
                      "employment_history",
                      "Function, team, site and grade of each person over time")
                  .oneRowPer("employee_id", "valid_from")
                  .column("employee_id", TEXT, "Pseudonym of the person")
                  .column("valid_from", DATE, "First day")
                  .column("valid_to", DATE, "First day on which it no longer holds")
                  .column("is_current", FLAG, "Whether it holds at the end of the run's period"))
          .optional(
              "last_event",
              TEXT,
              "The event that started the row, such as PROM for a promotion; empty where a job"
                  + " holds again")
          .check("valid_from < valid_to", "a row holds for at least a day");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(JobRecords.TABLE, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id")
        .by(JobRecords.TABLE)
        .touchedBy(
            Identities.TABLE,
            (changed, all) -> employments(changed).select("employee_id"),
            (ids, people, all) -> ids.join(people, new String[] {"employee_id"}, "left_semi"))
        .onNewMonths(
            (months, all) -> {
              Column first = JobRecords.day(months.start());
              Column last = JobRecords.day(months.end());
              return employments(all.rows(Identities.TABLE))
                  .where(
                      col("valid_from")
                          .between(first, last)
                          .or(col("valid_to").between(first, last)))
                  .select("employee_id");
            });
  }

  private static Dataset<Row> employments(Dataset<Row> identities) {
    return identities.where(col("system").equalTo(System.HRIS_USER.name()));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column periodEnd = JobRecords.day(in.period().end());
    return jobs(in)
        .where(col("job_from").lt(col("job_to")).and(col("job_from").leq(periodEnd)))
        .transform(EmploymentHistory::oneAtATime)
        .select(
            col("employee_id"),
            col("valid_from"),
            col("valid_to"),
            col("valid_to").gt(periodEnd).as("is_current"),
            col("function"),
            col("team_id"),
            col("site_id"),
            col("job_code"),
            col("pay_grade"),
            col("fte"),
            when(col("valid_from").equalTo(col("job_from")), col("event")).as("last_event"));
  }

  /** The part of each job row that lies in an employment of its person. */
  private static Dataset<Row> jobs(Inputs in) {
    Dataset<Row> employments =
        employments(in.rows(Identities.TABLE))
            .where(not(col("is_ambiguous")))
            .select(
                col("source_key").as("user_key"),
                col("employee_id"),
                col("valid_from").as("employed_from"),
                col("valid_to").as("employed_to"));
    return in.rows(JobRecords.TABLE)
        .join(employments, new String[] {"user_key", "employee_id"})
        .withColumn("job_from", greatest("starts_on", "employed_from"))
        .withColumn("job_to", least("ends_before", "employed_to"));
  }

  /** One row per person and stretch of days in which the same job holds. */
  private static Dataset<Row> oneAtATime(Dataset<Row> jobs) {
    WindowSpec timeline = Window.partitionBy("employee_id").orderBy("valid_from");
    Dataset<Row> stretches =
        jobs.select(col("employee_id").as("_person"), col("job_from").as("valid_from"))
            .union(jobs.select(col("employee_id"), col("job_to")))
            .distinct()
            .withColumn(
                "valid_to",
                lead("valid_from", 1).over(Window.partitionBy("_person").orderBy("valid_from")));
    Column holdsThen =
        col("employee_id")
            .equalTo(col("_person"))
            .and(col("job_from").leq(col("valid_from")))
            .and(col("job_to").gt(col("valid_from")));
    Column isLast =
        row_number()
            .over(
                Window.partitionBy("employee_id", "valid_from")
                    .orderBy(col("employed_from").desc(), col("user_key")))
            .equalTo(1);
    // What another job's days cut in two is one again.
    Column follows =
        lag("user_key", 1)
            .over(timeline)
            .equalTo(col("user_key"))
            .and(lag("job_from", 1).over(timeline).equalTo(col("job_from")))
            .and(lag("valid_to", 1).over(timeline).equalTo(col("valid_from")));
    Column end =
        least(col("job_to"), coalesce(lead("valid_from", 1).over(timeline), col("job_to")));
    return jobs.join(stretches, holdsThen)
        .withColumn("_is_last", isLast)
        .where(col("_is_last"))
        .withColumn("_follows", coalesce(follows, lit(false)))
        .where(not(col("_follows")))
        .withColumn("valid_to", end);
  }
}
