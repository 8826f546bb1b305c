package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.InterruptedSeries.Errors;
import needle.kit.Sensitivity;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/** Whether an interrupted series can be believed; the thresholds stand in docs/method.md. */
final class SeriesChecks {
  private static final int FEWEST_BEFORE = 12;
  private static final int FEWEST_CYCLES = 2;
  private static final int FEWEST_AFTER = 3;
  private static final double WANDERS = 0.8;
  private static final double LEAST_THROUGHOUT = 0.5;
  private static final double ENOUGH_THROUGHOUT = 0.8;

  private final Series series;
  private final int cycle;
  private final Errors errors;

  /** Estimates a series as if its treatment had been at that position. */
  interface Placebo {
    Optional<double[]> of(Series before, int start);
  }

  /**
   * @param cycle zero where no season is allowed for
   */
  SeriesChecks(Series series, int cycle, Errors errors) {
    this.series = series;
    this.cycle = cycle;
    this.errors = errors;
  }

  List<Diagnostic> of(SeriesFit fit) {
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            VerdictRule.NO_CONTROL_GROUP,
            "assumed",
            Double.NaN,
            Double.NaN,
            Status.WARNING,
            "Whatever else changed at the time of the treatment is taken for its effect."));
    found.addAll(lengths());
    found.add(ljungBox(fit));
    found.add(correlation(fit));
    double share = series.throughout();
    found.add(
        told(
            "attrition",
            "seen_throughout",
            share,
            share < LEAST_THROUGHOUT
                ? Status.FAIL
                : share < ENOUGH_THROUGHOUT ? Status.WARNING : Status.PASS,
            "%.0f%% of the units were seen in every period; who comes and goes changes a series,"
                + " too.",
            100 * share));
    return found;
  }

  private List<Diagnostic> lengths() {
    int before = series.start();
    int after = series.periods().length - before;
    int fewest = Math.max(FEWEST_BEFORE, FEWEST_CYCLES * cycle);
    return List.of(
        told(
            "series",
            "periods_before",
            before,
            before < fewest ? Status.FAIL : Status.PASS,
            "%d periods before the treatment tell the trend; at least %d are needed.",
            before,
            fewest),
        told(
            "series",
            "periods_after",
            after,
            after < FEWEST_AFTER ? Status.FAIL : Status.PASS,
            "%d periods tell what changed; at least %d are needed.",
            after,
            FEWEST_AFTER));
  }

  // Ljung & Box 1978, lags by the rule of Hyndman & Athanasopoulos (2021, section 5.4).
  private Diagnostic ljungBox(SeriesFit fit) {
    double[] left = fit.residuals();
    int n = left.length;
    int fitted = errors == Errors.NEWEY_WEST ? 0 : 1;
    int lags = Math.max(fitted + 1, Math.min(cycle == 0 ? 10 : 2 * cycle, n / 5));
    double mean = Arrays.stream(left).sum() / n;
    double[] centred = Arrays.stream(left).map(e -> e - mean).toArray();
    double statistic = 0;
    for (int lag = 1; lag <= lags; lag++) {
      double product = 0;
      for (int t = lag; t < n; t++) {
        product += centred[t] * centred[t - lag];
      }
      double share = product / DotProduct.squared(centred);
      statistic += n * (n + 2.0) * share * share / (n - lag);
    }
    double p = 1 - new ChiSquaredDistribution(lags - fitted).cumulativeProbability(statistic);
    boolean isRobust = errors == Errors.NEWEY_WEST;
    Status ofTest = PreTrend.status(p);
    Status status = isRobust && ofTest == Status.FAIL ? Status.WARNING : ofTest;
    String words =
        Double.isNaN(p)
            ? "Whether what the regression leaves follows on itself, over %d lags, cannot be tested:"
                + " it leaves nothing."
            : status == Status.PASS
                ? "What the regression leaves does not follow on itself, over %d lags."
                : isRobust
                    ? "What the regression leaves follows on itself over %d lags; errors allow for few."
                    : "What the regression leaves follows on itself over %d lags: a season, or a trend"
                        + " that is no line, is left out.";
    return new Diagnostic(
        "autocorrelation",
        "ljung_box",
        statistic,
        p,
        status,
        String.format(Locale.ROOT, words, lags));
  }

  private Diagnostic correlation(SeriesFit fit) {
    double rho =
        errors == Errors.NEWEY_WEST ? SeriesFit.correlation(fit.residuals()) : fit.correlation();
    return told(
        "autocorrelation",
        "rho",
        rho,
        rho > WANDERS ? Status.WARNING : Status.PASS,
        "%.0f%% of what a period leaves carries over to the next.",
        100 * rho);
  }

  /** Effects of a treatment at a third, a half and two thirds of the time before the real one. */
  Diagnostic placeboDates(Placebo placebo) {
    String check = Sensitivity.PLACEBO_DATES.word();
    int length = series.start();
    Series before =
        new Series(
            Arrays.copyOf(series.periods(), length),
            Arrays.copyOf(series.values(), length),
            length,
            series.units(),
            series.throughout(),
            List.of());
    List<double[]> tried =
        Stream.of(length / 3, length / 2, 2 * length / 3)
            .distinct()
            .filter(s -> s >= FEWEST_AFTER && length - s >= FEWEST_AFTER)
            .flatMap(s -> placebo.of(before, s).stream())
            .filter(v -> !Double.isNaN(v[1]))
            .toList();
    if (tried.isEmpty()) {
      return told(
          check,
          "smallest_p",
          Double.NaN,
          Status.WARNING,
          "No earlier date of treatment can be tried: there are too few periods before the real"
              + " one, or errors cannot be told.");
    }
    double[] worst =
        tried.stream().min(java.util.Comparator.comparingDouble(v -> v[1])).orElseThrow();
    double p = Math.min(1, tried.size() * worst[1]);
    Status status = PreTrend.status(p);
    return new Diagnostic(
        check,
        "smallest_p",
        worst[0],
        p,
        status,
        String.format(
            Locale.ROOT,
            status == Status.PASS
                ? "None of %d dates before the real one shows an effect."
                : "Of %d dates before the real one, one shows an effect.",
            tried.size()));
  }

  private static Diagnostic told(
      String check, String statistic, double value, Status status, String words, Object... in) {
    return new Diagnostic(
        check, statistic, value, Double.NaN, status, String.format(Locale.ROOT, words, in));
  }
}
