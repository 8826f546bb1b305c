package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The logarithm of the hazard ratio of exposure (Cox 1972), which may begin during follow-up; ties
 * after Efron (1977), errors robust and clustered (Lin & Wei 1989). Where causes compete, of the
 * hazard of the studied one, for which the others end following.
 */
public final class CoxRegression implements EffectEstimator {
  /** As in glm of R: beyond it, there is no finite ratio. */
  private static final int MOST_PASSES = 25;

  /** The square of a step in standard errors. */
  private static final double SETTLED = 1e-16;

  /** Sums are kept per event time in each of the buckets. */
  static final int MOST_SUMS = 1_000_000;

  /** Events per coefficient below which errors mislead (Peduzzi et al. 1995). */
  private static final int ENOUGH_EVENTS = 10;

  private static final double NOT_PROPORTIONAL = 0.05;

  private final DurationColumns columns;
  private final List<String> covariates;

  /**
   * @param covariates known when following begins
   */
  public CoxRegression(DurationColumns columns, List<String> covariates) {
    this.columns = columns;
    this.covariates = List.copyOf(covariates);
  }

  @Override
  public String name() {
    return "cox";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    try (Spells sample = Spells.of(panel, design, columns, covariates)) {
      return estimate(sample, design);
    }
  }

  private EffectEstimate estimate(Spells sample, StudyDesign design) {
    EventTimes times = new EventTimes(sample.times());
    int width = covariates.size() + 1;
    int sums = 3 * CoxSums.Model.kinds(width) * times.size();
    if (sums > MOST_SUMS) {
      throw new InvalidInput(
          "The event happens at too many different times for so many covariates",
          times.size() + " times and " + covariates.size() + " covariates need " + sums + " sums",
          "round the times to days, weeks or months, or drop covariates");
    }
    SurvivalSums counts =
        OrderedSums.of(
            sample.spells(),
            new SurvivalSums(times, SpellWeights.none(), Double.POSITIVE_INFINITY));
    counts.requireEvents("hazard ratio");
    double[] means =
        CrossSection.means(sample.spells().map(Spell::atEntry), covariates.size(), sample.rows());
    CoxSums.Model model = new CoxSums.Model(times, means, new double[width]);
    CoxLikelihood likelihood = fitted(sample, model);
    SymmetricSolver solver = solver(likelihood);
    Residuals residuals = OrderedSums.of(sample.spells(), new Residuals(model, likelihood));
    double[] ofExposure = new double[width];
    ofExposure[0] = 1;
    double[] form = solver.solve(ofExposure);
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
            Estimand.LOG_HAZARD_RATIO,
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
    checks.add(perCoefficient(counts, width));
    checks.add(proportionality(likelihood, form));
    checks.addAll(CrossSectionEffects.checks(headline, freedom, design, sample, counts));
    return new EffectEstimate(
        name(), headline, List.of(headline), checks, sample.attrition(), freedom);
  }

  /** Newton's method; the coefficients of the model become the solution. */
  private CoxLikelihood fitted(Spells sample, CoxSums.Model model) {
    double[] at = model.coefficients();
    double[] before = at.clone();
    double reached = Double.NEGATIVE_INFINITY;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      CoxLikelihood likelihood =
          new CoxLikelihood(OrderedSums.of(sample.spells(), new CoxSums(model)), at);
      if (!(likelihood.logLikelihood >= reached - 1e-9 * Math.abs(reached))) {
        // Too far: half the step.
        for (int i = 0; i < at.length; i++) {
          at[i] = (at[i] + before[i]) / 2;
        }
        continue;
      }
      reached = likelihood.logLikelihood;
      double[] step = solver(likelihood).solve(likelihood.score);
      double squaredErrors = 0;
      for (int i = 0; i < at.length; i++) {
        squaredErrors += step[i] * likelihood.score[i];
      }
      if (squaredErrors < SETTLED) {
        return likelihood;
      }
      System.arraycopy(at, 0, before, 0, at.length);
      CellSums.add(at, step);
    }
    throw new InvalidInput(
        "The hazard ratio does not settle",
        "after "
            + MOST_PASSES
            + " steps it still moves: the exposure or one of "
            + covariates
            + " tells whom it never happens to",
        "drop the covariate, or follow the units longer");
  }

  private SymmetricSolver solver(CoxLikelihood likelihood) {
    return SymmetricSolver.of(likelihood.information)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The exposure and the covariates cannot be told apart",
                    "among those at risk one of the exposure and "
                        + covariates
                        + " is constant, or a combination of the others",
                    "drop a covariate"));
  }

  private static Diagnostic perCoefficient(SurvivalSums counts, int width) {
    double events = (counts.happened[0] + counts.happened[1]) / (double) width;
    return new Diagnostic(
        "events",
        "per_coefficient",
        events,
        Double.NaN,
        events < ENOUGH_EVENTS ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT, "There are %.1f events for each coefficient of the model.", events));
  }

  /**
   * Whether the hazard ratio of exposure stays the same: the slope of its Schoenfeld residuals on
   * one less the share left just before (Grambsch & Therneau 1994, eq. 7, with the average
   * variance).
   */
  private static Diagnostic proportionality(CoxLikelihood likelihood, double[] form) {
    int times = likelihood.events.length;
    double[] transform = new double[times];
    double left = 1;
    double events = 0;
    double mean = 0;
    for (int j = 0; j < times; j++) {
      transform[j] = 1 - left;
      left *= 1 - likelihood.events[j] / likelihood.atRisk[j];
      events += likelihood.events[j];
      mean += likelihood.events[j] * transform[j];
    }
    mean /= events;
    double slope = 0;
    double squares = 0;
    for (int j = 0; j < times; j++) {
      double about = transform[j] - mean;
      squares += likelihood.events[j] * about * about;
      for (int i = 0; i < form.length; i++) {
        slope += about * form[i] * likelihood.residuals[j][i];
      }
    }
    double statistic = squares > 0 ? events * slope * slope / (form[0] * squares) : Double.NaN;
    double p =
        Double.isNaN(statistic)
            ? Double.NaN
            : 1 - new ChiSquaredDistribution(1).cumulativeProbability(statistic);
    return new Diagnostic(
        "proportional_hazards",
        "exposure",
        statistic,
        p,
        p >= NOT_PROPORTIONAL ? Status.PASS : Status.WARNING,
        p >= NOT_PROPORTIONAL
            ? "The hazard ratio shows no drift over time."
            : "The hazard ratio changes over time, or there is too little to tell: one number does"
                + " not describe it; weighted_survival needs no such assumption.");
  }

  private static final class Residuals extends ClusteredScores<Spell, Residuals> {
    private static final long serialVersionUID = 1L;
    private final CoxSums.Model model;
    private final CoxLikelihood likelihood;
    private final double[] z;
    private final double[] residual;

    Residuals(CoxSums.Model model, CoxLikelihood likelihood) {
      super(model.width());
      this.model = model;
      this.likelihood = likelihood;
      this.z = new double[model.width()];
      this.residual = new double[model.width()];
    }

    @Override
    public Residuals empty() {
      return new Residuals(model, likelihood);
    }

    @Override
    public void add(Spell spell) {
      Arrays.fill(residual, 0);
      for (int side = 0; side < 2; side++) {
        if (spell.isOn(side)) {
          likelihood.addResidual(model, spell, side, z, residual);
        }
      }
      sums.add(spell.cluster(), residual);
    }
  }
}
