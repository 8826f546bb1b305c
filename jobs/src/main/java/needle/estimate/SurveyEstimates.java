package needle.estimate;

import java.io.Serializable;
import java.util.Optional;
import needle.estimate.StudyDesign.Nuisance;

/**
 * The effect in each cell where people are drawn anew in every period, and how each of them moves
 * it: the difference of two levels (Sant'Anna & Zhao 2020, on repeated cross-sections). With both
 * models it is their second doubly robust estimator, τ₂, which predicts the treated, too, and is
 * locally efficient.
 */
final class SurveyEstimates extends CellEstimates {
  private static final long serialVersionUID = 1L;

  private final Model[] models;

  /**
   * What a unit's influence is made from.
   *
   * @param ends of the period, then of the base
   * @param meanX the treated units' mean of the covariates, over both ends
   * @param treatedWeight of how many units that mean is
   * @param viaMean how it moves the effect
   * @param viaPropensity how the estimation of the propensity moves it, with its sign turned
   */
  private record Model(
      SurveyEnd[] ends,
      double[] meanX,
      double treatedWeight,
      double[] viaMean,
      double[] viaPropensity)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private SurveyEstimates(Kept kept, double[] means) {
    super(kept, means);
    this.models = new Model[comparisons.cells().length];
  }

  /**
   * Estimates every cell that has enough units on either side at both ends; the others are left
   * out.
   */
  static SurveyEstimates of(
      Comparisons all,
      SurveySums sums,
      double[] means,
      Optional<Propensities> propensities,
      StudyDesign design) {
    int slopesOfTreated = design.nuisance() == Nuisance.DOUBLY_ROBUST ? means.length : 0;
    Kept kept =
        Kept.of(
            all,
            propensities,
            k -> fewer(sums, k, true) > slopesOfTreated && fewer(sums, k, false) > means.length,
            design);
    SurveyEstimates estimates = new SurveyEstimates(kept, means);
    for (int i = 0; i < kept.index().size(); i++) {
      estimates.fit(i, sums, kept.index().get(i), design);
    }
    return estimates;
  }

  /** Units of a side at the end that has fewer. */
  private static long fewer(SurveySums sums, int k, boolean isTreated) {
    return Math.min(sums.corner(k, isTreated, 0).units, sums.corner(k, isTreated, 1).units);
  }

  private void fit(int i, SurveySums sums, int k, StudyDesign design) {
    int width = means.length + 1;
    double[] after = sums.corner(k, true, 0).xx;
    double[] before = sums.corner(k, true, 1).xx;
    double[] meanX = new double[width];
    for (int r = 0; r < width; r++) {
      meanX[r] = (after[r] + before[r]) / (after[0] + before[0]);
    }
    SurveyEnd[] ends = new SurveyEnd[2];
    for (int e = 0; e < 2; e++) {
      ends[e] =
          SurveyEnd.of(
              sums.corner(k, true, e),
              sums.corner(k, false, e),
              meanX,
              design,
              (matrix, side) -> solver(matrix, i, side, design));
    }
    double[] viaMean = new double[width];
    double[] viaPropensity = new double[width];
    for (int r = 0; r < width; r++) {
      viaMean[r] =
          ends[0].treatedSlopes()[r]
              - ends[0].slopes()[r]
              - (ends[1].treatedSlopes()[r] - ends[1].slopes()[r]);
      viaPropensity[r] = ends[0].viaOdds()[r] - ends[1].viaOdds()[r];
    }
    if (propensities != null) {
      viaPropensity = solver(propensities.information(i), i, "units", design).solve(viaPropensity);
    }
    models[i] = new Model(ends, meanX, after[0] + before[0], viaMean, viaPropensity);
    effects[i] = ends[0].level() - ends[1].level();
    treated[i] = fewer(sums, k, true);
    controls[i] = fewer(sums, k, false);
    effectiveControls[i] = Math.min(ends[0].effectiveControls(), ends[1].effectiveControls());
    controlsBehindError[i] = Math.min(ends[0].behindError(), ends[1].behindError());
  }

  @Override
  double influence(int k, boolean isTreated, double before, double after, double[] x) {
    Model model = models[k];
    boolean isAfter = !Double.isNaN(after);
    SurveyEnd end = model.ends()[isAfter ? 0 : 1];
    double outcome = isAfter ? after : before;
    double p = propensity(k, x);
    double ofEnd =
        isTreated ? end.ofTreated(outcome, x) : end.ofControl(outcome, x, CellSums.odds(p));
    double ofMean =
        isTreated
            ? (DotProduct.of(model.viaMean(), x) - DotProduct.of(model.viaMean(), model.meanX()))
                / model.treatedWeight()
            : 0;
    double score = (isTreated ? p - 1 : p) * DotProduct.of(model.viaPropensity(), x);
    return (isAfter ? ofEnd : -ofEnd) + ofMean + score;
  }

  @Override
  double impliedWeight(int k, boolean isAfter, double[] x) {
    // Half of either end's, which are one in sum.
    return DotProduct.of(models[k].ends()[isAfter ? 0 : 1].viaSlopes(), x) / 2;
  }

  @Override
  boolean isPlain() {
    return false;
  }

  @Override
  double slope(int k, boolean isTreated) {
    throw new IllegalStateException("units of repeated cross-sections have no changes");
  }
}
