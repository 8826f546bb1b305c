package needle.estimate;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Estimates what a treatment changed. Thread-safe; reads the panel once, and writes nothing.
 *
 * <p>An estimator that cannot estimate says so with {@link needle.kit.InvalidInput}: there is no
 * fallback that looks like a result.
 */
public interface EffectEstimator {
  /** The name in a study file, such as {@code staggered_did}. */
  String name();

  /** The same without analyses that try its assumptions. */
  default EffectEstimator untried() {
    return this;
  }

  /** The effects with their doubt. */
  EffectEstimate estimate(Dataset<Row> panel, StudyDesign design);
}
