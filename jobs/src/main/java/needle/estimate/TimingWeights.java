package needle.estimate;

import java.util.ArrayList;
import java.util.List;

/**
 * What a two-way fixed-effects coefficient of a treatment that lasts is made of, in a panel without
 * gaps.
 *
 * @param comparisons all differences-in-differences of two cohorts; their average with these
 *     weights is the coefficient (Goodman-Bacon 2021, theorem 1)
 * @param negativeWeight the sum of the negative weights on the effects of treated cohorts and
 *     periods, all of which sum to one (de Chaisemartin & D'Haultfœuille 2020, theorem 1)
 * @param negativeShare of the treated observations, those with a negative weight
 */
record TimingWeights(List<Comparison> comparisons, double negativeWeight, double negativeShare) {
  /** Whom a cohort is compared with. */
  enum Control {
    NEVER_TREATED,
    NOT_YET_TREATED,
    ALREADY_TREATED
  }

  /**
   * One difference-in-differences.
   *
   * @param treated the cohort whose treatment starts in its middle
   * @param control the cohort it is compared with
   */
  record Comparison(int treated, int control, Control kind, double weight, double estimate) {}

  static TimingWeights of(CohortMeans means) {
    double periods = means.periods().length;
    List<Comparison> found = new ArrayList<>();
    int[] cohorts = means.cohorts();
    for (int i = 0; i < cohorts.length; i++) {
      for (int j = i + 1; j < cohorts.length; j++) {
        addPair(means, cohorts[i], cohorts[j], periods, found);
      }
    }
    double total = found.stream().mapToDouble(Comparison::weight).sum();
    List<Comparison> comparisons =
        found.stream()
            .map(
                c ->
                    new Comparison(
                        c.treated(), c.control(), c.kind(), c.weight() / total, c.estimate()))
            .toList();
    return withNegatives(comparisons, means);
  }

  // Goodman-Bacon 2021, eq. 10b to 10d, times the variance of the treatment that is left by the
  // effects; shares of units are squared there and divided out again.
  private static void addPair(
      CohortMeans means, int early, int late, double periods, List<Comparison> found) {
    int end = means.periods().length;
    int first = means.start(early);
    int second = means.start(late);
    double size = means.share(early) * means.share(late);
    double treatedEarly = (end - first) / periods;
    double treatedLate = (end - second) / periods;
    double apart = treatedEarly - treatedLate;
    if (first > 0 && first < second) {
      double change = means.mean(early, first, second) - means.mean(early, 0, first);
      double other = means.mean(late, first, second) - means.mean(late, 0, first);
      found.add(
          new Comparison(
              early,
              late,
              second == end ? Control.NEVER_TREATED : Control.NOT_YET_TREATED,
              size * apart * (1 - treatedEarly),
              change - other));
    }
    if (first < second && second < end) {
      double change = means.mean(late, second, end) - means.mean(late, first, second);
      double other = means.mean(early, second, end) - means.mean(early, first, second);
      found.add(
          new Comparison(
              late, early, Control.ALREADY_TREATED, size * treatedLate * apart, change - other));
    }
  }

  private static TimingWeights withNegatives(List<Comparison> comparisons, CohortMeans means) {
    int end = means.periods().length;
    double[] treatedIn = new double[end];
    double treated = 0;
    for (int cohort : means.cohorts()) {
      for (int t = means.start(cohort); t < end; t++) {
        treatedIn[t] += means.share(cohort);
        treated += means.share(cohort) / end;
      }
    }
    double all = 0;
    double negative = 0;
    double negativeShare = 0;
    for (int cohort : means.cohorts()) {
      double ofCohort = (end - means.start(cohort)) / (double) end;
      for (int t = means.start(cohort); t < end; t++) {
        // What the effects of units and periods leave of the treatment.
        double weight = means.share(cohort) * (1 - ofCohort - treatedIn[t] + treated);
        all += weight;
        // Rounding may leave of zero less than zero.
        if (weight < -1e-12) {
          negative += weight;
          negativeShare += means.share(cohort) / (treated * end);
        }
      }
    }
    return new TimingWeights(comparisons, negative / all, negativeShare);
  }

  double weight(Control kind) {
    return comparisons.stream().filter(c -> c.kind() == kind).mapToDouble(Comparison::weight).sum();
  }

  /** What the comparisons of that kind say alone; NaN without any. */
  double estimate(Control kind) {
    return comparisons.stream()
            .filter(c -> c.kind() == kind)
            .mapToDouble(c -> c.weight() * c.estimate())
            .sum()
        / weight(kind);
  }
}
