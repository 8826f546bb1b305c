package needle.estimate;

import java.io.Serializable;

/**
 * Which outcomes of a panel are untreated.
 *
 * @param periods of the panel, ascending
 * @param anticipation periods before treatment in which the outcome may already react
 */
record ImputationPlan(int[] periods, int anticipation) implements Serializable {
  private static final long serialVersionUID = 1L;

  boolean isUntreated(int cohort, int t) {
    return cohort == UnitHistory.NEVER || periods[t] < cohort - anticipation;
  }

  /** How many of a unit's outcomes are untreated. */
  int untreated(int cohort, double[] outcomes) {
    int count = 0;
    for (int t = 0; t < outcomes.length; t++) {
      count += isUntreated(cohort, t) && !Double.isNaN(outcomes[t]) ? 1 : 0;
    }
    return count;
  }

  double untreatedSum(int cohort, double[] outcomes) {
    double sum = 0;
    for (int t = 0; t < outcomes.length; t++) {
      sum += isUntreated(cohort, t) && !Double.isNaN(outcomes[t]) ? outcomes[t] : 0;
    }
    return sum;
  }
}
