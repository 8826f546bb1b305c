package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Units as rows of a regression with an effect per cohort and period.
 *
 * @param periods of the panel, ascending
 * @param cohorts of every cell
 * @param ofPeriod its period
 * @param outcomes how many it has
 * @param anticipation periods before treatment in which the outcome may already react
 */
record InteractedUnits(
    int[] periods, int[] cohorts, int[] ofPeriod, long[] outcomes, int anticipation)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static InteractedUnits of(JavaRDD<UnitHistory> units, int[] periods, int anticipation) {
    InteractedUnits none =
        new InteractedUnits(periods, new int[0], new int[0], new long[0], anticipation);
    Map<Integer, long[]> counts = OrderedSums.of(units, new Counts(none)).counts;
    List<int[]> cells = new ArrayList<>();
    List<Long> outcomes = new ArrayList<>();
    counts.forEach(
        (cohort, count) -> {
          for (int t = 0; t < periods.length; t++) {
            if (count[t] > 0 && periods[t] != cohort - 1 - anticipation) {
              cells.add(new int[] {cohort, periods[t]});
              outcomes.add(count[t]);
            }
          }
        });
    return new InteractedUnits(
        periods,
        cells.stream().mapToInt(c -> c[0]).toArray(),
        cells.stream().mapToInt(c -> c[1]).toArray(),
        outcomes.stream().mapToLong(Long::longValue).toArray(),
        anticipation);
  }

  List<WeightedCells.Cell> panelCells() {
    return IntStream.range(0, cohorts.length)
        .mapToObj(k -> new WeightedCells.Cell(cohorts[k], ofPeriod[k], outcomes[k]))
        .toList();
  }

  /** Whether a unit can be compared: observed twice, and in a cohort with a reference period. */
  boolean takes(UnitHistory unit) {
    return unit.fault() == null
        && unit.periods().length > 1
        && (!isTreated(unit) || unit.cohort() - 1 - anticipation >= periods[0]);
  }

  boolean isTreated(UnitHistory unit) {
    return unit.cohort() <= periods[periods.length - 1];
  }

  /** The cell of a unit's outcome, −1 for the reference and the never treated. */
  int cell(UnitHistory unit, int period) {
    for (int k = 0; k < cohorts.length; k++) {
      if (cohorts[k] == unit.cohort() && ofPeriod[k] == period) {
        return k;
      }
    }
    return -1;
  }

  AbsorbedRows rows(JavaRDD<UnitHistory> units, Grain grain) {
    List<String> names =
        panelCells().stream()
            .map(c -> "cohort " + grain.name(c.cohort()) + " in " + grain.name(c.period()))
            .toList();
    AbsorbedTerms terms =
        AbsorbedTerms.of(
            List.of("period"),
            List.of(Arrays.stream(periods).mapToObj(grain::name).toList()),
            names);
    return new AbsorbedRows(
        units.filter(this::takes).map(this::group), terms, new boolean[] {false}, true);
  }

  private AbsorbedGroup group(UnitHistory unit) {
    int size = unit.periods().length;
    int before = AbsorbedGroup.LEVELS + 1;
    int width = before + cohorts.length;
    double[] numbers = new double[size * width];
    for (int r = 0; r < size; r++) {
      numbers[r * width + AbsorbedGroup.OUTCOME] = unit.outcomes()[r];
      numbers[r * width + AbsorbedGroup.EXPOSURE] = 1;
      numbers[r * width + AbsorbedGroup.LEVELS] = Arrays.binarySearch(periods, unit.periods()[r]);
      int cell = cell(unit, unit.periods()[r]);
      if (cell >= 0) {
        numbers[r * width + before + cell] = 1;
      }
    }
    return new AbsorbedGroup(
        unit.bucket(), unit.unit(), size, 1, width, numbers, new String[][] {{unit.cluster()}});
  }

  /** Outcomes per cohort and period. */
  private static final class Counts implements OrderedSums.Partial<UnitHistory, Counts> {
    private static final long serialVersionUID = 1L;
    private final InteractedUnits units;
    private final TreeMap<Integer, long[]> counts = new TreeMap<>();

    Counts(InteractedUnits units) {
      this.units = units;
    }

    @Override
    public Counts empty() {
      return new Counts(units);
    }

    @Override
    public void add(UnitHistory unit) {
      if (units.takes(unit) && units.isTreated(unit)) {
        for (int period : unit.periods()) {
          counts
              .computeIfAbsent(unit.cohort(), g -> new long[units.periods().length])[
              Arrays.binarySearch(units.periods(), period)]++;
        }
      }
    }

    @Override
    public Counts merge(Counts other) {
      other.counts.forEach(
          (cohort, more) -> {
            long[] own = counts.computeIfAbsent(cohort, g -> new long[more.length]);
            Arrays.setAll(own, t -> own[t] + more[t]);
          });
      return this;
    }
  }
}
