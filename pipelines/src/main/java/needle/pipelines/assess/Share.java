package needle.pipelines.assess;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.commons.math3.distribution.BetaDistribution;

/** A share of repetitions, with the 95% interval of Clopper & Pearson 1934. */
record Share(long hits, long trials) {
  private static final double TAIL = 0.025;

  static <T> Share of(List<T> trials, Predicate<T> which) {
    return new Share(trials.stream().filter(which).count(), trials.size());
  }

  double value() {
    return hits / (double) trials;
  }

  double low() {
    return hits == 0
        ? 0
        : new BetaDistribution(hits, trials - hits + 1).inverseCumulativeProbability(TAIL);
  }

  double high() {
    return hits == trials
        ? 1
        : new BetaDistribution(hits + 1, trials - hits).inverseCumulativeProbability(1 - TAIL);
  }

  /** Whether it may be between these, as far as so many repetitions tell. */
  boolean mayLieWithin(double least, double most) {
    return trials > 0 && low() <= most && high() >= least;
  }

  String text() {
    return trials == 0
        ? "none"
        : String.format(
            Locale.ROOT, "%.1f%% (%.1f to %.1f)", 100 * value(), 100 * low(), 100 * high());
  }
}
