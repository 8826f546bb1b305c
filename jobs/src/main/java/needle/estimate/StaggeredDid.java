package needle.estimate;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

final class StaggeredDid implements EffectEstimator {
  @Override
  public String name() {
    return "staggered_did";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    throw new needle.kit.InvalidInput("stub", "stub", "stub");
  }
}
