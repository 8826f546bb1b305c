package needle.estimate;

import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether a regression on a treatment of 0 and 1 compares at all, or draws its line from one side
 * to where only the other is: the share of units that covariates tell apart. Told by the logistic
 * regression that weights come from. As a regression has no weights, it does not matter how many
 * are on either side, but only how much more likely the covariates make it to be there.
 */
final class RegressionOverlap {
  private static final double FURTHEST = Math.log(0.99 / 0.01);

  private RegressionOverlap() {}

  /**
   * Nothing of doses, nor where covariates cannot be told apart, which is for the regression to
   * say.
   */
  static List<Diagnostic> of(CrossSection sample, SubjectSums sums, double[] means) {
    int width = means.length - 1;
    if (!sample.hasSides() || SymmetricSolver.of(sums.leading(width)).isEmpty()) {
      return List.of();
    }
    LogisticFits fit = NuisanceFits.ofTreatment(sample.subjects(), means, 1);
    if (!fit.has(0)) {
      return List.of(
          told(
              1,
              "The covariates tell the treated from everybody else, so nobody is like them, and"
                  + " the regression only extrapolates."));
    }
    double odds = sample.treated() / (double) (sample.rows() - sample.treated());
    Apart apart = OrderedSums.of(sample.subjects(), new Apart(fit, means, Math.log(odds)));
    double share = apart.units / (double) sample.rows();
    return List.of(
        told(
            share,
            String.format(
                Locale.ROOT,
                "Of %.1f%% of the units the covariates tell on which side they are, so that the"
                    + " regression extrapolates.",
                100 * share)));
  }

  private static Diagnostic told(double share, String message) {
    Status status =
        DesignChecks.above(share, WeightBalance.MOST_CLIPPED, WeightBalance.FAR_TOO_MANY_CLIPPED);
    return new Diagnostic("overlap", "share_apart", share, Double.NaN, status, message);
  }

  /** Units whose odds of treatment are far from those of all. */
  private static final class Apart implements OrderedSums.Partial<Subject, Apart> {
    private static final long serialVersionUID = 1L;
    private final LogisticFits fit;
    private final double[] means;
    private final double logOdds;
    private final double[] z;
    private long units;

    Apart(LogisticFits fit, double[] means, double logOdds) {
      this.fit = fit;
      this.means = means;
      this.logOdds = logOdds;
      this.z = new double[means.length + 1];
    }

    @Override
    public Apart empty() {
      return new Apart(fit, means, logOdds);
    }

    @Override
    public void add(Subject subject) {
      SubjectSums.centre(subject, means, z);
      double p = fit.probability(0, z);
      units += Math.abs(Math.log(p) - Math.log1p(-p) - logOdds) > FURTHEST ? 1 : 0;
    }

    @Override
    public Apart merge(Apart other) {
      units += other.units;
      return this;
    }
  }
}
