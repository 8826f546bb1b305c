package needle.estimate;

/**
 * What least squares need of rows that are centred within their groups: cross products of the
 * columns and, last, the outcome.
 */
final class WithinMoments implements OrderedSums.Partial<AbsorbedGroup, WithinMoments> {
  private static final long serialVersionUID = 1L;

  private final AbsorbedTerms terms;
  final CrossProducts products;
  final GroupCounts counts;

  WithinMoments(AbsorbedTerms terms) {
    this.terms = terms;
    this.products = new CrossProducts(terms.size() + 1);
    this.counts = new GroupCounts(terms.size());
  }

  @Override
  public WithinMoments empty() {
    return new WithinMoments(terms);
  }

  @Override
  public void add(AbsorbedGroup group) {
    double[][] raw = rows(terms, group);
    double[][] centred = rows(terms, group);
    centre(centred);
    for (int r = 0; r < raw.length; r++) {
      products.add(1, raw[r], centred[r]);
      counts.add(raw[r]);
    }
    counts.finish(group);
  }

  /** A group's columns and, last, its outcome. */
  static double[][] rows(AbsorbedTerms terms, AbsorbedGroup group) {
    double[][] rows = terms.rows(group);
    for (int r = 0; r < rows.length; r++) {
      rows[r][terms.size()] = group.outcome(r);
    }
    return rows;
  }

  /** Takes each column's mean off. */
  static void centre(double[][] rows) {
    double[] means = new double[rows[0].length];
    for (double[] row : rows) {
      for (int i = 0; i < means.length; i++) {
        means[i] += row[i] / rows.length;
      }
    }
    for (double[] row : rows) {
      for (int i = 0; i < means.length; i++) {
        row[i] -= means[i];
      }
    }
  }

  @Override
  public WithinMoments merge(WithinMoments other) {
    products.merge(other.products);
    counts.merge(other.counts);
    return this;
  }
}
