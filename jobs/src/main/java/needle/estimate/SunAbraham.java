package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import needle.estimate.StudyDesign.BasePeriod;
import needle.estimate.StudyDesign.ControlGroup;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The interaction-weighted event study (Sun & Abraham 2021): a regression with an effect for every
 * cohort and period, on units' and periods' intercepts; effects are averaged with the cohorts'
 * shares. Units that are never treated are the controls, the last period before treatment less the
 * anticipation window the reference.
 *
 * <p>Where no outcome is missing it is {@link StaggeredDid} with never-treated controls and a
 * universal base, whose assumptions and checks it shares.
 */
public final class SunAbraham implements EffectEstimator {
  private final StaggeredDid behind;

  public SunAbraham() {
    this(Map.of());
  }

  /**
   * @param asked which of its assumptions are tried: placebo dates
   */
  public SunAbraham(Map<Sensitivity, Settings> asked) {
    this.behind = StaggeredDid.behindAnother(asked);
  }

  @Override
  public EffectEstimator untried() {
    return new SunAbraham();
  }

  @Override
  public String name() {
    return "sun_abraham";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    if (design.nuisance() != StudyDesign.Nuisance.NONE) {
      throw new InvalidInput(
          "sun_abraham adjusts for no covariates",
          "the study gives it " + design.covariates(),
          "leave the nuisance out, or choose staggered_did");
    }
    StaggeredDid.requireTreatment(design, name());
    design.sampling().requirePlain(name());
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      return estimate(histories.units(), design);
    }
  }

  private EffectEstimate estimate(JavaRDD<UnitHistory> units, StudyDesign design) {
    EffectEstimate checked = behind.estimate(units, universal(design));
    int[] periods = OrderedSums.of(units, new PanelSurvey(0)).periods();
    InteractedUnits interacted = InteractedUnits.of(units, periods, design.anticipation());
    AbsorbedRows rows = interacted.rows(units, design.grain());
    CoefficientEstimates found = WithinRegression.of(rows).clustered(rows);
    List<WeightedCells.Cell> cells = interacted.panelCells();
    List<WeightedCells> estimands = WeightedCells.of(cells, checked);
    double[][] weights = new double[estimands.size()][];
    double[] estimates = new double[weights.length];
    for (int e = 0; e < weights.length; e++) {
      weights[e] = shares(estimands.get(e).weights(), cells);
      for (int k = 0; k < cells.size(); k++) {
        estimates[e] += weights[e][k] * found.coefficients()[k];
      }
    }
    ClusterSums ofShares =
        OrderedSums.of(
                units,
                new ShareInfluence(
                    interacted,
                    estimands.stream().map(WeightedCells::weights).toArray(double[][]::new),
                    found.coefficients(),
                    estimates))
            .sums;
    double[] sums = new double[cells.size()];
    Arrays.setAll(sums, k -> found.coefficients()[k] * cells.get(k).outcomes());
    return WeightedCells.told(
        name(),
        estimands,
        sums,
        covariance(found, weights, ofShares, checked.degreesOfFreedom()),
        found.clusters(),
        checked,
        design);
  }

  private static StudyDesign universal(StudyDesign design) {
    StudyDesign.Draft draft =
        StudyDesign.of(design.unit(), design.period().orElseThrow(), design.outcome())
            .treatedBy(design.treatment().orElseThrow())
            .clusteredBy(design.clusters().toArray(String[]::new))
            .anticipating(design.anticipation())
            .comparedWith(ControlGroup.NEVER_TREATED)
            .from(BasePeriod.UNIVERSAL)
            .alpha(design.alpha())
            .seed(design.seed())
            .inPeriodsOf(design.grain());
    design.smallestEffect().ifPresent(draft::mattersFrom);
    design.peers().ifPresent(draft::among);
    return draft.build();
  }

  // Of the cells' effects, whose sum over outcomes the estimand's weights are on.
  private static double[] shares(double[] weights, List<WeightedCells.Cell> cells) {
    double[] shares = new double[weights.length];
    Arrays.setAll(shares, k -> weights[k] * cells.get(k).outcomes());
    return shares;
  }

  /**
   * The doubt of the effects and that of the shares, which do not depend on each other (Sun &
   * Abraham 2021, proposition 5).
   */
  private static Covariance covariance(
      CoefficientEstimates found, double[][] weights, ClusterSums ofShares, double freedom) {
    int size = weights.length;
    double factor = ofShares.clusters / (ofShares.clusters - 1.0);
    double[] gram = new double[size * size];
    for (int e = 0; e < size; e++) {
      double[] row = found.covariance().preMultiply(weights[e]);
      for (int f = 0; f < size; f++) {
        double sum = factor * ofShares.products[e * size + f];
        for (int k = 0; k < row.length; k++) {
          sum += row[k] * weights[f][k];
        }
        gram[e * size + f] = sum;
      }
    }
    return Covariance.of(gram, 1, freedom);
  }
}
