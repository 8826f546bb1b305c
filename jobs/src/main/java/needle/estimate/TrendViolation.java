package needle.estimate;

import java.util.Locale;
import needle.estimate.sensitivity.EventStudy;
import needle.estimate.sensitivity.Interval;
import needle.estimate.sensitivity.RelativeMagnitudes;
import needle.estimate.sensitivity.Smoothness;
import needle.kit.Sensitivity;

/** How trends may have drifted apart, and what can be said of an effect if they did. */
interface TrendViolation {
  static TrendViolation of(Sensitivity way, EventStudy study, double alpha) {
    return way == Sensitivity.SMOOTHNESS
        ? new Bends(new Smoothness(study, alpha))
        : new Steps(new RelativeMagnitudes(study, alpha));
  }

  /** What can be said of the effect when trends drift by a multiple of what they did before. */
  Interval at(double multiple);

  /** The least violation that explains the effect away, as it is told. */
  double breakdown();

  /** The same as a multiple of what was seen before. */
  double breakdownMultiple();

  /** Whether the effect falls with what is to be expected from before. */
  boolean isDoubtful();

  /** What the breakdown means. */
  String words();

  /** Of a multiple. */
  String condition(double multiple);

  /** From one period to the next by a multiple of the largest such step before. */
  final class Steps implements TrendViolation {
    /** A drift as large as the largest before treatment must not explain the effect. */
    private static final double STANDS = 1;

    private final RelativeMagnitudes analysis;
    private final double breakdown;

    private Steps(RelativeMagnitudes analysis) {
      this.analysis = analysis;
      this.breakdown = analysis.breakdown();
    }

    @Override
    public Interval at(double multiple) {
      return analysis.at(multiple);
    }

    @Override
    public double breakdown() {
      return breakdown;
    }

    @Override
    public double breakdownMultiple() {
      return breakdown;
    }

    @Override
    public boolean isDoubtful() {
      return breakdown < STANDS;
    }

    @Override
    public String words() {
      return breakdown > 0
          ? String.format(
              Locale.ROOT,
              "A drift per period of %.2f times the largest before treatment would explain"
                  + " the effect away.",
              breakdown)
          : "Even with parallel trends the effect may be zero.";
    }

    @Override
    public String condition(double multiple) {
      return "if trends drift by up to " + multiple + " times the largest step before treatment";
    }
  }

  /** Along a line that bends by a multiple of the largest bend before. */
  final class Bends implements TrendViolation {
    private final Smoothness analysis;
    private final double breakdown;

    private Bends(Smoothness analysis) {
      this.analysis = analysis;
      this.breakdown = analysis.breakdown();
    }

    /** The largest bend that was estimated before treatment; 0 where there is none. */
    double largest() {
      return analysis.largestBend();
    }

    @Override
    public Interval at(double multiple) {
      return analysis.at(multiple * largest());
    }

    @Override
    public double breakdown() {
      return breakdown;
    }

    @Override
    public double breakdownMultiple() {
      return breakdown == 0 ? 0 : breakdown / largest();
    }

    @Override
    public boolean isDoubtful() {
      return breakdown == 0;
    }

    @Override
    public String words() {
      return breakdown > 0
          ? "A drift that bends by this much per period would explain the effect away."
          : "Carried on in a straight line, the drift before treatment may explain the effect.";
    }

    @Override
    public String condition(double multiple) {
      return multiple == 0
          ? "if the drift before treatment goes on in a straight line"
          : "if the drift bends by up to " + multiple + " times the largest bend before treatment";
    }
  }
}
