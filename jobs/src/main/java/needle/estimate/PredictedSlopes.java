package needle.estimate;

import java.io.Serializable;
import java.util.List;
import needle.kit.InvalidInput;

/**
 * The slope of a dose that modifiers predict for the subjects of a fold, from those of all others:
 * least squares of what is left of the outcome on what is left of the dose, times a constant and
 * the modifiers, which is the linear minimum of the R-loss (Nie & Wager 2021). One pass: cross
 * products by fold.
 */
final class PredictedSlopes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] modifiers;

  /** Per fold, of the constant and the modifiers. */
  private final double[][] slopes;

  private PredictedSlopes(int[] modifiers, double[][] slopes) {
    this.modifiers = modifiers;
    this.slopes = slopes;
  }

  /**
   * @param places of the modifiers among the covariates
   * @param names theirs
   */
  static PredictedSlopes of(
      CrossSection sample, PartialledOut left, int[] places, List<String> names) {
    Products sums =
        OrderedSums.of(sample.subjects(), new Products(left.another(), places, sample.folds()));
    double[][] slopes = new double[sample.folds()][];
    for (int fold = 0; fold < slopes.length; fold++) {
      slopes[fold] = sums.solved(fold, names);
    }
    return new PredictedSlopes(places, slopes);
  }

  /**
   * @param z a constant, then the centred covariates
   */
  double of(int fold, double[] z) {
    double slope = slopes[fold][0];
    for (int i = 0; i < modifiers.length; i++) {
      slope += slopes[fold][i + 1] * z[modifiers[i] + 1];
    }
    return slope;
  }

  /** Modifiers of which one cannot be told from the others. */
  static InvalidInput notApart(List<String> modifiers) {
    return new InvalidInput(
        "The modifiers cannot be told apart",
        "one of " + modifiers + " is constant, or a combination of the others",
        "drop a modifier");
  }

  /** Cross products of a dose's part times the constant and the modifiers, and of the outcome's. */
  private static final class Products implements OrderedSums.Partial<Subject, Products> {
    private static final long serialVersionUID = 1L;
    private final PartialledOut left;
    private final int[] modifiers;
    private final double[] x;
    private final double[][] squares;
    private final double[][] withOutcome;

    Products(PartialledOut left, int[] modifiers, int folds) {
      this.left = left;
      this.modifiers = modifiers;
      this.x = new double[modifiers.length + 1];
      this.squares = new double[folds][x.length * x.length];
      this.withOutcome = new double[folds][x.length];
    }

    @Override
    public Products empty() {
      return new Products(left.another(), modifiers, squares.length);
    }

    @Override
    public void add(Subject subject) {
      left.of(subject);
      x[0] = left.dose;
      for (int i = 0; i < modifiers.length; i++) {
        x[i + 1] = left.dose * left.z[modifiers[i] + 1];
      }
      for (int i = 0; i < x.length; i++) {
        withOutcome[subject.fold()][i] += x[i] * left.outcome;
        for (int j = 0; j < x.length; j++) {
          squares[subject.fold()][i * x.length + j] += x[i] * x[j];
        }
      }
    }

    @Override
    public Products merge(Products other) {
      for (int fold = 0; fold < squares.length; fold++) {
        CellSums.add(squares[fold], other.squares[fold]);
        CellSums.add(withOutcome[fold], other.withOutcome[fold]);
      }
      return this;
    }

    double[] solved(int without, List<String> names) {
      double[] xx = new double[x.length * x.length];
      double[] xy = new double[x.length];
      for (int fold = 0; fold < squares.length; fold++) {
        if (fold != without) {
          CellSums.add(xx, squares[fold]);
          CellSums.add(xy, withOutcome[fold]);
        }
      }
      return SymmetricSolver.of(xx).orElseThrow(() -> notApart(names)).solve(xy);
    }
  }
}
