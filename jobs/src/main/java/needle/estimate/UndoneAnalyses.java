package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a study asks of all its methods and one of them cannot try: that is said, and a conclusion
 * that would have to withstand it is none.
 */
public final class UndoneAnalyses implements SensitivityAnalysis {
  private final String estimator;
  private final Map<Sensitivity, Settings> undone;

  public UndoneAnalyses(String estimator, Map<Sensitivity, Settings> undone) {
    this.estimator = estimator;
    this.undone = new TreeMap<>(undone);
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    Conclusion conclusion = Conclusion.of(estimate, design);
    List<Diagnostic> found = new ArrayList<>();
    undone.forEach(
        (way, settings) -> {
          found.add(notDone(way));
          found.addAll(new Withstanding(way, settings, conclusion).ofUntried());
        });
    return found;
  }

  private Diagnostic notDone(Sensitivity way) {
    return new Diagnostic(
        way.word(),
        "not_done",
        Double.NaN,
        Double.NaN,
        Status.PASS,
        "It has no meaning for "
            + estimator
            + ", only for "
            + String.join(", ", way.estimators())
            + ".");
  }
}
