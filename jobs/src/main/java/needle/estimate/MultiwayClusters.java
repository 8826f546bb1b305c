package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.api.java.JavaRDD;

/**
 * The covariance of coefficients whose rows' influences may move together within clusters, in
 * several ways at once (Cameron, Gelbach & Miller 2011): the sum over the clusterings less those by
 * their intersections, and so on.
 *
 * @param clusters of the way that has fewest
 */
record MultiwayClusters(RealMatrix covariance, long clusters) {
  /** What the rows of a group add to each coefficient. */
  interface Influence extends Serializable {
    double[][] of(AbsorbedGroup group);
  }

  /** Of the regressors' coefficients. */
  static MultiwayClusters of(AbsorbedRows data, Influence influence) {
    JavaRDD<AbsorbedGroup> groups = data.groups();
    int width = data.terms().regressors();
    int ways = groups.first().clusters(0).length;
    RealMatrix sum = new Array2DRowRealMatrix(width, width);
    List<Long> counts = new ArrayList<>();
    for (int set = 1; set < 1 << ways; set++) {
      int chosen = set;
      KeyedSums.Vectors<AbsorbedGroup> vectors = (group, add) -> add(influence, group, chosen, add);
      ClusterSums sums =
          data.clustersTogether()
              ? OrderedSums.of(groups, new Squares<>(width, vectors)).sums
              : OrderedSums.of(
                      KeyedSums.of(groups, vectors),
                      new Squares<KeyedSums.Part>(
                          width, (part, add) -> add.accept(part.key(), part.sum())))
                  .sums;
      int sign = Integer.bitCount(set) % 2 == 1 ? 1 : -1;
      sum = sum.add(sum(sums, width).scalarMultiply(sign));
      counts.add(sums.clusters);
    }
    return new MultiwayClusters(
        ways == 1 ? sum : withoutNegatives(sum), counts.stream().min(Long::compare).orElseThrow());
  }

  private static RealMatrix sum(ClusterSums sums, int width) {
    RealMatrix products = new Array2DRowRealMatrix(width, width);
    for (int i = 0; i < width * width; i++) {
      products.setEntry(i / width, i % width, sums.products[i]);
    }
    return products;
  }

  private static void add(
      Influence influence, AbsorbedGroup group, int chosen, BiConsumer<String, double[]> add) {
    double[][] rows = influence.of(group);
    boolean isShared = group.clusters().length == 1;
    String key = key(group.clusters(0), chosen);
    for (int r = 0; r < rows.length; r++) {
      add.accept(isShared ? key : key(group.clusters(r), chosen), rows[r]);
    }
  }

  // The cluster in the chosen ways at once; each way is a bit.
  private static String key(String[] clusters, int chosen) {
    StringBuilder key = new StringBuilder();
    for (int w = 0; w < clusters.length; w++) {
      if ((chosen >> w & 1) == 1) {
        // The length tells ("a", "bc") from ("ab", "c").
        key.append(clusters[w].length()).append(':').append(clusters[w]);
      }
    }
    return key.toString();
  }

  // Subtracting can leave a matrix that is no covariance: negative eigenvalues become zero, as in
  // their section 2.3. A variance that was itself negative tells nothing.
  private static RealMatrix withoutNegatives(RealMatrix sum) {
    EigenDecomposition eigen = new EigenDecomposition(sum);
    double[] values = eigen.getRealEigenvalues();
    if (Arrays.stream(values).allMatch(v -> v >= 0)) {
      return sum;
    }
    RealMatrix nearest =
        eigen
            .getV()
            .multiply(
                MatrixUtils.createRealDiagonalMatrix(
                    Arrays.stream(values).map(v -> Math.max(v, 0)).toArray()))
            .multiply(eigen.getVT());
    for (int i = 0; i < values.length; i++) {
      if (!(sum.getEntry(i, i) > 0)) {
        nearest.setEntry(i, i, Double.NaN);
      }
    }
    return nearest;
  }

  /** Cross products of the sums of clusters that stand together. */
  private static final class Squares<T> extends ClusteredScores<T, Squares<T>> {
    private static final long serialVersionUID = 1L;
    private final int width;
    private final KeyedSums.Vectors<T> vectors;

    Squares(int width, KeyedSums.Vectors<T> vectors) {
      super(width);
      this.width = width;
      this.vectors = vectors;
    }

    @Override
    public Squares<T> empty() {
      return new Squares<>(width, vectors);
    }

    @Override
    public void add(T unit) {
      vectors.of(unit, sums::add);
    }
  }
}
