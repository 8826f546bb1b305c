package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Survival curves of the exposed and the unexposed, weighted by the inverse probability of exposure
 * (Xie & Liu 2005), and the difference of their restricted means, the mean time without the event
 * up to a horizon (Royston & Parmar 2013). Errors come from influence functions and include the
 * estimation of the weights.
 *
 * <p>Where causes compete, the shares to whom the studied one has happened (Aalen & Johansen 1978)
 * take the place of the curves: nobody can meet it who has met another, so that a curve that counts
 * them as followed no longer would be of a world without the others.
 */
public final class WeightedSurvival implements EffectEstimator {
  private static final String MEAN = "restricted_mean";
  private static final String SHARE = "survival";
  private static final String INCIDENCE = "incidence";

  private final DurationColumns columns;
  private final List<String> covariates;
  private final boolean isOfTreated;
  private final double lowest;
  private final double highest;
  private final double until;
  private final List<Double> times;
  private final LaterExposure later;

  /**
   * Of units that nobody joins in being exposed.
   *
   * @param covariates known when following begins; none for curves without weights
   * @param isOfTreated whether the effect is that on the exposed, else on everybody
   * @param lowest probabilities of exposure below it count as it
   * @param highest those above it count as it
   * @param until the horizon of the restricted mean
   * @param times at which the shares without the event are compared, too
   */
  public WeightedSurvival(
      DurationColumns columns,
      List<String> covariates,
      boolean isOfTreated,
      double lowest,
      double highest,
      double until,
      List<Double> times) {
    this(columns, covariates, isOfTreated, lowest, highest, until, times, LaterExposure.none());
  }

  /**
   * Of trials in a sequence; all else is as above.
   *
   * @param later when the unexposed leave a trial of a sequence by being exposed in a later one
   */
  WeightedSurvival(
      DurationColumns columns,
      List<String> covariates,
      boolean isOfTreated,
      double lowest,
      double highest,
      double until,
      List<Double> times,
      LaterExposure later) {
    this.later = later;
    this.columns = columns;
    this.covariates = List.copyOf(covariates);
    this.isOfTreated = isOfTreated;
    this.lowest = lowest;
    this.highest = highest;
    this.until = until;
    this.times = List.copyOf(times);
    for (double time : times) {
      if (!(time > 0 && time <= until)) {
        throw new InvalidInput(
            "Survival cannot be compared at " + time,
            "times lie between zero and the horizon, which is " + until,
            "give times within it, or a later horizon");
      }
    }
    if (!(until > 0 && until < Double.POSITIVE_INFINITY)) {
      throw new InvalidInput(
          "The horizon " + until + " is no time",
          "a mean up to it needs one above zero",
          "give until, such as the time by which it should have happened");
    }
    if (isOfTreated && covariates.isEmpty()) {
      throw new InvalidInput(
          "Without covariates there is no effect on the treated",
          "everybody counts the same",
          "list covariates known when following begins, or leave the estimand out");
    }
  }

  @Override
  public String name() {
    return hasCauses() ? "cumulative_incidence" : "weighted_survival";
  }

  private boolean hasCauses() {
    return columns.cause().isPresent();
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    boolean isDated = design.treatment().filter(t -> t instanceof StudyDesign.Begins).isPresent();
    if (isDated && !covariates.isEmpty()) {
      throw new InvalidInput(
          "Weights for exposure that begins later are not known",
          "covariates at entry do not tell who is exposed when",
          "leave the covariates out, or give treatment as exposed at entry");
    }
    try (Spells sample = Spells.of(panel, design, columns, covariates)) {
      return estimate(sample, design);
    }
  }

  private EffectEstimate estimate(Spells sample, StudyDesign design) {
    EventTimes grid = EventTimes.upTo(until, sample.times());
    JavaRDD<Subject> subjects = sample.spells().map(Spell::atEntry);
    SpellWeights weights = SpellWeights.none();
    if (!covariates.isEmpty()) {
      double[] means = CrossSection.means(subjects, covariates.size(), sample.rows());
      weights = SpellWeights.of(subjects, means, isOfTreated, lowest, highest, later);
    }
    SurvivalSums sums = OrderedSums.of(sample.spells(), new SurvivalSums(grid, weights, until));
    sums.requireSides();
    SurvivalCurve[] curves = {
      SurvivalCurve.of(grid, sums, 0, until), SurvivalCurve.of(grid, sums, 1, until)
    };
    SurvivalInfluence influence = SurvivalInfluence.of(sample, weights, moves(curves), covariates);
    List<Effect> effects = effects(curves, influence.sums, sums, sample, design);
    List<Diagnostic> checks = new ArrayList<>(DurationChecks.of(grid, sums, curves, until));
    if (weights.areEstimated()) {
      checks.addAll(weights.checks(sample, subjects, covariates, lowest, highest));
    }
    double freedom = freedom(influence.sums.clusters, sample);
    if (later.trials() > 0 && hasCauses() && times.size() == 1) {
      EarlyEffect.of(curves, times.get(0), until, sums.spells[1], influence.sums, freedom)
          .ifPresent(checks::add);
    }
    checks.addAll(CrossSectionEffects.checks(effects.get(0), freedom, design, sample, sums));
    return new EffectEstimate(name(), effects.get(0), effects, checks, sample.attrition(), freedom);
  }

  private SurvivalCurve.Moves[][] moves(SurvivalCurve[] curves) {
    SurvivalCurve.Moves[][] moves = new SurvivalCurve.Moves[2][times.size() + 1];
    for (int side = 0; side < 2; side++) {
      moves[side][0] =
          hasCauses() ? curves[side].ofIncidence(until) : curves[side].ofRestrictedMean(until);
      for (int k = 0; k < times.size(); k++) {
        double time = times.get(k);
        moves[side][k + 1] =
            hasCauses() ? curves[side].ofIncidence(time) : curves[side].ofSurvival(time);
      }
    }
    return moves;
  }

  private static double freedom(long clusters, Spells sample) {
    return sample.isClustered(clusters) ? clusters - 1.0 : Double.POSITIVE_INFINITY;
  }

  private List<Effect> effects(
      SurvivalCurve[] curves,
      ClusterSums influence,
      SurvivalSums sums,
      Spells sample,
      StudyDesign design) {
    List<Effect> effects = new ArrayList<>();
    int numbers = times.size() + 1;
    for (int k = 0; k < numbers; k++) {
      String aggregation = hasCauses() ? INCIDENCE : k == 0 ? MEAN : SHARE;
      String when = k == 0 ? "" : "_at_" + SurvivalCurve.number(times.get(k - 1));
      double[] values = new double[2];
      double[] difference = new double[2 * numbers];
      for (int side = 0; side < 2; side++) {
        values[side] = value(curves[side], k);
        difference[side * numbers + k] = side == 1 ? 1 : -1;
      }
      effects.add(
          effect(
              difference(k),
              aggregation,
              "difference" + when,
              values[1] - values[0],
              influence,
              difference,
              sums,
              sample,
              design));
      for (int side = 1; side >= 0; side--) {
        double[] one = new double[2 * numbers];
        one[side * numbers + k] = 1;
        effects.add(
            effect(
                ofSide(k),
                aggregation,
                (side == 1 ? "exposed" : "unexposed") + when,
                values[side],
                influence,
                one,
                sums,
                sample,
                design));
      }
    }
    return effects;
  }

  private double value(SurvivalCurve curve, int number) {
    double time = number == 0 ? until : times.get(number - 1);
    return hasCauses()
        ? curve.incidence(time)
        : number == 0 ? curve.restrictedMean(time) : curve.at(time);
  }

  private Estimand difference(int number) {
    if (hasCauses()) {
      return isOfTreated ? Estimand.RISK_DIFFERENCE_ATT : Estimand.RISK_DIFFERENCE;
    }
    if (number == 0) {
      return isOfTreated
          ? Estimand.RESTRICTED_MEAN_DIFFERENCE_ATT
          : Estimand.RESTRICTED_MEAN_DIFFERENCE;
    }
    return isOfTreated ? Estimand.SURVIVAL_DIFFERENCE_ATT : Estimand.SURVIVAL_DIFFERENCE;
  }

  private Estimand ofSide(int number) {
    return hasCauses() ? Estimand.RISK : number == 0 ? Estimand.RESTRICTED_MEAN : Estimand.SURVIVAL;
  }

  private static Effect effect(
      Estimand estimand,
      String aggregation,
      String term,
      double value,
      ClusterSums influence,
      double[] form,
      SurvivalSums sums,
      Spells sample,
      StudyDesign design) {
    long clusters = influence.clusters;
    boolean isClustered = sample.isClustered(clusters);
    if (isClustered && clusters < 2) {
      throw new InvalidInput(
          "There is only one cluster",
          "errors count clusters, and all rows are in the same",
          "supply rows of more clusters, or leave the cluster out");
    }
    double factor = isClustered ? clusters / (clusters - 1.0) : 1;
    return CrossSectionEffects.effect(
        estimand,
        aggregation,
        term,
        value,
        Math.sqrt(factor * influence.variance(form)),
        freedom(clusters, sample),
        design.alpha(),
        sample.units(1, sums),
        sample.units(0, sums),
        clusters);
  }
}
