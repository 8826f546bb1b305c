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
  private final int[] seen;
  private final int[] those;

  WithinMoments(AbsorbedTerms terms) {
    this.terms = terms;
    this.products = new CrossProducts(terms.size() + 1);
    this.counts = new GroupCounts(terms.size());
    this.seen = new int[terms.dummies()];
    this.those = new int[terms.dummies()];
  }

  @Override
  public WithinMoments empty() {
    return new WithinMoments(terms);
  }

  // A row has one dummy of a column at most: a few sums instead of all products of all columns.
  @Override
  public void add(AbsorbedGroup group) {
    double[][] numbers = numbers(group);
    for (int i = 0; i < numbers.length; i++) {
      for (int j = 0; j <= i; j++) {
        products.add(dummies() + i, dummies() + j, dot(numbers[i], numbers[j]));
      }
    }
    int touched = 0;
    for (int r = 0; r < group.rows(); r++) {
      for (int c = 0; c < terms.starts().length; c++) {
        int dummy = terms.dummy(group, r, c);
        if (dummy >= 0) {
          if (seen[dummy]++ == 0) {
            those[touched++] = dummy;
          }
          for (int i = 0; i < numbers.length; i++) {
            products.add(dummies() + i, dummy, numbers[i][r]);
          }
          addTogether(group, r, c, dummy);
        }
      }
    }
    finish(group.rows(), touched);
    counts.rows += group.rows();
    counts.finish(group);
  }

  private int dummies() {
    return terms.dummies();
  }

  // The regressors and, last, the outcome, by column, less their means in the group.
  private double[][] numbers(AbsorbedGroup group) {
    double[][] numbers = new double[terms.regressors() + 1][group.rows()];
    for (int i = 0; i < numbers.length; i++) {
      boolean isOutcome = i == terms.regressors();
      for (int r = 0; r < group.rows(); r++) {
        double value = isOutcome ? group.outcome(r) : group.regressor(r, i);
        numbers[i][r] = value;
        products.squares[dummies() + i] += value * value;
        if (!isOutcome && value != 0) {
          counts.nonZero[dummies() + i]++;
        }
      }
      centre(numbers[i]);
    }
    return numbers;
  }

  private void addTogether(AbsorbedGroup group, int row, int column, int dummy) {
    for (int c = 0; c < column; c++) {
      int other = terms.dummy(group, row, c);
      if (other >= 0) {
        products.add(dummy, other, 1);
      }
    }
  }

  // Counts are whole, so a dummy that all rows of the group have leaves exactly nothing.
  private void finish(int rows, int touched) {
    for (int a = 0; a < touched; a++) {
      double count = seen[those[a]];
      products.squares[those[a]] += count;
      counts.nonZero[those[a]] += seen[those[a]];
      products.add(those[a], those[a], count - count * count / rows);
      for (int b = 0; b < a; b++) {
        products.add(those[a], those[b], -count * seen[those[b]] / rows);
      }
    }
    for (int a = 0; a < touched; a++) {
      seen[those[a]] = 0;
    }
  }

  private static double dot(double[] one, double... other) {
    double sum = 0;
    for (int r = 0; r < one.length; r++) {
      sum += one[r] * other[r];
    }
    return sum;
  }

  /** Takes the mean off. */
  static void centre(double... values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    for (int r = 0; r < values.length; r++) {
      values[r] -= mean;
    }
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
