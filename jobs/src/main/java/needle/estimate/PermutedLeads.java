package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether treated and controls moved together before treatment, by the same assignments: the
 * largest |t| of all leads by event time, and how often this would have been noticed (see {@link
 * PreTrend}). Where others are treated already, an assignment compares them, too; so the estimated
 * effect is taken off all outcomes since adoption.
 */
final class PermutedLeads {
  private final double effect;
  private final boolean isComplete;

  /** By event time before treatment; those within the anticipation window among them. */
  private final TreeMap<Integer, PermutationTest> tests;

  /** Event times that are not allowed for, and tested together. */
  private final int[] leads;

  /**
   * @param tests by event time before treatment
   * @param effect that is taken off
   * @param start the first event time at which a reaction is allowed for
   */
  PermutedLeads(Map<Integer, PermutationTest> tests, double effect, int start, boolean isComplete) {
    this.tests = new TreeMap<>(tests);
    this.effect = effect;
    this.isComplete = isComplete;
    this.leads =
        this.tests.headMap(start).entrySet().stream()
            .filter(test -> !Double.isNaN(test.getValue().standardError()))
            .mapToInt(Map.Entry::getKey)
            .toArray();
  }

  /** Of the hypothesis that there was no change at an event time. */
  double pValue(int eventTime) {
    PermutationTest test = tests.get(eventTime);
    return Double.isNaN(test.standardError()) ? Double.NaN : test.pValue(effect);
  }

  double standardError(int eventTime) {
    return tests.get(eventTime).standardError();
  }

  /**
   * @param drift by event time, what a steady drift that fakes or hides the effect would add
   * @param hides whether it hides the smallest effect of interest
   */
  List<Diagnostic> check(Map<Integer, Double> drift, boolean hides) {
    if (leads.length == 0) {
      return List.of(PreTrend.untested("largest_t"));
    }
    double[] noise = largest(Map.of());
    double observed =
        Arrays.stream(leads)
            .mapToDouble(e -> Math.abs(tests.get(e).observed().t(effect)))
            .max()
            .orElseThrow();
    int reached = (int) Arrays.stream(noise).filter(t -> t >= observed * (1 - 1e-9)).count();
    double p = PermutationTest.share(reached, noise.length, isComplete);
    Status status = PreTrend.status(p);
    return List.of(
        new Diagnostic(
            PreTrend.CHECK,
            "largest_t",
            observed,
            p,
            status,
            PreTrend.message(status, leads.length)),
        // Of few clusters nothing else would tell that they drift apart.
        PreTrend.power(power(noise, drift), hides, Status.FAIL));
  }

  private double power(double[] noise, Map<Integer, Double> drift) {
    double critical = PermutationTest.upper(noise, PreTrend.FAILS);
    return Arrays.stream(largest(drift)).filter(t -> t >= critical).count() / (double) noise.length;
  }

  /** Per assignment, the largest |t| of all leads with that much added to them. */
  private double[] largest(Map<Integer, Double> added) {
    double[] largest = new double[tests.get(leads[0]).assigned().length];
    for (int e : leads) {
      PermutationTest test = tests.get(e);
      double shift = added.getOrDefault(e, 0.0) / test.standardError();
      for (int a = 0; a < largest.length; a++) {
        double t = Math.abs(test.assigned()[a].t(effect) + shift);
        largest[a] = Math.max(largest[a], Double.isNaN(t) ? 0 : t);
      }
    }
    return largest;
  }
}
