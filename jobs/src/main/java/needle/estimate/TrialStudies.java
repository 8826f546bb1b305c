package needle.estimate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.dense_rank;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan.Question;
import needle.panel.TargetTrials;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The questions of plans about when something happens, answered from all trials of a program
 * together: the share of the trained to whom it happens within the KPI's horizon, or their mean
 * days until then, less those of others who were weighted to be like them in the trial and in what
 * the plan adjusts for.
 */
final class TrialStudies {
  private static final String UNIT = "employee_id";
  private static final String TRIAL = "trial_start";
  private static final String TRAINED = "is_trained";
  private static final String TRAINED_ON = "trained_on";
  private static final String DAYS = "followed_days";
  private static final String EVENT = "event";

  private static final String TENURE = "tenure_months";
  private static final String UNTIL = "in_population_until";
  private static final List<String> NUMBERS = List.of(TENURE, "fte");
  private static final String LAST_DAY = "_last_day";
  private static final String TENURE_OR_NONE = "_tenure";
  private static final int KPIS_EVENT = 1;

  /** A month, by the end of which training has hardly worked. */
  private static final double EARLY_DAYS = 31;

  // Of a million people few may be trained in a period: others get a small weight, as they should.
  private static final double LOWEST = 1e-9;
  private static final double HIGHEST = 0.99;

  private final Dataset<Row> trials;

  TrialStudies(Dataset<Row> trials) {
    this.trials = trials;
  }

  /** What came out, and the same share of the untrained, weighted. */
  record Found(EffectEstimate estimate, OptionalDouble untrained) {}

  /** The day on which the first of the trained have been followed up to the horizon, or will be. */
  Optional<LocalDate> firstFollowedUp(String programId, Question question, Kpi.TimeToEvent time) {
    Row first =
        rows(programId, question).where(TRAINED).agg(min("followed_from").cast("string")).first();
    return Optional.ofNullable(first.getString(0))
        .map(day -> LocalDate.parse(day).plusDays(TargetTrials.days(time) - 1L));
  }

  Found answer(String programId, Question question, Kpi.TimeToEvent time) {
    boolean isShare = time.measure() == Kpi.TimeMeasure.SHARE;
    Dataset<Row> rows = rows(programId, question).withColumn(TRAINED, col(TRAINED).cast("int"));
    if (!isShare) {
      // What competes ends following: the days are those until the event, were there nothing else.
      rows = rows.withColumn(EVENT, when(col(EVENT).equalTo(KPIS_EVENT), 1).otherwise(0));
    }
    if (question.adjustedFor().contains(TENURE)) {
      rows = comparable(rows);
    }
    Adjusted adjusted = adjusted(rows, question.adjustedFor());
    WeightedSurvival survival =
        new WeightedSurvival(
            new DurationColumns(
                Optional.empty(),
                EVENT,
                isShare ? Optional.of(KPIS_EVENT) : Optional.empty(),
                Optional.of(new DurationColumns.InSequence(LAST_DAY, TENURE_OR_NONE))),
            adjusted.covariates(),
            !adjusted.covariates().isEmpty(),
            LOWEST,
            HIGHEST,
            TargetTrials.days(time),
            TargetTrials.days(time) > EARLY_DAYS ? List.of(EARLY_DAYS) : List.of(),
            later(rows, adjusted));
    StudyDesign design =
        StudyDesign.of(UNIT, DAYS)
            .exposed(TRAINED)
            .clusteredBy(question.cluster().equals("site_id") ? "first_site_id" : "team_id")
            .mattersFrom(question.smallestEffectOfInterest())
            .build();
    EffectEstimate estimate = survival.estimate(adjusted.rows(), design);
    return new Found(
        estimate,
        estimate.effects().stream()
            .filter(effect -> effect.term().equals("unexposed"))
            .mapToDouble(Effect::estimate)
            .findFirst());
  }

  private Dataset<Row> rows(String programId, Question question) {
    return trials.where(
        col("program_id").equalTo(programId).and(col("kpi_id").equalTo(question.kpiId())));
  }

  /**
   * Without tenures of which nobody was trained, who are comparable with nobody, and without the
   * trials that lose a side by that.
   */
  private static Dataset<Row> comparable(Dataset<Row> rows) {
    Column tenure = TenureClasses.finest(TENURE);
    Object[] trained =
        rows.where(col(TRAINED).equalTo(1)).select(tenure).distinct().collectAsList().stream()
            .map(row -> row.get(0))
            .toArray();
    Dataset<Row> left = rows.where(tenure.isin(trained));
    Object[] trials =
        left
            .groupBy(TRIAL)
            .agg(countDistinct(TRAINED).as("sides"))
            .where("sides = 2")
            .collectAsList()
            .stream()
            .map(row -> row.get(0))
            .toArray();
    return left.where(col(TRIAL).isin(trials));
  }

  /** On which days the trained of every trial were trained, and so left earlier ones. */
  private static LaterExposure later(Dataset<Row> rows, Adjusted adjusted) {
    WindowSpec ofTrial = Window.partitionBy(TRIAL);
    Column soFar = sum("count").over(ofTrial.orderBy(TRAINED_ON));
    List<Row> days =
        rows.where(col(TRAINED).equalTo(1))
            .groupBy(TRIAL, "followed_from", TRAINED_ON)
            .count()
            .withColumn("share", soFar.divide(sum("count").over(ofTrial)))
            .select(
                dense_rank().over(Window.orderBy(TRIAL)).as("trial"),
                unix_date(col(TRIAL)).as("start"),
                // Time counts from the day before following.
                unix_date(date_sub(col("followed_from"), 1)).as("clock"),
                unix_date(col(TRAINED_ON)).as(TRAINED_ON),
                col("share"))
            .orderBy("trial", TRAINED_ON)
            .collectAsList();
    List<LaterExposure.Trial> trials = new ArrayList<>();
    List<LaterExposure.Step> steps = new ArrayList<>();
    for (Row day : days) {
      int trial = day.getInt(0) - 1;
      if (trial == trials.size()) {
        String indicator = trial == 0 ? "" : adjusted.trials().get(trial - 1);
        trials.add(new LaterExposure.Trial(indicator, day.getInt(1), day.getInt(2)));
      }
      steps.add(new LaterExposure.Step(day.getInt(3), trial, day.getDouble(4)));
    }
    return new LaterExposure(
        trials,
        steps,
        adjusted.covariates(),
        TenureClasses.of(adjusted.tenure(), TENURE, adjusted.covariates()));
  }

  /**
   * @param covariates that the rows have as numbers
   * @param trials those of them that tell the trials but the first
   * @param tenure from which month on each class of tenure is
   */
  private record Adjusted(
      Dataset<Row> rows, List<String> covariates, List<String> trials, List<Integer> tenure) {}

  // What is the same for all cannot be adjusted for, and need not be.
  private static Adjusted adjusted(Dataset<Row> rows, List<String> columns) {
    List<String> wanted = new ArrayList<>(List.of(TRIAL));
    wanted.addAll(columns);
    Column[] values = wanted.stream().map(c -> countDistinct(c)).toArray(Column[]::new);
    Row different = rows.agg(countDistinct(TRAINED), values).first();
    if (different.getLong(0) < 2) {
      throw new InvalidInput(
          "There is no trial",
          "in no period was somebody of the population trained, and somebody else employed and not"
              + " trained yet",
          "check the courses and the population of the plan");
    }
    List<String> covariates = new ArrayList<>();
    List<String> factors = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      if (different.getLong(i + 1) > 1) {
        (NUMBERS.contains(wanted.get(i)) ? covariates : factors).add(wanted.get(i));
      }
    }
    FactorColumns made = FactorColumns.of(rows, factors);
    made.columns().values().forEach(covariates::addAll);
    List<Integer> tenure =
        covariates.contains(TENURE) ? TenureClasses.from(rows, TENURE, TRAINED) : List.of(0);
    Map<String, Column> added = new LinkedHashMap<>();
    for (int i = 1; i < tenure.size(); i++) {
      covariates.remove(TENURE);
      String name = TenureClasses.name(TENURE, tenure, i);
      covariates.add(name);
      added.put(
          name,
          when(col(TENURE).isNotNull(), TenureClasses.isIn(TENURE, tenure, i).cast("double")));
    }
    added.put(LAST_DAY, coalesce(unix_date(col(UNTIL)), lit(Integer.MAX_VALUE)));
    added.put(TENURE_OR_NONE, coalesce(col(TENURE), lit(0)));
    return new Adjusted(
        made.rows().withColumns(added),
        covariates,
        made.columns().getOrDefault(TRIAL, List.of()),
        tenure);
  }
}
