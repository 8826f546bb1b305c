package needle.estimate;

import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tries an assumption behind an effect that was estimated from a cross-section. */
public interface SensitivityAnalysis {
  /** What came out, for the diagnostics. */
  List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design);
}
