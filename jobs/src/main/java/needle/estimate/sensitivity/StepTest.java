package needle.estimate.sensitivity;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The hybrid of the conditional and the least-favourable test (Andrews, Roth & Pakes 2023, sections
 * 5 and 6; Rambachan & Roth 2023, section 3) that an effect has some value, when no step after the
 * treatment is larger than a multiple of one given step before it.
 *
 * <p>With u the steps after and w the given one, the inequalities are ±u − M·w ≤ 0, each divided by
 * its standard deviation; the test statistic is the largest of them, made small by the choice of
 * everything that the hypothesis leaves open. The dual of that linear programme weighs the
 * inequalities. Here it has few vertices, so it needs no solver: the hypothesis fixes Σ c·u alone,
 * so the weights on +u and −u differ by a multiple of c. Either the multiple is positive and only
 * the inequalities of c's signs are weighed, or it is negative and only the others, or it is zero
 * and both inequalities of one step are weighed alike. Every vertex is a linear form in Σ c·u and
 * w.
 */
final class StepTest {
  /** Size of the least-favourable first stage, as a share of the test's; the authors' choice. */
  private static final double FIRST_STAGE = 0.1;

  private static final int GRID = 400;
  private static final int HALVINGS = 40;
  private static final double ALIKE = 1e-10;
  private static final NormalDistribution NORMAL = new NormalDistribution();

  private final double effect;
  private final double step;
  private final double secondStage;
  private final double[] onGap;
  private final double[] onStep;
  private final double[][] covariance;
  private final double largest;

  /**
   * @param period whose step is the largest before the treatment
   * @param sign of that step
   */
  StepTest(EventStudy study, int period, int sign, double multiple, double alpha) {
    double[] gap = study.effectForm();
    double[] given = study.stepInto(period);
    for (int i = 0; i < given.length; i++) {
      given[i] *= sign;
    }
    this.effect = study.effect();
    this.step = study.value(given);
    int after = study.after();
    this.onGap = new double[after + 2];
    this.onStep = new double[after + 2];
    double up = 0;
    double down = 0;
    double lengths = 0;
    double weight = 0;
    for (int r = after; r >= 1; r--) {
      weight += study.weights()[r - 1];
      double above = deviation(study, study.stepInto(r), 1, given, multiple);
      double below = deviation(study, study.stepInto(r), -1, given, multiple);
      lengths += Math.abs(weight);
      up += Math.abs(weight) * (weight > 0 ? above : below);
      down += Math.abs(weight) * (weight > 0 ? below : above);
      onStep[r + 1] = -2 * multiple / (above + below);
    }
    onGap[0] = 1 / up;
    onStep[0] = -multiple * lengths / up;
    onGap[1] = -1 / down;
    onStep[1] = -multiple * lengths / down;
    double across = study.covariance(gap, given);
    this.covariance =
        new double[][] {{study.variance(gap), across}, {across, study.variance(given)}};
    double first = FIRST_STAGE * alpha;
    this.secondStage = (alpha - first) / (1 - first);
    this.largest = LeastFavourable.quantile(onGap, onStep, covariance, 1 - first);
  }

  private static double deviation(
      EventStudy study, double[] later, int sign, double[] given, double multiple) {
    double[] form = later.clone();
    for (int i = 0; i < form.length; i++) {
      form[i] = sign * later[i] - multiple * given[i];
    }
    return Math.sqrt(study.variance(form));
  }

  /** Whether that value of the effect is not rejected. */
  boolean accepts(double value) {
    return acceptsGap(effect - value);
  }

  private boolean acceptsGap(double gap) {
    int at = 0;
    for (int i = 1; i < onGap.length; i++) {
      if (statistic(i, gap) > statistic(at, gap)) {
        at = i;
      }
    }
    double statistic = statistic(at, gap);
    if (!(statistic > 0)) {
      return true;
    }
    if (statistic > largest) {
      return false;
    }
    double variance = covariance(at, at);
    if (!(variance > 0)) {
      return false;
    }
    // Between which values of its own this vertex would have stayed the largest.
    double low = Double.NEGATIVE_INFINITY;
    double high = largest;
    for (int i = 0; i < onGap.length; i++) {
      double along = covariance(i, at) / variance;
      double crossing = (statistic(i, gap) - along * statistic) / (1 - along);
      if (along < 1 - ALIKE) {
        low = Math.max(low, crossing);
      } else if (along > 1 + ALIKE) {
        high = Math.min(high, crossing);
      }
    }
    double error = Math.sqrt(variance);
    double beyond = tail(high / error);
    double possible = tail(low / error) - beyond;
    return !(possible > 0) || tail(statistic / error) - beyond >= secondStage * possible;
  }

  private double statistic(int vertex, double gap) {
    return onGap[vertex] * gap + onStep[vertex] * step;
  }

  private double covariance(int i, int j) {
    return onGap[i] * (covariance[0][0] * onGap[j] + covariance[0][1] * onStep[j])
        + onStep[i] * (covariance[1][0] * onGap[j] + covariance[1][1] * onStep[j]);
  }

  private static double tail(double value) {
    return NORMAL.cumulativeProbability(-value);
  }

  /** The least interval around all values that are not rejected. */
  Interval accepted() {
    // Outside, the first stage rejects.
    double from = (largest - onStep[1] * step) / onGap[1];
    double to = (largest - onStep[0] * step) / onGap[0];
    double lowest = from <= to ? edge(from, to) : Double.NaN;
    return Double.isNaN(lowest)
        ? Interval.NOTHING
        : new Interval(effect - edge(to, from), effect - lowest);
  }

  // The accepted gap that is nearest to the start; NaN where none is.
  private double edge(double start, double end) {
    double before = start;
    for (int i = 0; i <= GRID; i++) {
      double gap = start + (end - start) * i / GRID;
      if (acceptsGap(gap)) {
        return i == 0 ? gap : between(before, gap);
      }
      before = gap;
    }
    return Double.NaN;
  }

  private double between(double rejected, double accepted) {
    double outside = rejected;
    double inside = accepted;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (outside + inside) / 2;
      if (acceptsGap(middle)) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    return inside;
  }
}
