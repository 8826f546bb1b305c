package needle.estimate;

import java.util.Arrays;

/**
 * Weights, none negative and with sum one, with which columns come closest to a target: least
 * squares plus zeta² times their squared length, by the method of Frank & Wolfe (1956) with exact
 * line search.
 *
 * <p>Small weights are set to zero once, early on, and the search goes on from there, as in the R
 * package of Arkhangelsky et al. (2021): published figures depend on it in their fifth digit.
 */
final class FrankWolfe {
  private static final int STEPS_BEFORE_SPARSE = 100;
  private static final int MOST_STEPS = 10_000;

  // Weights up to this part of the largest one are set to zero.
  private static final double SMALL = 0.25;

  private final double[][] columns;
  private final double[] target;
  private final double zeta;
  private final double leastDecrease;

  // The errors of a column that has all the weight, and their products with all columns; made when
  // first needed, as few columns ever are.
  private final double[][] alone;
  private final double[][] slopesAlone;

  /**
   * @param columns each as long as the target; an intercept is taken out of all of them
   * @param leastDecrease the search ends when a step lowers the mean square by less than its square
   */
  FrankWolfe(double[][] columns, double[] target, double zeta, double leastDecrease) {
    this.columns = Arrays.stream(columns).map(FrankWolfe::centred).toArray(double[][]::new);
    this.target = centred(target);
    this.zeta = zeta;
    this.leastDecrease = leastDecrease;
    this.alone = new double[columns.length][];
    this.slopesAlone = new double[columns.length][];
  }

  double[] weights() {
    double[] even = new double[columns.length];
    Arrays.fill(even, 1.0 / columns.length);
    return search(sparse(search(even, STEPS_BEFORE_SPARSE)), MOST_STEPS);
  }

  private double[] search(double[] start, int most) {
    double[] weights = start.clone();
    double[] errors = errors(weights);
    double[] slopes = slopes(errors);
    double ridge = target.length * zeta * zeta;
    double before = Double.POSITIVE_INFINITY;
    double now = Double.POSITIVE_INFINITY;
    for (int step = 0; step < most; step++) {
      if (step >= 2 && !(before - now > leastDecrease * leastDecrease)) {
        break;
      }
      int steepest = 0;
      double along = 0;
      for (int i = 0; i < weights.length; i++) {
        along += (slopes[i] + ridge * weights[i]) * weights[i];
        boolean isSteeper =
            slopes[i] + ridge * weights[i] < slopes[steepest] + ridge * weights[steepest];
        steepest = isSteeper ? i : steepest;
      }
      double fall = along - slopes[steepest] - ridge * weights[steepest];
      move(weights, errors, slopes, steepest, fall);
      before = now;
      now = zeta * zeta * DotProduct.squared(weights) + DotProduct.squared(errors) / target.length;
    }
    return weights;
  }

  // Towards the one column that lowers the sum of squares fastest, as far as it pays. The errors
  // and their products with the columns move in proportion, so that neither is computed anew.
  private void move(double[] weights, double[] errors, double[] slopes, int column, double fall) {
    if (alone[column] == null) {
      double[] one = new double[weights.length];
      one[column] = 1;
      alone[column] = errors(one);
      slopesAlone[column] = slopes(alone[column]);
    }
    double ridge = target.length * zeta * zeta;
    double curvature = ridge * (DotProduct.squared(weights) - 2 * weights[column] + 1);
    for (int r = 0; r < errors.length; r++) {
      double way = alone[column][r] - errors[r];
      curvature += way * way;
    }
    double length = curvature > 0 ? Math.min(1, Math.max(0, fall / curvature)) : 0;
    towards(errors, alone[column], length);
    towards(slopes, slopesAlone[column], length);
    for (int i = 0; i < weights.length; i++) {
      weights[i] -= length * weights[i];
    }
    weights[column] += length;
  }

  private static void towards(double[] values, double[] other, double length) {
    for (int i = 0; i < values.length; i++) {
      values[i] += length * (other[i] - values[i]);
    }
  }

  private double[] slopes(double[] errors) {
    return Arrays.stream(columns).mapToDouble(c -> DotProduct.of(c, errors)).toArray();
  }

  private double[] errors(double[] weights) {
    double[] errors = new double[target.length];
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        for (int r = 0; r < errors.length; r++) {
          errors[r] += weights[i] * columns[i][r];
        }
      }
    }
    for (int r = 0; r < errors.length; r++) {
      errors[r] -= target[r];
    }
    return errors;
  }

  private static double[] sparse(double[] weights) {
    double limit = SMALL * Arrays.stream(weights).max().orElseThrow();
    double[] kept = Arrays.stream(weights).map(w -> w <= limit ? 0 : w).toArray();
    double sum = Arrays.stream(kept).sum();
    return Arrays.stream(kept).map(w -> w / sum).toArray();
  }

  private static double[] centred(double[] values) {
    double mean = Arrays.stream(values).sum() / values.length;
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }
}
