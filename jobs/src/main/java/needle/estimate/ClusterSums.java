package needle.estimate;

import java.io.Serializable;

/**
 * Sums of vectors within clusters, and the cross products of these sums over the clusters. Vectors
 * come sorted by cluster, so a cluster is complete when the next one begins.
 */
final class ClusterSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] ofCluster;
  private String cluster;

  /** Cross products, row by row. */
  final double[] products;

  /** The vectors' sum over all clusters. */
  final double[] total;

  long clusters;

  ClusterSums(int width) {
    this.ofCluster = new double[width];
    this.products = new double[width * width];
    this.total = new double[width];
  }

  void add(String key, double... vector) {
    if (!key.equals(cluster)) {
      finish();
      cluster = key;
    }
    CellSums.add(ofCluster, vector);
  }

  void finish() {
    if (cluster == null) {
      return;
    }
    int width = ofCluster.length;
    for (int i = 0; i < width; i++) {
      // A cluster has a part in few of many sums.
      for (int j = 0; j < width && ofCluster[i] != 0; j++) {
        products[i * width + j] += ofCluster[i] * ofCluster[j];
      }
    }
    CellSums.add(total, ofCluster);
    java.util.Arrays.fill(ofCluster, 0);
    clusters++;
    cluster = null;
  }

  void merge(ClusterSums other) {
    CellSums.add(products, other.products);
    CellSums.add(total, other.total);
    clusters += other.clusters;
  }

  /** The variance of a linear form in the total; what a shorter form leaves out counts nothing. */
  double variance(double... form) {
    int width = ofCluster.length;
    double sum = 0;
    for (int i = 0; i < form.length; i++) {
      for (int j = 0; j < form.length; j++) {
        sum += form[i] * products[i * width + j] * form[j];
      }
    }
    return sum;
  }
}
