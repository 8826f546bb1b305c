package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The effect on outcomes that treatment cannot have moved, estimated as the headline is: what is
 * found there is bias, and may be in the headline, too (negative controls: Lipsitch, Tchetgen
 * Tchetgen & Cohen 2010). P-values are corrected for their number (Holm 1979).
 */
public final class PlaceboOutcomes implements SensitivityAnalysis {
  static final String CHECK = "placebo_outcomes";

  private final EffectEstimator estimator;
  private final List<String> outcomes;

  /**
   * @param estimator of the headline
   * @param outcomes columns of the panel
   */
  public PlaceboOutcomes(EffectEstimator estimator, List<String> outcomes) {
    this.estimator = estimator;
    this.outcomes = List.copyOf(outcomes);
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    List<EffectEstimate> found =
        outcomes.stream().map(outcome -> estimated(outcome, panel, design)).toList();
    double[] corrected =
        MultipleTesting.holm(found.stream().mapToDouble(e -> e.headline().pValue()).toArray());
    List<Diagnostic> diagnostics = new ArrayList<>();
    for (int i = 0; i < corrected.length; i++) {
      diagnostics.add(diagnostic(outcomes.get(i), found.get(i), corrected[i], design.alpha()));
    }
    return diagnostics;
  }

  private EffectEstimate estimated(String outcome, Dataset<Row> panel, StudyDesign design) {
    try {
      return estimator.estimate(panel, design.on(outcome));
    } catch (InvalidInput e) {
      throw new InvalidInput(
          "The placebo outcome " + outcome + " has no estimate",
          e.problem() + ": " + e.reason(),
          e.remedy() + "; or leave it out of placebo_outcomes");
    }
  }

  private static Diagnostic diagnostic(
      String outcome, EffectEstimate found, double corrected, double alpha) {
    Effect effect = found.headline();
    // Without an error nothing was tested.
    Status status = Double.isNaN(corrected) ? Status.WARNING : PreTrend.status(corrected);
    return new Diagnostic(
        CHECK,
        outcome,
        effect.estimate(),
        corrected,
        status,
        String.format(
            Locale.ROOT,
            "%s: %.4g (%.4g to %.4g); one of %.4g would have been noticed with a probability of"
                + " 80%%.",
            status == Status.PASS
                ? "No effect where there can be none was seen"
                : Double.isNaN(corrected)
                    ? "Whether there is an effect where there can be none cannot be tested"
                    : "An effect was seen where there can be none",
            effect.estimate(),
            effect.ciLow(),
            effect.ciHigh(),
            detectable(found, alpha)));
  }

  // Where quantiles come from no t distribution, the estimator has told it.
  private static double detectable(EffectEstimate found, double alpha) {
    return found.intervals().isEmpty()
        ? DesignChecks.detectable(found.degreesOfFreedom(), found.headline().stdError(), alpha)
            .value()
        : found.diagnosticValue("power", "minimum_detectable_effect").orElse(Double.NaN);
  }
}
