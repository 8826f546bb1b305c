package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an estimator found: effects, the checks on its assumptions, and who was lost on the way.
 *
 * @param headline the one effect that a verdict judges
 * @param degreesOfFreedom of the t distribution behind intervals and p-values; infinite for the
 *     normal
 * @param intervals of the headline at other levels than the study's, where they come from no t
 *     distribution; else none
 */
public record EffectEstimate(
    String estimator,
    Effect headline,
    List<Effect> effects,
    List<Diagnostic> diagnostics,
    List<AttritionStep> attrition,
    double degreesOfFreedom,
    List<HeadlineInterval> intervals) {
  /** With fewer treated clusters, standard errors are too small to be believed. */
  public static final int FEWEST_CLUSTERS = 10;

  public EffectEstimate {
    Set<String> bandless = withoutBands(effects);
    effects = effects.stream().map(e -> e.bandlessIn(bandless)).toList();
    headline = headline.bandlessIn(bandless);
    diagnostics = List.copyOf(diagnostics);
    attrition = List.copyOf(attrition);
    intervals = List.copyOf(intervals);
  }

  // Of several terms, intervals are no band: together they hold less often than each. Places in an
  // order have no standard errors, and their bands may well be their intervals.
  private static Set<String> withoutBands(List<Effect> effects) {
    return effects.stream()
        .filter(e -> !Double.isNaN(e.stdError()))
        .collect(Collectors.groupingBy(Effect::aggregation))
        .entrySet()
        .stream()
        .filter(e -> e.getValue().size() > 1 && e.getValue().stream().allMatch(Effect::isBandless))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** An estimate whose intervals come from the t distribution. */
  public EffectEstimate(
      String estimator,
      Effect headline,
      List<Effect> effects,
      List<Diagnostic> diagnostics,
      List<AttritionStep> attrition,
      double degreesOfFreedom) {
    this(estimator, headline, effects, diagnostics, attrition, degreesOfFreedom, List.of());
  }

  /** An interval of that level; its ends are NaN where it holds everything. */
  public record HeadlineInterval(double level, double low, double high) {}

  /**
   * One estimated number. {@code std_error} and all that follows from it is NaN where the data
   * carry no information on it.
   *
   * @param estimand what it is an estimate of
   * @param aggregation group_time, simple, group, event_time, calendar, overall, coefficient or
   *     dose; of explanations, which part it is one of, such as contribution
   * @param term what is estimated, within its aggregation
   * @param segment the part of the sample that it is about, by its value in the column of the term
   * @param bandLow the band that holds for all terms of the aggregation at once; NaN where several
   *     have intervals and nobody tells one
   * @param treated units on the treated side, where others are drawn in every period at the end
   *     that has fewer; over several cells, the sum over cohorts of the largest cell
   * @param control units on the other side; over several cells, the largest cell
   * @param clusters how many independent pieces the inference rests on
   * @param treatedClusters over how many clusters of equal size the treated are spread; fewer than
   *     there are, when a few hold most of them
   * @param dose of which it is the effect, in designs with doses
   */
  public record Effect(
      Estimand estimand,
      String aggregation,
      String term,
      Optional<Integer> cohort,
      Optional<Integer> period,
      Optional<Integer> eventTime,
      Optional<String> segment,
      double estimate,
      double stdError,
      double ciLow,
      double ciHigh,
      double bandLow,
      double bandHigh,
      double pValue,
      long treated,
      long control,
      long clusters,
      double treatedClusters,
      Optional<Double> dose) {

    /** An effect that is neither one of a segment nor one of a certain dose. */
    public Effect(
        Estimand estimand,
        String aggregation,
        String term,
        Optional<Integer> cohort,
        Optional<Integer> period,
        Optional<Integer> eventTime,
        double estimate,
        double stdError,
        double ciLow,
        double ciHigh,
        double bandLow,
        double bandHigh,
        double pValue,
        long treated,
        long control,
        long clusters,
        double treatedClusters) {
      this(
          estimand,
          aggregation,
          term,
          cohort,
          period,
          eventTime,
          Optional.empty(),
          estimate,
          stdError,
          ciLow,
          ciHigh,
          bandLow,
          bandHigh,
          pValue,
          treated,
          control,
          clusters,
          treatedClusters,
          Optional.empty());
    }

    private boolean isBandless() {
      return bandLow == ciLow && bandHigh == ciHigh;
    }

    private Effect bandlessIn(Set<String> aggregations) {
      return aggregations.contains(aggregation)
          ? with(stdError, ciLow, ciHigh, Double.NaN, Double.NaN, pValue)
          : this;
    }

    /** The same with another doubt, and the interval for a band. */
    Effect doubted(double error, double low, double high, double probability) {
      return with(error, low, high, low, high, probability);
    }

    private Effect with(
        double error,
        double low,
        double high,
        double lowOfBand,
        double highOfBand,
        double probability) {
      return new Effect(
          estimand,
          aggregation,
          term,
          cohort,
          period,
          eventTime,
          segment,
          estimate,
          error,
          low,
          high,
          lowOfBand,
          highOfBand,
          probability,
          treated,
          control,
          clusters,
          treatedClusters,
          dose);
    }

    /** The same of a segment, with a band. */
    Effect of(String value, double low, double high) {
      return new Effect(
          estimand,
          aggregation,
          term,
          cohort,
          period,
          eventTime,
          Optional.of(value),
          estimate,
          stdError,
          ciLow,
          ciHigh,
          low,
          high,
          pValue,
          treated,
          control,
          clusters,
          treatedClusters,
          dose);
    }

    /**
     * The same as that of a dose.
     *
     * @param band how many standard errors the band over all doses reaches
     */
    Effect at(double dose, double band) {
      return new Effect(
          estimand,
          aggregation,
          term,
          cohort,
          period,
          eventTime,
          segment,
          estimate,
          stdError,
          ciLow,
          ciHigh,
          estimate - band * stdError,
          estimate + band * stdError,
          pValue,
          treated,
          control,
          clusters,
          treatedClusters,
          Optional.of(dose));
    }
  }

  /** How a check ended. */
  public enum Status {
    PASS,
    WARNING,
    FAIL;

    /** As it is written in a table. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One check on the study's assumptions; p-value NaN where the check is not a test. */
  public record Diagnostic(
      String check, String statistic, double value, double pValue, Status status, String message) {}

  /**
   * One step from the rows read to the rows analysed: {@code read} is the sum of all steps after
   * it.
   *
   * @param units lost in this step; all units for {@code read} and {@code analysed}
   */
  public record AttritionStep(String step, long units, long rows, String reason) {}

  /** The headline's interval of a level. */
  public HeadlineInterval interval(double level) {
    double reach = quantile(level) * headline.stdError();
    return intervals.stream()
        .filter(i -> i.level() == level)
        .findFirst()
        .orElse(
            new HeadlineInterval(level, headline.estimate() - reach, headline.estimate() + reach));
  }

  /**
   * The p-value of the hypothesis that the headline's effect matters: of two one-sided tests
   * (Schuirmann 1987) the larger. NaN without a standard error.
   *
   * @param smallestEffect that matters
   */
  public double equivalencePValue(double smallestEffect) {
    double inside = smallestEffect - Math.abs(headline.estimate());
    return Quantiles.tail(degreesOfFreedom, inside / headline.stdError());
  }

  /** How many standard errors an interval of that level reaches to either side. */
  public double quantile(double level) {
    return Quantiles.quantile(degreesOfFreedom, 0.5 + level / 2);
  }

  /** The same, after further checks. */
  public EffectEstimate with(List<Diagnostic> more) {
    List<Diagnostic> all = new ArrayList<>(diagnostics);
    all.addAll(more);
    return new EffectEstimate(
        estimator, headline, effects, all, attrition, degreesOfFreedom, intervals);
  }

  /** The effect of that aggregation and term. */
  public Optional<Effect> find(String aggregation, String term) {
    return effects.stream()
        .filter(e -> e.aggregation().equals(aggregation) && e.term().equals(term))
        .findFirst();
  }

  /** The diagnostic of that check and statistic. */
  public Optional<Diagnostic> diagnostic(String check, String statistic) {
    return diagnostics.stream()
        .filter(d -> d.check().equals(check) && d.statistic().equals(statistic))
        .findFirst();
  }

  /** The value of that check's statistic, if it was computed. */
  public OptionalDouble diagnosticValue(String check, String statistic) {
    return diagnostics.stream()
        .filter(d -> d.check().equals(check) && d.statistic().equals(statistic))
        .mapToDouble(Diagnostic::value)
        .filter(v -> !Double.isNaN(v))
        .findFirst();
  }
}
