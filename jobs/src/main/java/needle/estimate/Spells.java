package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/** The complete rows of a table of durations, in buckets by cluster; held until closed. */
final class Spells implements AutoCloseable {
  /** Sums are kept for every time at which something happens, so their number is bounded. */
  static final int MOST_TIMES = 10_000;

  private final JavaRDD<Spell> spells;
  private final double[] times;
  private final long rowsRead;
  private final long rows;
  private final long unitsRead;
  private final long analysed;

  // Different units of both sides; empty where each is a cluster.
  private final Optional<Row> units;

  private Spells(JavaRDD<Spell> spells, double[] times, Row counts, Optional<Row> units) {
    this.spells = spells;
    this.times = times;
    this.rowsRead = counts.getLong(0);
    this.rows = counts.getLong(1);
    this.unitsRead = counts.getLong(5);
    this.analysed = counts.getLong(6);
    this.units = units;
  }

  static Spells of(
      Dataset<Row> panel, StudyDesign design, DurationColumns columns, List<String> covariates) {
    List<String> numbers = new ArrayList<>(covariates);
    numbers.addAll(columns.numbers());
    PanelColumns.check(panel.schema(), design, numbers, Optional.empty());
    StudyDesign.Treatment treatment = treatment(design);
    boolean isDated = treatment instanceof StudyDesign.Begins;
    String cluster = design.cluster().orElse(design.unit());
    numbers.add(design.outcome());
    Column exposed = PanelColumns.number(treatment.column());
    Column isComplete = col(cluster).isNotNull();
    for (String number : numbers) {
      isComplete = isComplete.and(PanelColumns.isFinite(PanelColumns.number(number)));
    }
    isComplete =
        isComplete.and(
            isDated
                ? col(treatment.column()).isNull().or(PanelColumns.isFinite(exposed))
                : PanelColumns.isFinite(exposed));
    Column entry = columns.start().map(PanelColumns::number).orElse(lit(0.0));
    Column end = PanelColumns.number(design.outcome());
    Column event = PanelColumns.number(columns.event());
    Row counts =
        panel
            .agg(
                count(lit(1)),
                count(when(isComplete, 1)),
                count(when(isComplete.and(not(isEvent(event, columns))), 1)),
                count(when(isComplete.and(entry.lt(0).or(end.leq(entry))), 1)),
                count(when(isComplete.and(lit(!isDated)).and(not(exposed.isin(0, 1))), 1)),
                different(design, lit(true)),
                different(design, isComplete))
            .first();
    check(counts, design, columns, treatment);
    Dataset<Row> complete = panel.where(isComplete);
    double[] times = times(complete.where(event.notEqual(0)).select(end.as("time")));
    Column key = col(cluster).cast("string");
    Column from =
        isDated
            ? coalesce(exposed, lit(Double.POSITIVE_INFINITY))
            : when(exposed.equalTo(1), Double.NEGATIVE_INFINITY)
                .otherwise(Double.POSITIVE_INFINITY);
    JavaRDD<Spell> spells =
        QueryRows.each(
            OrderedSums.inBuckets(
                complete.select(
                    OrderedSums.bucket(key),
                    key.as("cluster"),
                    entry.as("entry"),
                    end.as("end"),
                    cause(event, columns).as("cause"),
                    from.as("exposed_from"),
                    array(covariates.stream().map(PanelColumns::number).toArray(Column[]::new))
                        .cast("array<double>")
                        .as("x"),
                    inSequence(columns, DurationColumns.InSequence::exposableUntil).as("until"),
                    inSequence(columns, DurationColumns.InSequence::tenureMonths).as("tenure")),
                "cluster",
                "entry",
                "end",
                "cause",
                "exposed_from",
                "x",
                "until",
                "tenure"),
            Spells::spell);
    Optional<Row> units =
        design.isClusteredByUnit()
            ? Optional.empty()
            : Optional.of(
                complete
                    .agg(
                        different(design, entry.lt(least(end, from))),
                        different(design, greatest(entry, from).lt(end)))
                    .first());
    return new Spells(HeldUnits.of(spells), times, counts, units);
  }

  // Rows that name no unit are not told to be of the same.
  private static Column different(StudyDesign design, Column which) {
    Column unit = col(design.unit());
    return countDistinct(when(which, unit)).plus(count(when(which.and(unit.isNull()), 1)));
  }

  private static Spell spell(InternalRow row) {
    return new Spell(
        row.getInt(0),
        row.getUTF8String(1).toString(),
        row.getDouble(2),
        row.getDouble(3),
        row.getInt(4),
        row.getDouble(5),
        row.getArray(6).toDoubleArray(),
        row.getDouble(7),
        row.getDouble(8));
  }

  private static Column inSequence(
      DurationColumns columns, Function<DurationColumns.InSequence, String> which) {
    return columns.inSequence().map(which).map(PanelColumns::number).orElse(lit(0.0));
  }

  private static StudyDesign.Treatment treatment(StudyDesign design) {
    return design
        .treatment()
        .filter(t -> t instanceof StudyDesign.Exposed || t instanceof StudyDesign.Begins)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The study does not say who was treated",
                    "durations need a column that is 1 for those treated from the start and 0 for"
                        + " others, or one with the time at which treatment begins",
                    "give treatment as exposed or at"));
  }

  private static Column isEvent(Column event, DurationColumns columns) {
    return columns.cause().isPresent()
        ? event.geq(0).and(event.equalTo(floor(event)))
        : event.isin(0, 1);
  }

  private static Column cause(Column event, DurationColumns columns) {
    return when(event.equalTo(0), 0).when(event.equalTo(columns.cause().orElse(1)), 1).otherwise(2);
  }

  private static void check(
      Row counts, StudyDesign design, DurationColumns columns, StudyDesign.Treatment treatment) {
    Faults faults = new Faults("The durations");
    if (counts.getLong(1) == 0) {
      faults.add(
          "No row can be analysed",
          "none of the " + counts.getLong(0) + " rows has all of its columns filled with numbers",
          "fill the end, the event, the treatment, the covariates and the cluster");
    }
    if (counts.getLong(2) > 0) {
      faults.add(
          "The event "
              + columns.event()
              + " is not 0 or "
              + (columns.cause().isPresent() ? "the number of a cause" : "1"),
          counts.getLong(2) + " rows have another value",
          "give 1 where it happened at the end, and 0 where the unit was followed no longer;"
              + " several causes need outcome.cause");
    }
    if (counts.getLong(3) > 0) {
      faults.add(
          "Durations are not positive",
          "in "
              + counts.getLong(3)
              + " rows "
              + columns.start().map(s -> s + " is below zero, or ").orElse("")
              + design.outcome()
              + " is not after "
              + columns.start().orElse("zero"),
          "count time from the beginning of each unit's clock; what happens on the first day ends"
              + " at 1");
    }
    if (counts.getLong(4) > 0) {
      faults.add(
          "The treatment " + treatment.column() + " is not 0 or 1",
          counts.getLong(4) + " rows have another value",
          "give a column of 0 and 1, or the time at which treatment begins as at");
    }
    faults.report();
  }

  private static double[] times(Dataset<Row> ends) {
    double[] times =
        ends.distinct().limit(MOST_TIMES + 1).collectAsList().stream()
            .mapToDouble(r -> r.getDouble(0))
            .sorted()
            .toArray();
    if (times.length == 0) {
      throw new InvalidInput(
          "Nothing happened",
          "the event is 0 in all rows",
          "follow the units until some have the event");
    }
    if (times.length > MOST_TIMES) {
      throw new InvalidInput(
          "The event happens at too many different times",
          "there are more than " + MOST_TIMES + ", and sums are kept for each",
          "round the times to days, weeks or months");
    }
    return times;
  }

  JavaRDD<Spell> spells() {
    return spells;
  }

  /** When something happens to anybody, ascending. */
  double[] times() {
    return times;
  }

  long rows() {
    return rows;
  }

  /** Whether errors count clusters: teams, or units that stand in several rows. */
  boolean isClustered(long clusters) {
    return units.isPresent() || clusters < rows;
  }

  /** How many different units there are on a side. */
  long units(int side, SurvivalSums sums) {
    return units.map(found -> found.getLong(side)).orElseGet(() -> sums.clusters.count(side));
  }

  List<AttritionStep> attrition() {
    return List.of(
        new AttritionStep("read", unitsRead, rowsRead, "all rows"),
        new AttritionStep(
            "incomplete",
            unitsRead - analysed,
            rowsRead - rows,
            "start, end, event, treatment, covariate or cluster is empty or no finite number"),
        new AttritionStep("analysed", analysed, rows, "complete rows"));
  }

  @Override
  public void close() {
    spells.unpersist(false);
  }
}
