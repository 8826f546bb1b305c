package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Poisson regression with absorbed fixed effects, for counts and other outcomes that are never
 * negative (pseudo-likelihood: the mean must be right, the distribution need not be; Santos Silva &
 * Tenreyro 2006). Errors are clustered, in one or several ways.
 *
 * <p>Where a level of an absorbed column has only zeros, its intercept would be minus infinity and
 * its rows tell nothing: they are left out (Correia, Guimarães & Zylkin 2020). Regressors that
 * separate zeros from the rest have no estimate, and are refused.
 */
public final class PoissonFixedEffects implements EffectEstimator {
  private final AbsorbedModel model;

  /**
   * @param regressors numeric columns, the first of which is the headline; a coefficient is the
   *     change of the outcome's logarithm
   * @param absorbed columns whose levels each have an intercept of their own
   * @param exposure the column that outcomes are proportional to, such as hours
   */
  public PoissonFixedEffects(
      List<String> regressors, List<String> absorbed, Optional<String> exposure) {
    this.model = new AbsorbedModel(regressors, absorbed, exposure);
  }

  @Override
  public String name() {
    return "poisson_fixed_effects";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    model.check(panel.schema(), design);
    requireCounts(panel, design);
    Column outcome = col(design.outcome()).cast("double");
    try (AbsorbedPanel absorbed =
        AbsorbedPanel.of(panel, design, model, rows -> withoutEmptyLevels(rows, outcome))) {
      AbsorbedTerms terms = absorbed.grouped().terms();
      PoissonFit fit = PoissonFit.of(absorbed.grouped());
      double[] kept = new double[fit.kept().length];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = fit.coefficients()[fit.kept()[i]];
      }
      CoefficientEstimates found =
          CoefficientEstimates.clustered(
              Estimand.LOG_RATE_RATIO,
              absorbed.grouped(),
              fit.moments().counts,
              fit.kept(),
              kept,
              influence(terms, fit));
      List<Effect> effects = found.effects(design.alpha());
      return new EffectEstimate(
          name(),
          effects.get(0),
          effects,
          FixedEffects.described(absorbed.attrition()),
          absorbed.attrition(),
          found.degreesOfFreedom());
    }
  }

  private void requireCounts(Dataset<Row> panel, StudyDesign design) {
    Column exposure = col(model.exposure().orElse(design.outcome())).cast("double");
    Row wrong =
        panel
            .agg(
                count(when(col(design.outcome()).cast("double").lt(0), 1)),
                count(when(model.exposure().isPresent() ? exposure.leq(0) : lit(false), 1)))
            .first();
    Faults faults = new Faults("The panel");
    if (wrong.getLong(0) > 0) {
      faults.add(
          wrong.getLong(0) + " rows have a negative outcome",
          "a count, or anything else with a Poisson mean, is never below zero",
          "correct them, or choose fixed_effects");
    }
    if (wrong.getLong(1) > 0) {
      faults.add(
          wrong.getLong(1) + " rows have an exposure that is zero or negative",
          "nothing can be counted over no " + model.exposure().orElseThrow(),
          "drop these rows or correct them");
    }
    faults.report();
  }

  // Only rows whose outcome is zero go, so one column's levels do not empty another's.
  private Dataset<Row> withoutEmptyLevels(Dataset<Row> rows, Column outcome) {
    Dataset<Row> left = rows;
    for (String column : model.absorbed()) {
      Dataset<Row> counted =
          rows.groupBy(col(column).as("level"))
              .agg(sum(outcome).as("total"))
              .where(col("total").gt(0));
      left = left.join(counted, left.col(column).equalTo(counted.col("level")), "left_semi");
    }
    return left;
  }

  private static MultiwayClusters.Influence influence(AbsorbedTerms terms, PoissonFit fit) {
    int[] kept = fit.kept();
    double[] coefficients = fit.coefficients();
    double[][] forms =
        fit.inverse()
            .getSubMatrix(kept.length - terms.regressors(), kept.length - 1, 0, kept.length - 1)
            .getData();
    return group -> {
      PoissonMoments.Fitted fitted = PoissonMoments.Fitted.of(terms, coefficients, group);
      double[] means = fitted.means();
      double[][] found = new double[group.rows()][forms.length];
      for (int r = 0; r < found.length; r++) {
        double[] row = fitted.rows[r];
        for (int i = 0; i < row.length; i++) {
          row[i] -= means[i];
        }
        CoefficientEstimates.addScores(
            forms, kept, row, group.outcome(r) - fitted.outcomes[r], found[r]);
      }
      return found;
    };
  }
}
