package needle.estimate;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether treated and controls moved together before treatment, and whether the test would have
 * noticed if they had not.
 *
 * <p>A joint Wald test over the leads: of every cohort and period where clusters are many, of every
 * event time where they are few, because a covariance of more leads than clusters is singular.
 * Leads whose treated come from a handful of clusters are left out: their standard errors are far
 * too small (MacKinnon & Webb 2018), and they would fail sound studies. The test's power is that of
 * failing, at the level at which it does, against the steady drift that would fake the whole effect
 * or, where that is larger, hide the smallest one of interest (in the spirit of Roth 2022).
 */
final class PreTrend {
  static final String CHECK = "pre_trend";

  private static final String WALD = "wald";

  /**
   * Below it the check fails; a rejection at this level would spoil one sound study in a hundred.
   */
  static final double FAILS = 0.01;

  static final double WARNS = 0.05;

  /** How a test of something that should not be there ended; without a p-value none was passed. */
  static Status status(double pValue) {
    return pValue < FAILS ? Status.FAIL : pValue >= WARNS ? Status.PASS : Status.WARNING;
  }

  private static final int CLUSTERS_PER_LEAD = 10;
  private static final double LITTLE_POWER = 0.5;

  private final Comparisons comparisons;
  private final Covariance covariance;
  private final List<Form> leads;

  PreTrend(Comparisons comparisons, List<Form> forms, Covariance covariance, long clusters) {
    this.comparisons = comparisons;
    this.covariance = covariance;
    List<Form> cells = leads(forms, Form.GROUP_TIME);
    List<Form> chosen =
        cells.size() * CLUSTERS_PER_LEAD <= clusters ? cells : leads(forms, Form.EVENT_TIME);
    this.leads =
        chosen.stream().filter(f -> f.treatedClusters() >= EffectEstimate.FEWEST_CLUSTERS).toList();
  }

  private List<Form> leads(List<Form> forms, String aggregation) {
    return forms.stream()
        .filter(f -> f.aggregation().equals(aggregation))
        .filter(f -> isLead(f.influence()))
        .filter(f -> !Double.isNaN(covariance.standardError(f.influence())))
        .toList();
  }

  private boolean isLead(double[] influence) {
    boolean lead = false;
    for (int k = 0; k < comparisons.cells().length; k++) {
      if (influence[k] != 0) {
        if (!comparisons.cells()[k].isLead()) {
          return false;
        }
        lead = true;
      }
    }
    return lead;
  }

  /**
   * @param smallest the smallest effect of interest, if the study has one
   */
  List<Diagnostic> check(Form headline, OptionalDouble smallest) {
    if (leads.isEmpty()) {
      return List.of(untested(WALD));
    }
    JointTest test =
        new JointTest(
            covariance.of(leads.stream().map(Form::influence).toList()),
            covariance.degreesOfFreedom());
    if (!test.isPossible()) {
      return List.of(untested(WALD));
    }
    double[] lead = leads.stream().mapToDouble(Form::estimate).toArray();
    double p = test.pValue(lead);
    Status status = p < FAILS ? Status.FAIL : p >= WARNS ? Status.PASS : Status.WARNING;
    return List.of(
        new Diagnostic(CHECK, WALD, test.wald(lead), p, status, message(status, test.rank())),
        power(test, headline, smallest));
  }

  static Diagnostic untested(String statistic) {
    return new Diagnostic(
        CHECK,
        statistic,
        Double.NaN,
        Double.NaN,
        Status.WARNING,
        "No period before treatment can be compared in enough clusters, so parallel trends are assumed, not"
            + " tested.");
  }

  private Diagnostic power(JointTest test, Form headline, OptionalDouble smallest) {
    boolean hides = smallest.orElse(0) > Math.abs(headline.estimate());
    double size = hides ? smallest.getAsDouble() : headline.estimate();
    return power(test.power(FAILS, drift(headline, size)), hides, Status.WARNING);
  }

  /**
   * @param hides whether the drift hides the smallest effect of interest, or explains the effect
   * @param little what it means that it would hardly have been noticed
   */
  static Diagnostic power(double power, boolean hides, Status little) {
    return new Diagnostic(
        "pre_trend_power",
        "power",
        power,
        Double.NaN,
        power < LITTLE_POWER ? little : Status.PASS,
        String.format(
            Locale.ROOT,
            "A steady drift that "
                + (hides ? "hides the smallest effect of interest" : "explains the whole effect")
                + " would have failed this check with a probability of %.0f%%.",
            100 * power));
  }

  static String message(Status status, int leads) {
    String what =
        "Trained and untrained " + "%s before training (joint test of " + leads + " leads).";
    return String.format(
        what,
        switch (status) {
          case PASS -> "were not seen to drift apart";
          case WARNING -> "may have drifted apart";
          case FAIL -> "drifted apart";
        });
  }

  // What each lead would be if a constant drift had moved the headline by that much.
  private double[] drift(Form headline, double size) {
    double perPeriod = size / distance(headline);
    return leads.stream().mapToDouble(f -> perPeriod * distance(f)).toArray();
  }

  private double distance(Form form) {
    double distance = 0;
    for (int k = 0; k < comparisons.cells().length; k++) {
      Comparisons.Cell cell = comparisons.cells()[k];
      int[] periods = comparisons.periods();
      distance += form.influence()[k] * (periods[cell.period()] - periods[cell.base()]);
    }
    return distance;
  }
}
