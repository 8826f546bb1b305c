package needle.estimate;

import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * Least squares of one series, with errors that follow on each other.
 *
 * @param residuals what is left; where the series was transformed, of the transformed one
 * @param correlation of each residual with the one before it, by which the series was transformed;
 *     zero where it was not
 */
record SeriesFit(
    double[] coefficients, double[][] covariance, double[] residuals, double correlation) {
  // Below it, columns tell the same, to the precision of a double.
  private static final double SINGULAR = 1e-10;
  private static final int MOST_STEPS = 500;
  private static final double SETTLED = 1e-12;

  // Beyond it the series is taken to wander without returning.
  private static final double LARGEST = 0.99;
  private static final int GRID = 40;

  /**
   * By ordinary least squares, errors robust to correlation up to some lag (Newey & West 1987, with
   * Bartlett's weights), times n/(n − k).
   *
   * @return empty where the columns cannot be told apart
   */
  static Optional<SeriesFit> neweyWest(double[][] rows, double[] values, int lag) {
    return solved(rows)
        .map(
            inverse -> {
              double[] coefficients = inverse.operate(values);
              double[] errors = errors(rows, values, coefficients);
              return new SeriesFit(coefficients, robust(inverse, errors, lag), errors, 0);
            });
  }

  /** The lag of Newey & West (1994): 4(n/100)^(2/9), rounded down. */
  static int lag(int length) {
    return (int) Math.floor(4 * Math.pow(length / 100.0, 2.0 / 9));
  }

  private static double[][] robust(RealMatrix inverse, double[] errors, int lag) {
    int n = errors.length;
    int width = inverse.getRowDimension();
    double[][] covariance = new double[width][width];
    for (int t = 0; t < n; t++) {
      for (int s = Math.max(0, t - lag); s <= t; s++) {
        double weight = (1 - (t - s) / (lag + 1.0)) * errors[t] * errors[s] * n / (n - width);
        for (int i = 0; i < width; i++) {
          for (int j = 0; j < width; j++) {
            double product = inverse.getEntry(i, t) * inverse.getEntry(j, s);
            covariance[i][j] += weight * product;
            covariance[j][i] += s == t ? 0 : weight * product;
          }
        }
      }
    }
    return covariance;
  }

  /**
   * By generalised least squares with errors of which each is a multiple of the one before plus
   * something new (Prais & Winsten 1954), the multiple estimated in turn with the coefficients.
   *
   * @return empty where the columns cannot be told apart, or the multiple does not stay below one
   */
  static Optional<SeriesFit> praisWinsten(double[][] rows, double[] values) {
    double correlation = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
      Optional<SeriesFit> fit = transformed(rows, values, correlation);
      if (fit.isEmpty()) {
        return fit;
      }
      double next = correlation(errors(rows, values, fit.get().coefficients()));
      if (!(Math.abs(next) < 1)) {
        return Optional.empty();
      }
      if (Math.abs(next - correlation) < SETTLED) {
        return fit;
      }
      correlation = next;
    }
    return Optional.empty();
  }

  /**
   * The same with the multiple by restricted maximum likelihood, which does not take what the
   * coefficients explain by chance for a lack of correlation (Cheang & Reinsel 2000).
   *
   * @return empty where the columns cannot be told apart, or the multiple is one
   */
  static Optional<SeriesFit> restrictedLikelihood(double[][] rows, double[] values) {
    if (transformed(rows, values, 0).isEmpty()) {
      return Optional.empty();
    }
    // The likelihood may have several peaks: the best of a grid tells which is the highest.
    double best = -LARGEST;
    for (int i = 0; i <= GRID; i++) {
      double candidate = LARGEST * (2.0 * i / GRID - 1);
      best =
          likelihood(rows, values, candidate) > likelihood(rows, values, best) ? candidate : best;
    }
    double reach = 2 * LARGEST / GRID;
    double found =
        new BrentOptimizer(SETTLED, SETTLED)
            .optimize(
                GoalType.MAXIMIZE,
                MaxEval.unlimited(),
                new UnivariateObjectiveFunction(r -> likelihood(rows, values, r)),
                new SearchInterval(
                    Math.max(-LARGEST, best - reach), Math.min(LARGEST, best + reach), best))
            .getPoint();
    return Math.abs(found) > LARGEST - 1e-6 ? Optional.empty() : transformed(rows, values, found);
  }

  // Twice the restricted log-likelihood of the multiple, but for a constant.
  private static double likelihood(double[][] rows, double[] values, double correlation) {
    return transformed(rows, values, correlation)
        .map(
            fit -> {
              int freedom = fit.degreesOfFreedom();
              double variance = DotProduct.squared(fit.residuals()) / freedom;
              double determinant =
                  new LUDecomposition(
                          new Array2DRowRealMatrix(fit.covariance()).scalarMultiply(1 / variance))
                      .getDeterminant();
              return Math.log(1 - correlation * correlation)
                  + Math.log(determinant)
                  - freedom * Math.log(variance);
            })
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private static Optional<SeriesFit> transformed(
      double[][] rows, double[] values, double correlation) {
    int width = rows[0].length;
    double[][] transformedRows = new double[rows.length][width];
    double[] transformed = new double[rows.length];
    for (int t = 0; t < rows.length; t++) {
      double scale = t == 0 ? Math.sqrt(1 - correlation * correlation) : 1;
      for (int i = 0; i < width; i++) {
        transformedRows[t][i] = scale * rows[t][i] - (t == 0 ? 0 : correlation * rows[t - 1][i]);
      }
      transformed[t] = scale * values[t] - (t == 0 ? 0 : correlation * values[t - 1]);
    }
    return solved(transformedRows)
        .map(
            inverse -> {
              double[] coefficients = inverse.operate(transformed);
              double[] errors = errors(transformedRows, transformed, coefficients);
              double variance = DotProduct.squared(errors) / (errors.length - width);
              RealMatrix covariance =
                  inverse.multiply(inverse.transpose()).scalarMultiply(variance);
              return new SeriesFit(coefficients, covariance.getData(), errors, correlation);
            });
  }

  /** The slope of each error on the one before. */
  static double correlation(double[] errors) {
    double products = 0;
    double squares = 0;
    for (int t = 1; t < errors.length; t++) {
      products += errors[t] * errors[t - 1];
      squares += errors[t - 1] * errors[t - 1];
    }
    return squares == 0 ? 0 : products / squares;
  }

  int degreesOfFreedom() {
    return residuals.length - coefficients.length;
  }

  double value(double[] form) {
    return DotProduct.of(form, coefficients);
  }

  double standardError(double[] form) {
    return Math.sqrt(
        DotProduct.of(form, new Array2DRowRealMatrix(covariance, false).operate(form)));
  }

  // The pseudo-inverse of the rows.
  private static Optional<RealMatrix> solved(double[][] rows) {
    double[] scale = new double[rows[0].length];
    RealMatrix scaled = new Array2DRowRealMatrix(rows.length, scale.length);
    for (int i = 0; i < scale.length; i++) {
      for (double[] row : rows) {
        scale[i] += row[i] * row[i];
      }
      if (scale[i] == 0) {
        return Optional.empty();
      }
      for (int t = 0; t < rows.length; t++) {
        scaled.setEntry(t, i, rows[t][i] / Math.sqrt(scale[i]));
      }
    }
    QRDecomposition qr = new QRDecomposition(scaled, SINGULAR);
    if (rows.length <= scale.length || !qr.getSolver().isNonSingular()) {
      return Optional.empty();
    }
    RealMatrix inverse = qr.getSolver().getInverse();
    for (int i = 0; i < scale.length; i++) {
      inverse.setRowVector(i, inverse.getRowVector(i).mapDivide(Math.sqrt(scale[i])));
    }
    return Optional.of(inverse);
  }

  private static double[] errors(double[][] rows, double[] values, double[] coefficients) {
    double[] errors = new double[values.length];
    for (int t = 0; t < errors.length; t++) {
      errors[t] = values[t] - DotProduct.of(rows[t], coefficients);
    }
    return errors;
  }
}
