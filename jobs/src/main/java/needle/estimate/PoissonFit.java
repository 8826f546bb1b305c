package needle.estimate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The largest likelihood of a Poisson regression with group intercepts; one pass over the groups
 * per step.
 *
 * @param kept the columns that could be estimated, by position
 * @param coefficients of all columns, 0 where one is left out
 * @param inverse of the information on the kept ones
 */
record PoissonFit(int[] kept, double[] coefficients, PoissonMoments moments, RealMatrix inverse) {

  static PoissonFit of(AbsorbedRows rows) {
    AbsorbedTerms terms = rows.terms();
    double[] at = new double[terms.size()];
    PoissonMoments moments = OrderedSums.of(rows.groups(), new PoissonMoments(terms, at));
    int[] kept = moments.information.independent(terms.names(), terms.dummies());
    double[] deviations = new double[at.length];
    for (int column : kept) {
      deviations[column] = Math.sqrt(moments.information.of(column, column) / moments.outcomes);
    }
    LikelihoodSearch.Found<PoissonMoments, RealMatrix> found =
        new Search(rows, kept).from(at, moments, deviations);
    return new PoissonFit(kept, found.coefficients(), found.sums(), found.solver());
  }

  private static final class Search extends LikelihoodSearch<PoissonMoments, RealMatrix> {
    private final AbsorbedRows rows;
    private final int[] kept;

    Search(AbsorbedRows rows, int[] kept) {
      this.rows = rows;
      this.kept = kept;
    }

    @Override
    PoissonMoments sums(double[] at) {
      return OrderedSums.of(rows.groups(), new PoissonMoments(rows.terms(), at));
    }

    @Override
    double likelihood(PoissonMoments moments) {
      return moments.likelihood;
    }

    @Override
    Optional<Step<RealMatrix>> step(PoissonMoments moments) {
      RealMatrix inverse;
      try {
        inverse = moments.information.inverse(kept);
      } catch (NonPositiveDefiniteMatrixException e) {
        return Optional.empty();
      }
      double[] chosen = new double[kept.length];
      for (int i = 0; i < kept.length; i++) {
        chosen[i] = moments.score[kept[i]];
      }
      double[] solved = inverse.operate(chosen);
      double[] move = new double[moments.score.length];
      for (int i = 0; i < kept.length; i++) {
        move[kept[i]] = solved[i];
      }
      return Optional.of(new Step<>(move, inverse));
    }

    @Override
    InvalidInput unsettled(List<Integer> growing) {
      return new InvalidInput(
          "The Poisson regression does not settle",
          "the larger "
              + growing.stream().map(rows.terms().names()::get).collect(Collectors.joining(", "))
              + " become, the better they fit: they tell rows with nothing counted from all others",
          "drop these regressors or the rows that they tell apart, or absorb coarser columns");
    }
  }
}
