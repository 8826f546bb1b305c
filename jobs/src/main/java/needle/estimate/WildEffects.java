package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;

/**
 * The regressors' coefficients with intervals and p-values from the wild cluster bootstrap.
 *
 * @param drawn what was drawn
 */
record WildEffects(List<Effect> effects, Diagnostic drawn) {
  /** Even six weights give fewer than 8,000 different draws to fewer clusters. */
  private static final int FEWEST_CLUSTERS = 5;

  private static final int MOST_CLUSTERS = 100;

  static WildEffects of(
      AbsorbedRows rows, WithinRegression fit, CoefficientEstimates found, StudyDesign design) {
    check(fit, found, design);
    double[][] grams = ClusterGrams.of(rows, fit.kept());
    WildWeights weights = WildWeights.of(grams.length, design.seed());
    int first = fit.kept().length - found.coefficients().length;
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < found.coefficients().length; i++) {
      WildBootstrap bootstrap = new WildBootstrap(grams, first + i, weights);
      double[] interval = bootstrap.interval(design.alpha());
      effects.add(found.effect(i, interval[0], interval[1], bootstrap.pValue(0)));
    }
    return new WildEffects(
        effects,
        new Diagnostic(
            "wild_bootstrap",
            "clusters",
            grams.length,
            Double.NaN,
            Status.PASS,
            "Intervals and p-values come from " + weights.words() + "."));
  }

  private static void check(WithinRegression fit, CoefficientEstimates found, StudyDesign design) {
    if (design.clusters().size() > 1) {
      throw new InvalidInput(
          "The wild bootstrap draws clusters of one kind",
          "the study lists " + String.join(", ", design.clusters()),
          "list the column that has fewest clusters");
    }
    if (!fit.moments().counts.isNested()) {
      throw new InvalidInput(
          "The wild bootstrap cannot draw clusters that share absorbed effects",
          "levels of the absorbed column with the most levels are in several clusters",
          "absorb a column whose levels stay in one cluster, or choose inference: cluster");
    }
    if (found.clusters() < FEWEST_CLUSTERS || found.clusters() > MOST_CLUSTERS) {
      throw new InvalidInput(
          "The wild bootstrap is for few clusters, and not for very few",
          "there are "
              + found.clusters()
              + ", and it takes "
              + FEWEST_CLUSTERS
              + " to "
              + MOST_CLUSTERS,
          found.clusters() < FEWEST_CLUSTERS
              ? "supply more clusters: so few cannot tell noise from an effect"
              : "leave inference out: with that many, clustered errors hold by themselves");
    }
  }
}
