package needle.estimate;

import java.io.Serializable;

/**
 * How many units and clusters parts of a sample have on either side of the treatment, and as how
 * many equal ones their weights count. Units come sorted by cluster; parts may overlap.
 */
final class SideCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long[][] units;
  private final long[][] clusters;
  private final double[][] weights;
  private final double[][] squares;

  /** Of both sides together. */
  private final long[] together;

  private final long[][] lastSeen;
  private final long[] lastSeenTogether;
  private String cluster;
  private long place;

  SideCounts(int parts) {
    this.units = new long[2][parts];
    this.clusters = new long[2][parts];
    this.weights = new double[2][parts];
    this.squares = new double[2][parts];
    this.together = new long[parts];
    this.lastSeen = new long[2][parts];
    this.lastSeenTogether = new long[parts];
  }

  void add(int part, int side, String key, double weight) {
    if (!key.equals(cluster)) {
      cluster = key;
      place++;
    }
    units[side][part]++;
    weights[side][part] += weight;
    squares[side][part] += weight * weight;
    if (lastSeen[side][part] != place) {
      lastSeen[side][part] = place;
      clusters[side][part]++;
    }
    if (lastSeenTogether[part] != place) {
      lastSeenTogether[part] = place;
      together[part]++;
    }
  }

  /** With other clusters than these. */
  void merge(SideCounts other) {
    for (int side = 0; side < 2; side++) {
      CellSums.add(weights[side], other.weights[side]);
      CellSums.add(squares[side], other.squares[side]);
      for (int part = 0; part < together.length; part++) {
        units[side][part] += other.units[side][part];
        clusters[side][part] += other.clusters[side][part];
      }
    }
    for (int part = 0; part < together.length; part++) {
      together[part] += other.together[part];
    }
  }

  long units(int part, int side) {
    return units[side][part];
  }

  long units(int part) {
    return units[0][part] + units[1][part];
  }

  long clusters(int part) {
    return together[part];
  }

  /** The units of the smaller side, as equally weighted ones (Kish 1965), or its clusters. */
  double fewest(int part) {
    double fewest = Double.POSITIVE_INFINITY;
    for (int side = 0; side < 2; side++) {
      double effective =
          units[side][part] == 0
              ? 0
              : weights[side][part] * weights[side][part] / squares[side][part];
      fewest = Math.min(fewest, Math.min(effective, clusters[side][part]));
    }
    return fewest;
  }

  /** Whether anything may be told of a part. */
  boolean isEnough(int part) {
    // Equal weights give their number, up to rounding.
    return fewest(part) >= SegmentChecks.FEWEST - 1e-6;
  }
}
