package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.ExactSum;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Assessments;
import needle.silver.CourseFeedback;
import needle.silver.LearningRecords;
import needle.silver.LearningRecords.Kind;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What each employee had to do with each program by the end of each period, each signal apart:
 * being assigned is not starting, starting is not completing, and credit is not training.
 *
 * <p>An as-of join: a signal counts from the period it falls in, never earlier, so an estimate
 * cannot see training that had not happened yet. Periods before the first signal have no row.
 */
public final class TrainingExposure implements Job {
  public static final TableContract TABLE =
      table(
              PANEL,
              "training_exposure",
              "What each employee had to do with each program by the end of each period")
          .oneRowPer("employee_id", "program_id", "period_start")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("program_id", TEXT, "Program")
          .column("period_start", DATE, "First day of the month")
          .optional(
              "first_assigned_on",
              DATE,
              "First day on which the person was to take any of the program's courses: assigned, or"
                  + " without that started, completed or credited")
          .optional("first_started_on", DATE, "First day on which any was begun or completed")
          .optional("first_completed_on", DATE, "First completion of any")
          .optional(
              "first_credited_on",
              DATE,
              "First credit: waived, tested out, equivalent, administrative, or satisfied as cmi5"
                  + " counts it; no exposure")
          .column("hours_completed", NUMBER, "Hours in the seat up to the period end")
          .optional("score_before", NUMBER, "First test before a course, share of the points")
          .optional("score_after", NUMBER, "Last test after a course, share of the points")
          .optional("satisfaction", NUMBER, "Mean of the person's answers, 1 to 5")
          .column("practices", WHOLE, "Times it was practised on the job")
          .column(
              "refreshers",
              WHOLE,
              "Completions of a course that had been completed on an earlier day")
          .storedByMonthOf("period_start");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(
        EmployeePeriods.TABLE, LearningRecords.TABLE, Assessments.TABLE, CourseFeedback.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_id", "period_start")
        .by(EmployeePeriods.TABLE)
        .touchedBy(LearningRecords.TABLE, monthsSince("happened_on"), TrainingExposure::ofPersons)
        .touchedBy(Assessments.TABLE, monthsSince("taken_on"), TrainingExposure::ofPersons)
        .touchedBy(CourseFeedback.TABLE, monthsSince("responded_on"), TrainingExposure::ofPersons);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> periods = in.rows(EmployeePeriods.TABLE).as("p");
    Dataset<Row> signals = TrainingSignals.of(in).as("s");
    Column samePerson = col("s.employee_id").equalTo(col("p.employee_id"));
    Column knownByPeriodEnd = col("s.on").leq(col("p.period_end"));
    Column started = is(Kind.STARTED).or(is(Kind.COMPLETED));
    Column credited =
        is(Kind.WAIVED)
            .or(is(Kind.TESTED_OUT))
            .or(is(Kind.EQUIVALENT))
            .or(is(Kind.ADMINISTRATIVE))
            .or(is(Kind.SATISFIED));
    Column assigned = is(Kind.ASSIGNED).or(started).or(credited);
    return periods
        .join(signals, samePerson.and(knownByPeriodEnd))
        .groupBy(col("p.employee_id"), col("s.program_id"), col("p.period_start"))
        .agg(
            firstDay(assigned).as("first_assigned_on"),
            firstDay(started).as("first_started_on"),
            firstDay(is(Kind.COMPLETED)).as("first_completed_on"),
            firstDay(credited).as("first_credited_on"),
            coalesce(ExactSum.of("s.hours"), lit(0.0)).as("hours_completed"),
            min_by(value(), inOrder(TrainingSignals.PRE_TEST)).as("score_before"),
            max_by(value(), inOrder(TrainingSignals.POST_TEST)).as("score_after"),
            avg(when(is(TrainingSignals.ANSWER), value())).as("satisfaction"),
            count_if(is(Kind.PRACTISED)).as("practices"),
            count_if(col("s.is_refresher")).as("refreshers"));
  }

  private static Column is(Kind kind) {
    return is(kind.code());
  }

  private static Column is(String kind) {
    return col("s.kind").equalTo(kind);
  }

  private static Column value() {
    return col("s.value");
  }

  private static Column firstDay(Column which) {
    return min(when(which, col("s.on")));
  }

  // Tests of one day by attempt, then by value, so that the choice never depends on the layout.
  private static Column inOrder(String kind) {
    return when(is(kind), struct(col("s.on"), col("s.attempt"), value()));
  }

  // A signal counts in its own month and in all that follow. So does what it does to others: a
  // completion makes later ones of its course refreshers.
  private static Increment.Touches monthsSince(String on) {
    return (signals, in) -> {
      Column end = lit(in.period().end().toString()).cast("date");
      Column start = lit(in.period().start().toString()).cast("date");
      Column first = trunc(greatest(col(on), start), "month");
      return signals
          .where(col(on).leq(end))
          .select(
              col("employee_id"),
              explode(sequence(first, trunc(end, "month"), expr("interval 1 month")))
                  .as("period_start"));
    };
  }

  private static Dataset<Row> ofPersons(Dataset<Row> signals, Dataset<Row> units, Inputs in) {
    return signals.join(
        units.select(col("employee_id").as("_person")),
        col("employee_id").equalTo(col("_person")),
        "left_semi");
  }
}
