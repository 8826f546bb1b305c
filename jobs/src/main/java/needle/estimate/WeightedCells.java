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

/**
 * One estimate as an average over cohorts and periods.
 *
 * @param like the same of {@link StaggeredDid}: its name, and whom it compares
 * @param weights on an outcome of each cell
 */
record WeightedCells(Effect like, double[] weights) {
  /**
   * A cohort in a period.
   *
   * @param outcomes how many
   */
  record Cell(int cohort, int period, long outcomes) {
    int eventTime() {
      return period - cohort;
    }
  }

  /** All that {@link StaggeredDid} estimates, as far as there are cells for it. */
  static List<WeightedCells> of(List<Cell> cells, EffectEstimate checked) {
    List<WeightedCells> found = new ArrayList<>();
    for (Effect like : checked.effects()) {
      IntPredicate isAfter = k -> cells.get(k).eventTime() >= 0;
      IntPredicate which =
          switch (like.aggregation()) {
            case Form.GROUP_TIME ->
                k ->
                    is(like.cohort(), cells.get(k).cohort())
                        && is(like.period(), cells.get(k).period());
            case Form.EVENT_TIME -> k -> is(like.eventTime(), cells.get(k).eventTime());
            case Form.GROUP -> k -> isAfter.test(k) && is(like.cohort(), cells.get(k).cohort());
            case Form.CALENDAR -> k -> isAfter.test(k) && is(like.period(), cells.get(k).period());
            case Form.SIMPLE -> isAfter;
            default -> k -> false;
          };
      long total =
          IntStream.range(0, cells.size())
              .filter(which)
              .mapToLong(k -> cells.get(k).outcomes())
              .sum();
      if (total > 0) {
        double[] weights = new double[cells.size()];
        Arrays.setAll(weights, k -> which.test(k) ? 1.0 / total : 0);
        found.add(new WeightedCells(like, weights));
      }
    }
    return found;
  }

  private static boolean is(Optional<Integer> value, int other) {
    return value.isPresent() && value.get() == other;
  }

  /**
   * The estimates with their doubt and the checks of {@link StaggeredDid}.
   *
   * @param ofCells what the weights are on: per cell, the sum of its outcomes' effects
   */
  static EffectEstimate told(
      String estimator,
      List<WeightedCells> estimands,
      double[] ofCells,
      Covariance covariance,
      long clusters,
      EffectEstimate checked,
      StudyDesign design) {
    Map<String, Double> bands = new HashMap<>();
    List<Effect> effects = new ArrayList<>();
    Effect headline = null;
    for (int e = 0; e < estimands.size(); e++) {
      Effect like = estimands.get(e).like();
      double estimate = 0;
      for (int k = 0; k < ofCells.length; k++) {
        estimate += estimands.get(e).weights()[k] * ofCells[k];
      }
      double error = covariance.standardError(unit(e, estimands.size()));
      double reach = covariance.quantile(design.alpha()) * error;
      double band =
          error
              * bands.computeIfAbsent(
                  like.aggregation(), a -> bandQuantile(estimands, a, covariance, design));
      effects.add(
          new Effect(
              like.estimand(),
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
              clusters,
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
        estimator,
        headline,
        effects,
        diagnostics,
        checked.attrition(),
        covariance.degreesOfFreedom());
  }

  private static double bandQuantile(
      List<WeightedCells> estimands,
      String aggregation,
      Covariance covariance,
      StudyDesign design) {
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
