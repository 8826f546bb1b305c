package needle.estimate;

import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/**
 * Least squares of scores on several sets of regressors at once, times the amount of treatment that
 * a score is the effect of: the best linear predictors of the effect (Semenova & Chernozhukov
 * 2021). Two passes: cross products; residuals times regressors, summed within clusters.
 */
final class ScoreProjections {
  private final ScoreRegressors regressors;
  private final Moments moments;
  private final SymmetricSolver[] solvers;
  private final double[] slopes;
  private final ClusterSums sums;

  private ScoreProjections(
      ScoreRegressors regressors,
      Moments moments,
      SymmetricSolver[] solvers,
      double[] slopes,
      ClusterSums sums) {
    this.regressors = regressors;
    this.moments = moments;
    this.solvers = solvers;
    this.slopes = slopes;
    this.sums = sums;
  }

  static ScoreProjections of(JavaRDD<Subject> subjects, ScoreRegressors regressors) {
    Moments moments = OrderedSums.of(subjects, new Moments(regressors));
    SymmetricSolver[] solvers = new SymmetricSolver[regressors.blocks()];
    double[] slopes = new double[regressors.width()];
    for (int b = 0; b < solvers.length; b++) {
      Optional<SymmetricSolver> solver = SymmetricSolver.of(moments.squares(b));
      int start = regressors.starts[b];
      if (solver.isPresent()) {
        solvers[b] = solver.get();
        double[] withScore = new double[regressors.starts[b + 1] - start];
        System.arraycopy(moments.withScore, start, withScore, 0, withScore.length);
        System.arraycopy(solvers[b].solve(withScore), 0, slopes, start, withScore.length);
      }
    }
    ClusterSums sums = OrderedSums.of(subjects, new Residuals(regressors, slopes)).sums;
    return new ScoreProjections(regressors, moments, solvers, slopes, sums);
  }

  /** Whether a block's regressors can be told apart. */
  boolean has(int block) {
    return solvers[block] != null;
  }

  /** A coefficient, by its place among all regressors. */
  double slope(int place) {
    return slopes[place];
  }

  /** How many units have another value than zero of each regressor. */
  SideCounts counts() {
    return moments.counts;
  }

  long clusters() {
    return sums.clusters;
  }

  /**
   * The covariance of all coefficients, row by row: A⁻¹MA⁻¹ with the cross products A of each block
   * and M those of the clusters' sums. Zero where a block has no solution.
   */
  double[] covariance() {
    int width = regressors.width();
    double[] half = new double[width * width];
    for (int row = 0; row < width; row++) {
      for (int b = 0; b < solvers.length; b++) {
        solveInto(half, sums.products, row, b);
      }
    }
    double[] turned = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        turned[j * width + i] = half[i * width + j];
      }
    }
    double[] whole = new double[width * width];
    for (int row = 0; row < width; row++) {
      for (int b = 0; b < solvers.length; b++) {
        solveInto(whole, turned, row, b);
      }
    }
    return whole;
  }

  private void solveInto(double[] into, double[] from, int row, int b) {
    int start = regressors.starts[b];
    int size = regressors.starts[b + 1] - start;
    if (solvers[b] != null) {
      double[] part = new double[size];
      System.arraycopy(from, row * regressors.width() + start, part, 0, size);
      System.arraycopy(solvers[b].solve(part), 0, into, row * regressors.width() + start, size);
    }
  }

  private static final class Moments implements OrderedSums.Partial<Subject, Moments> {
    private static final long serialVersionUID = 1L;
    private final ScoreRegressors regressors;
    private final double[][] products;
    private final double[] withScore;
    private final SideCounts counts;

    Moments(ScoreRegressors regressors) {
      this.regressors = regressors;
      this.products = new double[regressors.blocks()][];
      for (int b = 0; b < products.length; b++) {
        int size = regressors.starts[b + 1] - regressors.starts[b];
        products[b] = new double[size * size];
      }
      this.withScore = new double[regressors.width()];
      this.counts = regressors.counts();
    }

    @Override
    public Moments empty() {
      return new Moments(regressors.another());
    }

    @Override
    public void add(Subject subject) {
      double[] x = regressors.of(subject);
      double amount = regressors.amount();
      int side = subject.treatment() == 0 ? 0 : 1;
      for (int b = 0; b < products.length; b++) {
        int start = regressors.starts[b];
        int size = regressors.starts[b + 1] - start;
        for (int i = 0; i < size; i++) {
          if (x[start + i] != 0) {
            withScore[start + i] += x[start + i] * amount * regressors.score();
            counts.add(start + i, side, subject.cluster(), regressors.weight());
            for (int j = 0; j < size; j++) {
              products[b][i * size + j] += x[start + i] * amount * x[start + j] * amount;
            }
          }
        }
      }
    }

    @Override
    public void finish() {
      counts.finish();
    }

    double[] squares(int block) {
      return products[block];
    }

    @Override
    public Moments merge(Moments other) {
      for (int b = 0; b < products.length; b++) {
        CellSums.add(products[b], other.products[b]);
      }
      CellSums.add(withScore, other.withScore);
      counts.merge(other.counts);
      return this;
    }
  }

  private static final class Residuals extends ClusteredScores<Subject, Residuals> {
    private static final long serialVersionUID = 1L;
    private final ScoreRegressors regressors;
    private final double[] slopes;
    private final double[] scores;

    Residuals(ScoreRegressors regressors, double[] slopes) {
      super(slopes.length);
      this.regressors = regressors;
      this.slopes = slopes;
      this.scores = new double[slopes.length];
    }

    @Override
    public Residuals empty() {
      return new Residuals(regressors.another(), slopes);
    }

    @Override
    public void add(Subject subject) {
      double[] x = regressors.of(subject);
      double amount = regressors.amount();
      for (int b = 0; b < regressors.blocks(); b++) {
        double left = regressors.score();
        for (int k = regressors.starts[b]; k < regressors.starts[b + 1]; k++) {
          left -= slopes[k] * x[k] * amount;
        }
        for (int k = regressors.starts[b]; k < regressors.starts[b + 1]; k++) {
          scores[k] = x[k] * amount * left;
        }
      }
      sums.add(subject.cluster(), scores);
    }
  }
}
