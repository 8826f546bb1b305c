package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The regressors' coefficients with their covariance.
 *
 * @param estimand what a coefficient is
 * @param terms the regressors' names
 * @param rows of the regression
 * @param rowsWith rows in which each regressor is not zero
 * @param clusters how many independent pieces there are
 */
record CoefficientEstimates(
    Estimand estimand,
    List<String> terms,
    double[] coefficients,
    RealMatrix covariance,
    long rows,
    long[] rowsWith,
    long clusters,
    double degreesOfFreedom) {

  /**
   * @param coefficients of which the last are the regressors'
   * @param covariance the regressors'
   */
  static CoefficientEstimates of(
      Estimand estimand,
      AbsorbedTerms terms,
      double[] coefficients,
      RealMatrix covariance,
      GroupCounts counts,
      long clusters,
      double degreesOfFreedom) {
    int columns = terms.size();
    int regressors = terms.regressors();
    return new CoefficientEstimates(
        estimand,
        terms.names().subList(terms.dummies(), columns),
        Arrays.copyOfRange(coefficients, coefficients.length - regressors, coefficients.length),
        covariance,
        counts.rows,
        Arrays.copyOfRange(counts.nonZero, terms.dummies(), columns),
        clusters,
        degreesOfFreedom);
  }

  /**
   * With the covariance that clusters allow: G/(G − 1) · (N − 1)/(N − K), where G is of the way
   * that has fewest clusters. This is what fixest and pyfixest take for several ways, too.
   */
  static CoefficientEstimates clustered(
      Estimand estimand,
      AbsorbedRows data,
      GroupCounts counts,
      int[] kept,
      double[] coefficients,
      MultiwayClusters.Influence influence) {
    AbsorbedTerms terms = data.terms();
    MultiwayClusters found = MultiwayClusters.of(data, influence);
    double freedom = counts.positive(found.clusters() - 1.0);
    double left = counts.left(counts.parameters(kept, terms, data.nested()));
    double factor = found.clusters() / freedom * (counts.rows - 1) / left;
    return of(
        estimand,
        terms,
        coefficients,
        found.covariance().scalarMultiply(factor),
        counts,
        found.clusters(),
        freedom);
  }

  /** What a row's score does to the regressors' coefficients. */
  static void addScores(
      double[][] forms, int[] kept, double[] row, double residual, double[] into) {
    for (int e = 0; e < forms.length; e++) {
      for (int i = 0; i < kept.length; i++) {
        into[e] += forms[e][i] * row[kept[i]] * residual;
      }
    }
  }

  double standardError(int i) {
    double variance = covariance.getEntry(i, i);
    return variance > 0 ? Math.sqrt(variance) : Double.NaN;
  }

  List<Effect> effects(double alpha) {
    double quantile = Quantiles.quantile(degreesOfFreedom, 1 - alpha / 2);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < coefficients.length; i++) {
      double error = standardError(i);
      double reach = quantile * error;
      double p = 2 * Quantiles.tail(degreesOfFreedom, Math.abs(coefficients[i] / error));
      effects.add(effect(i, coefficients[i] - reach, coefficients[i] + reach, p));
    }
    return effects;
  }

  Effect effect(int i, double low, double high, double p) {
    return new Effect(
        estimand,
        "coefficient",
        terms.get(i),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        coefficients[i],
        standardError(i),
        low,
        high,
        low,
        high,
        p,
        rowsWith[i],
        rows - rowsWith[i],
        clusters,
        clusters);
  }
}
