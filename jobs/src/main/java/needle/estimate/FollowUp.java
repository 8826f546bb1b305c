package needle.estimate;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Who is still observed after treatment, on either side: per cohort, the person-periods from its
 * first treated period on of everybody who had been observed before, in the period that comparisons
 * start from.
 *
 * <p>A cohort's others are all that are untreated in its first period, later adopters included: who
 * adopts later has stayed until then, so leaving them out would count leavers alone. The treated
 * may have had to be there in order to adopt. So nothing is wrong if more others than treated are
 * missing in that first period: of theirs no more counts than of the treated's.
 */
final class FollowUp implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The bias, in standard deviations of the outcome, that the What Works Clearinghouse allows. */
  private static final double MOST_BIAS = 0.05;

  private final Comparisons comparisons;

  // Per cohort and side (treated, then others): persons, those seen in the first treated period,
  // and the person-periods not observed of those who were not and of those who were.
  private final long[][] persons;
  private final long[][] seen;
  private final long[][][] lost;

  FollowUp(Comparisons comparisons) {
    int cohorts = comparisons.cohorts().length;
    this.comparisons = comparisons;
    this.persons = new long[cohorts][2];
    this.seen = new long[cohorts][2];
    this.lost = new long[cohorts][2][2];
  }

  /**
   * @param outcomes in each of the study's periods, NaN where not observed
   */
  void add(int cohort, double[] outcomes) {
    int[] periods = comparisons.periods();
    int[] cohorts = comparisons.cohorts();
    for (int g = 0; g < cohorts.length && cohorts[g] <= cohort; g++) {
      int base = comparisons.lastBefore(cohorts[g], true);
      int before = comparisons.lastBefore(cohorts[g], false);
      int side = cohorts[g] == cohort ? 0 : 1;
      if (base < 0 || Double.isNaN(outcomes[base])) {
        continue;
      }
      int isSeen = Double.isNaN(outcomes[before + 1]) ? 0 : 1;
      persons[g][side]++;
      seen[g][side] += isSeen;
      for (int t = before + 1; t < periods.length; t++) {
        lost[g][side][isSeen] += Double.isNaN(outcomes[t]) ? 1 : 0;
      }
    }
  }

  void merge(FollowUp other) {
    for (int g = 0; g < persons.length; g++) {
      for (int side = 0; side < 2; side++) {
        persons[g][side] += other.persons[g][side];
        seen[g][side] += other.seen[g][side];
        lost[g][side][0] += other.lost[g][side][0];
        lost[g][side][1] += other.lost[g][side][1];
      }
    }
  }

  /**
   * What differs between the sides, each cohort's others counting as much as its treated do.
   *
   * @param isStudied whether a cohort's effect is part of the estimate
   */
  Optional<Diagnostic> check(IntPredicate isStudied) {
    double weight = 0;
    double treated = 0;
    double others = 0;
    for (int g = 0; g < persons.length; g++) {
      if (isStudied.test(comparisons.cohorts()[g]) && persons[g][0] > 0 && seen[g][1] > 0) {
        double ofMissing = share(lost[g][0][0], persons[g][0]);
        weight += persons[g][0] * periodsFrom(g);
        treated += lost[g][0][0] + lost[g][0][1];
        others +=
            persons[g][0] * Math.min(ofMissing, share(lost[g][1][0], persons[g][1]))
                + seen[g][0] * share(lost[g][1][1], seen[g][1]);
      }
    }
    return weight > 0 ? Optional.of(judged(treated / weight, others / weight)) : Optional.empty();
  }

  private static double share(long part, long whole) {
    return part / (double) whole;
  }

  private double periodsFrom(int g) {
    return comparisons.periods().length
        - 1
        - comparisons.lastBefore(comparisons.cohorts()[g], false);
  }

  /**
   * Fails where leaving is suspicious even if it has little to do with the outcome, warns where it
   * is if it has much: the optimistic and the cautious correlations of outcome and staying that the
   * What Works Clearinghouse assumes (Deke & Chiang 2017). The side that loses more is taken for
   * the one with the stronger correlation.
   */
  static Diagnostic judged(double treatedLost, double othersLost) {
    return judged(
        treatedLost,
        othersLost,
        String.format(
            Locale.ROOT,
            "After treatment began, %.1f%% of the person-periods of the treated and %.1f%% of those"
                + " of others were not observed.",
            100 * treatedLost,
            100 * othersLost));
  }

  /** The same, in other words. */
  static Diagnostic judged(double treatedLost, double othersLost, String message) {
    double more = Math.max(treatedLost, othersLost);
    double less = Math.min(treatedLost, othersLost);
    Status status =
        bias(0.27, more, 0.22, less) > MOST_BIAS
            ? Status.FAIL
            : bias(0.45, more, 0.39, less) > MOST_BIAS ? Status.WARNING : Status.PASS;
    return new Diagnostic(
        "attrition",
        "differential_attrition",
        treatedLost - othersLost,
        Double.NaN,
        status,
        message);
  }

  // Those stay whose inclination is above a threshold; their outcomes are above the mean by its
  // correlation with the inclination times the mean inclination of who stays.
  private static double bias(double ofMore, double more, double ofLess, double less) {
    return ofMore * inclination(more) - ofLess * inclination(less);
  }

  private static double inclination(double lost) {
    if (lost <= 0) {
      return 0;
    }
    if (lost >= 1) {
      return Double.POSITIVE_INFINITY;
    }
    NormalDistribution normal = new NormalDistribution();
    return normal.density(normal.inverseCumulativeProbability(lost)) / (1 - lost);
  }
}
