package needle.estimate;

import java.util.ArrayList;
import java.util.List;

/** Cross products of the centred columns and the outcome within each cluster, row by row. */
final class ClusterGrams implements OrderedSums.Partial<KeyedSums.Part, ClusterGrams> {
  private static final long serialVersionUID = 1L;

  private final List<double[]> grams = new ArrayList<>();
  private String cluster;

  /**
   * Of every cluster, in a fixed order.
   *
   * @param rows whose groups do not cross clusters
   * @param kept the columns to take
   */
  static double[][] of(AbsorbedRows rows, int[] kept) {
    AbsorbedTerms terms = rows.terms();
    return OrderedSums.of(
            KeyedSums.of(
                rows.groups(),
                (group, add) -> add.accept(group.clusters(0)[0], gram(terms, kept, group))),
            new ClusterGrams())
        .grams
        .toArray(double[][]::new);
  }

  private static double[] gram(AbsorbedTerms terms, int[] kept, AbsorbedGroup group) {
    double[][] rows = WithinMoments.rows(terms, group);
    WithinMoments.centre(rows);
    int width = kept.length + 1;
    double[] gram = new double[width * width];
    for (double[] row : rows) {
      for (int i = 0; i < width; i++) {
        double left = row[i < kept.length ? kept[i] : terms.size()];
        for (int j = 0; j < width; j++) {
          gram[i * width + j] += left * row[j < kept.length ? kept[j] : terms.size()];
        }
      }
    }
    return gram;
  }

  @Override
  public ClusterGrams empty() {
    return new ClusterGrams();
  }

  @Override
  public void add(KeyedSums.Part part) {
    if (part.key().equals(cluster)) {
      CellSums.add(grams.get(grams.size() - 1), part.sum());
    } else {
      grams.add(part.sum().clone());
      cluster = part.key();
    }
  }

  @Override
  public ClusterGrams merge(ClusterGrams other) {
    grams.addAll(other.grams);
    return this;
  }
}
