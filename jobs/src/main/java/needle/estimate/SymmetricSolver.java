package needle.estimate;

import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Solves equations with a symmetric, positive definite matrix, such as cross products of
 * covariates. Rows and columns are scaled first, so that units of measurement do not matter.
 */
final class SymmetricSolver {
  /** Below it, a covariate is a combination of the others, to the precision of a double. */
  private static final double SINGULAR = 1e-10;

  private final double[] scale;
  private final DecompositionSolver solver;

  private SymmetricSolver(double[] scale, DecompositionSolver solver) {
    this.scale = scale;
    this.solver = solver;
  }

  /**
   * @param matrix row by row
   * @return empty when the matrix is singular
   */
  static Optional<SymmetricSolver> of(double[] matrix) {
    int width = (int) Math.sqrt(matrix.length);
    double[] scale = new double[width];
    for (int i = 0; i < width; i++) {
      double diagonal = matrix[i * width + i];
      if (!(diagonal > 0)) {
        return Optional.empty();
      }
      scale[i] = 1 / Math.sqrt(diagonal);
    }
    RealMatrix scaled = new Array2DRowRealMatrix(width, width);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        scaled.setEntry(i, j, matrix[i * width + j] * scale[i] * scale[j]);
      }
    }
    QRDecomposition qr = new QRDecomposition(scaled, SINGULAR);
    return qr.getSolver().isNonSingular()
        ? Optional.of(new SymmetricSolver(scale, qr.getSolver()))
        : Optional.empty();
  }

  /**
   * Which of a singular matrix's covariates is constant, or a combination of those before it, by
   * Cholesky's decomposition: what is left of each after those before it, as a share of its own.
   *
   * @param matrix cross products of a constant and the covariates, row by row
   * @param covariates one or more
   */
  static String dependent(double[] matrix, List<String> covariates) {
    int width = covariates.size() + 1;
    double[][] lower = new double[width][width];
    int least = 1;
    double leastLeft = Double.POSITIVE_INFINITY;
    for (int i = 0; i < width; i++) {
      double own = matrix[i * width + i];
      double left = own;
      for (int j = 0; j < i; j++) {
        double product = matrix[i * width + j];
        for (int k = 0; k < j; k++) {
          product -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = lower[j][j] > 0 ? product / lower[j][j] : 0;
        left -= lower[i][j] * lower[i][j];
      }
      double share = own > 0 ? left / own : 0;
      if (i > 0 && share < leastLeft) {
        least = i;
        leastLeft = share;
      }
      // A column of rounding errors would make combinations of all that follow.
      lower[i][i] = share > SINGULAR ? Math.sqrt(left) : 0;
    }
    return covariates.get(least - 1);
  }

  /** Fails where a covariate is constant, or a combination of those before it, and names it. */
  static void requireIndependent(double[] matrix, List<String> covariates) {
    if (of(matrix).isEmpty()) {
      throw notApart(matrix, covariates, "all rows", "drop it");
    }
  }

  static InvalidInput notApart(
      double[] matrix, List<String> covariates, String among, String remedy) {
    return new InvalidInput(
        "The covariates " + covariates + " cannot be told apart",
        "among "
            + among
            + ", "
            + (covariates.isEmpty() ? "even the constant" : dependent(matrix, covariates))
            + " is constant, or a combination of those before it",
        remedy);
  }

  /**
   * The whole of a symmetric matrix.
   *
   * @param lower its lower triangle, row by row; what is above it does not count
   */
  static double[] mirrored(double[] lower, int width) {
    double[] whole = lower.clone();
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < i; j++) {
        whole[j * width + i] = whole[i * width + j];
      }
    }
    return whole;
  }

  /**
   * The quadratic form v'Mv.
   *
   * @param matrix row by row
   */
  static double form(double[] matrix, double[] vector) {
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        sum += vector[i] * matrix[i * vector.length + j] * vector[j];
      }
    }
    return sum;
  }

  /** What the matrix takes to that vector. */
  double[] solve(double[] vector) {
    double[] scaled = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      scaled[i] = vector[i] * scale[i];
    }
    double[] solution = solver.solve(new ArrayRealVector(scaled)).toArray();
    for (int i = 0; i < solution.length; i++) {
      solution[i] *= scale[i];
    }
    return solution;
  }
}
