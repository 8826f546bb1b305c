package needle.estimate;

import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether more of an effect has come about by an early time than a hazard that is changed by the
 * same share throughout would bring, or the opposite of it. Training takes time to work; but those
 * for whom it is already decided are missing among the trained from the first day.
 */
final class EarlyEffect {
  private static final double TOO_EARLY = 0.05;

  private static final String ALREADY_DECIDED =
      " That may come from those who are not trained as it is already decided, such as by notice;"
          + " then the KPI needs noticeMonths.";

  private EarlyEffect() {}

  /**
   * @param curves of the unexposed and of the exposed
   * @param exposed how many they are
   * @param influence on the incidences of the unexposed, by the horizon and by the early time, then
   *     on those of the exposed
   */
  static Optional<Diagnostic> of(
      SurvivalCurve[] curves,
      double early,
      double until,
      long exposed,
      ClusterSums influence,
      double freedom) {
    double all = curves[0].incidence(until);
    double allExposed = curves[1].incidence(until);
    double some = curves[0].incidence(early);
    double someExposed = curves[1].incidence(early);
    if (!(some > 0 && all < 1 && allExposed > 0 && allExposed < 1)) {
      return Optional.empty();
    }
    double left = Math.log1p(-all);
    double leftExposed = Math.log1p(-allExposed);
    double ratio = leftExposed / left;
    double expected = 1 - Math.pow(1 - some, ratio);
    double byRatio = -Math.pow(1 - some, ratio) * Math.log1p(-some);
    // Where it has hardly happened yet, or not at all, what is found seems surer than it is.
    double error =
        Math.max(
            Math.sqrt(expected * (1 - expected) / exposed),
            Math.sqrt(
                influence.variance(
                    -byRatio * leftExposed / (left * left * (1 - all)),
                    -ratio * Math.pow(1 - some, ratio - 1),
                    byRatio / ((1 - allExposed) * left),
                    1)));
    double errorOfBoth =
        Math.max(
            Math.sqrt(some * (1 - some) / exposed), Math.sqrt(influence.variance(0, -1, 0, 1)));
    double direction = Math.signum(allExposed - all);
    double found = someExposed - some;
    double tooMuch = Quantiles.tail(freedom, direction * (someExposed - expected) / error);
    double opposite = Quantiles.tail(freedom, -direction * found / errorOfBoth);
    double p = Math.min(1, 2 * Math.min(tooMuch, opposite));
    String told =
        String.format(
            Locale.ROOT,
            "By day %s the sides are %.3g apart; a hazard changed by one share throughout would make"
                + " %.3g.",
            SurvivalCurve.number(early),
            found,
            expected - some);
    return Optional.of(
        new Diagnostic(
            "early_effect",
            "by_day_" + SurvivalCurve.number(early),
            found,
            p,
            p < TOO_EARLY ? Status.WARNING : Status.PASS,
            p < TOO_EARLY ? told + ALREADY_DECIDED : told));
  }
}
