package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The effect in each cell: the change of the treated less what the controls' changes predict for
 * them (Callaway & Sant'Anna 2021, eq. 2.2 and 4.1; Sant'Anna & Zhao 2020, eq. 2.2).
 *
 * <p>Without covariates the prediction is the controls' mean change.
 */
final class CellEstimates implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Below this ratio of the diagonal of R, covariates count as collinear. */
  private static final double SINGULAR = 1e-11;

  final Comparisons comparisons;
  final double[] means;
  final double[] effects;
  final long[] treated;
  final long[] controls;

  /** Per cell: what predicts the untreated change. */
  final double[][] slopes;

  /** Per cell: the weight of a control's covariates in the prediction for the treated. */
  final double[][] reach;

  private CellEstimates(Comparisons comparisons, double[] means) {
    int cells = comparisons.cells().length;
    this.comparisons = comparisons;
    this.means = means;
    this.effects = new double[cells];
    this.treated = new long[cells];
    this.controls = new long[cells];
    this.slopes = new double[cells][];
    this.reach = new double[cells][];
  }

  /** Estimates every cell that has units on both sides; the others are left out. */
  static CellEstimates of(Comparisons all, CellSums sums, double[] means, StudyDesign design) {
    List<Comparisons.Cell> kept = new ArrayList<>();
    List<Integer> index = new ArrayList<>();
    for (int k = 0; k < all.cells().length; k++) {
      if (sums.treated[k] > 0 && sums.controls[k] > means.length) {
        kept.add(all.cells()[k]);
        index.add(k);
      }
    }
    CellEstimates estimates = new CellEstimates(all.keep(kept, design), means);
    for (int i = 0; i < index.size(); i++) {
      estimates.fit(i, sums, index.get(i), design);
    }
    return estimates;
  }

  private void fit(int i, CellSums sums, int k, StudyDesign design) {
    int width = means.length + 1;
    RealMatrix xx = new Array2DRowRealMatrix(width, width);
    double[] meanX = new double[width];
    for (int r = 0; r < width; r++) {
      meanX[r] = sums.treatedX[k][r] / sums.treated[k];
      for (int c = 0; c < width; c++) {
        xx.setEntry(r, c, sums.controlXx[k][r * width + c]);
      }
    }
    DecompositionSolver solver = solver(xx, comparisons.cells()[i], design);
    slopes[i] =
        solver
            .solve(new org.apache.commons.math3.linear.ArrayRealVector(sums.controlXy[k]))
            .toArray();
    reach[i] = solver.solve(new org.apache.commons.math3.linear.ArrayRealVector(meanX)).toArray();
    double predicted = 0;
    for (int r = 0; r < width; r++) {
      predicted += slopes[i][r] * meanX[r];
    }
    treated[i] = sums.treated[k];
    controls[i] = sums.controls[k];
    effects[i] = sums.treatedChange[k] / sums.treated[k] - predicted;
  }

  private DecompositionSolver solver(RealMatrix xx, Comparisons.Cell cell, StudyDesign design) {
    QRDecomposition qr = new QRDecomposition(xx);
    RealMatrix r = qr.getR();
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < r.getColumnDimension(); i++) {
      double scale = Math.sqrt(Math.max(xx.getEntry(i, i), Double.MIN_NORMAL));
      double size = Math.abs(r.getEntry(i, i)) / scale;
      largest = Math.max(largest, Math.abs(r.getEntry(i, i)) > 0 ? size : 0);
      smallest = Math.min(smallest, size / scale);
    }
    if (!(smallest > SINGULAR)) {
      throw new InvalidInput(
          "The covariates " + design.covariates() + " cannot be told apart",
          "among the controls of cohort "
              + cell.cohort()
              + " in period "
              + comparisons.periods()[cell.period()]
              + " they are constant or collinear",
          "drop a covariate, or leave out periods with few controls");
    }
    return qr.getSolver();
  }
}
