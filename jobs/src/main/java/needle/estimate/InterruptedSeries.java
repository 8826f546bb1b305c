package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Where there is nobody to compare with: what the level and trend of one series, all units
 * together, changed by when all of them were treated (segmented regression: Wagner, Soumerai, Zhang
 * & Ross-Degnan 2002; Bernal, Cummins & Gasparrini 2017). Whatever else happened then is taken for
 * an effect, so its evidence is never better than weak.
 */
public final class InterruptedSeries implements EffectEstimator {
  /** How what returns every year, or any other cycle, is allowed for. */
  public enum Season {
    NONE,
    /** A level of its own for every period of the cycle. */
    MONTHS,
    /** Two waves. */
    HARMONICS
  }

  /** How errors allow for outcomes that follow on each other. */
  public enum Errors {
    /** A part of each carries over to the next; the part by restricted maximum likelihood. */
    RESTRICTED_LIKELIHOOD,
    /** The same, with the part from the errors of the regression itself, which is too small. */
    PRAIS_WINSTEN,
    /** Least squares, with errors that are robust to what carries over within some lag. */
    NEWEY_WEST
  }

  // What is left of a series, relative to its size, is rounding.
  private static final double EXACT = 1e-10;

  private final Optional<String> exposure;
  private final Season season;
  private final int cycle;
  private final Errors errors;
  private final OptionalInt lag;

  /**
   * @param exposure outcomes are summed and divided by its sum, such as hours; their mean, if none
   * @param cycle how many periods the season has
   * @param lag of {@link Errors#NEWEY_WEST}; by their rule of 1994, if none
   */
  public InterruptedSeries(
      Optional<String> exposure, Season season, int cycle, Errors errors, OptionalInt lag) {
    if (lag.isPresent() && lag.getAsInt() < 0) {
      throw new InvalidInput(
          "A lag is not below zero",
          "it counts periods, and " + lag.getAsInt() + " was given",
          "leave it out for the rule of Newey & West");
    }
    if (cycle < 2) {
      throw new InvalidInput(
          "A season of " + cycle + " periods is none",
          "cycle says after how many periods it returns",
          "give 12 for months, 4 for quarters");
    }
    this.exposure = exposure;
    this.season = season;
    this.cycle = cycle;
    this.errors = errors;
    this.lag = lag;
  }

  @Override
  public String name() {
    return "interrupted_series";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    StaggeredDid.requireTreatment(design, name());
    if (!design.isClusteredByUnit()) {
      throw new InvalidInput(
          "interrupted_series has no clusters",
          "the study clusters by " + design.clusters() + ", and all units make one series",
          "leave the cluster out");
    }
    Series series = Series.of(panel, design, exposure);
    TrendBreak columns = new TrendBreak(season, cycle, series.periods(), series.start());
    if (series.start() < 2 || series.periods().length - series.start() < 2) {
      throw new InvalidInput(
          "A trend cannot be told on both sides of the treatment",
          series.start()
              + " periods were seen before it and "
              + (series.periods().length - series.start())
              + " from it on",
          "supply a longer series");
    }
    requireNoise(columns, series.values());
    SeriesFit fit = fit(columns, series.values()).orElseThrow(() -> unfitted(series, columns));
    List<Effect> effects = effects(series, columns, fit, design.alpha());
    Effect headline = effects.get(0);
    SeriesChecks checks = new SeriesChecks(series, season == Season.NONE ? 0 : cycle, errors);
    List<Diagnostic> diagnostics = new ArrayList<>(checks.of(fit));
    diagnostics.add(checks.placeboDates(this::placebo));
    diagnostics.add(
        DesignChecks.detectable(fit.degreesOfFreedom(), headline.stdError(), design.alpha()));
    return new EffectEstimate(
        name(), headline, effects, diagnostics, series.attrition(), fit.degreesOfFreedom());
  }

  private Optional<SeriesFit> fit(TrendBreak columns, double[] values) {
    double[][] rows = columns.rows();
    return switch (errors) {
      case RESTRICTED_LIKELIHOOD -> SeriesFit.restrictedLikelihood(rows, values);
      case PRAIS_WINSTEN -> SeriesFit.praisWinsten(rows, values);
      case NEWEY_WEST ->
          SeriesFit.neweyWest(rows, values, lag.orElse(SeriesFit.lag(values.length)));
    };
  }

  private static void requireNoise(TrendBreak columns, double[] values) {
    Optional<SeriesFit> plain = SeriesFit.neweyWest(columns.rows(), values, 0);
    if (plain.isPresent()
        && DotProduct.squared(plain.get().residuals())
            <= EXACT * EXACT * DotProduct.squared(values)) {
      throw new InvalidInput(
          "The doubt of the effect cannot be told",
          "the series follows its level, trend and season exactly",
          "supply an outcome that is measured, not computed");
    }
  }

  private InvalidInput unfitted(Series series, TrendBreak columns) {
    int length = series.periods().length;
    boolean isShort = SeriesFit.neweyWest(columns.rows(), series.values(), 0).isEmpty();
    return new InvalidInput(
        "The series cannot be fitted",
        isShort
            ? length
                + " periods do not tell "
                + columns.width()
                + " numbers apart: level, trend, season, and what changed"
            : "what is left of a period carries over to the next in full, so that the series may"
                + " wander by itself",
        isShort
            ? "supply a longer series, or leave the season out"
            : "study a series that returns to its trend, or one that has a comparison group");
  }

  /** The effect's value and p-value, had the treatment been at that earlier period. */
  private Optional<double[]> placebo(Series before, int start) {
    TrendBreak columns = new TrendBreak(season, cycle, before.periods(), start);
    return fit(columns, before.values())
        .filter(f -> f.standardError(columns.averageEffect()) > 0)
        .map(
            f -> {
              double value = f.value(columns.averageEffect());
              double error = f.standardError(columns.averageEffect());
              double p = 2 * Quantiles.tail(f.degreesOfFreedom(), Math.abs(value) / error);
              return new double[] {value, p};
            });
  }

  private static List<Effect> effects(
      Series series, TrendBreak columns, SeriesFit fit, double alpha) {
    List<Effect> effects = new ArrayList<>();
    Told told = new Told(series, fit, alpha);
    effects.add(
        told.effect(Estimand.ATT, Form.SIMPLE, Form.SIMPLE, -1, columns.averageEffect(), true));
    for (int c : List.of(TrendBreak.TREND, TrendBreak.LEVEL_CHANGE, TrendBreak.TREND_CHANGE)) {
      effects.add(
          told.effect(
              Estimand.SLOPE, "coefficient", TrendBreak.name(c), -1, columns.coefficient(c), true));
    }
    for (int t = series.start(); t < series.periods().length; t++) {
      String term = Integer.toString(t - series.start());
      effects.add(told.effect(Estimand.ATT, Form.EVENT_TIME, term, t, columns.effect(t), true));
    }
    for (int t = series.start(); t < series.periods().length; t++) {
      String term = Integer.toString(series.periods()[t]);
      effects.add(
          told.effect(
              Estimand.POTENTIAL_OUTCOME_MEAN,
              "counterfactual",
              term,
              t,
              columns.untreated(t),
              false));
    }
    return effects;
  }

  /** Turns forms in the coefficients into rows of results. */
  private record Told(Series series, SeriesFit fit, double alpha) {
    Effect effect(
        Estimand estimand,
        String aggregation,
        String term,
        int position,
        double[] form,
        boolean isTested) {
      double value = fit.value(form);
      double error = fit.standardError(form);
      int freedom = fit.degreesOfFreedom();
      double reach = Quantiles.quantile(freedom, 1 - alpha / 2) * error;
      Optional<Integer> at = Optional.of(position).filter(p -> p >= 0);
      return new Effect(
          estimand,
          aggregation,
          term,
          Optional.empty(),
          at.map(p -> series.periods()[p]),
          at.map(p -> p - series.start()),
          value,
          error,
          value - reach,
          value + reach,
          value - reach,
          value + reach,
          isTested ? 2 * Quantiles.tail(freedom, Math.abs(value) / error) : Double.NaN,
          series.units(),
          0,
          series.periods().length,
          Double.NaN);
    }
  }
}
