package needle.estimate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What the untreated outcomes say of periods, and how many treated outcomes there are per cohort
 * and period.
 *
 * <p>Outcomes are an intercept of the unit and one of the period. The unit's is concentrated out,
 * so that least squares leave as many equations as there are periods.
 */
final class ImputationSums implements OrderedSums.Partial<UnitHistory, ImputationSums> {
  private static final long serialVersionUID = 1L;

  private final ImputationPlan plan;
  private final double[] outcomes;

  /** The equations' matrix, row by row, and right-hand side. */
  final double[] matrix;

  final double[] rightSide;

  /** Per cohort and period: treated outcomes of units that were also seen untreated. */
  final Map<Integer, long[]> treated = new HashMap<>();

  ImputationSums(ImputationPlan plan) {
    this.plan = plan;
    int periods = plan.periods().length;
    this.outcomes = new double[periods];
    this.matrix = new double[periods * periods];
    this.rightSide = new double[periods];
  }

  @Override
  public ImputationSums empty() {
    return new ImputationSums(plan);
  }

  @Override
  public void add(UnitHistory unit) {
    unit.align(plan.periods(), outcomes);
    int untreated = plan.untreated(unit.cohort(), outcomes);
    if (untreated == 0) {
      return;
    }
    double mean = plan.untreatedSum(unit.cohort(), outcomes) / untreated;
    int periods = outcomes.length;
    for (int t = 0; t < periods; t++) {
      if (Double.isNaN(outcomes[t])) {
        continue;
      }
      if (!plan.isUntreated(unit.cohort(), t)) {
        treated.computeIfAbsent(unit.cohort(), g -> new long[periods])[t]++;
        continue;
      }
      matrix[t * periods + t]++;
      rightSide[t] += outcomes[t] - mean;
      for (int s = 0; s < periods; s++) {
        if (plan.isUntreated(unit.cohort(), s) && !Double.isNaN(outcomes[s])) {
          matrix[t * periods + s] -= 1.0 / untreated;
        }
      }
    }
  }

  @Override
  public ImputationSums merge(ImputationSums other) {
    CellSums.add(matrix, other.matrix);
    CellSums.add(rightSide, other.rightSide);
    other.treated.forEach(
        (cohort, counts) -> {
          long[] own = treated.computeIfAbsent(cohort, g -> new long[counts.length]);
          Arrays.setAll(own, t -> own[t] + counts[t]);
        });
    return this;
  }
}
