package needle.estimate;

import java.io.Serializable;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;

/**
 * As how many clusters of equal size those of either side of a treatment count, (Σn)²/Σn² (Carter,
 * Schnepel & Steigerwald 2017). An error that counts clusters is far too small where one side comes
 * from few of them, however many there are on the other (MacKinnon & Webb 2018). Units come sorted
 * by cluster.
 */
final class ClusterSpread implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] inCluster = new double[2];
  private final double[] sums = new double[2];
  private final double[] squares = new double[2];
  private final long[] count = new long[2];
  private String cluster;

  /**
   * @param side 1 for the treated
   * @param amount what it adds to its cluster
   */
  void add(String key, int side, double amount) {
    if (!key.equals(cluster)) {
      finish();
      cluster = key;
    }
    inCluster[side] += amount;
  }

  /** Called after the last unit of a bucket, in which clusters are whole. */
  void finish() {
    for (int side = 0; side < 2; side++) {
      sums[side] += inCluster[side];
      squares[side] += inCluster[side] * inCluster[side];
      count[side] += inCluster[side] > 0 ? 1 : 0;
      inCluster[side] = 0;
    }
    cluster = null;
  }

  void merge(ClusterSpread other) {
    CellSums.add(sums, other.sums);
    CellSums.add(squares, other.squares);
    count[0] += other.count[0];
    count[1] += other.count[1];
  }

  /** How many there are, of whatever size. */
  long count(int side) {
    return count[side];
  }

  /** As how many of equal size they count. */
  long effective(int side) {
    // Equal sizes give their number, up to rounding.
    return squares[side] == 0
        ? 0
        : (long) (sums[side] * sums[side] / squares[side] * (1 + 1e-12) + 1e-9);
  }

  /** Of either side. */
  List<Diagnostic> ofSides() {
    return List.of(
        DesignChecks.clusters("treated", effective(1)),
        DesignChecks.clusters("control", effective(0)));
  }

  /** Of doses, whose squared distances from their mean stand on the side of the treated. */
  Diagnostic ofDoses() {
    return DesignChecks.clusters(
        "dose",
        effective(1),
        "What doses differ in comes from the equivalent of %d clusters of equal size.");
  }
}
