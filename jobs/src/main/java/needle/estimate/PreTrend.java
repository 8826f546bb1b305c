package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.FDistribution;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Whether treated and controls moved together before treatment, and whether the test would have
 * noticed if they had not.
 *
 * <p>A joint Wald test over the leads: of every cohort and period where clusters are many, of every
 * event time where they are few, because a covariance of more leads than clusters is singular.
 * Leads whose treated come from a handful of clusters are left out: their standard errors are far
 * too small (MacKinnon & Webb 2018), and they would fail sound studies. The test's power is against
 * the steady drift that would explain the whole effect (in the spirit of Roth 2022).
 */
final class PreTrend {
  static final String CHECK = "pre_trend";

  /**
   * Below it the check fails; a rejection at this level would spoil one sound study in a hundred.
   */
  static final double FAILS = 0.01;

  static final double WARNS = 0.05;
  private static final int CLUSTERS_PER_LEAD = 10;
  private static final double LITTLE_POWER = 0.5;

  /** Half a noncentrality that no critical value withstands; its Poisson weights underflow. */
  private static final double CERTAIN = 500;

  private static final double RANK = 1e-10;

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

  List<Diagnostic> check(Form headline) {
    if (leads.isEmpty()) {
      return List.of(
          new Diagnostic(
              CHECK,
              "wald",
              Double.NaN,
              Double.NaN,
              Status.WARNING,
              "No period before treatment can be compared in enough clusters, so parallel trends are assumed, not"
                  + " tested."));
    }
    double[] lead = leads.stream().mapToDouble(Form::estimate).toArray();
    RealMatrix doubt = covariance.of(leads.stream().map(Form::influence).toList());
    Quadratic wald = Quadratic.of(lead, doubt);
    double p = pValue(wald);
    double power = power(wald, Quadratic.of(drift(headline), doubt).value());
    List<Diagnostic> found = new ArrayList<>();
    Status status = p < FAILS ? Status.FAIL : p >= WARNS ? Status.PASS : Status.WARNING;
    found.add(new Diagnostic(CHECK, "wald", wald.value(), p, status, message(status, wald.rank())));
    found.add(
        new Diagnostic(
            "pre_trend_power",
            "power",
            power,
            Double.NaN,
            power < LITTLE_POWER ? Status.WARNING : Status.PASS,
            String.format(
                java.util.Locale.ROOT,
                "A steady drift that explains the whole effect would have been noticed with a"
                    + " probability of %.0f%%.",
                100 * power)));
    return found;
  }

  private static String message(Status status, int leads) {
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

  // Hotelling's T² where clusters are few: it allows for the covariance being estimated.
  private double pValue(Quadratic wald) {
    if (Double.isInfinite(covariance.degreesOfFreedom())) {
      return 1 - new ChiSquaredDistribution(wald.rank()).cumulativeProbability(wald.value());
    }
    double pieces = covariance.degreesOfFreedom() + 1;
    double left = pieces - wald.rank();
    if (left < 1) {
      return Double.NaN;
    }
    double f = wald.value() * left / (wald.rank() * (pieces - 1));
    return 1 - new FDistribution(wald.rank(), left).cumulativeProbability(f);
  }

  // What each lead would be if a constant drift had produced the headline.
  private double[] drift(Form headline) {
    double perPeriod = headline.estimate() / distance(headline);
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

  // The noncentral chi-square as a Poisson mixture of central ones.
  private static double power(Quadratic wald, double noncentrality) {
    double critical =
        new ChiSquaredDistribution(wald.rank()).inverseCumulativeProbability(1 - WARNS);
    double half = noncentrality / 2;
    if (!(half < CERTAIN)) {
      return 1;
    }
    double below = 0;
    double logWeight = -half;
    int terms = (int) (half + 10 * Math.sqrt(half + 1) + 20);
    for (int j = 0; j < terms; j++) {
      below +=
          Math.exp(logWeight)
              * new ChiSquaredDistribution(wald.rank() + 2.0 * j).cumulativeProbability(critical);
      logWeight += Math.log(half) - Math.log(j + 1.0);
    }
    return Math.min(1, Math.max(0, 1 - below));
  }

  /** A quadratic form in the inverse of a covariance, over the directions that it informs on. */
  private record Quadratic(double value, int rank) {
    static Quadratic of(double[] vector, RealMatrix covariance) {
      Spectrum spectrum = Spectrum.of(covariance);
      double[] sizes = spectrum.values();
      double sum = 0;
      int rank = 0;
      for (int i = 0; i < vector.length; i++) {
        if (sizes[i] > RANK * sizes[0]) {
          double along =
              spectrum.vectors().getColumnVector(i).dotProduct(new ArrayRealVector(vector, false));
          sum += along * along / sizes[i];
          rank++;
        }
      }
      return new Quadratic(sum, rank);
    }
  }
}
