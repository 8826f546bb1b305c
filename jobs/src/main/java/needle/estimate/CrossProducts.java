package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/** Cross products of columns that are centred within groups, and what can be told from them. */
final class CrossProducts implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Below this share of a column's changes within groups the others leave nothing of it. */
  private static final double NOTHING = 1e-10;

  /** Below this share of a column's own size, changes within groups are those of rounding. */
  private static final double ROUNDING = 1e-24;

  private final double[][] products;

  /** Sums of squares of the columns before they were centred. */
  final double[] squares;

  CrossProducts(int columns) {
    this.products = new double[columns][columns];
    this.squares = new double[columns];
  }

  /** One row of a group. */
  void add(double weight, double[] raw, double[] centred) {
    for (int i = 0; i < squares.length; i++) {
      squares[i] += weight * raw[i] * raw[i];
      double weighted = weight * centred[i];
      if (weighted != 0) {
        for (int j = 0; j <= i; j++) {
          products[i][j] += weighted * centred[j];
        }
      }
    }
  }

  /** Adds to one product. */
  void add(int i, int j, double value) {
    products[Math.max(i, j)][Math.min(i, j)] += value;
  }

  void merge(CrossProducts other) {
    CellSums.add(squares, other.squares);
    for (int i = 0; i < products.length; i++) {
      CellSums.add(products[i], other.products[i], i + 1);
    }
  }

  double of(int i, int j) {
    return i >= j ? products[i][j] : products[j][i];
  }

  /**
   * Columns that the earlier ones and the groups do not already explain.
   *
   * @param dummies how many of the columns, the first ones, are dummies that may be redundant
   */
  int[] independent(List<String> terms, int dummies) {
    int columns = terms.size();
    double[][] left = new double[columns][columns];
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        left[i][j] = of(i, j);
      }
    }
    List<Integer> kept = new ArrayList<>();
    Faults faults = new Faults("The regressors");
    for (int k = 0; k < columns; k++) {
      double within = of(k, k);
      if (!(within > ROUNDING * squares[k] && left[k][k] > NOTHING * within)) {
        if (k >= dummies) {
          faults.add(
              "The regressor " + terms.get(k) + " cannot be told from the others",
              "within the absorbed groups it never changes, or the columns before it explain it",
              "drop it, or absorb fewer columns");
        }
        continue;
      }
      kept.add(k);
      for (int i = k + 1; i < columns; i++) {
        double slope = left[i][k] / left[k][k];
        for (int j = k + 1; j < columns; j++) {
          left[i][j] -= slope * left[k][j];
        }
      }
    }
    faults.report();
    return kept.stream().mapToInt(i -> i).toArray();
  }

  RealMatrix inverse(int[] kept) {
    RealMatrix chosen = new Array2DRowRealMatrix(kept.length, kept.length);
    for (int i = 0; i < kept.length; i++) {
      for (int j = 0; j < kept.length; j++) {
        chosen.setEntry(i, j, of(kept[i], kept[j]));
      }
    }
    return new CholeskyDecomposition(chosen, 1e-12, 0).getSolver().getInverse();
  }
}
