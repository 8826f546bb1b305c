package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;

/**
 * The effect in each cell: the change of the treated less what the controls' changes say of them
 * (Callaway & Sant'Anna 2021, eq. 2.2 to 2.4 and 4.1; Sant'Anna & Zhao 2020, eq. 2.2 to 2.4), and
 * how each unit moves it.
 *
 * <p>In symbols, with x the covariates, e = change − x'β, p the propensity and w = p/(1 − p): the
 * treated mean of e less the controls' mean of e weighted by w. Outcome regression has no weights,
 * as x'β leaves the controls nothing; IPW has β = 0; without covariates x'β is the controls' mean.
 */
final class CellEstimates implements Serializable {
  private static final long serialVersionUID = 1L;

  final Comparisons comparisons;
  final double[] means;
  final double[] effects;
  final long[] treated;
  final long[] controls;
  private final double[] treatedWeight;

  /** Per cell, over how many equally weighted controls the comparison is spread. */
  final double[] effectiveControls;

  /** Per cell, of how many equally weighted controls the variance is made; NaN without weights. */
  final double[] controlsBehindError;

  /** Cells that have units on both sides, but none that can be compared. */
  final List<Comparisons.Cell> apart = new ArrayList<>();

  private final Cell[] cells;
  // Null without propensities: a field of a serialised object.
  private final Propensities propensities;

  /**
   * What a unit's influence is made from.
   *
   * @param slopes β, what predicts the untreated change
   * @param treatedMean the treated units' mean of e
   * @param controlMean the weighted controls' mean of e
   * @param controlWeight the sum of w
   * @param viaSlopes how the estimation of β moves the effect
   * @param viaPropensity how the estimation of p moves it
   */
  private record Cell(
      double[] slopes,
      double treatedMean,
      double controlMean,
      double controlWeight,
      double[] viaSlopes,
      double[] viaPropensity)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private CellEstimates(Comparisons comparisons, double[] means, Propensities propensities) {
    int size = comparisons.cells().length;
    this.comparisons = comparisons;
    this.means = means;
    this.propensities = propensities;
    this.effects = new double[size];
    this.treated = new long[size];
    this.controls = new long[size];
    this.treatedWeight = new double[size];
    this.effectiveControls = new double[size];
    this.controlsBehindError = new double[size];
    this.cells = new Cell[size];
  }

  /** Estimates every cell that has comparable units on both sides; the others are left out. */
  static CellEstimates of(
      Comparisons all,
      CellSums sums,
      double[] means,
      Optional<Propensities> propensities,
      StudyDesign design) {
    List<Comparisons.Cell> kept = new ArrayList<>();
    List<Comparisons.Cell> apart = new ArrayList<>();
    List<Integer> index = new ArrayList<>();
    for (int k = 0; k < all.cells().length; k++) {
      if (propensities.isPresent() && !propensities.get().has(k)) {
        apart.add(all.cells()[k]);
      } else if (sums.treated[k] > 0 && sums.controls[k] > means.length) {
        kept.add(all.cells()[k]);
        index.add(k);
      }
    }
    CellEstimates estimates =
        new CellEstimates(
            all.keep(kept, design), means, propensities.map(p -> p.keep(index)).orElse(null));
    estimates.apart.addAll(apart);
    for (int i = 0; i < index.size(); i++) {
      estimates.fit(i, sums, index.get(i), design);
    }
    return estimates;
  }

  private void fit(int i, CellSums sums, int k, StudyDesign design) {
    int width = means.length + 1;
    double[] meanX = sums.treatedX[k].clone();
    for (int r = 0; r < width; r++) {
      meanX[r] /= sums.treatedWeight[k];
    }
    double[] slopes = new double[width];
    double[] viaSlopes = new double[width];
    double[] viaPropensity = new double[width];
    double weight = 0;
    double controlMean = 0;
    double[] reach = meanX;
    if (design.nuisance().predicts()) {
      slopes = solver(sums.controlXx[k], i, design).solve(sums.controlXy[k]);
    }
    if (design.nuisance().weighs()) {
      // The first covariate is the constant, so the first line holds the plain sums.
      double[] xx = sums.weightedXx[k];
      weight = xx[0];
      reach = new double[width];
      double[] moved = sums.weightedXy[k].clone();
      for (int r = 0; r < width; r++) {
        reach[r] = meanX[r] - xx[r] / weight;
        for (int c = 0; c < width; c++) {
          moved[r] -= xx[r * width + c] * slopes[c];
        }
      }
      controlMean = moved[0] / weight;
      for (int r = 0; r < width; r++) {
        moved[r] = (moved[r] - controlMean * xx[r]) / weight;
      }
      viaPropensity = solver(propensities.information(i), i, design).solve(moved);
    }
    if (design.nuisance().predicts()) {
      viaSlopes = solver(sums.controlXx[k], i, design).solve(reach);
    }
    double treatedMean = sums.treatedChange[k] / sums.treatedWeight[k] - dot(slopes, meanX);
    cells[i] = new Cell(slopes, treatedMean, controlMean, weight, viaSlopes, viaPropensity);
    treated[i] = sums.treated[k];
    controls[i] = sums.controls[k];
    treatedWeight[i] = sums.treatedWeight[k];
    if (sums.squaredWeights.length > 0) {
      double squares = sums.squaredWeights[k];
      controlsBehindError[i] = squares * squares / sums.fourthWeights[k];
      effectiveControls[i] = weight * weight / squares;
    } else {
      controlsBehindError[i] = Double.NaN;
    }
    if (weight == 0) {
      // Least squares weighs each control by s x'(X'SX)⁻¹x̄, with s its sampling weight: in sum 1,
      // and in squares x̄'(X'SX)⁻¹X'S²X(X'SX)⁻¹x̄, which is x̄'(X'X)⁻¹x̄ where all count alike.
      effectiveControls[i] =
          1
              / (sums.squaredXx.length > 0
                  ? SymmetricSolver.form(sums.squaredXx[k], viaSlopes)
                  : dot(meanX, viaSlopes));
    }
    effects[i] = treatedMean - controlMean;
  }

  /**
   * How a unit moves the effect of a cell (Sant'Anna & Zhao 2020, eq. 3.2, without its division by
   * the number of units), to be multiplied by its sampling weight.
   *
   * @param x a constant and the unit's centred covariates
   */
  double influence(int k, boolean isTreated, double change, double[] x) {
    Cell cell = cells[k];
    double left = change - dot(cell.slopes(), x);
    double p = propensities == null ? 0 : propensities.of(k, x);
    double score = (isTreated ? p - 1 : p) * dot(cell.viaPropensity(), x);
    if (isTreated) {
      return (left - cell.treatedMean()) / treatedWeight[k] + score;
    }
    double weighed =
        propensities == null
            ? 0
            : CellSums.odds(p) * (left - cell.controlMean()) / cell.controlWeight();
    return score - weighed - left * dot(cell.viaSlopes(), x);
  }

  /** Whether nothing but a unit's cohort and its changes decides how it moves the effects. */
  boolean isPlain() {
    return propensities == null && means.length == 0;
  }

  /** By how much one more in a unit's change moves the effect of a cell, where that is all. */
  double slope(int k, boolean isTreated) {
    return isTreated ? 1.0 / treatedWeight[k] : -cells[k].viaSlopes()[0];
  }

  /**
   * The weight that least squares alone gives to a control's change, to be multiplied by its
   * sampling weight, in sum 1 over all controls of the cell; negative where it extrapolates
   * (Chattopadhyay & Zubizarreta 2023).
   */
  double impliedWeight(int k, double[] x) {
    return dot(cells[k].viaSlopes(), x);
  }

  /** Whether the comparison rests on least squares alone. */
  boolean isPredicted() {
    return propensities == null && means.length > 0;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private SymmetricSolver solver(double[] matrix, int i, StudyDesign design) {
    Comparisons.Cell cell = comparisons.cells()[i];
    return SymmetricSolver.of(matrix)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The covariates " + design.covariates() + " cannot be told apart",
                    "among the controls of cohort "
                        + cell.cohort()
                        + " in period "
                        + comparisons.periods()[cell.period()]
                        + " they are constant or collinear",
                    "drop a covariate, or leave out periods with few controls"));
  }
}
