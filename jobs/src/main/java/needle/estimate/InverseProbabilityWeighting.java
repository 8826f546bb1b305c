package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The difference between weighted means of the two sides of a cross-section, with weights that sum
 * to one on each (Hájek 1971) and come from a logistic regression; errors include its estimation
 * (Lunceford & Davidian 2004, eq. 18 to 20).
 */
public final class InverseProbabilityWeighting implements EffectEstimator {
  private final List<String> covariates;
  private final boolean isOfTreated;
  private final double lowest;
  private final double highest;

  /**
   * @param covariates measured before treatment
   * @param isOfTreated whether the effect is that on the treated, else on everybody
   * @param lowest probabilities of treatment below it count as it
   * @param highest those above it count as it
   */
  public InverseProbabilityWeighting(
      List<String> covariates, boolean isOfTreated, double lowest, double highest) {
    this.covariates = List.copyOf(covariates);
    this.isOfTreated = isOfTreated;
    this.lowest = lowest;
    this.highest = highest;
    CrossSectionEffects.requireCovariates(name(), covariates);
  }

  @Override
  public String name() {
    return "ipw";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), false);
    PanelColumns.check(panel.schema(), design, covariates, java.util.Optional.empty());
    OneRowPerUnit.require(panel, design);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, java.util.Optional.empty(), 1)) {
      sample.requireSides(treatment);
      return estimate(sample, design);
    }
  }

  private EffectEstimate estimate(CrossSection sample, StudyDesign design) {
    double[] means = sample.means();
    SubjectSums sums = OrderedSums.of(sample.subjects(), new SubjectSums(1, means, true));
    SymmetricSolver.requireIndependent(sums.leading(covariates.size() + 1), covariates);
    NuisanceFits fits = NuisanceFits.propensity(sample.subjects(), means, 1, lowest, highest);
    WeightedMeans weighted =
        OrderedSums.of(sample.subjects(), new WeightedMeans(fits, means, isOfTreated));
    SymmetricSolver information =
        SymmetricSolver.of(fits.information())
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "The covariates " + covariates + " cannot be told apart",
                        "they are constant or collinear",
                        "drop a covariate"));
    Influence influence =
        OrderedSums.of(
            sample.subjects(), new Influence(weighted, information.solve(weighted.byPropensity())));
    long clusters = influence.sums.clusters;
    boolean isClustered = !design.isClusteredByUnit();
    double factor = isClustered ? clusters / (clusters - 1.0) : 1;
    double freedom = isClustered ? clusters - 1.0 : Double.POSITIVE_INFINITY;
    Estimand estimand = isOfTreated ? Estimand.ATT : Estimand.ATE;
    Effect headline =
        CrossSectionEffects.effect(
            estimand,
            "overall",
            estimand.word(),
            weighted.mean(1) - weighted.mean(0),
            Math.sqrt(factor * influence.sums.variance(1)),
            freedom,
            design.alpha(),
            sample,
            clusters);
    List<Diagnostic> checks = new ArrayList<>();
    checks.addAll(weighted.balance.checks(covariates, sums, lowest, highest));
    checks.addAll(CrossSectionEffects.checks(headline, freedom, design, sample));
    return new EffectEstimate(
        name(), headline, List.of(headline), checks, sample.attrition(), freedom);
  }

  /** Weighted sums on both sides. */
  static final class WeightedMeans implements OrderedSums.Partial<Subject, WeightedMeans> {
    private static final long serialVersionUID = 1L;
    private final NuisanceFits fits;
    private final double[] means;
    private final boolean isOfTreated;
    private final double[] z;
    private final double[] outcomes = new double[2];

    // Per side: how the weights move with the propensity's coefficients, plain and times outcome.
    private final double[][] moves;
    private final double[][] movesOutcome;
    final WeightBalance balance;

    WeightedMeans(NuisanceFits fits, double[] means, boolean isOfTreated) {
      this.fits = fits;
      this.means = means;
      this.isOfTreated = isOfTreated;
      this.z = new double[means.length + 1];
      this.moves = new double[2][means.length - 1];
      this.movesOutcome = new double[2][means.length - 1];
      this.balance = new WeightBalance(means.length - 2, isOfTreated);
    }

    @Override
    public WeightedMeans empty() {
      return new WeightedMeans(fits, means, isOfTreated);
    }

    @Override
    public void add(Subject subject) {
      SubjectSums.centre(subject, means, z);
      int side = (int) subject.treatment();
      double raw = fits.propensity(0, z);
      double p = fits.clipped(raw);
      double weight = weight(isOfTreated, side, p);
      double y = z[z.length - 1];
      balance.add(side, weight, z, p != raw);
      outcomes[side] += weight * y;
      double move = p != raw ? 0 : move(isOfTreated, side, p);
      for (int i = 0; i < moves[side].length; i++) {
        moves[side][i] += move * z[i];
        movesOutcome[side][i] += move * z[i] * y;
      }
    }

    static double weight(boolean isOfTreated, int side, double p) {
      if (isOfTreated) {
        return side == 1 ? 1 : p / (1 - p);
      }
      return side == 1 ? 1 / p : 1 / (1 - p);
    }

    /** The derivative of the weight by the logit; a clipped probability does not move. */
    static double move(boolean isOfTreated, int side, double p) {
      if (isOfTreated) {
        return side == 1 ? 0 : p / (1 - p);
      }
      return side == 1 ? -(1 - p) / p : p / (1 - p);
    }

    double mean(int side) {
      return outcomes[side] / balance.weights[side];
    }

    /** How the difference of the means moves with the propensity's coefficients. */
    double[] byPropensity() {
      double[] slope = new double[moves[0].length];
      for (int side = 0; side < 2; side++) {
        double sign = side == 1 ? 1 : -1;
        for (int i = 0; i < slope.length; i++) {
          double about = movesOutcome[side][i] - mean(side) * moves[side][i];
          slope[i] += sign * about / balance.weights[side];
        }
      }
      return slope;
    }

    @Override
    public WeightedMeans merge(WeightedMeans other) {
      CellSums.add(outcomes, other.outcomes);
      for (int side = 0; side < 2; side++) {
        CellSums.add(moves[side], other.moves[side]);
        CellSums.add(movesOutcome[side], other.movesOutcome[side]);
      }
      balance.merge(other.balance);
      return this;
    }
  }

  /** How every subject moves the difference, within clusters. */
  private static final class Influence extends ClusteredScores<Subject, Influence> {
    private static final long serialVersionUID = 1L;
    private final WeightedMeans weighted;
    private final double[] viaPropensity;
    private final double[] z;

    Influence(WeightedMeans weighted, double[] viaPropensity) {
      super(1);
      this.weighted = weighted;
      this.viaPropensity = viaPropensity;
      this.z = new double[weighted.z.length];
    }

    @Override
    public Influence empty() {
      return new Influence(weighted, viaPropensity);
    }

    @Override
    public void add(Subject subject) {
      SubjectSums.centre(subject, weighted.means, z);
      int side = (int) subject.treatment();
      double raw = weighted.fits.propensity(0, z);
      double left = z[z.length - 1] - weighted.mean(side);
      double share =
          WeightedMeans.weight(weighted.isOfTreated, side, weighted.fits.clipped(raw))
              / weighted.balance.weights[side];
      double score = 0;
      for (int i = 0; i < viaPropensity.length; i++) {
        score += viaPropensity[i] * z[i];
      }
      double sign = side == 1 ? 1 : -1;
      sums.add(subject.cluster(), sign * share * left + score * (subject.treatment() - raw));
    }
  }
}
