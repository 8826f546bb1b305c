package needle.estimate;

/**
 * What the treatment changes in the mean outcome, averaged over rows by their size, how that moves
 * with the coefficients, and the scores within clusters. Of a treatment of 0 and 1 it is the change
 * from 0 to 1, of a dose the slope (Williams 2012).
 */
final class MarginalEffects extends ClusteredScores<Subject, MarginalEffects> {
  private static final long serialVersionUID = 1L;
  private final LinkedRow rows;
  private final double[] coefficients;
  private final boolean hasSides;
  private final double[] x;
  private final double[] gradient;
  private double sizes;
  private double effect;

  /** Squares of residuals by their variance, up to the dispersion. */
  double pearson;

  /** Per side: what was counted, and how much could have been. */
  final double[] outcomes = new double[2];

  final double[] trials = new double[2];

  MarginalEffects(LinkedRow rows, double[] coefficients, boolean hasSides) {
    super(coefficients.length);
    this.rows = rows;
    this.coefficients = coefficients;
    this.hasSides = hasSides;
    this.x = new double[coefficients.length];
    this.gradient = new double[coefficients.length];
  }

  @Override
  public MarginalEffects empty() {
    return new MarginalEffects(rows, coefficients, hasSides);
  }

  @Override
  public void add(Subject subject) {
    rows.write(subject, x);
    OutcomeFamily family = rows.family();
    double size = rows.size(subject);
    double eta = DotProduct.of(coefficients, x);
    double left = family.score(subject.outcome(), size, eta);
    double[] score = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      score[i] = left * x[i];
    }
    sums.add(subject.cluster(), score);
    double residual = subject.outcome() - size * family.mean(eta);
    pearson += residual * residual / family.variance(size, eta);
    int side = subject.treatment() == 1 ? 1 : 0;
    outcomes[side] += subject.outcome();
    trials[side] += size;
    sizes += size;
    if (hasSides) {
      addChange(1, size);
      addChange(0, -size);
    } else {
      addSlope(eta, size);
    }
  }

  private void addChange(double treatment, double times) {
    x[x.length - 1] = rows.treatment(treatment);
    double eta = DotProduct.of(coefficients, x);
    effect += times * rows.family().mean(eta);
    double slope = rows.family().slope(eta);
    for (int i = 0; i < x.length; i++) {
      gradient[i] += times * slope * x[i];
    }
  }

  private void addSlope(double eta, double size) {
    double coefficient = coefficients[x.length - 1];
    double slope = rows.family().slope(eta);
    effect += size * slope * coefficient;
    double bend = rows.family().bend(eta) * coefficient;
    for (int i = 0; i < x.length; i++) {
      gradient[i] += size * bend * x[i];
    }
    gradient[x.length - 1] += size * slope;
  }

  @Override
  public MarginalEffects merge(MarginalEffects other) {
    CellSums.add(gradient, other.gradient);
    CellSums.add(outcomes, other.outcomes);
    CellSums.add(trials, other.trials);
    sizes += other.sizes;
    effect += other.effect;
    pearson += other.pearson;
    return super.merge(other);
  }

  double effect() {
    return effect / sizes;
  }

  /** How the average moves with the coefficients. */
  double[] gradient() {
    double[] mean = gradient.clone();
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= sizes;
    }
    return mean;
  }
}
