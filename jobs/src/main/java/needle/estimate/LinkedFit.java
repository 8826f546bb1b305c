package needle.estimate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * The largest likelihood of a generalised linear model: where the link is the family's own, the
 * steps are those of iteratively reweighted least squares (McCullagh & Nelder 1989, section 2.5).
 *
 * @param information at the solution, as observed
 */
record LinkedFit(double[] coefficients, SymmetricSolver information) {

  /**
   * @param names of the regressors behind the constant
   */
  static LinkedFit of(JavaRDD<Subject> subjects, LinkedRow rows, List<String> names) {
    double[] at = new double[rows.width()];
    at[0] = rows.family().link(rows.meanOutcome());
    Search search = new Search(subjects, rows, names);
    Sums sums = search.sums(at);
    if (sums.solver().isEmpty()) {
      throw new InvalidInput(
          "The treatment and the covariates cannot be told apart",
          "one of " + names + " is constant, or a combination of the others",
          "drop a covariate");
    }
    LikelihoodSearch.Found<Sums, SymmetricSolver> found = search.from(at, sums, sums.deviations());
    return new LinkedFit(found.coefficients(), found.solver());
  }

  private static final class Search extends LikelihoodSearch<Sums, SymmetricSolver> {
    private final JavaRDD<Subject> subjects;
    private final LinkedRow rows;
    private final List<String> names;

    Search(JavaRDD<Subject> subjects, LinkedRow rows, List<String> names) {
      this.subjects = subjects;
      this.rows = rows;
      this.names = names;
    }

    @Override
    Sums sums(double[] at) {
      return OrderedSums.of(subjects, new Sums(rows, at));
    }

    @Override
    double likelihood(Sums sums) {
      return sums.likelihood;
    }

    @Override
    Optional<Step<SymmetricSolver>> step(Sums sums) {
      return sums.solver().map(solver -> new Step<>(solver.solve(sums.score), solver));
    }

    @Override
    InvalidInput unsettled(List<Integer> growing) {
      return new InvalidInput(
          "The regression does not settle",
          "the larger the coefficients of "
              + growing.stream()
                  .filter(i -> i > 0)
                  .map(i -> names.get(i - 1))
                  .collect(Collectors.joining(", "))
              + " become, the better they fit: they tell rows with the smallest or the largest"
              + " outcome from all others",
          "drop these covariates, group them, or leave out the rows that they tell apart");
    }
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

    /** Of the information; empty where it is singular. */
    Optional<SymmetricSolver> solver() {
      return SymmetricSolver.of(SymmetricSolver.mirrored(information, x.length));
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
