package needle.estimate;

import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether more of an effect has come about by an early time than a hazard that is changed by the
 * same share throughout would bring. Training takes time to work; but those for whom it is already
 * decided are missing among the trained from the first day.
 */
final class EarlyEffect {
  /** Of a test with one side. */
  private static final double TOO_EARLY = 0.025;

  private static final String ALREADY_DECIDED =
      " The rest may come from those who are not trained as it is already decided, such as by notice;"
          + " then the KPI needs noticeMonths.";

  private EarlyEffect() {}

  /**
   * @param curves of the unexposed and of the exposed
   * @param influence on the incidences of the unexposed, by the horizon and by the early time, then
   *     on those of the exposed
   */
  static Optional<Diagnostic> of(
      SurvivalCurve[] curves, double early, double until, ClusterSums influence, double freedom) {
    double effect = curves[1].incidence(until) - curves[0].incidence(until);
    double share = curves[0].incidence(early) / curves[0].incidence(until);
    double expected = share * effect;
    double found = curves[1].incidence(early) - curves[0].incidence(early);
    double error = Math.sqrt(influence.variance(share, -1, -share, 1));
    if (!(error > 0) || effect == 0) {
      return Optional.empty();
    }
    double p = Quantiles.tail(freedom, (found - expected) / error * Math.signum(effect));
    String told =
        String.format(
            Locale.ROOT,
            "By day %s the sides are %.3g apart; a hazard changed by one share throughout would make"
                + " %.3g.",
            SurvivalCurve.number(early),
            found,
            expected);
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
