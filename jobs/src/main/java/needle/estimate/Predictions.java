package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.prediction.BackTest;

/**
 * The rows that predictions are told in, with intervals of one level where past ones held what
 * came.
 *
 * @param last the last period that was observed
 * @param units that the mean is over
 */
record Predictions(BackTest test, PlannedRollOut plan, double level, int last, long units) {
  static final String WITHOUT = "without";
  static final String WITH = "with";
  static final String DIFFERENCE = "difference";

  /** Without the roll-out; with it and the difference, where the design allows. */
  List<Effect> whole() {
    List<Effect> rows = new ArrayList<>(without("", 0));
    if (plan.withheld().isEmpty()) {
      for (int term = 0; term <= test.meanTerm(); term++) {
        // Half-widths are added: right for errors that go together, too wide for others.
        rows.add(
            row(
                WITH,
                term,
                test.prediction(0, term) + plan.estimates()[term],
                reach(0, term) + plan.reach(term, level)));
      }
      for (int term = 0; term <= test.meanTerm(); term++) {
        rows.add(difference(term));
      }
    }
    return rows;
  }

  /**
   * @param segment empty for all units together
   */
  List<Effect> without(String segment, int series) {
    List<Effect> rows = new ArrayList<>();
    for (int term = 0; term <= test.meanTerm(); term++) {
      rows.add(
          row(
              segment.isEmpty() ? WITHOUT : WITHOUT + ":" + segment,
              term,
              test.prediction(series, term),
              reach(series, term)));
    }
    return rows;
  }

  private double reach(int series, int term) {
    return ForecastChecks.isCalibrated(test.coverage(term, level), level)
        ? test.reach(series, term, level)
        : Double.NaN;
  }

  private Effect row(String what, int term, double estimate, double reach) {
    return effect(what, term, estimate, Double.NaN, reach, units, 0, test.origins(), Double.NaN);
  }

  private Effect difference(int term) {
    EffectEstimate applied = plan.effect().orElseThrow();
    return effect(
        DIFFERENCE,
        term,
        plan.estimates()[term],
        plan.errors()[term],
        plan.reach(term, level),
        plan.units(),
        applied.headline().control(),
        applied.headline().clusters(),
        applied.headline().treatedClusters());
  }

  private Effect effect(
      String what,
      int term,
      double estimate,
      double error,
      double reach,
      long treated,
      long control,
      long clusters,
      double treatedClusters) {
    return new Effect(
        Estimand.PREDICTION,
        Forecast.AGGREGATION + (level == 0.95 ? "" : "_" + Math.round(100 * level)),
        what,
        Optional.empty(),
        term == test.meanTerm() ? Optional.empty() : Optional.of(last + term + 1),
        Optional.empty(),
        estimate,
        error,
        estimate - reach,
        estimate + reach,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        treated,
        control,
        clusters,
        treatedClusters);
  }
}
