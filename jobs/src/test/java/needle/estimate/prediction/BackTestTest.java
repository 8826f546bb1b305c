package needle.estimate.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Predictions of series: as another implementation makes them, and on simulated truth. */
class BackTestTest extends SparkTest {
  private static final Percentage ALIKE = Percentage.withPercentage(1e-7);

  // Figures below come from the same two series in Python.
  private static Series quarters(int s) {
    double[] season = {0, 1, -2, 1.5};
    double[] means = new double[30];
    double[] exposed = new double[30];
    for (int t = 0; t < means.length; t++) {
      double noise = (t * 7919 + s * 104729 + t * t * 31) % 1000 / 1000.0 - 0.5;
      means[t] = 50 + 5 * s + 3 * season[t % 4] + 0.1 * t + noise;
      exposed[t] = t < 9 ? 0 : t < 17 ? 0.2 : t < 24 ? 0.25 + 0.1 * s : 0.5;
    }
    return new Series(means, exposed);
  }

  @Test
  void predictionsAndErrorsAreThoseOfAnotherImplementation() {
    BackTest test = BackTest.of(session(), List.of(quarters(0), quarters(1)), 4, 2);
    assertThat(test.origins()).isEqualTo(15);
    // scikit-learn 1.9.1: StandardScaler and Ridge(alpha=0.01 n) on the same features; numpy 2.4.6
    assertThat(test.absolute(Predictor.LAST_VALUE, 2)).isCloseTo(4.182533333333334, ALIKE);
    assertThat(test.absolute(Predictor.SEASONAL_NAIVE, 2)).isCloseTo(0.39706666666666685, ALIKE);
    assertThat(test.absolute(Predictor.REGRESSION, 2)).isCloseTo(0.396256116961457, ALIKE);
    assertThat(test.squared(Predictor.LAST_VALUE, 2)).isCloseTo(4.918486394773119, ALIKE);
    assertThat(test.squared(Predictor.SEASONAL_NAIVE, 2)).isCloseTo(0.4578829870379708, ALIKE);
    assertThat(test.squared(Predictor.REGRESSION, 2)).isCloseTo(0.4548072188777149, ALIKE);
    assertThat(test.scaled(Predictor.LAST_VALUE)).isCloseTo(10.53636636352153, ALIKE);
    assertThat(test.scaled(Predictor.REGRESSION)).isCloseTo(0.9986761802451267, ALIKE);
    assertThat(test.chosen()).isEqualTo(Predictor.REGRESSION);
    assertThat(test.prediction(0, 0)).isCloseTo(47.60829011844997, ALIKE);
    assertThat(test.prediction(1, 0)).isCloseTo(52.38265711974858, ALIKE);
    assertThat(test.prediction(0, 1)).isCloseTo(57.89460494068972, ALIKE);
    assertThat(test.prediction(1, 1)).isCloseTo(62.622642618002125, ALIKE);
    assertThat(test.prediction(1, test.meanTerm()))
        .isCloseTo((52.38265711974858 + 62.622642618002125) / 2, ALIKE);
    assertThat(test.reach(1, 2, 0.90)).isCloseTo(0.7589799209245172, ALIKE);
    // scipy: f.sf
    assertThat(test.latest(0).latest()).isEqualTo(5);
    assertThat(test.latest(0).ratio()).isCloseTo(0.279384503028233, ALIKE);
    assertThat(test.latest(0).pValue()).isCloseTo(0.9140391096290162, ALIKE);
    assertThat(test.coverage(2, 0.90).judged()).isEqualTo(10);
    assertThat(test.coverage(2, 0.90).low()).isCloseTo(0.22865252596366317, ALIKE);
  }

  @Test
  void anIntervalReachesToTheErrorOfItsRank() {
    double[] errors = {-1, 2, -3, 4, 5, -6, 7, 8, 9};
    assertThat(Conformal.reach(errors, 9, 0.90)).isEqualTo(9);
    assertThat(Conformal.reach(errors, 9, 0.80)).isEqualTo(8);
    assertThat(Conformal.reach(errors, 8, 0.90)).isNaN();
    assertThat(Conformal.reach(new double[19], 19, 0.95)).isZero();
    assertThat(Conformal.reach(new double[18], 18, 0.95)).isNaN();
  }

  @Test
  void coverageIsThatOfErrorsNotYetKnown() {
    double[] errors = new double[30];
    Arrays.setAll(errors, i -> i < 20 ? i % 5 + 1 : i % 2 == 0 ? 0 : 10 + i);
    Conformal.Coverage ahead = Conformal.coverage(new double[][] {errors}, 1, 0.90);
    // From the tenth error on; from the twentieth on, every other is larger than all before.
    assertThat(ahead.judged()).isEqualTo(21);
    assertThat(ahead.share()).isCloseTo(16 / 21.0, within(1e-12));
    // statsmodels 0.15.0: proportion_confint(16, 21, method="beta")
    assertThat(ahead.low()).isCloseTo(0.5283401723, within(1e-8));
    assertThat(ahead.high()).isCloseTo(0.9178241244, within(1e-8));
    // Of three steps the error is known two periods later.
    Conformal.Coverage later = Conformal.coverage(new double[][] {errors, errors}, 3, 0.90);
    assertThat(later.judged()).isEqualTo(38);
    assertThat(later.independent()).isCloseTo(19 / 3.0, within(1e-12));
    assertThat(Conformal.coverage(new double[][] {new double[9]}, 1, 0.90).judged()).isZero();
  }

  // Seasons, a trend, and deviations that fade.
  private static double[] simulated(Random random, int periods) {
    double[] y = new double[periods];
    double[] season = random.doubles(4, -3, 3).toArray();
    double deviation = random.nextGaussian();
    for (int t = 0; t < periods; t++) {
      deviation = 0.6 * deviation + random.nextGaussian();
      y[t] = 20 + season[t % 4] + 0.1 * t + deviation;
    }
    return y;
  }

  private static Series seen(double[] y, int periods) {
    return new Series(Arrays.copyOf(y, periods), new double[periods]);
  }

  @Test
  void nineOfTenIntervalsHoldWhatComes() {
    Random random = new Random(3);
    int series = 200;
    int periods = 40;
    List<double[]> truth = new ArrayList<>();
    List<Series> group = new ArrayList<>();
    for (int s = 0; s < series; s++) {
      truth.add(simulated(random, periods + 2));
      group.add(seen(truth.get(s), periods));
    }
    BackTest test = BackTest.of(session(), group, 4, 2);
    assertThat(test.chosen()).isEqualTo(Predictor.REGRESSION);
    for (double level : new double[] {0.90, 0.95}) {
      for (int term = 0; term <= 2; term++) {
        int inside = 0;
        for (int s = 0; s < series; s++) {
          double[] y = truth.get(s);
          double came = term < 2 ? y[periods + term] : (y[periods] + y[periods + 1]) / 2;
          inside += Math.abs(came - test.prediction(s, term)) <= test.reach(s, term, level) ? 1 : 0;
        }
        // Of 99.9% of samples of so many series. The rank is rounded up, by 1/(origins + 1) at
        // most.
        double chance = 3.3 * Math.sqrt(level * (1 - level) / series);
        assertThat(inside / (double) series)
            .as("term %d at %s", term, level)
            .isBetween(level - chance, level + 1.0 / (test.origins() + 1) + chance);
        Conformal.Coverage coverage = test.coverage(term, level);
        assertThat(coverage.share()).isBetween(level - 0.03, level + 0.06);
      }
    }
  }

  @Test
  void aBreakIsNoticed() {
    for (int seed = 0; seed < 2; seed++) {
      double[] y = simulated(new Random(seed), 30);
      BackTest steady = BackTest.of(session(), List.of(seen(y, 30)), 4, 1);
      assertThat(steady.latest(0).pValue()).isGreaterThan(0.01);
      for (int t = 27; t < 30; t++) {
        y[t] += 8;
      }
      BackTest broken = BackTest.of(session(), List.of(seen(y, 30)), 4, 1);
      assertThat(broken.latest(0).pValue()).isLessThan(0.01);
    }
  }

  @Test
  void whatStaysAsItIsNeedsNoModel() {
    Random random = new Random(5);
    double[] walk = new double[44];
    for (int t = 1; t < walk.length; t++) {
      walk[t] = walk[t - 1] + random.nextGaussian();
    }
    BackTest test = BackTest.of(session(), List.of(seen(walk, 44)), 4, 1);
    assertThat(test.chosen()).isEqualTo(Predictor.LAST_VALUE);
    assertThat(test.prediction(0, 0)).isEqualTo(walk[43]);
    double[] constant = new double[44];
    BackTest nothing = BackTest.of(session(), List.of(seen(constant, 44)), 4, 1);
    assertThat(nothing.prediction(0, 1)).isZero();
    assertThat(nothing.reach(0, 1, 0.95)).isZero();
    assertThat(nothing.latest(0).pValue()).isEqualTo(1);
    double[] seasonal = new double[20];
    Arrays.setAll(seasonal, t -> t % 4);
    BackTest repeated = BackTest.of(session(), List.of(seen(seasonal, 20)), 4, 1);
    assertThat(repeated.chosen()).isEqualTo(Predictor.SEASONAL_NAIVE);
  }
}
