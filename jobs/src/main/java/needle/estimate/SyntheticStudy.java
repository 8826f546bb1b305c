package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import needle.estimate.Aggregations.Form;
import needle.estimate.SyntheticFit.Regularisation;

/**
 * Cohorts beside their synthetic controls, and what their effects add up to (Clarke, Pailañir,
 * Athey & Imbens 2023): each cohort is compared with the units that are never treated, and counts
 * by its treated unit-periods.
 */
final class SyntheticStudy {
  /**
   * One cohort.
   *
   * @param start position of its first treated period
   * @param end how many periods are looked at
   */
  record Cohort(int period, int start, int end, Regularisation regularisation) {}

  /** An average over cohorts and times that is estimated. */
  record Average(
      String aggregation, String term, Optional<Integer> cohort, Optional<Integer> eventTime) {}

  /**
   * One estimate.
   *
   * @param fits by cohort; null where a cohort has no units
   * @param values by average; NaN where no cohort has any
   */
  record Estimate(SyntheticFit[] fits, double[] values) {}

  private final double[][] outcomes;
  final List<Cohort> cohorts;
  final List<Average> averages;

  private SyntheticStudy(double[][] outcomes, List<Cohort> cohorts) {
    this.outcomes = outcomes;
    this.cohorts = cohorts;
    this.averages = averages(cohorts);
  }

  static SyntheticStudy of(SitePanel panel) {
    List<Cohort> cohorts = new ArrayList<>();
    int end = panel.periods().length;
    panel
        .treated()
        .forEach(
            (period, units) ->
                cohorts.add(cohort(panel, period, period - panel.periods()[0], end, units.length)));
    return new SyntheticStudy(panel.outcomes(), cohorts);
  }

  /**
   * The same as if every cohort had been treated in its time before treatment, as late in it as it
   * was in the whole panel; empty when that leaves a cohort less than two periods before.
   */
  static Optional<SyntheticStudy> backdated(SitePanel panel, SyntheticStudy real) {
    List<Cohort> cohorts = new ArrayList<>();
    for (Cohort c : real.cohorts) {
      int start = c.start() * c.start() / c.end();
      if (start < 2) {
        return Optional.empty();
      }
      int units = panel.treated().get(c.period()).length;
      cohorts.add(cohort(panel, c.period(), start, c.start(), units));
    }
    return Optional.of(new SyntheticStudy(panel.outcomes(), cohorts));
  }

  private static Cohort cohort(SitePanel panel, int period, int start, int end, int units) {
    double[][] controls = rows(panel.outcomes(), panel.controls(), end);
    double treatedOutcomes = (double) units * (end - start);
    return new Cohort(period, start, end, Regularisation.of(controls, start, treatedOutcomes));
  }

  private static List<Average> averages(List<Cohort> cohorts) {
    List<Average> all = new ArrayList<>();
    all.add(new Average(Form.SIMPLE, Form.SIMPLE, Optional.empty(), Optional.empty()));
    TreeSet<Integer> eventTimes = new TreeSet<>();
    for (Cohort c : cohorts) {
      all.add(
          new Average(
              Form.GROUP, Integer.toString(c.period()), Optional.of(c.period()), Optional.empty()));
      for (int t = 0; t < c.end(); t++) {
        eventTimes.add(t - c.start());
      }
    }
    for (int e : eventTimes) {
      all.add(new Average(Form.EVENT_TIME, Integer.toString(e), Optional.empty(), Optional.of(e)));
    }
    return all;
  }

  /**
   * Finds weights and effects.
   *
   * @param treated positions by cohort
   */
  Estimate estimate(int[] controls, int[][] treated) {
    SyntheticFit[] fits = new SyntheticFit[treated.length];
    for (int c = 0; c < fits.length; c++) {
      if (treated[c].length > 0) {
        Cohort cohort = cohorts.get(c);
        fits[c] =
            SyntheticFit.of(
                rows(outcomes, controls, cohort.end()),
                mean(treated[c], cohort.end()),
                cohort.start(),
                cohort.regularisation());
      }
    }
    return new Estimate(fits, values(fits, treated));
  }

  /** With known weights, which are those of the same controls. */
  Estimate weighted(int[] controls, int[][] treated, double[][] units, double[][] periods) {
    SyntheticFit[] fits = new SyntheticFit[treated.length];
    for (int c = 0; c < fits.length; c++) {
      Cohort cohort = cohorts.get(c);
      fits[c] =
          SyntheticFit.weighted(
              rows(outcomes, controls, cohort.end()),
              mean(treated[c], cohort.end()),
              cohort.start(),
              units[c],
              periods[c]);
    }
    return new Estimate(fits, values(fits, treated));
  }

  private double[] values(SyntheticFit[] fits, int[][] treated) {
    return averages.stream().mapToDouble(e -> value(e, fits, treated)).toArray();
  }

  private double value(Average average, SyntheticFit[] fits, int[][] treated) {
    double sum = 0;
    double weights = 0;
    for (int c = 0; c < fits.length; c++) {
      Cohort cohort = cohorts.get(c);
      if (fits[c] == null || average.cohort().filter(g -> g != cohort.period()).isPresent()) {
        continue;
      }
      if (average.eventTime().isEmpty()) {
        double weight = (double) treated[c].length * fits[c].periodsAfter();
        sum += weight * fits[c].effect();
        weights += weight;
        continue;
      }
      int t = cohort.start() + average.eventTime().get();
      if (t >= 0 && t < cohort.end()) {
        sum += treated[c].length * fits[c].gaps()[t];
        weights += treated[c].length;
      }
    }
    return sum / weights;
  }

  private double[] mean(int[] units, int end) {
    double[] mean = new double[end];
    for (int unit : units) {
      for (int t = 0; t < end; t++) {
        mean[t] += outcomes[unit][t];
      }
    }
    return Arrays.stream(mean).map(v -> v / units.length).toArray();
  }

  private static double[][] rows(double[][] outcomes, int[] units, int end) {
    return Arrays.stream(units)
        .mapToObj(u -> Arrays.copyOf(outcomes[u], end))
        .toArray(double[][]::new);
  }
}
