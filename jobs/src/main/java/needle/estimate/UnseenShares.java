package needle.estimate;

import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.sensitivity.RobustnessValue;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether a conclusion of least squares withstands something unseen that tells a share of what is
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

  static List<Diagnostic> told(RobustnessValue value, double alpha) {
    return List.of(
        diagnostic("estimate", value.ofEstimate(), "explain the effect away"),
        diagnostic(INTERVAL, value.ofInterval(alpha), "make its interval hold zero"));
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
