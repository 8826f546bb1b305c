package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * The largest likelihood of a generalised linear model by Newton's method, one pass per step: where
 * the link is the family's own, that is iteratively reweighted least squares (McCullagh & Nelder
 * 1989, section 2.5).
 *
 * @param information at the solution, as observed
 */
record LinkedFit(double[] coefficients, SymmetricSolver information) {
  private static final int MOST_STEPS = 40;

  /** A step this small, in standard deviations of a column, moves nothing that is published. */
  private static final double SETTLED = 1e-9;

  /**
   * @param names of the regressors behind the constant
   */
  static LinkedFit of(JavaRDD<Subject> subjects, LinkedRow rows, List<String> names) {
    double[] at = new double[rows.width()];
    at[0] = rows.family().link(rows.meanOutcome());
    Sums sums = OrderedSums.of(subjects, new Sums(rows, at));
    double[] deviations = sums.deviations();
    double[] step = new double[at.length];
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Optional<SymmetricSolver> solver = SymmetricSolver.of(sums.mirrored());
      if (solver.isEmpty() && steps == 0) {
        throw new InvalidInput(
            "The treatment and the covariates cannot be told apart",
            "one of " + names + " is constant, or a combination of the others",
            "drop a covariate");
      }
      if (solver.isEmpty()) {
        break;
      }
      step = solver.get().solve(sums.score);
      // By the deviations at the start: where rows separate, those of later steps shrink to nothing
      // while the step stays as long as it was.
      if (largest(step, deviations) < SETTLED) {
        return new LinkedFit(at, solver.get());
      }
      double share = 1;
      Sums next = null;
      double[] there = null;
      while (next == null || !(next.likelihood >= sums.likelihood - slack(sums))) {
        if (share < 1e-6) {
          throw separated(names, step, deviations);
        }
        there = at.clone();
        for (int i = 0; i < there.length; i++) {
          there[i] += share * step[i];
        }
        next = OrderedSums.of(subjects, new Sums(rows, there));
        share /= 2;
      }
      at = there;
      sums = next;
    }
    throw separated(names, step, deviations);
  }

  // What summing in doubles loses.
  private static double slack(Sums sums) {
    return 1e-12 * Math.abs(sums.likelihood);
  }

  private static double largest(double[] step, double[] deviations) {
    double largest = 0;
    for (int i = 0; i < step.length; i++) {
      largest = Math.max(largest, Math.abs(step[i]) * deviations[i]);
    }
    return largest;
  }

  private static InvalidInput separated(List<String> names, double[] step, double[] deviations) {
    List<String> growing = new ArrayList<>();
    double largest = largest(step, deviations);
    for (int i = 1; i < step.length; i++) {
      if (Math.abs(step[i]) * deviations[i] > 0.1 * largest) {
        growing.add(names.get(i - 1));
      }
    }
    return new InvalidInput(
        "The regression does not settle",
        "the larger the coefficients of "
            + String.join(", ", growing)
            + " become, the better they fit: they tell rows with the smallest or the largest outcome"
            + " from all others",
        "drop these covariates, group them, or leave out the rows that they tell apart");
  }

  /** Likelihood, its gradient, and its information, of which the lower triangle. */
  private static final class Sums implements OrderedSums.Partial<Subject, Sums> {
    private static final long serialVersionUID = 1L;
    private final LinkedRow rows;
    private final double[] at;
    private final double[] x;
    private final double[] score;
    private final double[] information;
    private double likelihood;

    Sums(LinkedRow rows, double[] at) {
      this.rows = rows;
      this.at = at;
      this.x = new double[at.length];
      this.score = new double[at.length];
      this.information = new double[at.length * at.length];
    }

    @Override
    public Sums empty() {
      return new Sums(rows, at);
    }

    @Override
    public void add(Subject subject) {
      rows.write(subject, x);
      double eta = DotProduct.of(at, x);
      double size = rows.size(subject);
      likelihood += rows.family().likelihood(subject.outcome(), size, eta);
      double left = rows.family().score(subject.outcome(), size, eta);
      double weight = rows.family().information(subject.outcome(), size, eta);
      for (int i = 0; i < x.length; i++) {
        score[i] += left * x[i];
        double weighted = weight * x[i];
        for (int j = 0; j <= i; j++) {
          information[i * x.length + j] += weighted * x[j];
        }
      }
    }

    @Override
    public Sums merge(Sums other) {
      CellSums.add(score, other.score);
      CellSums.add(information, other.information);
      likelihood += other.likelihood;
      return this;
    }

    double[] mirrored() {
      double[] whole = information.clone();
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < i; j++) {
          whole[j * x.length + i] = whole[i * x.length + j];
        }
      }
      return whole;
    }

    /** Of the regressors, about the constant. */
    double[] deviations() {
      double[] found = new double[x.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = Math.sqrt(information[i * x.length + i] / information[0]);
      }
      return found;
    }
  }
}
