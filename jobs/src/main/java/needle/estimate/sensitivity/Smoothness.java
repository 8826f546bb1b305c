package needle.estimate.sensitivity;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * What can be said of an effect when the trends of treated and controls may drift apart along a
 * line that bends from one period to the next by no more than some amount (Rambachan & Roth 2023,
 * Δ^SD, section 2.4.2): the shortest interval of fixed length (their section 4, after Armstrong &
 * Kolesár 2018).
 *
 * <p>The effect is corrected for the last step before the reference, carried on, and for a weighted
 * sum of the earlier bends. Its bias is at most the bound times the weights' lengths, so the best
 * weights for any given bias are those of a lasso; along its path the interval's length has a
 * single minimum.
 */
public final class Smoothness {
  private static final double PRECISION = 1e-12;
  private static final int SWEEPS = 100_000;
  private static final int HALVINGS = 60;
  private static final NormalDistribution NORMAL = new NormalDistribution();

  private final double alpha;
  private final double corrected;
  private final double variance;
  private final double unavoidable;
  private final double[] bends;
  private final double[][] ofBends;
  private final double[] withBends;

  /**
   * @param alpha one minus the confidence level
   */
  public Smoothness(EventStudy study, double alpha) {
    this.alpha = alpha;
    int after = study.after();
    double[] form = study.effectForm();
    double reach = 0;
    double bias = 0;
    for (int r = 0; r < after; r++) {
      double weight = 0;
      for (int j = r + 1; j <= after; j++) {
        weight += (j - r) * study.weights()[j - 1];
      }
      bias += Math.abs(weight);
      reach = r == 0 ? weight : reach;
    }
    this.unavoidable = bias;
    double[] lastStep = study.stepInto(0);
    for (int i = 0; i < form.length; i++) {
      form[i] -= reach * lastStep[i];
    }
    this.corrected = study.value(form);
    this.variance = study.variance(form);
    int count = study.before() - 1;
    this.bends = new double[count];
    this.ofBends = new double[count][count];
    this.withBends = new double[count];
    for (int i = 0; i < count; i++) {
      double[] bend = study.bendAt(-1 - i);
      bends[i] = study.value(bend);
      withBends[i] = study.covariance(bend, form);
      for (int j = 0; j < count; j++) {
        ofBends[i][j] = study.covariance(bend, study.bendAt(-1 - j));
      }
    }
  }

  /** The largest bend that was estimated before the reference; 0 where there is none. */
  public double largestBend() {
    double largest = 0;
    for (double bend : bends) {
      largest = Math.max(largest, Math.abs(bend));
    }
    return largest;
  }

  /** The shortest interval of fixed length when no bend exceeds the bound. */
  public Interval at(double bound) {
    double[] weights = new double[bends.length];
    double strictest = 0;
    for (double value : withBends) {
      strictest = Math.max(strictest, Math.abs(value));
    }
    double penalty = 0;
    if (bound > 0 && strictest > 0) {
      penalty =
          new BrentOptimizer(PRECISION, PRECISION * strictest)
              .optimize(
                  new MaxEval(1000),
                  new UnivariateObjectiveFunction(
                      p -> halfLength(lasso(p, new double[bends.length]), bound)),
                  GoalType.MINIMIZE,
                  new SearchInterval(0, strictest))
              .getPoint();
    }
    lasso(penalty, weights);
    double centre = corrected;
    for (int i = 0; i < weights.length; i++) {
      centre -= weights[i] * bends[i];
    }
    double half = halfLength(weights, bound);
    return new Interval(centre - half, centre + half);
  }

  /**
   * The smallest bound whose interval holds zero; 0 where a straight line is enough, infinite where
   * none is found.
   */
  public double breakdown() {
    if (at(0).holds(0)) {
      return 0;
    }
    double accepts = (Math.abs(corrected) + Math.sqrt(variance)) / unavoidable;
    for (int i = 0; i < HALVINGS && !at(accepts).holds(0); i++) {
      accepts *= 2;
    }
    if (!at(accepts).holds(0)) {
      return Double.POSITIVE_INFINITY;
    }
    double rejects = 0;
    for (int i = 0; i < HALVINGS && accepts - rejects > 1e-9 * accepts; i++) {
      double middle = (rejects + accepts) / 2;
      if (at(middle).holds(0)) {
        accepts = middle;
      } else {
        rejects = middle;
      }
    }
    return accepts;
  }

  // Coordinate descent on half the variance plus the penalty times the weights' lengths.
  private double[] lasso(double penalty, double[] weights) {
    double change = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < SWEEPS && change > PRECISION * Math.sqrt(variance); sweep++) {
      change = 0;
      for (int i = 0; i < weights.length; i++) {
        double left = withBends[i];
        for (int j = 0; j < weights.length; j++) {
          left -= j == i ? 0 : ofBends[i][j] * weights[j];
        }
        double size = Math.max(0, Math.abs(left) - penalty);
        double best = ofBends[i][i] > 0 ? Math.signum(left) * size / ofBends[i][i] : 0;
        change = Math.max(change, Math.abs(best - weights[i]) * Math.sqrt(ofBends[i][i]));
        weights[i] = best;
      }
    }
    return weights;
  }

  private double halfLength(double[] weights, double bound) {
    double bias = unavoidable;
    double spread = variance;
    for (int i = 0; i < weights.length; i++) {
      bias += Math.abs(weights[i]);
      spread -= 2 * weights[i] * withBends[i];
      for (int j = 0; j < weights.length; j++) {
        spread += weights[i] * ofBends[i][j] * weights[j];
      }
    }
    double error = Math.sqrt(spread);
    return error * foldedQuantile(bound * bias / error);
  }

  // Below which the absolute value of a normal number with that mean and variance 1 lies.
  private double foldedQuantile(double mean) {
    double low = 0;
    double high = mean + NORMAL.inverseCumulativeProbability(1 - alpha / 2);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      double below =
          NORMAL.cumulativeProbability(middle - mean)
              - NORMAL.cumulativeProbability(-middle - mean);
      if (below < 1 - alpha) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
