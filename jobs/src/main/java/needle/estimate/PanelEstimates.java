package needle.estimate;

import java.io.Serializable;
import java.util.Optional;

/**
 * The effect in each cell: the change of the treated less what the controls' changes say of them
 * (Callaway & Sant'Anna 2021, eq. 2.2 to 2.4 and 4.1; Sant'Anna & Zhao 2020, eq. 2.2 to 2.4), and
 * how each unit moves it.
 *
 * <p>In symbols, with x the covariates, e = change − x'β, p the propensity and w = p/(1 − p): the
 * treated mean of e less the controls' mean of e weighted by w. Outcome regression has no weights,
 * as x'β leaves the controls nothing; IPW has β = 0; without covariates x'β is the controls' mean.
 */
final class PanelEstimates extends CellEstimates {
  private static final long serialVersionUID = 1L;

  private final double[] treatedWeight;
  private final Cell[] cells;

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

  private PanelEstimates(Kept kept, double[] means) {
    super(kept, means);
    this.treatedWeight = new double[comparisons.cells().length];
    this.cells = new Cell[comparisons.cells().length];
  }

  /** Estimates every cell that has comparable units on both sides; the others are left out. */
  static PanelEstimates of(
      Comparisons all,
      CellSums sums,
      double[] means,
      Optional<Propensities> propensities,
      StudyDesign design) {
    Kept kept =
        Kept.of(
            all, propensities, k -> sums.treated[k] > 0 && sums.controls[k] > means.length, design);
    PanelEstimates estimates = new PanelEstimates(kept, means);
    for (int i = 0; i < kept.index().size(); i++) {
      estimates.fit(i, sums, kept.index().get(i), design);
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
      slopes = solver(sums.controlXx[k], i, "controls", design).solve(sums.controlXy[k]);
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
      viaPropensity = solver(propensities.information(i), i, "units", design).solve(moved);
    }
    if (design.nuisance().predicts()) {
      viaSlopes = solver(sums.controlXx[k], i, "controls", design).solve(reach);
    }
    double treatedMean =
        sums.treatedChange[k] / sums.treatedWeight[k] - DotProduct.of(slopes, meanX);
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
                  : DotProduct.of(meanX, viaSlopes));
    }
    effects[i] = treatedMean - controlMean;
  }

  /** Sant'Anna & Zhao 2020, eq. 3.2, without its division by the number of units. */
  @Override
  double influence(int k, boolean isTreated, double before, double after, double[] x) {
    Cell cell = cells[k];
    double left = after - before - DotProduct.of(cell.slopes(), x);
    double p = propensity(k, x);
    double score = (isTreated ? p - 1 : p) * DotProduct.of(cell.viaPropensity(), x);
    if (isTreated) {
      return (left - cell.treatedMean()) / treatedWeight[k] + score;
    }
    double weighed =
        propensities == null
            ? 0
            : CellSums.odds(p) * (left - cell.controlMean()) / cell.controlWeight();
    return score - weighed - left * DotProduct.of(cell.viaSlopes(), x);
  }

  @Override
  boolean isPlain() {
    return propensities == null && means.length == 0;
  }

  @Override
  double slope(int k, boolean isTreated) {
    return isTreated ? 1.0 / treatedWeight[k] : -cells[k].viaSlopes()[0];
  }

  /** Negative where least squares extrapolates (Chattopadhyay & Zubizarreta 2023). */
  @Override
  double impliedWeight(int k, boolean isAfter, double[] x) {
    return DotProduct.of(cells[k].viaSlopes(), x);
  }
}
