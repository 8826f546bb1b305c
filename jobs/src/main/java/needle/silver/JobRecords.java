package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

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
 * What HR says of the job of each employment from a day on, with the person, or why there is none.
 *
 * <p>Of several records of one day the highest sequence number holds; rows that start after the
 * run's period are left out, since future-dated changes have not happened.
 */
public final class JobRecords implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          job(table(SILVER, "job_records", "Function, team, site and grade of each employment")
                  .oneRowPer("user_key", "starts_on")
                  .column("user_key", TEXT, "Keyed hash of the id of the employment")
                  .column("starts_on", DATE, "Day from which on the row holds")
                  .column(
                      "ends_before", DATE, "Day of the employment's next row; 9999-12-31 if none"))
              .optional("event", TEXT, "Why the row was written, such as PROM for a promotion"),
          "the person employed");

  /** The contract of a table with what HR says of a job. */
  static TableContract job(TableContract table) {
    return table
        .optional("function", TEXT, "Department, such as Operations")
        .optional("team_id", TEXT, "Cost centre: the team that is trained together")
        .optional("site_id", TEXT, "Location")
        .optional("job_code", TEXT, "Job")
        .optional("pay_grade", TEXT, "Pay grade")
        .optional("fte", NUMBER, "Full-time equivalent, 0 to 1");
  }

  private static final Column USER = System.HRIS_USER.normal(col("user_id"));

  // Whichever day of an id moved, any of its rows may be another's.
  private static final Column NO_DAY = lit(null).cast("date");

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
    return Increment.per("user_id")
        .storing(
            "user_id", "user_key", all -> Identities.key(all, System.HRIS_USER, col("user_id")))
        .touchedBy(
            Hris.EMP_JOB,
            (changed, all) -> users(changed),
            (jobs, users, all) ->
                jobs.join(users.toDF("_user"), USER.equalTo(col("_user")), "left_semi"))
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                users(Identities.facts(changed, all, Hris.EMP_JOB, System.HRIS_USER, USER, NO_DAY)))
        .onNewMonths(
            (months, all) ->
                users(
                    all.rows(Hris.EMP_JOB)
                        .where(col("start_date").between(day(months.start()), day(months.end())))));
  }

  private static Dataset<Row> users(Dataset<Row> jobs) {
    return jobs.select(USER.as("user_id"));
  }

  static Column day(LocalDate date) {
    return lit(date.toString()).cast("date");
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column lastOfDay =
        row_number()
            .over(
                Window.partitionBy("_user", "start_date")
                    .orderBy(col("seq_number").desc(), col("last_modified_date_time").desc()))
            .equalTo(1);
    Column next = lead("start_date", 1).over(Window.partitionBy("_user").orderBy("start_date"));
    Dataset<Row> rows =
        Delivery.newest(
                in.rows(Hris.EMP_JOB),
                "last_modified_date_time",
                "user_id",
                "start_date",
                "seq_number")
            .withColumn("_user", USER)
            .where(col("_user").isNotNull())
            .where(col("start_date").leq(day(in.period().end())))
            .withColumn("_holds", lastOfDay)
            .where(col("_holds"))
            .withColumn("ends_before", coalesce(next, EmploymentRecords.OPEN_END))
            .withColumn("user_key", Identities.key(in, System.HRIS_USER, col("_user")));
    return Identities.attribute(
            onDayOfEmployment(rows, in), in, System.HRIS_USER, col("_user"), col("_day"))
        .select(
            col("user_key"),
            col("start_date").as("starts_on"),
            col("ends_before"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("department").as("function"),
            col("cost_center").as("team_id"),
            col("location").as("site_id"),
            col("job_code"),
            col("pay_grade"),
            col("fte"),
            col("event"));
  }

  /**
   * The rows with a day on which their employment existed: their first one, where it did; of a row
   * about a leaving the employment's last day; of one that is older than a corrected hire date the
   * first day.
   */
  private static Dataset<Row> onDayOfEmployment(Dataset<Row> rows, Inputs in) {
    Dataset<Row> employments =
        in.rows(Identities.TABLE)
            .where(col("system").equalTo(System.HRIS_USER.name()))
            .groupBy(col("source_key").as("_key"))
            .agg(collect_list(struct("valid_from", "valid_to")).as("_held"));
    Column start = col("start_date");
    Column isHeld =
        exists(
            col("_held"),
            h -> start.geq(h.getField("valid_from")).and(start.lt(h.getField("valid_to"))));
    Column before = filter(col("_held"), h -> h.getField("valid_to").leq(start));
    Column after =
        filter(
            col("_held"),
            h ->
                h.getField("valid_from")
                    .gt(start)
                    .and(h.getField("valid_from").lt(col("ends_before"))));
    return rows.join(employments, col("user_key").equalTo(col("_key")), "left")
        .withColumn(
            "_day",
            when(isHeld, start)
                .otherwise(
                    coalesce(
                        date_sub(array_max(before.getField("valid_to")), 1),
                        array_min(after.getField("valid_from")),
                        start)))
        .drop("_key", "_held");
  }
}
