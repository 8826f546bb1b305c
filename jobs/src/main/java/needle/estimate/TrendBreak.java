package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.InterruptedSeries.Season;

/**
 * The columns of a segmented regression (Wagner, Soumerai, Zhang & Ross-Degnan 2002): a level, a
 * trend, the season, and from the treatment on a change of level and one of trend.
 */
final class TrendBreak {
  /** Positions of the coefficients. */
  static final int TREND = 1;

  static final int LEVEL_CHANGE = 2;
  static final int TREND_CHANGE = 3;
  private static final int SEASON = 4;

  // As Bernal, Cummins & Gasparrini (2017) have it.
  private static final int WAVES = 2;

  private final Season season;
  private final int cycle;
  private final int[] periods;
  private final int start;

  /**
   * @param start position of the first treated period
   */
  TrendBreak(Season season, int cycle, int[] periods, int start) {
    this.season = season;
    this.cycle = cycle;
    this.periods = periods;
    this.start = start;
  }

  double[][] rows() {
    double[][] rows = new double[periods.length][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = untreated(t);
      if (t >= start) {
        rows[t][LEVEL_CHANGE] = 1;
        rows[t][TREND_CHANGE] = t - start;
      }
    }
    return rows;
  }

  /** The form that gives the effect in a period from the treatment on. */
  double[] effect(int position) {
    double[] form = new double[width()];
    form[LEVEL_CHANGE] = 1;
    form[TREND_CHANGE] = position - start;
    return form;
  }

  /** The form that gives the average effect over the periods from the treatment on. */
  double[] averageEffect() {
    double[] form = new double[width()];
    form[LEVEL_CHANGE] = 1;
    form[TREND_CHANGE] = (periods.length - 1 - start) / 2.0;
    return form;
  }

  double[] coefficient(int which) {
    double[] form = new double[width()];
    form[which] = 1;
    return form;
  }

  /** The form that gives what a period would have been untreated. */
  double[] untreated(int position) {
    double[] row = new double[width()];
    row[0] = 1;
    row[TREND] = position;
    int phase = Math.floorMod(periods[position], cycle);
    switch (season) {
      case MONTHS -> {
        if (phase > 0) {
          row[SEASON + phase - 1] = 1;
        }
      }
      case HARMONICS -> {
        List<Double> waves = new ArrayList<>();
        for (int wave = 1; wave <= WAVES && 2 * wave <= cycle; wave++) {
          waves.add(Math.cos(2 * Math.PI * wave * phase / cycle));
          if (2 * wave < cycle) {
            waves.add(Math.sin(2 * Math.PI * wave * phase / cycle));
          }
        }
        for (int i = 0; i < waves.size(); i++) {
          row[SEASON + i] = waves.get(i);
        }
      }
      case NONE -> {}
    }
    return row;
  }

  int width() {
    return switch (season) {
      case NONE -> SEASON;
      case MONTHS -> SEASON + cycle - 1;
      case HARMONICS -> SEASON + Math.min(2 * WAVES, cycle - 1);
    };
  }

  static String name(int coefficient) {
    return List.of("level", "trend", "level_change", "trend_change").get(coefficient);
  }
}
