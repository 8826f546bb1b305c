package needle.estimate;

import java.util.Arrays;
import needle.kit.InvalidInput;

/**
 * Least squares for the periods' intercepts once the units' are concentrated out. Only differences
 * between periods are determined, so the first period's is zero.
 */
final class PeriodEquations {
  private final int[] known;
  private final int periods;
  private final SymmetricSolver solver;

  private PeriodEquations(int[] known, int periods, SymmetricSolver solver) {
    this.known = known;
    this.periods = periods;
    this.solver = solver;
  }

  static PeriodEquations of(double[] matrix, int periods) {
    int[] observed = new int[periods];
    int count = 0;
    for (int t = 0; t < periods; t++) {
      if (matrix[t * periods + t] > 0) {
        observed[count++] = t;
      }
    }
    int[] known = Arrays.copyOf(observed, count);
    int free = Math.max(0, count - 1);
    double[] reduced = new double[free * free];
    for (int i = 0; i < free; i++) {
      for (int j = 0; j < free; j++) {
        reduced[i * free + j] = matrix[known[i + 1] * periods + known[j + 1]];
      }
    }
    SymmetricSolver solver =
        free == 0
            ? null
            : SymmetricSolver.of(reduced)
                .orElseThrow(
                    () ->
                        new InvalidInput(
                            "The untreated outcomes do not connect the periods",
                            "no untreated unit was observed both early and late in the panel",
                            "add units that are untreated for longer, or study fewer periods"));
    return new PeriodEquations(known, periods, solver);
  }

  /** The intercepts; NaN in periods without an untreated outcome. */
  double[] solve(double[] rightSide) {
    double[] solution = new double[periods];
    Arrays.fill(solution, Double.NaN);
    fill(solution, rightSide);
    return solution;
  }

  /** The solution for an estimate's weights; 0 in periods without an untreated outcome. */
  double[] weights(double[] rightSide) {
    double[] solution = new double[periods];
    fill(solution, rightSide);
    return solution;
  }

  private void fill(double[] solution, double[] rightSide) {
    if (known.length == 0) {
      return;
    }
    solution[known[0]] = 0;
    if (solver != null) {
      double[] reduced = new double[known.length - 1];
      Arrays.setAll(reduced, i -> rightSide[known[i + 1]]);
      double[] solved = solver.solve(reduced);
      for (int i = 0; i < solved.length; i++) {
        solution[known[i + 1]] = solved[i];
      }
    }
  }
}
