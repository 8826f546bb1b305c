package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Whether the treated of every comparison have controls like them. Only of comparisons after
 * treatment: leads have no part in the effect.
 */
final class OverlapChecks {
  private static final double SOME_EXTRAPOLATION = 0.05;
  private static final double MUCH_EXTRAPOLATION = 0.20;

  private static final double FEWEST_PER_COEFFICIENT = 4;
  private static final double ENOUGH_PER_COEFFICIENT = 10;

  private OverlapChecks() {}

  static List<Diagnostic> of(
      InfluenceSums sums, CellEstimates estimates, StudyDesign.Nuisance nuisance) {
    Comparisons comparisons = estimates.comparisons;
    int[] after =
        IntStream.range(0, estimates.effects.length)
            .filter(k -> comparisons.eventTime(comparisons.cells()[k]) >= 0)
            .toArray();
    long fewest = IntStream.of(after).mapToLong(k -> estimates.controls[k]).min().orElseThrow();
    double effective = smallest(after, estimates.effectiveControls);
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        counted(
            "controls_in_smallest_cell",
            fewest,
            "The comparison with the fewest controls has %d."));
    // Equal weights give their number, up to rounding.
    if (effective < fewest - 1e-6) {
      found.add(
          counted(
              "effective_controls_in_smallest_cell",
              (long) effective,
              "Weighted to resemble the treated, the controls of a comparison count as %d."));
    }
    double behind = smallest(after, estimates.controlsBehindError);
    if (!Double.isNaN(behind)) {
      found.add(behindError("controls_behind_the_error", behind));
    }
    if (nuisance.predicts() && estimates.means.length > 0) {
      found.add(perCoefficient(fewest / (estimates.means.length + 1.0)));
    }
    if (estimates.isPredicted()) {
      found.add(extrapolation(after, sums.negativeWeights));
    }
    long apart = estimates.apart.stream().filter(c -> comparisons.eventTime(c) >= 0).count();
    if (apart > 0) {
      found.add(
          new Diagnostic(
              "overlap",
              "comparisons_apart",
              apart,
              Double.NaN,
              Status.FAIL,
              "In "
                  + apart
                  + " comparisons the covariates tell the treated from everybody else, so nobody is like"
                  + " them; they are left out."));
    }
    return found;
  }

  // A regression of k coefficients takes k/n off the squares of what it leaves, and the error does
  // not make up for it.
  private static Diagnostic perCoefficient(double controls) {
    return new Diagnostic(
        "overlap",
        "controls_per_coefficient",
        controls,
        Double.NaN,
        controls < FEWEST_PER_COEFFICIENT
            ? Status.FAIL
            : controls < ENOUGH_PER_COEFFICIENT ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "The controls' regression has at least %.1f of them per coefficient; with few, the"
                + " standard error is too small.",
            controls));
  }

  private static double smallest(int[] cells, double[] values) {
    return IntStream.of(cells).mapToDouble(k -> values[k]).min().orElse(Double.NaN);
  }

  private static Diagnostic counted(String statistic, long count, String message) {
    return DesignChecks.counted(
        "overlap",
        statistic,
        count,
        DesignChecks.FEWEST_CONTROLS,
        2 * DesignChecks.FEWEST_CONTROLS,
        message);
  }

  /**
   * Weights make a variance of squares, which rests on fewer units than the mean does: (Σw²)²/Σw⁴
   * (Satterthwaite 1946). Where these are few, the heaviest units have mostly not been drawn, and
   * the standard error is too small.
   */
  static Diagnostic behindError(String statistic, double units) {
    return counted(
        statistic,
        (long) (units + 1e-6),
        "By their weights, the standard error rests on the equivalent of %d units; with few it is"
            + " too small.");
  }

  // The weights add up to one with their signs, so that without signs they are 1 + 2 × negative.
  private static Diagnostic extrapolation(int[] cells, double[] negative) {
    double most = IntStream.of(cells).mapToDouble(k -> negative[k]).max().orElse(0);
    double share = most / (1 + 2 * most);
    return new Diagnostic(
        "overlap",
        "share_of_negative_weight",
        share,
        Double.NaN,
        share > MUCH_EXTRAPOLATION
            ? Status.FAIL
            : share > SOME_EXTRAPOLATION ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "To predict the treated from controls unlike them, least squares gives %.1f%% of all"
                + " weight the wrong sign.",
            100 * share));
  }
}
