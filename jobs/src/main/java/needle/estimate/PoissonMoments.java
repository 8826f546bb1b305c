package needle.estimate;

import java.util.Arrays;

/**
 * The likelihood of a Poisson regression whose group intercepts are concentrated out, with its
 * derivatives. Given the other coefficients a group's intercept makes its fitted outcomes add up to
 * the observed ones, so that each row's share of them is all that is left (Hausman, Hall &
 * Griliches 1984).
 */
final class PoissonMoments implements OrderedSums.Partial<AbsorbedGroup, PoissonMoments> {
  private static final long serialVersionUID = 1L;

  private final AbsorbedTerms terms;
  private final double[] coefficients;

  /** The negative second derivatives: cross products weighted by the fitted outcomes. */
  final CrossProducts information;

  final double[] score;
  final GroupCounts counts;
  double likelihood;
  double outcomes;

  /**
   * @param coefficients of all terms; zero where one is left out
   */
  PoissonMoments(AbsorbedTerms terms, double[] coefficients) {
    this.terms = terms;
    this.coefficients = coefficients;
    this.information = new CrossProducts(terms.size());
    this.score = new double[terms.size()];
    this.counts = new GroupCounts(terms.size());
  }

  @Override
  public PoissonMoments empty() {
    return new PoissonMoments(terms, coefficients);
  }

  @Override
  public void add(AbsorbedGroup group) {
    Fitted fitted = Fitted.of(terms, coefficients, group);
    double[] means = fitted.means();
    double[] centred = new double[score.length];
    for (int r = 0; r < group.rows(); r++) {
      double[] row = fitted.rows[r];
      double residual = group.outcome(r) - fitted.outcomes[r];
      for (int i = 0; i < score.length; i++) {
        centred[i] = row[i] - means[i];
        score[i] += residual * centred[i];
      }
      information.add(fitted.outcomes[r], row, centred);
      counts.add(row);
      likelihood += group.outcome(r) == 0 ? 0 : group.outcome(r) * fitted.logShares[r];
    }
    outcomes += fitted.total;
    counts.finish(group);
  }

  @Override
  public PoissonMoments merge(PoissonMoments other) {
    information.merge(other.information);
    CellSums.add(score, other.score);
    counts.merge(other.counts);
    likelihood += other.likelihood;
    outcomes += other.outcomes;
    return this;
  }

  /** A group's rows and what is expected of each. */
  static final class Fitted {
    final double[][] rows;
    final double[] outcomes;
    private final double[] logShares;
    private final double total;

    private Fitted(double[][] rows, double[] logShares, double total) {
      this.rows = rows;
      this.logShares = logShares;
      this.total = total;
      this.outcomes = Arrays.stream(logShares).map(s -> total * Math.exp(s)).toArray();
    }

    static Fitted of(AbsorbedTerms terms, double[] coefficients, AbsorbedGroup group) {
      double[][] rows = terms.rows(group);
      double[] logs = new double[rows.length];
      double largest = Double.NEGATIVE_INFINITY;
      for (int r = 0; r < rows.length; r++) {
        logs[r] = Math.log(group.exposure(r));
        for (int i = 0; i < coefficients.length; i++) {
          logs[r] += coefficients[i] * rows[r][i];
        }
        largest = Math.max(largest, logs[r]);
      }
      double sum = 0;
      double total = 0;
      for (int r = 0; r < rows.length; r++) {
        // Less the largest, so that no exponential overflows.
        sum += Math.exp(logs[r] - largest);
        total += group.outcome(r);
      }
      double all = largest + Math.log(sum);
      return new Fitted(rows, Arrays.stream(logs).map(l -> l - all).toArray(), total);
    }

    /** Of each column, weighted by the fitted outcomes. */
    double[] means() {
      double[] means = new double[rows[0].length];
      for (int r = 0; r < rows.length; r++) {
        for (int i = 0; i < means.length; i++) {
          means[i] += outcomes[r] / total * rows[r][i];
        }
      }
      return means;
    }
  }
}
