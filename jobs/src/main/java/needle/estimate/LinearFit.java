package needle.estimate;

import java.io.Serializable;
import java.util.List;
import needle.kit.InvalidInput;

/** Least squares from cross products: the coefficients of the columns. */
final class LinearFit {
  private final double[] coefficients;
  private final SymmetricSolver solver;

  private LinearFit(double[] coefficients, SymmetricSolver solver) {
    this.coefficients = coefficients;
    this.solver = solver;
  }

  /**
   * @param matrix cross products of the columns, row by row
   * @param withOutcome of the columns with the outcome
   * @param where the fit is made, and its columns, as they are named where it is impossible
   */
  static LinearFit of(double[] matrix, double[] withOutcome, String where, List<String> columns) {
    SymmetricSolver solver =
        SymmetricSolver.of(matrix)
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "The columns cannot be told apart " + where,
                        "one of "
                            + String.join(", ", columns)
                            + " is constant there, or a combination of the others",
                        "drop one of them, or supply more rows"));
    return new LinearFit(solver.solve(withOutcome), solver);
  }

  double[] coefficients() {
    return coefficients;
  }

  /** The form in the scores' sums that is a form in the coefficients. */
  double[] ofScores(double[] form) {
    return solver.solve(form);
  }

  /** What tells the score of a row. */
  Residuals residuals() {
    return new Residuals(coefficients);
  }

  /** Scores of rows: what is left of the outcome, times the columns. */
  record Residuals(double[] coefficients) implements Serializable {
    private static final long serialVersionUID = 1L;

    double of(double[] row, double outcome) {
      double left = outcome;
      for (int i = 0; i < coefficients.length; i++) {
        left -= coefficients[i] * row[i];
      }
      return left;
    }

    /** Writes the score of a row into a longer vector. */
    void addScore(double[] row, double outcome, double[] into, int at) {
      double left = of(row, outcome);
      for (int i = 0; i < coefficients.length; i++) {
        into[at + i] += row[i] * left;
      }
    }
  }
}
