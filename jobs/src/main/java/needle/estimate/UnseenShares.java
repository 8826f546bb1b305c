package needle.estimate;

import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether the conclusion about a slope withstands something unseen that tells a share of what is
 * left of both treatment and outcome. The estimator tells the robustness values by itself.
 */
public final class UnseenShares implements SensitivityAnalysis {
  private static final String INTERVAL = "interval";

  private final Settings settings;

  public UnseenShares(Settings settings) {
    this.settings = settings;
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    double breakdown =
        estimate.diagnosticValue(Sensitivity.ROBUSTNESS_VALUE.word(), INTERVAL).orElse(Double.NaN);
    return new Withstanding(Sensitivity.ROBUSTNESS_VALUE, settings, Conclusion.of(estimate, design))
        .ofEffect(breakdown);
  }

  /** What it takes to make the estimate zero, and to make its interval hold zero. */
  static List<Diagnostic> told(double ofEstimate, double ofInterval) {
    return List.of(
        diagnostic("estimate", ofEstimate, "explain the effect away"),
        diagnostic(INTERVAL, ofInterval, "make its interval hold zero"));
  }

  private static Diagnostic diagnostic(String statistic, double value, String what) {
    return new Diagnostic(
        Sensitivity.ROBUSTNESS_VALUE.word(),
        statistic,
        value,
        Double.NaN,
        Status.PASS,
        String.format(
            Locale.ROOT,
            "Something unseen would have to tell %.1f%% of what is left of both treatment and outcome"
                + " to %s.",
            100 * value,
            what));
  }
}
