package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
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
  private final StaggeredDid behind;

  public ImputationDid() {
    this(Map.of());
  }

  /**
   * @param asked which of its assumptions are tried: placebo dates
   */
  public ImputationDid(Map<Sensitivity, Settings> asked) {
    this.behind = StaggeredDid.behindAnother(asked);
  }

  @Override
  public EffectEstimator untried() {
    return new ImputationDid();
  }

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
    design.sampling().requirePlain(name());
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      EffectEstimate checked = behind.estimate(histories.units(), design);
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
    List<WeightedCells> estimands = WeightedCells.of(cells.panelCells(), checked);
    double[][] weights = estimands.stream().map(WeightedCells::weights).toArray(double[][]::new);
    MeanEffects means = MeanEffects.of(cells.panelCells());
    ImputedEffects effects = OrderedSums.of(units, new ImputedEffects(cells, weights, means));
    double[] cellMeans = new double[cells.counts().length];
    double[] factors = new double[cellMeans.length];
    for (int k = 0; k < cellMeans.length; k++) {
      int group = means.chosen(k, effects);
      cellMeans[k] = effects.mean(group);
      factors[k] = MeanEffects.factor(effects.clusters(group));
    }
    double[][] periodWeights =
        Arrays.stream(effects.rightSides).map(equations::weights).toArray(double[][]::new);
    ClusterSums influence =
        OrderedSums.of(
                units, new ImputationInfluence(cells, weights, cellMeans, factors, periodWeights))
            .sums;
    double clusters = influence.clusters;
    double freedom =
        design.isClusteredByUnit() || means.isPooled(effects)
            ? freedom(means.freedom(cells.panelCells(), effects), checked)
            : checked.degreesOfFreedom();
    Covariance covariance = Covariance.of(influence.products, clusters / (clusters - 1), freedom);
    return WeightedCells.told(
        name(), estimands, effects.sums, covariance, influence.clusters, checked, design);
  }

  private static double freedom(double ofTreated, EffectEstimate checked) {
    double ofControls = checked.diagnosticValue("clusters", "control").orElseThrow() - 1;
    return Math.max(1, Math.floor(Math.min(ofTreated, ofControls) + 1e-9));
  }
}
