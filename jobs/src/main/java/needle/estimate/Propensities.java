package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;

/**
 * How likely each unit of a comparison was to be among the treated, given its covariates: a
 * logistic regression per comparison.
 *
 * <p>Comparisons of the same units share one: in a panel without gaps, those of one cohort with the
 * same controls.
 */
final class Propensities implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] fitOf;
  private final LogisticFits fits;

  private Propensities(int[] fitOf, LogisticFits fits) {
    this.fitOf = fitOf;
    this.fits = fits;
  }

  /**
   * @param cohorts of all units, also those that adopt after the panel, who are controls in time
   * @param isGapless whether every unit was observed in every period
   * @param means what covariates are centred at
   * @param names of the covariates
   */
  static Propensities of(
      JavaRDD<UnitHistory> units,
      Comparisons comparisons,
      Set<Integer> cohorts,
      boolean isGapless,
      double[] means,
      List<String> names) {
    int[] fitOf = fits(comparisons, cohorts, isGapless);
    List<Integer> cells = firstCells(fitOf);
    return new Propensities(
        fitOf,
        LogisticFits.of(
            units, new Sides(comparisons, means, cells), cells.size(), means.length + 1, names));
  }

  private static int[] fits(Comparisons comparisons, Set<Integer> cohorts, boolean isGapless) {
    Comparisons.Cell[] cells = comparisons.cells();
    int[] fitOf = new int[cells.length];
    Map<List<Integer>, Integer> known = new HashMap<>();
    for (int k = 0; k < cells.length; k++) {
      List<Integer> sample = new ArrayList<>();
      sample.add(isGapless ? cells[k].cohort() : k);
      for (int cohort : cohorts) {
        if (isGapless && comparisons.isControl(cohort, cells[k])) {
          sample.add(cohort);
        }
      }
      fitOf[k] = known.computeIfAbsent(sample, s -> known.size());
    }
    return fitOf;
  }

  private static List<Integer> firstCells(int[] fitOf) {
    List<Integer> first = new ArrayList<>();
    for (int k = 0; k < fitOf.length; k++) {
      if (fitOf[k] == first.size()) {
        first.add(k);
      }
    }
    return first;
  }

  /** Whether a cell's treated and controls are comparable at all. */
  boolean has(int cell) {
    return fits.has(fitOf[cell]);
  }

  /** The probability of being treated of a unit with these centred covariates. */
  double of(int cell, double[] x) {
    return fits.probability(fitOf[cell], x);
  }

  /** The information matrix of a cell's fit, row by row. */
  double[] information(int cell) {
    return fits.information(fitOf[cell]);
  }

  /** Those of some cells only. */
  Propensities keep(List<Integer> cells) {
    return new Propensities(cells.stream().mapToInt(k -> fitOf[k]).toArray(), fits);
  }

  /** The treated and the controls of some cells. */
  private static final class Sides implements LogisticFits.Sample<UnitHistory> {
    private static final long serialVersionUID = 1L;

    private final Comparisons comparisons;
    private final double[] means;
    private final List<Integer> cells;
    private final Map<Integer, byte[]> roles = new HashMap<>();
    private final double[] outcomes;
    private final double[] x;

    Sides(Comparisons comparisons, double[] means, List<Integer> cells) {
      this.comparisons = comparisons;
      this.means = means;
      this.cells = cells;
      this.outcomes = new double[comparisons.periods().length];
      this.x = new double[means.length + 1];
    }

    @Override
    public Sides another() {
      return new Sides(comparisons, means, cells);
    }

    @Override
    public double[] covariates(UnitHistory unit) {
      if (!comparisons.takes(unit)) {
        return null;
      }
      unit.align(comparisons.periods(), outcomes);
      CellSums.centre(unit, means, x);
      return x;
    }

    @Override
    public double weight(UnitHistory unit) {
      return unit.weight();
    }

    @Override
    public int outcome(UnitHistory unit, int fit) {
      int k = cells.get(fit);
      Comparisons.Cell cell = comparisons.cells()[k];
      int role = roles.computeIfAbsent(unit.cohort(), comparisons::roles)[k];
      boolean isSeen = comparisons.isSeen(outcomes[cell.base()], outcomes[cell.period()]);
      return role == 0 || !isSeen ? -1 : role > 0 ? 1 : 0;
    }
  }
}
