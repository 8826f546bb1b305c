package needle.estimate;

import java.io.Serializable;
import java.util.function.BiFunction;
import needle.estimate.StudyDesign.Nuisance;

/**
 * One end of a comparison where people are drawn anew in every period. In symbols, with x̄ the
 * treated units' mean of the covariates over both ends: what the treated have, x̄'β₁, less what the
 * controls say of them, x̄'β + m, with m the controls' mean of y − x'β weighted by their odds of
 * being treated. Without double robustness x̄'β₁ is the treated units' mean; IPW has β = 0, and
 * without weights m is nothing.
 *
 * @param treatedSlopes β₁
 * @param viaTreated how the estimation of β₁ moves the level
 * @param slopes β
 * @param viaSlopes how the estimation of β moves the level, with its sign turned
 * @param controlMean m
 * @param controlWeight the sum of the controls' weights; 0 without weights
 * @param viaOdds how the logits of the odds move m
 * @param effectiveControls over how many equally weighted controls the level is spread
 * @param behindError of how many equally weighted controls the variance is made; NaN without
 *     weights
 */
record SurveyEnd(
    double level,
    double[] treatedSlopes,
    double[] viaTreated,
    double[] slopes,
    double[] viaSlopes,
    double controlMean,
    double controlWeight,
    double[] viaOdds,
    double effectiveControls,
    double behindError)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * @param solvers by matrix and side
   */
  static SurveyEnd of(
      CornerSums treated,
      CornerSums controls,
      double[] meanX,
      StudyDesign design,
      BiFunction<double[], String, SymmetricSolver> solvers) {
    int width = meanX.length;
    // The first covariate is the constant, so the first line of products holds the plain sums.
    double[] treatedSlopes = new double[width];
    double[] viaTreated = new double[width];
    treatedSlopes[0] = treated.xy[0] / treated.xx[0];
    viaTreated[0] = 1 / treated.xx[0];
    if (design.nuisance() == Nuisance.DOUBLY_ROBUST) {
      SymmetricSolver solver = solvers.apply(treated.xx, "treated");
      treatedSlopes = solver.solve(treated.xy);
      viaTreated = solver.solve(meanX);
    }
    double[] slopes = new double[width];
    if (design.nuisance().predicts()) {
      slopes = solvers.apply(controls.xx, "controls").solve(controls.xy);
    }
    double[] reach = meanX;
    double[] viaOdds = new double[width];
    double weight = 0;
    double mean = 0;
    if (design.nuisance().weighs()) {
      double[] xx = controls.weightedXx;
      weight = xx[0];
      reach = new double[width];
      for (int r = 0; r < width; r++) {
        reach[r] = meanX[r] - xx[r] / weight;
        viaOdds[r] = controls.weightedXy[r];
        for (int c = 0; c < width; c++) {
          viaOdds[r] -= xx[r * width + c] * slopes[c];
        }
      }
      mean = viaOdds[0] / weight;
      for (int r = 0; r < width; r++) {
        viaOdds[r] = (viaOdds[r] - mean * xx[r]) / weight;
      }
    }
    double[] viaSlopes =
        design.nuisance().predicts()
            ? solvers.apply(controls.xx, "controls").solve(reach)
            : new double[width];
    // As in CellEstimates.
    double effective =
        weight > 0
            ? weight * weight / controls.squaredWeights
            : 1 / SymmetricSolver.form(controls.squaredXx, viaSlopes);
    boolean isWeighted = weight > 0 || design.sampling().isWeighted();
    double squares = controls.squaredWeights;
    return new SurveyEnd(
        DotProduct.of(meanX, treatedSlopes) - DotProduct.of(meanX, slopes) - mean,
        treatedSlopes,
        viaTreated,
        slopes,
        viaSlopes,
        mean,
        weight,
        viaOdds,
        effective,
        isWeighted ? squares * squares / controls.fourthWeights : Double.NaN);
  }

  /** How a treated unit of this end moves the level by what is estimated from this end alone. */
  double ofTreated(double outcome, double[] x) {
    return (outcome - DotProduct.of(treatedSlopes, x)) * DotProduct.of(viaTreated, x);
  }

  /**
   * The same of a control.
   *
   * @param odds of being treated; of no matter without weights
   */
  double ofControl(double outcome, double[] x, double odds) {
    double left = outcome - DotProduct.of(slopes, x);
    double weighed = controlWeight > 0 ? odds * (left - controlMean) / controlWeight : 0;
    return -weighed - left * DotProduct.of(viaSlopes, x);
  }
}
