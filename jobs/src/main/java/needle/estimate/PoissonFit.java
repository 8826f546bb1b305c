package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The largest likelihood of a Poisson regression with group intercepts, by Newton's method; one
 * pass over the groups per step.
 *
 * @param kept the columns that could be estimated, by position
 * @param coefficients of all columns, 0 where one is left out
 * @param inverse of the information on the kept ones
 */
record PoissonFit(int[] kept, double[] coefficients, PoissonMoments moments, RealMatrix inverse) {
  private static final int MOST_STEPS = 40;

  /** A step this small, in standard deviations of a column, moves nothing that is published. */
  private static final double SETTLED = 1e-9;

  static PoissonFit of(AbsorbedRows rows) {
    AbsorbedTerms terms = rows.terms();
    double[] at = new double[terms.size()];
    PoissonMoments moments = OrderedSums.of(rows.groups(), new PoissonMoments(terms, at));
    int[] kept = moments.information.independent(terms.names(), terms.dummies());
    double[] deviations = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      deviations[i] = Math.sqrt(moments.information.of(kept[i], kept[i]) / moments.outcomes);
    }
    double[] step = new double[kept.length];
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      RealMatrix inverse;
      try {
        inverse = moments.information.inverse(kept);
      } catch (NonPositiveDefiniteMatrixException e) {
        break;
      }
      double[] chosen = new double[kept.length];
      for (int i = 0; i < kept.length; i++) {
        chosen[i] = moments.score[kept[i]];
      }
      step = inverse.operate(chosen);
      // By the deviations at the start: where rows separate, those of later steps shrink to nothing
      // while the step stays as long as it was.
      if (largest(step, deviations) < SETTLED) {
        return new PoissonFit(kept, at, moments, inverse);
      }
      double share = 1;
      PoissonMoments next = null;
      double[] there = null;
      while (next == null || !(next.likelihood >= moments.likelihood - slack(moments))) {
        if (share < 1e-6) {
          throw separated(terms, kept, step, deviations);
        }
        there = at.clone();
        for (int i = 0; i < kept.length; i++) {
          there[kept[i]] += share * step[i];
        }
        next = OrderedSums.of(rows.groups(), new PoissonMoments(terms, there));
        share /= 2;
      }
      at = there;
      moments = next;
    }
    throw separated(terms, kept, step, deviations);
  }

  // What summing in doubles loses.
  private static double slack(PoissonMoments moments) {
    return 1e-12 * Math.abs(moments.likelihood);
  }

  private static double largest(double[] step, double[] deviations) {
    double largest = 0;
    for (int i = 0; i < step.length; i++) {
      largest = Math.max(largest, Math.abs(step[i]) * deviations[i]);
    }
    return largest;
  }

  private static InvalidInput separated(
      AbsorbedTerms terms, int[] kept, double[] step, double[] deviations) {
    List<String> growing = new ArrayList<>();
    double largest = largest(step, deviations);
    for (int i = 0; i < kept.length; i++) {
      if (Math.abs(step[i]) * deviations[i] > 0.1 * largest) {
        growing.add(terms.names().get(kept[i]));
      }
    }
    return new InvalidInput(
        "The Poisson regression does not settle",
        "the larger "
            + String.join(", ", growing)
            + " become, the better they fit: they tell rows with nothing counted from all others",
        "drop these regressors or the rows that they tell apart, or absorb coarser columns");
  }
}
