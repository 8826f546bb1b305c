package needle.estimate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The rows of one level of the absorbed column that is swept out.
 *
 * @param bucket which of a fixed number of buckets it falls in
 * @param name the level
 * @param read how many rows it has; of these, some may not be complete and are not here
 * @param others how many other columns are absorbed
 * @param width of a row's numbers
 * @param numbers row after row: its outcome, what it was counted over, its level's position in each
 *     of the other absorbed columns, and its regressors
 * @param clusters per row, its cluster in each way of clustering; one for all rows that share them
 */
record AbsorbedGroup(
    int bucket, String name, int read, int others, int width, double[] numbers, String[][] clusters)
    implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;

  static final int OUTCOME = 0;
  static final int EXPOSURE = 1;

  /** Where positions of levels begin. */
  static final int LEVELS = 2;

  /** The same rows in an order that follows from them alone. */
  AbsorbedGroup ordered() {
    boolean isOrdered = true;
    for (int r = 1; r < rows() && isOrdered; r++) {
      isOrdered = compare(r - 1, r) <= 0;
    }
    if (isOrdered) {
      return this;
    }
    int[] order =
        IntStream.range(0, rows())
            .boxed()
            .sorted(this::compare)
            .mapToInt(Integer::intValue)
            .toArray();
    double[] sorted = new double[numbers.length];
    for (int r = 0; r < order.length; r++) {
      System.arraycopy(numbers, order[r] * width, sorted, r * width, width);
    }
    return new AbsorbedGroup(
        bucket,
        name,
        read,
        others,
        width,
        sorted,
        clusters.length == 1
            ? clusters
            : Arrays.stream(order).mapToObj(r -> clusters[r]).toArray(String[][]::new));
  }

  private int compare(int one, int other) {
    int byLevels = compare(one, other, LEVELS, width);
    int byNumbers = byLevels != 0 ? byLevels : compare(one, other, 0, LEVELS);
    return byNumbers != 0
        ? byNumbers
        : Arrays.compare(clusters(one), clusters(other), Comparator.naturalOrder());
  }

  private int compare(int one, int other, int from, int to) {
    int left = one * width;
    int right = other * width;
    return Arrays.compare(numbers, left + from, left + to, numbers, right + from, right + to);
  }

  int rows() {
    return numbers.length / width;
  }

  double outcome(int row) {
    return numbers[row * width + OUTCOME];
  }

  double exposure(int row) {
    return numbers[row * width + EXPOSURE];
  }

  /** The position of a row's level in another absorbed column. */
  int level(int row, int column) {
    return (int) numbers[row * width + LEVELS + column];
  }

  double regressor(int row, int column) {
    return numbers[row * width + LEVELS + others + column];
  }

  String[] clusters(int row) {
    return clusters[clusters.length == 1 ? 0 : row];
  }

  /** Whether all rows are in the same cluster, in one way of clustering. */
  boolean isWithin(int way) {
    for (int r = 1; r < clusters.length; r++) {
      if (!clusters[r][way].equals(clusters[0][way])) {
        return false;
      }
    }
    return true;
  }

  /**
   * A row's dummies and then its regressors. Each column's first level has no dummy.
   *
   * @param starts the position of each other column's second level
   * @param dummies how many there are
   */
  void fill(int row, int[] starts, int dummies, double[] into) {
    Arrays.fill(into, 0, dummies, 0);
    for (int c = 0; c < starts.length; c++) {
      if (level(row, c) > 0) {
        into[starts[c] + level(row, c) - 1] = 1;
      }
    }
    int first = LEVELS + others;
    System.arraycopy(numbers, row * width + first, into, dummies, width - first);
  }
}
