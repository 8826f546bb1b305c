package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.last_day;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.months_between;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The spine: every month in which a person was employed for at least a day, and where the person
 * stood at its end.
 */
public final class EmployeePeriods implements Job {
  public static final TableContract TABLE =
      table(PANEL, "employee_periods", "Every employee in every month of employment")
          .oneRowPer("employee_id", "period_start")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("period_start", DATE, "First day of the month")
          .column("period_end", DATE, "Last day of the month")
          .column("months_employed", NUMBER, "Share of the month's days in employment")
          .column(
              "tenure_months",
              WHOLE,
              "Whole months since the hire of the current spell, at the month's end")
          .optional(
              "function", TEXT, "Department at the end of the month, or of the employment in it")
          .optional("team_id", TEXT, "Team at that time")
          .optional("site_id", TEXT, "Site at that time")
          .optional("pay_grade", TEXT, "Pay grade at that time")
          .optional("fte", NUMBER, "Full-time equivalent at that time")
          .storedByMonthOf("period_start")
          .check(
              "months_employed > 0 and months_employed <= 1",
              "a month is employed by more than 0 and at most 1");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Employments.TABLE, EmploymentHistory.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id", "period_start")
        .touchedBy(Employments.TABLE, EmployeePeriods::monthsOfSpells, EmployeePeriods::ofPersons)
        .touchedBy(
            EmploymentHistory.TABLE, EmployeePeriods::monthsOfJobs, EmployeePeriods::ofPersons)
        .onNewMonths(EmployeePeriods::everybody);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column runStart = day(in.period().start());
    Column runEnd = day(in.period().end());
    Column spellEnd = least(coalesce(col("left_on"), runEnd), runEnd);
    Column months =
        sequence(
            trunc(greatest(col("hired_on"), runStart), "month"),
            trunc(spellEnd, "month"),
            expr("interval 1 month"));
    Column daysIn =
        datediff(
                least(spellEnd, last_day(col("period_start"))),
                greatest(col("hired_on"), col("period_start")))
            .plus(1);
    Dataset<Row> employed =
        in.rows(Employments.TABLE)
            .where(col("hired_on").leq(runEnd).and(spellEnd.geq(runStart)))
            .where(spellEnd.geq(col("hired_on")))
            .withColumn("period_start", explode(months))
            .transform(in::wanted)
            .groupBy("employee_id", "period_start")
            .agg(
                sum(daysIn).as("days"),
                max("hired_on").as("hired_on"),
                max(least(spellEnd, last_day(col("period_start")))).as("known_on"))
            .as("p");
    Dataset<Row> history = in.rows(EmploymentHistory.TABLE).as("h");
    Column samePerson = col("p.employee_id").equalTo(col("h.employee_id"));
    Column heldThen =
        col("p.known_on").geq(col("h.valid_from")).and(col("p.known_on").lt(col("h.valid_to")));
    Column daysOfMonth = datediff(last_day(col("period_start")), col("period_start")).plus(1);
    return employed
        .join(history, samePerson.and(heldThen), "left")
        .select(
            col("p.employee_id"),
            col("p.period_start"),
            last_day(col("p.period_start")).as("period_end"),
            least(col("days").divide(daysOfMonth), lit(1.0)).as("months_employed"),
            floor(months_between(date_add(col("p.known_on"), 1), col("p.hired_on")))
                .cast("bigint")
                .as("tenure_months"),
            col("h.function"),
            col("h.team_id"),
            col("h.site_id"),
            col("h.pay_grade"),
            col("h.fte"));
  }

  // A spell whose end moved is about the months between its two ends; any other change, about all.
  private static Dataset<Row> monthsOfSpells(Dataset<Row> changed, Inputs in) {
    Column end = least(coalesce(col("left_on"), day(in.period().end())), day(in.period().end()));
    return changed
        .groupBy("employee_id", "hired_on")
        .agg(count(lit(1)).as("images"), min(end).as("first_end"), max(end).as("last_end"))
        .select(
            col("employee_id"),
            when(col("images").equalTo(2), col("first_end")).otherwise(col("hired_on")).as("first"),
            col("last_end").as("last"))
        .transform(spans -> months(spans, in.period()));
  }

  private static Dataset<Row> monthsOfJobs(Dataset<Row> changed, Inputs in) {
    return changed
        .groupBy("employee_id", "valid_from", "function", "team_id", "site_id", "pay_grade", "fte")
        .agg(
            count(lit(1)).as("images"),
            min("valid_to").as("first_end"),
            max("valid_to").as("last_end"))
        .select(
            col("employee_id"),
            when(col("images").equalTo(2), col("first_end"))
                .otherwise(col("valid_from"))
                .as("first"),
            col("last_end").as("last"))
        .transform(spans -> months(spans, in.period()));
  }

  private static Dataset<Row> everybody(Period newMonths, Inputs in) {
    return in.rows(Employments.TABLE)
        .select(
            col("employee_id"),
            col("hired_on").as("first"),
            coalesce(col("left_on"), day(newMonths.end())).as("last"))
        .transform(spans -> months(spans, newMonths));
  }

  private static Dataset<Row> months(Dataset<Row> spans, Period period) {
    Column first = trunc(greatest(col("first"), day(period.start())), "month");
    Column last = trunc(least(col("last"), day(period.end())), "month");
    return spans
        .where(first.leq(last))
        .select(
            col("employee_id"),
            explode(sequence(first, last, expr("interval 1 month"))).as("period_start"));
  }

  private static Dataset<Row> ofPersons(Dataset<Row> rows, Dataset<Row> units, Inputs in) {
    return rows.join(
        units.select(col("employee_id").as("_person")),
        col("employee_id").equalTo(col("_person")),
        "left_semi");
  }

  private static Column day(LocalDate date) {
    return lit(date.toString()).cast("date");
  }
}
