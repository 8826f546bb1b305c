package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The effect in each cell, what it rests on, and how each unit moves it. */
abstract class CellEstimates implements Serializable {
  private static final long serialVersionUID = 1L;

  final Comparisons comparisons;
  final double[] means;
  final double[] effects;

  /** Per cell, units on either side; where people are drawn anew, at the end that has fewer. */
  final long[] treated;

  final long[] controls;

  /** Per cell, over how many equally weighted controls the comparison is spread. */
  final double[] effectiveControls;

  /** Per cell, of how many equally weighted controls the variance is made; NaN without weights. */
  final double[] controlsBehindError;

  /** Cells that have units on both sides, but none that can be compared. */
  final List<Comparisons.Cell> apart;

  // Null without propensities: a field of a serialised object.
  final Propensities propensities;

  /**
   * The cells that can be estimated.
   *
   * @param apart those that have units on both sides, but none that can be compared
   * @param index their positions among all cells
   */
  record Kept(
      Comparisons comparisons,
      List<Comparisons.Cell> apart,
      List<Integer> index,
      Optional<Propensities> propensities) {

    /**
     * @param hasEnough whether a cell has enough units
     */
    static Kept of(
        Comparisons all,
        Optional<Propensities> propensities,
        IntPredicate hasEnough,
        StudyDesign design) {
      List<Comparisons.Cell> kept = new ArrayList<>();
      List<Comparisons.Cell> apart = new ArrayList<>();
      List<Integer> index = new ArrayList<>();
      for (int k = 0; k < all.cells().length; k++) {
        if (propensities.isPresent() && !propensities.get().has(k)) {
          apart.add(all.cells()[k]);
        } else if (hasEnough.test(k)) {
          kept.add(all.cells()[k]);
          index.add(k);
        }
      }
      return new Kept(all.keep(kept, design), apart, index, propensities.map(p -> p.keep(index)));
    }
  }

  /**
   * @param means what covariates are centred at
   */
  CellEstimates(Kept kept, double[] means) {
    this.comparisons = kept.comparisons();
    int size = comparisons.cells().length;
    this.means = means;
    this.apart = kept.apart();
    this.propensities = kept.propensities().orElse(null);
    this.effects = new double[size];
    this.treated = new long[size];
    this.controls = new long[size];
    this.effectiveControls = new double[size];
    this.controlsBehindError = new double[size];
  }

  /**
   * How a unit that is seen in a cell moves its effect, to be multiplied by its sampling weight.
   *
   * @param before its outcome at the base, NaN where it was not observed
   * @param after its outcome in the period
   * @param x a constant and the unit's centred covariates
   */
  abstract double influence(int k, boolean isTreated, double before, double after, double[] x);

  /** Whether nothing but a unit's cohort and its changes decides how it moves the effects. */
  abstract boolean isPlain();

  /** By how much one more in a unit's change moves the effect of a cell, where that is all. */
  abstract double slope(int k, boolean isTreated);

  /** Whether the comparison rests on least squares alone. */
  final boolean isPredicted() {
    return propensities == null && means.length > 0;
  }

  /** The probability of being treated, in comparisons with weights; else zero. */
  final double propensity(int k, double[] x) {
    return propensities == null ? 0 : propensities.of(k, x);
  }

  /**
   * The weight that least squares alone gives to a control, to be multiplied by its sampling
   * weight, in sum 1 over all controls of the cell.
   *
   * @param isAfter whether it was observed in the cell's period
   */
  abstract double impliedWeight(int k, boolean isAfter, double[] x);

  /**
   * @param side whose covariates the matrix is of
   */
  final SymmetricSolver solver(double[] matrix, int k, String side, StudyDesign design) {
    Comparisons.Cell cell = comparisons.cells()[k];
    return SymmetricSolver.of(matrix)
        .orElseThrow(
            () ->
                SymmetricSolver.notApart(
                    matrix,
                    design.covariates(),
                    "the "
                        + side
                        + " of cohort "
                        + design.grain().name(cell.cohort())
                        + " in period "
                        + design.grain().name(comparisons.periods()[cell.period()]),
                    "drop it, or leave out periods with few " + side));
  }
}
