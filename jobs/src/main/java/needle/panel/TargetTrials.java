package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.months_between;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.kit.Inputs;
import needle.kit.InvalidInput;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.TableContract;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The trials that a roll-out emulates (Hernán & Robins 2016), for KPIs that are a time until
 * something happens: one begins after every period in which somebody was first trained, and follows
 * them and all who could have been and were not.
 *
 * <p>Everybody has to be employed when following begins, which is after training: nobody is
 * credited with time that had to be survived to be trained. Who is trained later leaves the trial
 * on that day, and enters one of her own.
 */
public final class TargetTrials implements Job {
  /** What people may be made alike in. */
  public static final List<String> COVARIATES =
      List.of("tenure_months", "fte", "function", "pay_grade", "site_id");

  public static final TableContract TABLE =
      table(PANEL, "target_trials", "Who was followed how long until what, per program and trial")
          .oneRowPer("program_id", "kpi_id", "trial_start", "employee_id")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI of family duration")
          .column("trial_start", DATE, "First day of the period in which the trained were trained")
          .column("employee_id", TEXT, "Pseudonym of the person; the same in several trials")
          .column("followed_from", DATE, "Day after the period, on which all are employed")
          .column("is_trained", FLAG, "Whether trained in the period, else not by its end")
          .optional("trained_on", DATE, "Day of the training; empty for the others")
          .column("followed_days", WHOLE, "Days until the event or the end of following, above 0")
          .column(
              "event",
              WHOLE,
              "What happened at the end: 0 nothing, 1 the KPI's event, 2 and above those that"
                  + " compete with it, as the KPI lists them")
          .column("team_id", TEXT, "The person's first team; who had none is a team of one")
          .column("first_site_id", TEXT, "Site in the person's first trial; else the team")
          .optional(
              "tenure_months",
              WHOLE,
              "Months since the hire at the end of the month before following; what else is told of a"
                  + " person is of the month before the trial, or of that of a hire within it")
          .optional("fte", NUMBER, "Full-time equivalent")
          .optional("function", TEXT, "Department")
          .optional("pay_grade", TEXT, "Pay grade")
          .optional("site_id", TEXT, "Site")
          .optional(
              "in_population_until",
              DATE,
              "First day of the month after the last in which the person was of the population: no"
                  + " trial that begins later could have trained her")
          .check("followed_days > 0", "following lasts for at least a day");

  /** The tables in which a KPI file may find events. */
  public static final List<TableContract> EVENTFUL =
      List.of(Employments.TABLE, EmploymentHistory.TABLE, Milestones.TABLE);

  private static final int KPIS_EVENT = 1;

  /** As months are told in days everywhere. */
  public static final double DAYS_PER_MONTH = 365.25 / 12;

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(
        EmployeePeriods.TABLE,
        Cohorts.TABLE,
        HomeTeams.TABLE,
        Milestones.TABLE,
        Employments.TABLE,
        EmploymentHistory.TABLE);
  }

  /** The days that a KPI's horizon has. */
  public static int days(Kpi.TimeToEvent time) {
    return (int) Math.round(time.withinMonths() * DAYS_PER_MONTH);
  }

  /**
   * The last day of which a run up to that day knows what was decided: what was in the months of
   * notice before it has not happened yet.
   */
  public static LocalDate lastKnown(Kpi.TimeToEvent time, LocalDate end) {
    return end.minusMonths(mostNotice(time));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Map<String, Kpi.TimeToEvent> awaited = new LinkedHashMap<>();
    in.kpis().forEach(kpi -> kpi.timeToEvent().ifPresent(time -> awaited.put(kpi.kpiId(), time)));
    List<Asked> asked =
        in.plans().stream()
            .flatMap(
                plan ->
                    plan.questions().stream()
                        .filter(question -> awaited.containsKey(question.kpiId()))
                        .map(question -> new Asked(plan, question)))
            .toList();
    if (asked.isEmpty()) {
      return in.rows(Cohorts.TABLE).sparkSession().createDataFrame(List.of(), TABLE.schema());
    }
    Column trial = struct("program_id", "kpi_id", "trial_start");
    Column person = struct("program_id", "kpi_id", "employee_id");
    Column earliestSite = min(when(col("site_id").isNotNull(), struct("trial_start", "site_id")));
    return asked.stream()
        .map(question -> followed(question, awaited.get(question.question().kpiId()), in))
        .reduce(Dataset::unionByName)
        .orElseThrow()
        .withColumn("_trained", max("is_trained").over(Window.partitionBy(trial)))
        .withColumn("_all_trained", min("is_trained").over(Window.partitionBy(trial)))
        // Without both sides there is no trial.
        .where(col("_trained").and(not(col("_all_trained"))))
        .withColumn(
            "first_site_id",
            coalesce(
                earliestSite.over(Window.partitionBy(person)).getField("site_id"), col("team_id")))
        .select(Stream.of(TABLE.columnNames()).map(name -> col(name)).toArray(Column[]::new));
  }

  private record Asked(MeasurementPlan plan, MeasurementPlan.Question question) {
    /** The first day of the period of the plan in which a day lies. */
    Column periodOf(Column day) {
      return trunc(day, question.grain().name());
    }

    Column monthsLater(Column day) {
      return add_months(day, question.grain().months());
    }
  }

  private static Dataset<Row> followed(Asked asked, Kpi.TimeToEvent time, Inputs in) {
    Column lastKnown = lit(lastKnown(time, in.period().end()).toString()).cast("date");
    Column trainedLater = when(not(col("is_trained")), col("first_exposed_on"));
    Column horizon = date_add(col("followed_from"), days(time) - 1);
    Dataset<Row> events = events(asked.question().kpiId(), time, in);
    Dataset<Row> people =
        undecided(eligible(asked, in), events, time)
            .withColumn("trained_on", when(col("is_trained"), col("first_exposed_on")))
            .withColumn("last_day", least(lastKnown, trainedLater, horizon))
            .where(col("last_day").geq(col("followed_from")))
            .as("p");
    Column inTime =
        col("p.employee_id")
            .equalTo(col("v.employee_id"))
            .and(col("v.decided_on").between(col("p.followed_from"), col("p.last_day")));
    Dataset<Row> first =
        people
            .join(events.as("v"), inTime)
            .groupBy("p.trial_start", "p.employee_id")
            .agg(min(struct("decided_on", "event")).as("first"));
    Column lastDay = coalesce(col("first.decided_on"), col("last_day"));
    return people
        .join(first, new String[] {"trial_start", "employee_id"}, "left")
        .withColumn("event", coalesce(col("first.event"), lit(0L)))
        .withColumn("followed_days", datediff(lastDay, col("followed_from")).plus(1).cast("bigint"))
        .withColumn("program_id", lit(asked.plan().programId()))
        .withColumn("kpi_id", lit(asked.question().kpiId()));
  }

  /**
   * Without those for whom it was decided before following, though it happens in it; and those who
   * have reached a milestone, which nobody does twice.
   */
  private static Dataset<Row> undecided(
      Dataset<Row> people, Dataset<Row> events, Kpi.TimeToEvent time) {
    if (time.milestone().isEmpty() && mostNotice(time) == 0) {
      // What is decided when it happens ends employment, or may happen again.
      return people;
    }
    Column isOver = time.milestone().isPresent() ? col("v.event").equalTo(KPIS_EVENT) : lit(false);
    Column isDecided =
        col("p.employee_id")
            .equalTo(col("v.employee_id"))
            .and(col("v.decided_on").lt(col("p.followed_from")))
            .and(isOver.or(col("v.happened_on").geq(col("p.followed_from"))));
    return people.as("p").join(events.as("v"), isDecided, "left_anti");
  }

  /** One row per trial and person who belonged to the population before it and stayed through. */
  private static Dataset<Row> eligible(Asked asked, Inputs in) {
    Dataset<Row> cohorts =
        in.rows(Cohorts.TABLE)
            .where(col("program_id").equalTo(asked.plan().programId()))
            .select("employee_id", "cohort_start", "first_exposed_on");
    Dataset<Row> trials =
        broadcast(
            cohorts
                .select(asked.periodOf(col("cohort_start")).as("trial_start"))
                .distinct()
                .withColumn("followed_from", asked.monthsLater(col("trial_start"))));
    Dataset<Row> population =
        in.rows(EmployeePeriods.TABLE).where(expr(asked.plan().population())).drop("team_id");
    Column isUntrainedBefore =
        coalesce(col("cohort_start"), col("trial_start")).geq(col("trial_start"));
    // Between the end of the month that a row is of and the first day of following.
    Column monthsToFollowing =
        months_between(col("followed_from"), col("period_start")).cast("int").minus(1);
    Column isStillThere =
        col("p.employee_id")
            .equalTo(col("e.employee_id"))
            .and(col("e.hired_on").leq(col("p.followed_from")))
            .and(coalesce(col("e.left_on"), col("p.followed_from")).geq(col("p.followed_from")));
    Dataset<Row> last =
        population
            .groupBy("employee_id")
            .agg(add_months(max("period_start"), 1).as("in_population_until"));
    return population
        .join(trials, col("period_start").equalTo(add_months(col("trial_start"), -1)))
        .unionByName(newcomers(population, trials, in))
        .join(cohorts, new String[] {"employee_id"}, "left")
        .where(isUntrainedBefore)
        .as("p")
        .join(in.rows(Employments.TABLE).as("e"), isStillThere, "left_semi")
        .join(in.rows(HomeTeams.TABLE), new String[] {"employee_id"}, "left")
        .join(last, "employee_id")
        .withColumn("team_id", coalesce(col("home_team_id"), col("employee_id")))
        .withColumn("tenure_months", col("tenure_months").plus(monthsToFollowing))
        .withColumn(
            "is_trained", coalesce(col("cohort_start").lt(col("followed_from")), lit(false)));
  }

  /** Who was hired in a trial's period belongs to it as of the month of the first hire in it. */
  private static Dataset<Row> newcomers(Dataset<Row> population, Dataset<Row> trials, Inputs in) {
    Dataset<Row> months = in.rows(EmployeePeriods.TABLE).select("employee_id", "period_start");
    Dataset<Row> hires =
        in.rows(Employments.TABLE)
            .select(col("employee_id"), trunc(col("hired_on"), "month").as("period_start"))
            .distinct();
    Column isHiredWithin =
        col("period_start")
            .geq(col("trial_start"))
            .and(col("period_start").lt(col("followed_from")));
    WindowSpec earliest = Window.partitionBy("employee_id", "trial_start").orderBy("period_start");
    // Who is back within a month was there before.
    Column wasThere =
        col("n.employee_id")
            .equalTo(col("m.employee_id"))
            .and(col("m.period_start").equalTo(add_months(col("n.trial_start"), -1)));
    return population
        .join(hires, new String[] {"employee_id", "period_start"}, "left_semi")
        .join(trials, isHiredWithin)
        .withColumn("_hire", row_number().over(earliest))
        .where("_hire = 1")
        .drop("_hire")
        .as("n")
        .join(months.as("m"), wasThere, "left_anti");
  }

  private static Dataset<Row> events(String kpiId, Kpi.TimeToEvent time, Inputs in) {
    List<Kpi.Happening> kinds = kinds(time);
    return IntStream.range(0, kinds.size())
        .mapToObj(
            i -> {
              Kpi.Happening kind = kinds.get(i);
              Dataset<Row> rows = in.rows(tableOf(kpiId, kind));
              return kind.where()
                  .map(condition -> rows.where(expr(condition)))
                  .orElse(rows)
                  .select(
                      col("employee_id"),
                      add_months(col(kind.datedBy()), -kind.noticeMonths()).as("decided_on"),
                      col(kind.datedBy()).as("happened_on"),
                      lit((long) KPIS_EVENT + i).as("event"));
            })
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static int mostNotice(Kpi.TimeToEvent time) {
    return kinds(time).stream().mapToInt(Kpi.Happening::noticeMonths).max().orElse(0);
  }

  /** The KPI's event, then what competes with it. */
  private static List<Kpi.Happening> kinds(Kpi.TimeToEvent time) {
    return Stream.concat(Stream.of(time.event()), time.competing().stream()).toList();
  }

  private static TableContract tableOf(String kpiId, Kpi.Happening kind) {
    return EVENTFUL.stream()
        .filter(table -> table.qualifiedName().equals(kind.table()))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInput(
                    "KPI "
                        + kpiId
                        + " awaits an event of "
                        + kind.table()
                        + ", which is not offered",
                    "events are rows of one of " + EVENTFUL,
                    "name one of these tables in the KPI file"));
  }
}
