package needle.estimate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.prediction.BackTest;
import needle.estimate.prediction.Series;
import needle.kit.InvalidInput;
import needle.kit.SmallestCell;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Predicts the KPI of the next periods, without a planned roll-out and with it. A prediction, never
 * an effect: what the roll-out adds is what {@link StaggeredDid} found of those before, and is
 * withheld where its checks fail.
 */
public final class Forecast implements EffectEstimator {
  static final String AGGREGATION = "prediction";
  private static final double[] LEVELS = {0.95, 0.90};

  private final Optional<String> segment;
  private final int horizon;
  private final int season;
  private final StaggeredDid effect;

  /**
   * @param segment the column of the groups that are predicted besides all units together
   * @param horizon how many periods ahead
   * @param season how many periods make a year
   * @param effect what the roll-out did so far
   */
  public Forecast(Optional<String> segment, int horizon, int season, StaggeredDid effect) {
    if (!(1 <= horizon && horizon <= season)) {
      throw new InvalidInput(
          "The forecast has no meaning",
          "horizon is " + horizon + " and cycle " + season,
          "give a horizon of at least one period, and of a season at most");
    }
    this.segment = segment;
    this.horizon = horizon;
    this.season = season;
    this.effect = effect;
  }

  @Override
  public String name() {
    return "forecast";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    if (!(design.treatment().orElse(null) instanceof StudyDesign.Adopted)) {
      throw new InvalidInput(
          "The study does not say who will be treated when",
          "forecast needs the first treated period of every unit, also of those still to come",
          "give treatment as adopted");
    }
    SegmentSums sums = sums(panel, design);
    TreeMap<Integer, SegmentSums.Cell> whole = sums.whole();
    requireHistory(whole, design.grain());
    int last = whole.lastKey();
    SparkSession spark = panel.sparkSession();
    BackTest test = BackTest.of(spark, List.of(SegmentSums.series(whole)), season, horizon);
    PlannedRollOut plan =
        PlannedRollOut.of(
            whole.get(last).treatedBetween(last, last + horizon),
            whole.get(last).units(),
            last,
            horizon,
            effect,
            panel,
            design);
    List<Diagnostic> diagnostics = new ArrayList<>(ForecastChecks.of(test, "", LEVELS));
    diagnostics.add(ForecastChecks.latest(test));
    diagnostics.add(plan.check());
    List<Effect> rows = new ArrayList<>();
    for (double level : LEVELS) {
      rows.addAll(new Predictions(test, plan, level, last, whole.get(last).units()).whole());
    }
    Map<String, TreeMap<Integer, SegmentSums.Cell>> shown = shown(sums, whole);
    if (!shown.isEmpty()) {
      List<Series> group = shown.values().stream().map(SegmentSums::series).toList();
      BackTest apart = BackTest.of(spark, group, season, horizon);
      diagnostics.addAll(ForecastChecks.of(apart, "_segments", LEVELS));
      int series = 0;
      for (String name : shown.keySet()) {
        long units = shown.get(name).get(last).units();
        for (double level : LEVELS) {
          rows.addAll(new Predictions(apart, plan, level, last, units).without(name, series));
        }
        series++;
      }
    }
    return new EffectEstimate(
        name(), rows.get(horizon), rows, diagnostics, sums.steps(), Double.POSITIVE_INFINITY);
  }

  // A unit's segment is read as its cluster: of both it has one throughout.
  private SegmentSums sums(Dataset<Row> panel, StudyDesign design) {
    StudyDesign.Draft draft =
        StudyDesign.of(design.unit(), design.period().orElse(null), design.outcome())
            .treatedBy(design.treatment().orElseThrow())
            .inPeriodsOf(design.grain());
    segment.ifPresent(draft::clusteredBy);
    try (UnitHistories histories = UnitHistories.of(panel, draft.build())) {
      JavaRDD<UnitHistory> units = histories.units();
      OrderedSums.of(units, new PanelSurvey(0)).reportFaults();
      return OrderedSums.of(units, new SegmentSums(segment.isPresent()));
    }
  }

  private void requireHistory(TreeMap<Integer, SegmentSums.Cell> whole, Grain grain) {
    StaggeredDid.requireConsecutive(
        whole.keySet().stream().mapToInt(t -> t).toArray(), grain, "what comes next");
    int origins = BackTest.origins(whole.size(), season, horizon);
    if (origins < BackTest.FEWEST_ORIGINS) {
      throw new InvalidInput(
          "The past is too short to try a prediction",
          "the panel has " + whole.size() + " periods with an outcome",
          "supply at least "
              + (whole.size() + BackTest.FEWEST_ORIGINS - origins)
              + " periods, or ask for a shorter horizon");
    }
    long fewest = SegmentSums.fewest(whole, whole.keySet());
    if (fewest < SmallestCell.PEOPLE) {
      throw new InvalidInput(
          "The prediction would be one of few people",
          "in some period " + fewest + " units were observed",
          "predict the mean of at least " + SmallestCell.PEOPLE);
    }
  }

  /** Segments of enough people; nor can those of too few be told from what is left. */
  private Map<String, TreeMap<Integer, SegmentSums.Cell>> shown(
      SegmentSums sums, TreeMap<Integer, SegmentSums.Cell> whole) {
    if (segment.isEmpty()) {
      return Map.of();
    }
    TreeMap<String, TreeMap<Integer, SegmentSums.Cell>> shown = new TreeMap<>();
    List<String> bySize = new ArrayList<>();
    Comparator<String> size =
        Comparator.comparingLong(s -> SegmentSums.fewest(sums.segments().get(s), whole.keySet()));
    sums.segments().keySet().stream().sorted(size).forEach(bySize::add);
    long[] hidden = new long[whole.size()];
    for (String name : bySize) {
      TreeMap<Integer, SegmentSums.Cell> periods = sums.segments().get(name);
      boolean tellsOthers = false;
      for (long count : hidden) {
        tellsOthers |= 0 < count && count < SmallestCell.PEOPLE;
      }
      if (tellsOthers || SegmentSums.fewest(periods, whole.keySet()) < SmallestCell.PEOPLE) {
        int at = 0;
        for (int period : whole.keySet()) {
          hidden[at++] += periods.containsKey(period) ? periods.get(period).units() : 0;
        }
      } else {
        shown.put(name, periods);
      }
    }
    return shown;
  }
}
