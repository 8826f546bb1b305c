package needle.estimate;

import needle.estimate.UnitHistory.FaultSeen;

/**
 * One unit of a panel on one line: when its outcome was observed, and when each program reached it.
 *
 * @param bucket which of a fixed number of buckets its cluster falls in
 * @param periods with an outcome, ascending
 * @param first per program, the first exposed period; {@link UnitHistory#NEVER}, or {@link #BEFORE}
 *     where it was exposed when the panel began
 * @param segments per period, the number of its segment, −1 where none is known
 * @param rows how many rows the panel had for it
 * @param fault what is wrong with it, if anything
 */
record ExposedUnit(
    int bucket,
    String unit,
    String cluster,
    int[] periods,
    double[] outcomes,
    int[] first,
    int[] segments,
    int rows,
    FaultSeen fault)
    implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;

  /** Exposed for nobody knows how long. */
  static final int BEFORE = Integer.MIN_VALUE;

  /** The programs that had reached it, as bits. */
  long active(int row) {
    long set = 0;
    for (int p = 0; p < first.length; p++) {
      set |= first[p] <= periods[row] ? 1L << p : 0;
    }
    return set;
  }

  /** Periods since a program that is active reached it. */
  int since(int program, int row) {
    return first[program] == BEFORE ? Integer.MAX_VALUE : periods[row] - first[program];
  }
}
