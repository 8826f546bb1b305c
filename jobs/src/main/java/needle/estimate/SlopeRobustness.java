package needle.estimate;

import needle.estimate.sensitivity.RobustnessValue;
import org.apache.commons.math3.analysis.solvers.BrentSolver;

/**
 * The robustness values of a slope that partials covariates out (Chernozhukov, Cinelli, Newey,
 * Sharma & Syrgkanis 2022): what share of what is left of both treatment and outcome something
 * unseen would have to tell to explain the effect away. Unseen shares r of both move it by at most
 * r/√(1 − r) times S, the ratio of what is left of the outcome, beside the effect, to what is left
 * of the treatment. S is estimated, too, and the interval allows for that.
 */
final class SlopeRobustness {
  private static final double ACCURACY = 1e-12;
  private static final int EVALUATIONS = 200;
  private static final double ALL = 1 - 1e-9;

  private final ClusterSums sums;
  private final double effect;
  private final double factor;
  private final double critical;
  private final double ratio;

  /** How subjects move the effect, and the ratio, as forms in what is summed. */
  private final double[] ofEffect;

  private final double[] ofRatio;

  /**
   * @param sums of −v², v·r, r² and 1, where v and r are what is left of treatment and outcome
   * @param factor by which sums over clusters are too small
   * @param critical the quantile of the interval
   */
  SlopeRobustness(ClusterSums sums, double effect, double factor, double critical) {
    this.sums = sums;
    this.effect = effect;
    this.factor = factor;
    this.critical = critical;
    double subjects = sums.total[3];
    // The mean squares of what is left of the treatment, and of the outcome beside the effect.
    double treatment = -sums.total[0] / subjects;
    double outcome =
        (sums.total[2] - 2 * effect * sums.total[1] - effect * effect * sums.total[0]) / subjects;
    this.ratio = Math.sqrt(outcome / treatment);
    this.ofEffect = new double[] {effect / treatment / subjects, 1 / treatment / subjects, 0, 0};
    double byOutcome = 1 / (2 * ratio * treatment * subjects);
    double byTreatment = outcome * byOutcome / treatment;
    this.ofRatio =
        new double[] {
          byTreatment - byOutcome * effect * effect,
          -2 * byOutcome * effect,
          byOutcome,
          byTreatment * treatment - byOutcome * outcome
        };
  }

  /** To make the estimate zero. */
  double ofEstimate() {
    return RobustnessValue.share(Math.abs(effect) / ratio);
  }

  /** To make the interval hold zero; 0 where it does. */
  double ofInterval() {
    if (!(end(0) > 0)) {
      return 0;
    }
    double most = ofEstimate();
    return most >= ALL ? most : new BrentSolver(ACCURACY).solve(EVALUATIONS, this::end, 0, most);
  }

  /**
   * The interval's end that is nearer to zero, were something unseen to tell that share of both.
   */
  private double end(double share) {
    double move = share / Math.sqrt(1 - share);
    double[] form = new double[ofEffect.length];
    for (int i = 0; i < form.length; i++) {
      form[i] = Math.signum(effect) * ofEffect[i] - move * ofRatio[i];
    }
    double error = Math.sqrt(factor * sums.variance(form));
    return Math.abs(effect) - move * ratio - critical * error;
  }
}
