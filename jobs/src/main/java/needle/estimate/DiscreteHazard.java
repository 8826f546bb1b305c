package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The logarithm of the ratio of the odds that it happens in a period to those who are still left
 * (Cox 1972, section 6; Allison 1982): a logistic regression on unit-periods with an intercept for
 * every period. Errors are robust and clustered.
 */
public final class DiscreteHazard implements EffectEstimator {
  /** Every unit is looked at in each of its periods, in every step. */
  static final int MOST_PERIODS = 500;

  private static final int MOST_PASSES = 25;

  /** The square of a step in standard errors. */
  private static final double SETTLED = 1e-16;

  private final DurationColumns columns;
  private final List<String> covariates;

  /**
   * @param covariates known when following begins
   */
  public DiscreteHazard(DurationColumns columns, List<String> covariates) {
    this.columns = columns;
    this.covariates = List.copyOf(covariates);
  }

  @Override
  public String name() {
    return "discrete_hazard";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    try (Spells sample = Spells.of(panel, design, columns, covariates)) {
      return estimate(sample, design);
    }
  }

  private EffectEstimate estimate(Spells sample, StudyDesign design) {
    EventTimes all = new EventTimes(sample.times());
    if (all.size() > MOST_PERIODS) {
      throw new InvalidInput(
          "There are too many periods",
          "the event happens in " + all.size() + ", and at most " + MOST_PERIODS + " are possible",
          "round the times to weeks or months, or choose cox");
    }
    SurvivalSums counts =
        OrderedSums.of(
            sample.spells(), new SurvivalSums(all, SpellWeights.none(), Double.POSITIVE_INFINITY));
    counts.requireEvents("odds ratio");
    DiscreteHazardSums.Model model = start(sample, all, counts);
    DiscreteHazardSums sums = fitted(sample, model);
    double[] ofExposure = new double[model.coefficients().length];
    ofExposure[0] = 1;
    double[] form = solver(sums).solve(ofExposure);
    Residuals residuals = OrderedSums.of(sample.spells(), new Residuals(model, sums));
    long clusters = residuals.sums.clusters;
    boolean isClustered = sample.isClustered(clusters);
    if (isClustered && clusters < 2) {
      throw new InvalidInput(
          "There is only one cluster",
          "errors count clusters, and all rows are in the same",
          "supply rows of more clusters, or leave the cluster out");
    }
    double freedom = isClustered ? clusters - 1.0 : Double.POSITIVE_INFINITY;
    Effect headline =
        CrossSectionEffects.effect(
            Estimand.LOG_ODDS_RATIO,
            "coefficient",
            design.treatment().orElseThrow().column(),
            model.coefficients()[0],
            Math.sqrt(
                (isClustered ? clusters / (clusters - 1.0) : 1) * residuals.sums.variance(form)),
            freedom,
            design.alpha(),
            sample.units(1, counts),
            sample.units(0, counts),
            clusters);
    List<Diagnostic> checks = new ArrayList<>(DurationChecks.counts(counts));
    checks.addAll(CrossSectionEffects.checks(headline, freedom, design, sample, counts));
    return new EffectEstimate(
        name(), headline, List.of(headline), checks, sample.attrition(), freedom);
  }

  /**
   * With every period's own odds. Periods in which it happens to nobody or to all who are left tell
   * nothing of the exposure, and have no finite intercept.
   */
  private DiscreteHazardSums.Model start(Spells sample, EventTimes all, SurvivalSums counts) {
    double[][] atRisk = {counts.atRisk(0), counts.atRisk(1)};
    double[] events = new double[all.size()];
    double[] left = new double[all.size()];
    for (int j = 0; j < all.size(); j++) {
      events[j] = counts.events[0][j] + counts.events[1][j];
      left[j] = atRisk[0][j] + atRisk[1][j] - events[j];
    }
    int[] kept = IntStream.range(0, all.size()).filter(j -> events[j] > 0 && left[j] > 0).toArray();
    double[] means =
        CrossSection.means(sample.spells().map(Spell::atEntry), covariates.size(), sample.rows());
    return new DiscreteHazardSums.Model(
        new EventTimes(IntStream.of(kept).mapToDouble(j -> all.times()[j]).toArray()),
        means,
        IntStream.of(kept).mapToDouble(j -> Math.log(events[j] / left[j])).toArray(),
        new double[covariates.size() + 1]);
  }

  /** Newton's method; the intercepts and coefficients of the model become the solution. */
  private DiscreteHazardSums fitted(Spells sample, DiscreteHazardSums.Model model) {
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      DiscreteHazardSums sums = OrderedSums.of(sample.spells(), new DiscreteHazardSums(model));
      double[] step = solver(sums).solve(sums.concentratedScore());
      double squaredErrors = 0;
      for (int i = 0; i < step.length; i++) {
        squaredErrors += step[i] * sums.score[i];
      }
      double[] shift = new double[model.intercepts().length];
      for (int j = 0; j < shift.length; j++) {
        shift[j] = sums.periodScore[j];
        for (int i = 0; i < step.length; i++) {
          shift[j] -= sums.border[j][i] * step[i];
        }
        shift[j] /= sums.periodInformation[j];
        squaredErrors += shift[j] * sums.periodScore[j];
      }
      if (squaredErrors < SETTLED) {
        return sums;
      }
      CellSums.add(model.coefficients(), step);
      CellSums.add(model.intercepts(), shift);
    }
    throw new InvalidInput(
        "The odds ratio does not settle",
        "after "
            + MOST_PASSES
            + " steps it still moves: the exposure or one of "
            + covariates
            + " tells whom it never happens to",
        "drop the covariate, or follow the units longer");
  }

  private SymmetricSolver solver(DiscreteHazardSums sums) {
    return SymmetricSolver.of(sums.concentrated())
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The exposure and the covariates cannot be told apart",
                    "among those at risk in the same period one of the exposure and "
                        + covariates
                        + " is constant, or a combination of the others",
                    "drop a covariate"));
  }

  /** Every unit's part of the gradient once the intercepts follow, within clusters. */
  private static final class Residuals extends ClusteredScores<Spell, Residuals> {
    private static final long serialVersionUID = 1L;
    private final DiscreteHazardSums.Model model;
    private final DiscreteHazardSums fit;
    private final double[] z;
    private final double[] residual;

    Residuals(DiscreteHazardSums.Model model, DiscreteHazardSums fit) {
      super(model.coefficients().length);
      this.model = model;
      this.fit = fit;
      this.z = new double[model.coefficients().length];
      this.residual = new double[z.length];
    }

    @Override
    public Residuals empty() {
      return new Residuals(model, fit);
    }

    @Override
    public void add(Spell spell) {
      Arrays.fill(residual, 0);
      for (int side = 0; side < 2; side++) {
        int last = spell.isOn(side) ? model.times().last(spell.until(side)) : -1;
        model.vector(spell, side, z);
        for (int j = model.times().first(spell.begin(side)); j <= last; j++) {
          double happens = DiscreteHazardSums.happens(model, spell, side, j) ? 1 : 0;
          double left = happens - model.probability(j, z);
          for (int i = 0; i < z.length; i++) {
            residual[i] += left * (z[i] - fit.border[j][i] / fit.periodInformation[j]);
          }
        }
      }
      sums.add(spell.cluster(), residual);
    }
  }
}
