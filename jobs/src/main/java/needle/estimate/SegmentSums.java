package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.prediction.Series;
import needle.kit.InvalidInput;

/** What the units of each segment add up to in each period. */
final class SegmentSums implements OrderedSums.Partial<UnitHistory, SegmentSums> {
  private static final long serialVersionUID = 1L;

  /** The driver holds a line per segment and period. */
  private static final int MOST_SEGMENTS = 100;

  /** The units that were observed in a period, by the period in which they are first treated. */
  static final class Cell implements Serializable {
    private static final long serialVersionUID = 1L;
    private double sum;
    private long units;
    private final TreeMap<Integer, Long> cohorts = new TreeMap<>();

    private void add(Cell other) {
      sum += other.sum;
      units += other.units;
      other.cohorts.forEach((cohort, count) -> cohorts.merge(cohort, count, Long::sum));
    }

    long units() {
      return units;
    }

    long treatedBy(int period) {
      return cohorts.headMap(period, true).values().stream().mapToLong(c -> c).sum();
    }

    /** Units that are first treated after one period and up to another. */
    Map<Integer, Long> treatedBetween(int after, int upTo) {
      return cohorts.subMap(after, false, upTo, true);
    }
  }

  private final boolean bySegment;
  private final TreeMap<String, TreeMap<Integer, Cell>> segments = new TreeMap<>();
  private long units;
  private long rows;
  private long unobserved;
  private long observedRows;

  /**
   * @param bySegment whether the units' clusters are segments; else all units are one
   */
  SegmentSums(boolean bySegment) {
    this.bySegment = bySegment;
  }

  @Override
  public SegmentSums empty() {
    return new SegmentSums(bySegment);
  }

  @Override
  public void add(UnitHistory unit) {
    units++;
    rows += unit.rows();
    observedRows += unit.periods().length;
    if (unit.periods().length == 0) {
      unobserved++;
      return;
    }
    if (segments.size() > MOST_SEGMENTS) {
      return;
    }
    TreeMap<Integer, Cell> periods =
        segments.computeIfAbsent(bySegment ? unit.cluster() : "", s -> new TreeMap<>());
    for (int i = 0; i < unit.periods().length; i++) {
      Cell cell = periods.computeIfAbsent(unit.periods()[i], p -> new Cell());
      cell.sum += unit.outcomes()[i];
      cell.units++;
      cell.cohorts.merge(unit.cohort(), 1L, Long::sum);
    }
  }

  @Override
  public SegmentSums merge(SegmentSums other) {
    other.segments.forEach(
        (segment, periods) ->
            merge(segments.computeIfAbsent(segment, s -> new TreeMap<>()), periods));
    units += other.units;
    rows += other.rows;
    unobserved += other.unobserved;
    observedRows += other.observedRows;
    if (segments.size() > MOST_SEGMENTS) {
      throw new InvalidInput(
          "There are too many segments",
          "the panel has more than " + MOST_SEGMENTS,
          "name a column with fewer values, or leave segment out");
    }
    return this;
  }

  private static void merge(TreeMap<Integer, Cell> into, Map<Integer, Cell> periods) {
    periods.forEach((period, cell) -> into.computeIfAbsent(period, p -> new Cell()).add(cell));
  }

  /** All units together. */
  TreeMap<Integer, Cell> whole() {
    TreeMap<Integer, Cell> whole = new TreeMap<>();
    segments.values().forEach(periods -> merge(whole, periods));
    return whole;
  }

  Map<String, TreeMap<Integer, Cell>> segments() {
    return segments;
  }

  static Series series(TreeMap<Integer, Cell> periods) {
    return new Series(
        periods.values().stream().mapToDouble(c -> c.sum / c.units).toArray(),
        periods.entrySet().stream()
            .mapToDouble(c -> c.getValue().treatedBy(c.getKey()) / (double) c.getValue().units)
            .toArray());
  }

  /** The fewest units in any of the periods; none where the segment was not seen in one. */
  static long fewest(TreeMap<Integer, Cell> segment, Collection<Integer> periods) {
    return periods.stream()
        .mapToLong(p -> segment.containsKey(p) ? segment.get(p).units : 0)
        .min()
        .orElse(0);
  }

  List<AttritionStep> steps() {
    List<AttritionStep> steps = new ArrayList<>();
    steps.add(new AttritionStep("read", units, rows, "units and rows of the panel"));
    steps.add(
        new AttritionStep(
            "no_outcome", unobserved, rows - observedRows, "the outcome was not observed"));
    steps.add(
        new AttritionStep(
            "analysed", units - unobserved, observedRows, "they enter the prediction"));
    return steps;
  }
}
