package needle.estimate.prediction;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.FDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.spark.sql.SparkSession;

/**
 * How predictions of a group of series did in the past: made in every period from which all steps
 * have come, of what was known in it (rolling origin: Tashman 2000). The last term of a prediction
 * is the mean of its steps.
 */
public final class BackTest {
  /** Below it, errors are anecdotes. */
  public static final int FEWEST_ORIGINS = 4;

  /** Older origins tell little of the next one. */
  private static final int MOST_ORIGINS = 60;

  /** Errors that stand for the latest times in the test for a break, at least. */
  private static final int FEWEST_LATEST = 4;

  private final int horizon;

  /** By series, term and origin: what came, less what was predicted. */
  private final Map<Predictor, double[][][]> errors = new EnumMap<>(Predictor.class);

  private final Predictor chosen;
  private final double[][] predictions;

  private BackTest(SparkSession spark, List<Series> group, int season, int horizon) {
    this.horizon = horizon;
    int periods = group.get(0).periods();
    int origins = Math.min(MOST_ORIGINS, origins(periods, season, horizon));
    int first = periods - horizon - origins;
    ChangeRegression regression = new ChangeRegression(spark, season);
    for (Predictor predictor : Predictor.values()) {
      double[][][] of = new double[group.size()][horizon + 1][origins];
      for (int origin = first; origin < first + origins; origin++) {
        double[][] predicted = predicted(predictor, regression, group, season, origin);
        for (int s = 0; s < of.length; s++) {
          double[] came =
              terms(Arrays.copyOfRange(group.get(s).means(), origin + 1, origin + 1 + horizon));
          for (int term = 0; term <= horizon; term++) {
            of[s][term][origin - first] = came[term] - predicted[s][term];
          }
        }
      }
      errors.put(predictor, of);
    }
    // In their order, so that one that is no better than a simpler one is not chosen.
    this.chosen =
        Arrays.stream(Predictor.values()).min(Comparator.comparingDouble(this::scaled)).get();
    this.predictions = predicted(chosen, regression, group, season, periods - 1);
  }

  /** Predicts every series of the group, by what did best over all of them. */
  public static BackTest of(SparkSession spark, List<Series> group, int season, int horizon) {
    return new BackTest(spark, group, season, horizon);
  }

  /** How often a prediction can be tried in a panel of that many periods; may be negative. */
  public static int origins(int periods, int season, int horizon) {
    return periods - horizon - ChangeRegression.firstOrigin(season, horizon);
  }

  private double[][] predicted(
      Predictor by, ChangeRegression regression, List<Series> group, int season, int origin) {
    double[][] steps = new double[group.size()][horizon];
    for (int step = 1; step <= horizon; step++) {
      double[] fitted =
          by == Predictor.REGRESSION ? regression.predict(group, origin, step) : new double[0];
      for (int s = 0; s < steps.length; s++) {
        double[] y = group.get(s).means();
        steps[s][step - 1] =
            switch (by) {
              case LAST_VALUE -> y[origin];
              case SEASONAL_NAIVE -> y[origin + step - season];
              case REGRESSION -> fitted[s];
            };
      }
    }
    return Arrays.stream(steps).map(BackTest::terms).toArray(double[][]::new);
  }

  private static double[] terms(double[] steps) {
    double[] terms = Arrays.copyOf(steps, steps.length + 1);
    terms[steps.length] = StatUtils.mean(steps);
    return terms;
  }

  public Predictor chosen() {
    return chosen;
  }

  public int origins() {
    return errors.get(chosen)[0][0].length;
  }

  /** The mean of the steps is the term after the last step. */
  public int meanTerm() {
    return horizon;
  }

  /** What will be, by the chosen predictor. */
  public double prediction(int series, int term) {
    return predictions[series][term];
  }

  /** How far the interval reaches to either side; NaN where there are too few errors for it. */
  public double reach(int series, int term, double level) {
    return Conformal.reach(errors.get(chosen)[series][term], origins(), level);
  }

  /** How intervals of that level would have done, over all series. */
  public Conformal.Coverage coverage(int term, double level) {
    double[][] of =
        Arrays.stream(errors.get(chosen)).map(series -> series[term]).toArray(double[][]::new);
    return Conformal.coverage(of, Math.min(term + 1, horizon), level);
  }

  /** The mean absolute error, averaged over series. */
  public double absolute(Predictor by, int term) {
    return average(by, series -> sizes(by, series, term));
  }

  /** The root of the mean squared error, averaged over series. */
  public double squared(Predictor by, int term) {
    return average(
        by,
        series -> {
          double[] of = errors.get(by)[series][term];
          return Math.sqrt(StatUtils.sumSq(of) / of.length);
        });
  }

  /**
   * The absolute error of the mean in units of the seasonal naive's at the same origins, averaged
   * over series (Hyndman & Koehler 2006).
   */
  public double scaled(Predictor by) {
    return average(
        by,
        series -> {
          double scale = sizes(Predictor.SEASONAL_NAIVE, series, horizon);
          double size = sizes(by, series, horizon);
          // A season that repeats itself exactly leaves no unit: as good as it, or endlessly worse.
          return scale > 0 ? size / scale : size > 0 ? Double.POSITIVE_INFINITY : 1;
        });
  }

  private double sizes(Predictor by, int series, int term) {
    return Arrays.stream(errors.get(by)[series][term]).map(Math::abs).average().getAsDouble();
  }

  private double average(Predictor by, java.util.function.IntToDoubleFunction value) {
    return IntStream.range(0, errors.get(by).length).mapToDouble(value).average().getAsDouble();
  }

  /**
   * A test of whether the latest errors are larger than the earlier ones.
   *
   * @param ratio of their mean squares
   */
  public record Break(int latest, int earlier, double ratio, double pValue) {}

  /**
   * Whether the last third of the one-step errors is larger than what came before: the predictive
   * failure test (Chow 1960) on recursive errors, F(latest, earlier) where nothing broke.
   */
  public Break latest(int series) {
    double[] of = errors.get(chosen)[series][0];
    int latest = Math.max(FEWEST_LATEST, of.length / 3);
    int earlier = of.length - latest;
    if (earlier < FEWEST_LATEST) {
      return new Break(latest, earlier, Double.NaN, Double.NaN);
    }
    double before = StatUtils.sumSq(of, 0, earlier) / earlier;
    double now = StatUtils.sumSq(of, earlier, latest) / latest;
    if (now == 0) {
      return new Break(latest, earlier, 0, 1);
    }
    double ratio = now / before;
    return new Break(
        latest,
        earlier,
        ratio,
        before == 0 ? 0 : 1 - new FDistribution(latest, earlier).cumulativeProbability(ratio));
  }
}
