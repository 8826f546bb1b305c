package needle.estimate;

import java.io.Serializable;

/** How many rows and groups a regression has, and whether a group's rows share a cluster. */
final class GroupCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private boolean[] sharesCluster;
  final long[] nonZero;
  long rows;
  long groups;

  GroupCounts(int columns) {
    this.nonZero = new long[columns];
  }

  void add(double... row) {
    for (int i = 0; i < nonZero.length; i++) {
      nonZero[i] += row[i] != 0 ? 1 : 0;
    }
    rows++;
  }

  /** Called after a group's last row. */
  void finish(AbsorbedGroup group) {
    groups++;
    if (sharesCluster == null) {
      sharesCluster = new boolean[group.clusters(0).length];
      java.util.Arrays.fill(sharesCluster, true);
    }
    for (int w = 0; w < sharesCluster.length; w++) {
      sharesCluster[w] &= group.isWithin(w);
    }
  }

  void merge(GroupCounts other) {
    for (int i = 0; i < nonZero.length; i++) {
      nonZero[i] += other.nonZero[i];
    }
    rows += other.rows;
    groups += other.groups;
    if (sharesCluster == null) {
      sharesCluster = other.sharesCluster;
    } else if (other.sharesCluster != null) {
      for (int w = 0; w < sharesCluster.length; w++) {
        sharesCluster[w] &= other.sharesCluster[w];
      }
    }
  }

  /** Whether no group crosses the clusters of one way of clustering. */
  boolean isNested() {
    for (boolean shares : sharesCluster) {
      if (shares) {
        return true;
      }
    }
    return false;
  }

  /**
   * How many parameters count against the degrees of freedom of clustered errors. An absorbed
   * column that is nested in clusters counts as none, the one that is swept out as one (Cameron &
   * Miller 2015, section V.C; for several columns the convention of fixest, "nonnested").
   *
   * @param kept the columns that were estimated
   * @param nested whether each dummied column is nested
   */
  double parameters(int[] kept, AbsorbedTerms terms, boolean[] nested) {
    double counted = isNested() ? 1 : groups;
    for (int k : kept) {
      counted += k >= terms.dummies() || !nested[terms.columnOf(k)] ? 1 : 0;
    }
    return counted;
  }

  /** The degrees of freedom that so many parameters leave. */
  double left(double parameters) {
    return positive(rows - parameters);
  }

  double positive(double freedom) {
    if (freedom < 1) {
      throw new needle.kit.InvalidInput(
          "There are too few rows for this regression",
          rows + " rows in " + groups + " groups leave no degrees of freedom",
          "supply more rows or clusters, or estimate fewer coefficients");
    }
    return freedom;
  }
}
