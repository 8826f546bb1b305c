package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** An estimator whose assumptions are tried after it has estimated. */
public final class TriedEstimator implements EffectEstimator {
  private final EffectEstimator estimator;
  private final List<SensitivityAnalysis> analyses;

  public TriedEstimator(EffectEstimator estimator, List<SensitivityAnalysis> analyses) {
    this.estimator = estimator;
    this.analyses = List.copyOf(analyses);
  }

  @Override
  public EffectEstimator untried() {
    return estimator.untried();
  }

  @Override
  public String name() {
    return estimator.name();
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    EffectEstimate estimate = estimator.estimate(panel, design);
    List<Diagnostic> found = new ArrayList<>();
    for (SensitivityAnalysis analysis : analyses) {
      found.addAll(analysis.of(estimate, panel, design));
    }
    return estimate.with(found);
  }
}
