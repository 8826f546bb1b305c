package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Difference-in-differences by imputation (Borusyak, Jaravel & Spiess 2024): what a treated outcome
 * would have been is predicted from its unit's and its period's intercepts, both fitted on
 * untreated outcomes only. More precise than {@link StaggeredDid} where errors do not persist, as
 * every untreated period counts and not the last one alone.
 *
 * <p>Its assumptions are those of {@link StaggeredDid}, whose checks it shares.
 */
public final class ImputationDid implements EffectEstimator {
  @Override
  public String name() {
    return "imputation_did";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    if (design.nuisance() != StudyDesign.Nuisance.NONE) {
      throw new InvalidInput(
          "imputation_did adjusts for no covariates",
          "the study gives it " + design.covariates(),
          "leave the nuisance out, or choose staggered_did");
    }
    StaggeredDid.requireTreatment(design, name());
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      EffectEstimate checked = new StaggeredDid().estimate(histories.units(), design);
      return estimate(histories.units(), checked, design);
    }
  }

  private EffectEstimate estimate(
      JavaRDD<UnitHistory> units, EffectEstimate checked, StudyDesign design) {
    int[] periods = OrderedSums.of(units, new PanelSurvey(0)).periods();
    ImputationPlan plan = new ImputationPlan(periods, design.anticipation());
    ImputationSums sums = OrderedSums.of(units, new ImputationSums(plan));
    PeriodEquations equations = PeriodEquations.of(sums.matrix, periods.length);
    ImputedCells cells = ImputedCells.of(plan, sums, equations.solve(sums.rightSide));
    List<Estimand> estimands = estimands(cells, checked);
    double[][] weights = estimands.stream().map(Estimand::weights).toArray(double[][]::new);
    ImputedEffects effects = OrderedSums.of(units, new ImputedEffects(cells, weights));
    double[] cellMeans = new double[cells.counts().length];
    Arrays.setAll(cellMeans, k -> effects.weightedSums[k] / effects.squaredCounts[k]);
    double[][] periodWeights =
        Arrays.stream(effects.rightSides).map(equations::weights).toArray(double[][]::new);
    ClusterSums influence =
        OrderedSums.of(units, new ImputationInfluence(cells, weights, cellMeans, periodWeights))
            .sums;
    return told(estimands, effects.sums, influence, checked, design);
  }

  /**
   * One estimate.
   *
   * @param like the same of {@link StaggeredDid}: its name, and whom it compares
   * @param weights on an outcome of each cell
   */
  private record Estimand(Effect like, double[] weights) {}

  private static List<Estimand> estimands(ImputedCells cells, EffectEstimate checked) {
    List<Estimand> found = new ArrayList<>();
    for (Effect like : checked.effects()) {
      IntPredicate isAfter = k -> cells.eventTime(k) >= 0;
      IntPredicate which =
          switch (like.aggregation()) {
            case Form.GROUP_TIME ->
                k -> is(like.cohort(), cells.cohort(k)) && is(like.period(), cells.period(k));
            case Form.EVENT_TIME -> k -> is(like.eventTime(), cells.eventTime(k));
            case Form.GROUP -> k -> isAfter.test(k) && is(like.cohort(), cells.cohort(k));
            case Form.CALENDAR -> k -> isAfter.test(k) && is(like.period(), cells.period(k));
            case Form.SIMPLE -> isAfter;
            default -> k -> false;
          };
      long total =
          IntStream.range(0, cells.counts().length)
              .filter(which)
              .mapToLong(k -> cells.counts()[k])
              .sum();
      if (total > 0) {
        double[] weights = new double[cells.counts().length];
        Arrays.setAll(weights, k -> which.test(k) ? 1.0 / total : 0);
        found.add(new Estimand(like, weights));
      }
    }
    return found;
  }

  private static boolean is(Optional<Integer> value, int other) {
    return value.isPresent() && value.get() == other;
  }

  private EffectEstimate told(
      List<Estimand> estimands,
      double[] cellSums,
      ClusterSums influence,
      EffectEstimate checked,
      StudyDesign design) {
    double clusters = influence.clusters;
    Covariance covariance =
        Covariance.of(influence.products, clusters / (clusters - 1), checked.degreesOfFreedom());
    Map<String, Double> bands = new HashMap<>();
    List<Effect> effects = new ArrayList<>();
    Effect headline = null;
    for (int e = 0; e < estimands.size(); e++) {
      Effect like = estimands.get(e).like();
      double estimate = 0;
      for (int k = 0; k < cellSums.length; k++) {
        estimate += estimands.get(e).weights()[k] * cellSums[k];
      }
      double error = covariance.standardError(unit(e, estimands.size()));
      double reach = covariance.quantile(design.alpha()) * error;
      double band =
          error
              * bands.computeIfAbsent(
                  like.aggregation(), a -> bandQuantile(estimands, a, covariance, design));
      effects.add(
          new Effect(
              like.aggregation(),
              like.term(),
              like.cohort(),
              like.period(),
              like.eventTime(),
              estimate,
              error,
              estimate - reach,
              estimate + reach,
              estimate - band,
              estimate + band,
              covariance.pValue(estimate, error),
              like.treated(),
              like.control(),
              influence.clusters,
              like.treatedClusters()));
      headline = like.aggregation().equals(Form.SIMPLE) ? effects.get(e) : headline;
    }
    List<Diagnostic> diagnostics =
        new ArrayList<>(
            checked.diagnostics().stream().filter(d -> !d.check().equals("power")).toList());
    diagnostics.add(
        DesignChecks.detectable(
            covariance.degreesOfFreedom(), headline.stdError(), design.alpha()));
    return new EffectEstimate(
        name(), headline, effects, diagnostics, checked.attrition(), covariance.degreesOfFreedom());
  }

  private static double bandQuantile(
      List<Estimand> estimands, String aggregation, Covariance covariance, StudyDesign design) {
    List<double[]> together = new ArrayList<>();
    for (int e = 0; e < estimands.size(); e++) {
      if (estimands.get(e).like().aggregation().equals(aggregation)) {
        together.add(unit(e, estimands.size()));
      }
    }
    return covariance.bandQuantile(together, design.alpha(), design.seed());
  }

  private static double[] unit(int position, int width) {
    double[] form = new double[width];
    form[position] = 1;
    return form;
  }
}
