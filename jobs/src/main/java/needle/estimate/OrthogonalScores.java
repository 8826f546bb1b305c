package needle.estimate;

import needle.estimate.DoubleMachineLearning.Model;

/**
 * The orthogonal scores of all subjects, which are linear in the effect: ψ = a·θ + b, summed within
 * clusters; and how the weights that they imply balance the covariates.
 */
final class OrthogonalScores implements OrderedSums.Partial<Subject, OrthogonalScores> {
  private static final long serialVersionUID = 1L;

  private final NuisanceFits fits;
  private final Model model;
  private final double[] means;
  private final double[] z;

  /**
   * Of a and b; of a partially linear model also of what is left of the outcome, squared, and 1.
   */
  final ClusterSums scores;

  final WeightBalance balance;
  final NuisanceQuality quality = new NuisanceQuality();

  OrthogonalScores(NuisanceFits fits, Model model, double[] means) {
    this.fits = fits;
    this.model = model;
    this.means = means;
    this.z = new double[means.length + 1];
    this.scores = new ClusterSums(model == Model.PARTIALLY_LINEAR ? 4 : 2);
    this.balance = new WeightBalance(means.length - 2, model == Model.INTERACTIVE_ATT);
  }

  @Override
  public OrthogonalScores empty() {
    return new OrthogonalScores(fits, model, means);
  }

  @Override
  public void add(Subject subject) {
    SubjectSums.centre(subject, means, z);
    double y = z[z.length - 1];
    int fold = subject.fold();
    if (model == Model.PARTIALLY_LINEAR) {
      double treatment = fits.treatment(fold, z);
      double outcome = fits.outcome(fold, z);
      double v = z[z.length - 2] - treatment;
      double left = y - outcome;
      scores.add(subject.cluster(), -v * v, v * left, left * left, 1);
      quality.number(NuisanceQuality.Of.TREATMENT, z[z.length - 2], treatment);
      quality.number(NuisanceQuality.Of.OUTCOME, y, outcome);
      return;
    }
    boolean isTreated = subject.treatment() == 1;
    double raw = fits.propensity(fold, z);
    double p = fits.clipped(raw);
    double untreated = fits.outcomeOfControls(fold, z);
    quality.probability(isTreated, p);
    if (!isTreated) {
      quality.number(NuisanceQuality.Of.OUTCOME_OF_CONTROLS, y, untreated);
    }
    if (model == Model.INTERACTIVE_ATT) {
      double odds = isTreated ? 1 : p / (1 - p);
      double b = (isTreated ? 1 : -odds) * (y - untreated);
      scores.add(subject.cluster(), isTreated ? -1 : 0, b);
      balance.add(isTreated ? 1 : 0, odds, z, p != raw);
      return;
    }
    double treated = fits.outcomeOfTreated(fold, z);
    if (isTreated) {
      quality.number(NuisanceQuality.Of.OUTCOME_OF_TREATED, y, treated);
    }
    double weight = isTreated ? 1 / p : 1 / (1 - p);
    scores.add(subject.cluster(), -1, doublyRobust(isTreated, y, treated, untreated, weight));
    balance.add(isTreated ? 1 : 0, weight, z, p != raw);
  }

  /** A subject's doubly robust score: its mean over any group is the effect on the group. */
  static double doublyRobust(
      boolean isTreated, double y, double treated, double untreated, double weight) {
    double left = isTreated ? y - treated : untreated - y;
    return treated - untreated + weight * left;
  }

  @Override
  public void finish() {
    scores.finish();
  }

  @Override
  public OrthogonalScores merge(OrthogonalScores other) {
    scores.merge(other.scores);
    balance.merge(other.balance);
    quality.merge(other.quality);
    return this;
  }
}
