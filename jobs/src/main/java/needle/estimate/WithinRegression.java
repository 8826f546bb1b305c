package needle.estimate;

import java.io.Serializable;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Least squares on rows that are centred within their groups, by normal equations.
 *
 * @param kept the columns that could be estimated, by position
 * @param coefficients of these
 */
record WithinRegression(
    int[] kept, double[] coefficients, WithinMoments moments, RealMatrix inverse)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static WithinRegression of(AbsorbedRows rows) {
    AbsorbedTerms terms = rows.terms();
    WithinMoments moments = OrderedSums.of(rows.groups(), new WithinMoments(terms));
    int[] kept = moments.products.independent(terms.names(), terms.dummies());
    RealMatrix inverse = moments.products.inverse(kept);
    double[] withOutcome = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      withOutcome[i] = moments.products.of(kept[i], terms.size());
    }
    return new WithinRegression(kept, inverse.operate(withOutcome), moments, inverse);
  }

  /** As if all rows were independent, with one variance. */
  CoefficientEstimates conventional(AbsorbedTerms terms) {
    GroupCounts counts = moments.counts;
    int outcome = terms.size();
    double squares = moments.products.of(outcome, outcome);
    for (int i = 0; i < kept.length; i++) {
      squares -= coefficients[i] * moments.products.of(kept[i], outcome);
    }
    double freedom = counts.left(kept.length + (double) counts.groups);
    int first = kept.length - terms.regressors();
    RealMatrix covariance =
        inverse
            .getSubMatrix(first, kept.length - 1, first, kept.length - 1)
            .scalarMultiply(squares / freedom);
    return CoefficientEstimates.of(
        Estimand.SLOPE, terms, coefficients, covariance, counts, counts.rows, freedom);
  }

  /** CRV1 (Cameron & Miller 2015), in one or several ways. */
  CoefficientEstimates clustered(AbsorbedRows rows) {
    AbsorbedTerms terms = rows.terms();
    return CoefficientEstimates.clustered(
        Estimand.SLOPE,
        rows,
        moments.counts,
        kept,
        coefficients,
        influence(terms, kept, coefficients, inverse));
  }

  private static MultiwayClusters.Influence influence(
      AbsorbedTerms terms, int[] kept, double[] coefficients, RealMatrix inverse) {
    double[][] forms =
        inverse
            .getSubMatrix(kept.length - terms.regressors(), kept.length - 1, 0, kept.length - 1)
            .getData();
    double[] slopes = spread(terms, kept, coefficients);
    double[][] weights = new double[forms.length][];
    for (int f = 0; f < forms.length; f++) {
      weights[f] = spread(terms, kept, forms[f]);
    }
    return group -> {
      double[] residuals = terms.sums(group, slopes);
      for (int r = 0; r < residuals.length; r++) {
        residuals[r] = group.outcome(r) - residuals[r];
      }
      WithinMoments.centre(residuals);
      double[][] found = new double[residuals.length][forms.length];
      for (int f = 0; f < forms.length; f++) {
        double[] weight = terms.sums(group, weights[f]);
        WithinMoments.centre(weight);
        for (int r = 0; r < residuals.length; r++) {
          found[r][f] = weight[r] * residuals[r];
        }
      }
      return found;
    };
  }

  // Zero for what could not be estimated.
  private static double[] spread(AbsorbedTerms terms, int[] kept, double... values) {
    double[] all = new double[terms.size()];
    for (int i = 0; i < kept.length; i++) {
      all[kept[i]] = values[i];
    }
    return all;
  }
}
