package needle.estimate;

/**
 * The rows of one level of the absorbed column that is swept out.
 *
 * @param bucket which of a fixed number of buckets it falls in
 * @param outcomes per row
 * @param exposures per row, what the outcome was counted over; 1 where nothing is said
 * @param regressors per row
 * @param levels per row, the position of its level in each of the other absorbed columns
 * @param clusters per row, its cluster in each way of clustering
 */
record AbsorbedGroup(
    int bucket,
    double[] outcomes,
    double[] exposures,
    double[][] regressors,
    int[][] levels,
    String[][] clusters)
    implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;

  int rows() {
    return outcomes.length;
  }

  /**
   * A row's dummies and then its regressors. Each column's first level has no dummy.
   *
   * @param starts the position of each other column's second level
   */
  void fill(int row, int[] starts, double[] into) {
    double[] x = regressors[row];
    int dummies = into.length - x.length;
    java.util.Arrays.fill(into, 0, dummies, 0);
    for (int c = 0; c < starts.length; c++) {
      if (levels[row][c] > 0) {
        into[starts[c] + levels[row][c] - 1] = 1;
      }
    }
    System.arraycopy(x, 0, into, dummies, x.length);
  }
}
