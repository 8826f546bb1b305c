package needle.estimate;

import java.util.Arrays;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The wild cluster bootstrap of one coefficient, with the hypothesis imposed (Cameron, Gelbach &
 * Miller 2008): whole clusters' residuals change sign, and the coefficient's t is compared with
 * those that come out.
 *
 * <p>All it needs are cross products within clusters (Roodman, MacKinnon, Nielsen & Webb 2019,
 * section 5). With d̃ what is left of the regressor by the other columns W, r of the outcome, and
 * residuals ũ = r − b d̃ under the hypothesis that the coefficient is b, a draw v of weights gives
 * a cluster the score {@code v d̃'ũ − (d̃'W)(W'W)⁻¹ Σ v W'ũ − d̃'d̃ (Σ v d̃'ũ) / Σ d̃'d̃}.
 */
final class WildBootstrap {
  /** Draws that give the sample itself again differ from it by rounding only. */
  private static final double ROUNDING = 1e-9;

  private final WildWeights weights;
  private final double[] ofOutcome;
  private final double[] ofRegressor;
  private final double[][] othersOfOutcome;
  private final double[][] othersOfRegressor;
  private final double estimate;
  private final double squares;

  /**
   * @param grams per cluster, cross products of the columns and, last, the outcome
   * @param target the column whose coefficient it is
   */
  WildBootstrap(double[][] grams, int target, WildWeights weights) {
    this.weights = weights;
    int clusters = grams.length;
    int width = (int) Math.sqrt(grams[0].length);
    int[] others =
        java.util.stream.IntStream.range(0, width - 1).filter(i -> i != target).toArray();
    RealMatrix[] parts = new RealMatrix[clusters];
    RealMatrix total = new Array2DRowRealMatrix(width, width);
    for (int g = 0; g < clusters; g++) {
      parts[g] = new Array2DRowRealMatrix(width, width);
      for (int i = 0; i < width * width; i++) {
        parts[g].setEntry(i / width, i % width, grams[g][i]);
      }
      total = total.add(parts[g]);
    }
    // Forms on all columns that leave the regressor and the outcome without the others.
    RealMatrix left = new Array2DRowRealMatrix(width, 2);
    left.setEntry(target, 0, 1);
    left.setEntry(width - 1, 1, 1);
    DecompositionSolver solver = null;
    if (others.length > 0) {
      solver = new CholeskyDecomposition(total.getSubMatrix(others, others), 1e-12, 0).getSolver();
      RealMatrix slopes = solver.solve(total.getSubMatrix(others, new int[] {target, width - 1}));
      for (int i = 0; i < others.length; i++) {
        left.setEntry(others[i], 0, -slopes.getEntry(i, 0));
        left.setEntry(others[i], 1, -slopes.getEntry(i, 1));
      }
    }
    ofRegressor = new double[clusters];
    ofOutcome = new double[clusters];
    othersOfRegressor = new double[clusters][clusters];
    othersOfOutcome = new double[clusters][clusters];
    double[][][] withOthers = new double[clusters][2][];
    for (int g = 0; g < clusters; g++) {
      RealMatrix withAll = parts[g].multiply(left);
      RealMatrix both = left.transpose().multiply(withAll);
      ofRegressor[g] = both.getEntry(0, 0);
      ofOutcome[g] = both.getEntry(0, 1);
      for (int side = 0; side < 2; side++) {
        double[] column = withAll.getColumn(side);
        withOthers[g][side] = Arrays.stream(others).mapToDouble(i -> column[i]).toArray();
      }
    }
    for (int g = 0; solver != null && g < clusters; g++) {
      double[] solved = solver.solve(new ArrayRealVector(withOthers[g][0])).toArray();
      for (int h = 0; h < clusters; h++) {
        othersOfRegressor[g][h] = DotProduct.of(solved, withOthers[h][0]);
        othersOfOutcome[g][h] = DotProduct.of(solved, withOthers[h][1]);
      }
    }
    squares = Arrays.stream(ofRegressor).sum();
    estimate = Arrays.stream(ofOutcome).sum() / squares;
  }

  double estimate() {
    return estimate;
  }

  /** The standard error by clusters, without a factor for small samples. */
  double standardError() {
    double sum = 0;
    for (int g = 0; g < ofRegressor.length; g++) {
      double score = ofOutcome[g] - estimate * ofRegressor[g];
      sum += score * score;
    }
    return Math.sqrt(sum) / squares;
  }

  /**
   * Of the hypothesis that the coefficient is that: the share of draws with a |t| at least as large
   * as the sample's, the sample itself among them.
   */
  double pValue(double hypothesis) {
    int clusters = ofRegressor.length;
    double[] score = new double[clusters];
    Arrays.setAll(score, g -> ofOutcome[g] - hypothesis * ofRegressor[g]);
    double[][] form = new double[clusters][clusters];
    for (int g = 0; g < clusters; g++) {
      for (int h = 0; h < clusters; h++) {
        form[g][h] =
            (g == h ? score[g] : 0)
                - (othersOfOutcome[g][h] - hypothesis * othersOfRegressor[g][h])
                - ofRegressor[g] * score[h] / squares;
      }
    }
    double own = (estimate - hypothesis) / standardError();
    double bound = own * own * (1 - ROUNDING);
    int reached = 0;
    for (double[] draw : weights.draws()) {
      double sum = DotProduct.of(score, draw);
      double variance = 0;
      for (double[] row : form) {
        double drawn = DotProduct.of(row, draw);
        variance += drawn * drawn;
      }
      reached += sum * sum >= bound * variance ? 1 : 0;
    }
    double draws = weights.draws().length;
    return weights.isComplete() ? reached / draws : (reached + 1) / (draws + 1);
  }

  /** The hypotheses that are not rejected at that level: their smallest and their largest. */
  double[] interval(double alpha) {
    double[] ends = ConfidenceSet.of(this::pValue, estimate, 2 * standardError(), alpha);
    if (Double.isNaN(ends[0] + ends[1])) {
      throw new InvalidInput(
          "The wild bootstrap rejects nothing",
          "no coefficient, however far from the estimate, is unlikely with so few clusters that"
              + " tell of it",
          "supply more clusters on both sides of the regressor");
    }
    return ends;
  }
}
