package needle.estimate;

import java.util.Arrays;

/**
 * One cohort beside its synthetic control (Arkhangelsky et al. 2021, algorithm 1).
 *
 * @param units weights of the controls
 * @param periods weights of the periods before treatment
 * @param gaps per period, the mean of the treated less the weighted mean of the controls, less the
 *     weighted mean of that difference before treatment
 * @param start the position of the first treated period
 */
record SyntheticFit(double[] units, double[] periods, double[] gaps, int start) {
  /**
   * How weights are regularised; fixed by a cohort's own controls, whoever is compared afterwards.
   *
   * @param units zeta of the controls' weights: (treated unit-periods)^¼ standard deviations of the
   *     controls' changes before treatment (their eq. 5)
   * @param periods zeta of the periods' weights, so small that it only makes them unique
   * @param leastDecrease where the search for weights ends
   */
  record Regularisation(double units, double periods, double leastDecrease) {
    // As in the authors' R package, for both.
    private static final double PERIODS = 1e-6;
    private static final double LEAST_DECREASE = 1e-5;

    /** With the controls' outcomes and the number of treated unit-periods after treatment. */
    static Regularisation of(double[][] controls, int start, double treatedOutcomes) {
      double noise = noise(controls, start);
      return new Regularisation(
          Math.pow(treatedOutcomes, 0.25) * noise, PERIODS * noise, LEAST_DECREASE * noise);
    }

    private static double noise(double[][] controls, int start) {
      double[] changes = new double[controls.length * (start - 1)];
      for (int i = 0; i < controls.length; i++) {
        for (int t = 1; t < start; t++) {
          changes[i * (start - 1) + t - 1] = controls[i][t] - controls[i][t - 1];
        }
      }
      double mean = Arrays.stream(changes).sum() / changes.length;
      double squares = Arrays.stream(changes).map(c -> (c - mean) * (c - mean)).sum();
      return Math.sqrt(squares / (changes.length - 1));
    }
  }

  /**
   * Finds the weights.
   *
   * @param treated the mean of the treated, per period
   */
  static SyntheticFit of(double[][] controls, double[] treated, int start, Regularisation how) {
    double[][] before =
        Arrays.stream(controls).map(c -> Arrays.copyOf(c, start)).toArray(double[][]::new);
    double[][] byPeriod = new double[start][controls.length];
    double[] after = new double[controls.length];
    for (int i = 0; i < controls.length; i++) {
      for (int t = 0; t < start; t++) {
        byPeriod[t][i] = controls[i][t];
      }
      after[i] = mean(controls[i], start);
    }
    return weighted(
        controls,
        treated,
        start,
        new FrankWolfe(before, Arrays.copyOf(treated, start), how.units(), how.leastDecrease())
            .weights(),
        new FrankWolfe(byPeriod, after, how.periods(), how.leastDecrease()).weights());
  }

  /** With weights that are known. */
  static SyntheticFit weighted(
      double[][] controls, double[] treated, int start, double[] units, double[] periods) {
    double[] gaps = treated.clone();
    for (int i = 0; i < controls.length; i++) {
      for (int t = 0; t < gaps.length; t++) {
        gaps[t] -= units[i] * controls[i][t];
      }
    }
    double base = 0;
    for (int t = 0; t < start; t++) {
      base += periods[t] * gaps[t];
    }
    for (int t = 0; t < gaps.length; t++) {
      gaps[t] -= base;
    }
    return new SyntheticFit(units, periods, gaps, start);
  }

  /** The average effect over the periods after treatment. */
  double effect() {
    return mean(gaps, start);
  }

  int periodsAfter() {
    return gaps.length - start;
  }

  /** Mean square of the gaps before treatment, around their mean: their level is free. */
  double misfit() {
    double mean = 0;
    for (int t = 0; t < start; t++) {
      mean += gaps[t] / start;
    }
    double squares = 0;
    for (int t = 0; t < start; t++) {
      squares += (gaps[t] - mean) * (gaps[t] - mean);
    }
    return squares / start;
  }

  private static double mean(double[] values, int from) {
    double sum = 0;
    for (int t = from; t < values.length; t++) {
      sum += values[t];
    }
    return sum / (values.length - from);
  }
}
