package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * Several logistic regressions on parts of the same units, fitted by Newton's method in the same
 * passes.
 */
final class LogisticFits implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As in glm of R: beyond it, the fit does not settle because the sides can be told apart. */
  private static final int MOST_PASSES = 25;

  /** The square of a step in standard errors. */
  private static final double SETTLED = 1e-16;

  /**
   * Who is in which regression, and what is known of them. One sample sees the units of one bucket,
   * one after the other.
   */
  interface Sample<T> extends Serializable {
    /** A sample of the same units, for another bucket. */
    Sample<T> another();

    /** A constant and the unit's covariates; null when it is in no regression. */
    double[] covariates(T unit);

    /**
     * What the unit that was given last is in a regression: 1, 0, or −1 when it is not part of it.
     */
    int outcome(T unit, int fit);

    /** How often a unit counts. */
    default double weight(T unit) {
      return 1;
    }
  }

  private final double[][] coefficients;
  private final double[][] information;

  private LogisticFits(double[][] coefficients, double[][] information) {
    this.coefficients = coefficients;
    this.information = information;
  }

  /**
   * @param width covariates, the constant among them
   * @param names of the covariates after the constant, where they are known
   */
  static <T extends OrderedSums.Bucketed> LogisticFits of(
      JavaRDD<T> units, Sample<T> sample, int fits, int width, List<String> names) {
    double[][] coefficients = new double[fits][width];
    double[][] information = new double[fits][];
    boolean[] done = new boolean[fits];
    for (int pass = 0; pass < MOST_PASSES && !all(done); pass++) {
      boolean[] skipped = done.clone();
      Scores<T> sums = OrderedSums.of(units, new Scores<>(sample, coefficients, skipped));
      for (int f = 0; f < fits; f++) {
        if (!done[f]) {
          information[f] = SymmetricSolver.mirrored(sums.information[f], width);
          done[f] = step(coefficients, f, information[f], sums.score[f]);
        }
      }
      if (pass == 0 && Arrays.stream(coefficients).allMatch(Objects::isNull)) {
        String sides = "treated and those they are compared with";
        throw names.isEmpty()
            ? new InvalidInput(
                "The covariates cannot be told apart",
                "they are constant or collinear among " + sides,
                "drop a covariate")
            : SymmetricSolver.notApart(information[0], names, sides, "drop it");
      }
    }
    for (int f = 0; f < fits; f++) {
      if (!done[f]) {
        coefficients[f] = null;
      }
    }
    return new LogisticFits(coefficients, information);
  }

  /**
   * Moves one regression by a step of Newton's; true when there is nothing more to do for it. It
   * has settled when the step is nothing beside the standard errors, whatever the covariates'
   * units.
   */
  private static boolean step(
      double[][] coefficients, int f, double[] information, double[] score) {
    Optional<double[]> step = SymmetricSolver.of(information).map(s -> s.solve(score));
    if (step.isEmpty()) {
      coefficients[f] = null;
      return true;
    }
    double squaredErrors = 0;
    for (int i = 0; i < score.length; i++) {
      coefficients[f][i] += step.get()[i];
      squaredErrors += step.get()[i] * score[i];
    }
    return squaredErrors < SETTLED;
  }

  private static boolean all(boolean[] done) {
    for (boolean one : done) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /** Whether a regression has a solution: its two sides cannot be told apart. */
  boolean has(int fit) {
    return coefficients[fit] != null;
  }

  /**
   * @param x a vector that begins with the covariates
   */
  double probability(int fit, double[] x) {
    return probability(coefficients[fit], x);
  }

  /** The information matrix at the solution, row by row. */
  double[] information(int fit) {
    return information[fit];
  }

  private static double probability(double[] coefficients, double[] x) {
    return 1 / (1 + Math.exp(-DotProduct.of(coefficients, x)));
  }

  /** Gradients and informations, of which the lower triangles, at the present coefficients. */
  private static final class Scores<T> implements OrderedSums.Partial<T, Scores<T>> {
    private static final long serialVersionUID = 1L;

    private final Sample<T> sample;
    private final double[][] coefficients;
    private final boolean[] skipped;
    private final double[][] score;
    private final double[][] information;

    Scores(Sample<T> sample, double[][] coefficients, boolean[] skipped) {
      this.sample = sample;
      this.coefficients = coefficients;
      this.skipped = skipped;
      this.score = new double[skipped.length][];
      this.information = new double[skipped.length][];
      for (int f = 0; f < skipped.length; f++) {
        int width = skipped[f] ? 0 : coefficients[f].length;
        score[f] = new double[width];
        information[f] = new double[width * width];
      }
    }

    @Override
    public Scores<T> empty() {
      return new Scores<>(sample.another(), coefficients, skipped);
    }

    @Override
    public void add(T unit) {
      double[] x = sample.covariates(unit);
      for (int f = 0; x != null && f < skipped.length; f++) {
        int outcome = skipped[f] ? -1 : sample.outcome(unit, f);
        if (outcome >= 0) {
          add(f, x, outcome, sample.weight(unit));
        }
      }
    }

    private void add(int f, double[] x, int outcome, double count) {
      double p = probability(coefficients[f], x);
      double left = (outcome - p) * count;
      double weight = p * (1 - p) * count;
      double[] products = information[f];
      for (int i = 0; i < x.length; i++) {
        score[f][i] += left * x[i];
        double weighted = weight * x[i];
        for (int j = 0; j <= i; j++) {
          products[i * x.length + j] += weighted * x[j];
        }
      }
    }

    @Override
    public Scores<T> merge(Scores<T> other) {
      for (int f = 0; f < score.length; f++) {
        CellSums.add(score[f], other.score[f]);
        CellSums.add(information[f], other.information[f]);
      }
      return this;
    }
  }
}
