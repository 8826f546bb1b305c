package needle.pipelines.simulate;

import java.util.Arrays;
import needle.panel.TargetTrials;

/**
 * How long new sellers take to sell as tenured ones do, as the KPI time_to_productivity measures
 * it: two months in a row with 80% of the median, by luck or not. Drawn from the process that the
 * company's deals are drawn from, without seasons and teams.
 */
final class RampUp {
  private static final int SELLERS = 40_000;
  private static final int TENURED = 24;
  private static final double SHARE = 0.8;
  private static final int MONTHS = 12;

  private final double bar;

  private RampUp(double bar) {
    this.bar = bar;
  }

  /**
   * By how many days training changes the mean until the end of the second month, followed from the
   * month after the hire.
   */
  static double effectInDays() {
    Dice dice = Dice.of(1, 2, 3, 4);
    double[] sold = new double[SELLERS];
    for (int i = 0; i < SELLERS; i++) {
      sold[i] = sold(dice.performance(), TENURED, false, dice);
    }
    Arrays.sort(sold);
    RampUp rampUp = new RampUp(SHARE * sold[SELLERS / 2]);
    return rampUp.meanDays(true) - rampUp.meanDays(false);
  }

  private double meanDays(boolean isOnboarded) {
    Dice dice = Dice.of(5, 6, 7, 8);
    double months = 0;
    for (int i = 0; i < SELLERS; i++) {
      months += monthsUntilReached(isOnboarded, dice);
    }
    return months / SELLERS * TargetTrials.DAYS_PER_MONTH;
  }

  // Of at most the horizon.
  private int monthsUntilReached(boolean isOnboarded, Dice dice) {
    double performance = dice.performance();
    boolean reachedBefore = false;
    for (int month = 0; month < MONTHS; month++) {
      boolean reaches = sold(performance, month, isOnboarded, dice) >= bar;
      if (reaches && reachedBefore) {
        return month;
      }
      reachedBefore = reaches;
    }
    return MONTHS;
  }

  private static double sold(double performance, int tenure, boolean isOnboarded, Dice dice) {
    double wins = KpiProcess.wins(performance);
    double amount = KpiProcess.fullOutput(performance) / (KpiProcess.DEALS_PER_MONTH * wins);
    double sold = 0;
    int closed = dice.round(KpiProcess.DEALS_PER_MONTH * KpiProcess.ramp(tenure, isOnboarded));
    for (int i = 0; i < closed; i++) {
      if (dice.chance(wins)) {
        sold += amount * dice.lognormal(DealExtracts.AMOUNT_SPREAD);
      }
    }
    return sold;
  }
}
