package needle.estimate;

import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;

/** Over how many clusters a cross-section's treatment is spread. */
final class TreatmentSpread implements OrderedSums.Partial<Subject, TreatmentSpread> {
  private static final long serialVersionUID = 1L;

  private final boolean hasSides;
  private final double mean;
  private final ClusterSpread clusters = new ClusterSpread();

  /**
   * @param hasSides whether the treatment is 0 or 1
   * @param mean of the doses, where it is not
   */
  TreatmentSpread(boolean hasSides, double mean) {
    this.hasSides = hasSides;
    this.mean = mean;
  }

  @Override
  public TreatmentSpread empty() {
    return new TreatmentSpread(hasSides, mean);
  }

  @Override
  public void add(Subject subject) {
    double dose = subject.treatment();
    if (hasSides) {
      clusters.add(subject.cluster(), (int) dose, 1);
    } else {
      clusters.add(subject.cluster(), 1, (dose - mean) * (dose - mean));
    }
  }

  @Override
  public void finish() {
    clusters.finish();
  }

  @Override
  public TreatmentSpread merge(TreatmentSpread other) {
    clusters.merge(other.clusters);
    return this;
  }

  List<Diagnostic> checks() {
    return hasSides ? clusters.ofSides() : List.of(clusters.ofDoses());
  }
}
