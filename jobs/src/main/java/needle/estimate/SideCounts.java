package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How many units and clusters parts of a sample have on either side of the treatment, and as how
 * many equal ones their weights count. Units come sorted by cluster; parts may overlap.
 *
 * <p>A dose has no two sides that are compared: its slope rests on the clusters that got some, as
 * equally weighted ones.
 */
final class SideCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final boolean hasSides;
  private final long[][] units;
  private final long[][] clusters;
  private final double[][] weights;
  private final double[][] squares;

  /** Of both sides together. */
  private final long[] together;

  /** Of doses: how weights are spread over clusters. */
  private final ClusterSpread[] spreads;

  private final long[][] lastSeen;
  private final long[] lastSeenTogether;
  private String cluster;
  private long place;

  /**
   * @param hasSides whether the treatment is 0 or 1; else it is a dose, and whoever got any is on
   *     side 1
   */
  SideCounts(int parts, boolean hasSides) {
    this.hasSides = hasSides;
    this.units = new long[2][parts];
    this.clusters = new long[2][parts];
    this.weights = new double[2][parts];
    this.squares = new double[2][parts];
    this.together = new long[parts];
    this.spreads = new ClusterSpread[hasSides ? 0 : parts];
    Arrays.setAll(spreads, part -> new ClusterSpread());
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
    if (!hasSides) {
      spreads[part].add(key, 1, weight);
    }
  }

  /** Called after the last unit of a bucket, in which clusters are whole. */
  void finish() {
    for (ClusterSpread spread : spreads) {
      spread.finish();
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
    for (int part = 0; part < spreads.length; part++) {
      spreads[part].merge(other.spreads[part]);
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

  /**
   * The units of the smaller side, as equally weighted ones (Kish 1965), or its clusters; of a
   * dose, the clusters that got some, or all as equally weighted ones.
   */
  double fewest(int part) {
    if (!hasSides) {
      return Math.min(clusters[1][part], spreads[part].effective(1));
    }
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

  /** What is too little to tell anything of a part, in words. */
  String tooFew() {
    return "fewer than "
        + SegmentChecks.FEWEST
        + " units or clusters "
        + (hasSides
            ? "on either side, by their weights,"
            : "with a dose, or as weighted by how far doses are from what covariates tell,");
  }
}
