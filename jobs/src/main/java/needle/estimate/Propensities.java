package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/**
 * How likely each unit of a comparison was to be among the treated, given its covariates: one
 * logistic regression per comparison, all of them fitted in the same passes by Newton's method.
 *
 * <p>Comparisons of the same units share a fit: in a panel without gaps, those of one cohort with
 * the same controls.
 */
final class Propensities implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As in glm of R: beyond it, the fit does not settle because the sides can be told apart. */
  private static final int MOST_PASSES = 25;

  private static final double SETTLED = 1e-9;

  /** A logit beyond this is a probability of 0 or 1 to three digits: nobody is comparable there. */
  private static final double APART = 1e6;

  private final int[] fitOf;
  private final double[][] coefficients;
  private final double[][] information;

  private Propensities(int[] fitOf, double[][] coefficients, double[][] information) {
    this.fitOf = fitOf;
    this.coefficients = coefficients;
    this.information = information;
  }

  /**
   * @param gapless whether every unit was observed in every period
   * @param means what covariates are centred at
   */
  static Propensities of(
      JavaRDD<UnitHistory> units, Comparisons comparisons, boolean gapless, double[] means) {
    int[] fitOf = fits(comparisons, gapless);
    List<Integer> firstCells = firstCells(fitOf);
    int width = means.length + 1;
    double[][] coefficients = new double[firstCells.size()][width];
    double[][] information = new double[firstCells.size()][];
    boolean[] done = new boolean[firstCells.size()];
    for (int pass = 0; pass < MOST_PASSES && !all(done); pass++) {
      boolean[] skipped = done.clone();
      List<ScoreSums> buckets =
          OrderedSums.perBucket(
              units, () -> new ScoreSums(comparisons, means, firstCells, coefficients, skipped));
      ScoreSums sums =
          buckets.stream()
              .reduce(
                  new ScoreSums(comparisons, means, firstCells, coefficients, skipped),
                  ScoreSums::merge);
      for (int f = 0; f < done.length; f++) {
        if (!done[f]) {
          information[f] = sums.information[f];
          done[f] = step(coefficients, f, sums);
        }
      }
    }
    for (int f = 0; f < done.length; f++) {
      if (!done[f]) {
        coefficients[f] = null;
      }
    }
    return new Propensities(fitOf, coefficients, information);
  }

  // Moves one fit by a step of Newton's; true when there is nothing more to do for it.
  private static boolean step(double[][] coefficients, int f, ScoreSums sums) {
    Optional<double[]> step =
        SymmetricSolver.of(sums.information[f]).map(s -> s.solve(sums.score[f]));
    if (step.isEmpty()) {
      coefficients[f] = null;
      return true;
    }
    double largest = 0;
    for (int i = 0; i < step.get().length; i++) {
      coefficients[f][i] += step.get()[i];
      largest = Math.max(largest, Math.abs(step.get()[i]) / (1 + Math.abs(coefficients[f][i])));
      if (!(Math.abs(coefficients[f][i]) < APART)) {
        coefficients[f] = null;
        return true;
      }
    }
    return largest < SETTLED;
  }

  private static boolean all(boolean[] done) {
    for (boolean one : done) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  private static int[] fits(Comparisons comparisons, boolean gapless) {
    Comparisons.Cell[] cells = comparisons.cells();
    int[] fitOf = new int[cells.length];
    Map<List<Integer>, Integer> known = new HashMap<>();
    for (int k = 0; k < cells.length; k++) {
      List<Integer> sample = new ArrayList<>();
      sample.add(gapless ? cells[k].cohort() : k);
      for (int cohort : comparisons.cohorts()) {
        if (gapless && comparisons.isControl(cohort, cells[k])) {
          sample.add(cohort);
        }
      }
      fitOf[k] = known.computeIfAbsent(sample, s -> known.size());
    }
    return fitOf;
  }

  private static List<Integer> firstCells(int[] fitOf) {
    List<Integer> first = new ArrayList<>();
    for (int k = 0; k < fitOf.length; k++) {
      if (fitOf[k] == first.size()) {
        first.add(k);
      }
    }
    return first;
  }

  /** Whether a cell's treated and controls are comparable at all. */
  boolean has(int cell) {
    return coefficients[fitOf[cell]] != null;
  }

  /** The probability of being treated of a unit with these centred covariates. */
  double of(int cell, double[] x) {
    return probability(coefficients[fitOf[cell]], x);
  }

  /** The information matrix of a cell's fit, row by row. */
  double[] information(int cell) {
    return information[fitOf[cell]];
  }

  /** Those of some cells only. */
  Propensities keep(List<Integer> cells) {
    return new Propensities(
        cells.stream().mapToInt(k -> fitOf[k]).toArray(), coefficients, information);
  }

  private static double probability(double[] coefficients, double[] x) {
    double logit = 0;
    for (int i = 0; i < x.length; i++) {
      logit += coefficients[i] * x[i];
    }
    return 1 / (1 + Math.exp(-logit));
  }

  /** Gradient and information of every fit at its present coefficients. */
  private static final class ScoreSums implements OrderedSums.Partial {
    private static final long serialVersionUID = 1L;

    private final Comparisons comparisons;
    private final double[] means;
    private final List<Integer> cells;
    private final double[][] coefficients;
    private final boolean[] skipped;
    private final Map<Integer, byte[]> roles = new HashMap<>();
    private final double[] outcomes;
    private final double[] x;
    final double[][] score;
    final double[][] information;

    ScoreSums(
        Comparisons comparisons,
        double[] means,
        List<Integer> cells,
        double[][] coefficients,
        boolean[] skipped) {
      this.comparisons = comparisons;
      this.means = means;
      this.cells = cells;
      this.coefficients = coefficients;
      this.skipped = skipped;
      this.outcomes = new double[comparisons.periods().length];
      this.x = new double[means.length + 1];
      this.score = new double[cells.size()][x.length];
      this.information = new double[cells.size()][x.length * x.length];
    }

    @Override
    public void add(UnitHistory unit) {
      if (unit.covariates() == null || unit.periods().length < 2) {
        return;
      }
      unit.align(comparisons.periods(), outcomes);
      CellSums.centre(unit, means, x);
      byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
      for (int f = 0; f < skipped.length; f++) {
        int k = cells.get(f);
        Comparisons.Cell cell = comparisons.cells()[k];
        double change = outcomes[cell.period()] - outcomes[cell.base()];
        if (!skipped[f] && role[k] != 0 && !Double.isNaN(change)) {
          add(f, role[k] > 0);
        }
      }
    }

    private void add(int f, boolean treated) {
      double p = probability(coefficients[f], x);
      double left = (treated ? 1 : 0) - p;
      double weight = p * (1 - p);
      for (int i = 0; i < x.length; i++) {
        score[f][i] += left * x[i];
        for (int j = 0; j < x.length; j++) {
          information[f][i * x.length + j] += weight * x[i] * x[j];
        }
      }
    }

    ScoreSums merge(ScoreSums other) {
      for (int f = 0; f < score.length; f++) {
        CellSums.add(score[f], other.score[f]);
        CellSums.add(information[f], other.information[f]);
      }
      return this;
    }
  }
}
