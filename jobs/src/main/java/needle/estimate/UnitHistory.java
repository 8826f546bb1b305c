package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.util.KnownSizeEstimation;

/**
 * One unit of a panel on one line: when it was observed, what was seen, when it was first treated.
 *
 * @param bucket which of a fixed number of buckets its cluster falls in
 * @param cluster the cluster's key; the unit's own key where nothing coarser was named
 * @param peers the key of those who may affect each other; the cluster's where nothing is said
 * @param cohort first treated period, {@link #NEVER} if there is none
 * @param periods the periods with an outcome, ascending
 * @param outcomes the outcome in each of them
 * @param covariates as of the first of them; null when one is missing
 * @param weight for how many it stands, 1 where nothing is said; NaN when it should be and is not
 * @param rows how many rows the panel had for it
 * @param fault what is wrong with it, if anything
 */
record UnitHistory(
    int bucket,
    String unit,
    String cluster,
    String peers,
    int cohort,
    int[] periods,
    double[] outcomes,
    double[] covariates,
    double weight,
    int rows,
    FaultSeen fault)
    implements OrderedSums.Bucketed, KnownSizeEstimation {
  private static final long serialVersionUID = 1L;

  static final int NEVER = Integer.MAX_VALUE;

  /** How many buckets sums are split into; fixed, because the order of summation follows it. */
  static final int BUCKETS = 32;

  /** A fault, how many rows or units have it, and where it was seen. */
  record FaultSeen(PanelFault fault, long count, String example) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Bytes that it takes in memory.
   *
   * <p>Whoever holds units in memory asks again and again; unless told, Spark visits all their
   * parts.
   */
  @Override
  public long estimatedSize() {
    return OWN_BYTES
        + text(unit)
        + text(cluster)
        + text(peers)
        + numbers(outcomes)
        + (covariates == null ? 0 : numbers(covariates))
        + (fault == null ? 0 : OWN_BYTES + text(fault.example()));
  }

  // The header and the fields; the periods are shared.
  private static final long OWN_BYTES = 64;

  private static long text(String of) {
    return 40 + padded(of.length());
  }

  private static long numbers(double[] of) {
    return 16 + 8L * of.length;
  }

  private static long padded(long bytes) {
    return (bytes + 7) / 8 * 8;
  }

  /** The same with its weight times a factor. */
  UnitHistory times(double factor) {
    return new UnitHistory(
        bucket,
        unit,
        cluster,
        peers,
        cohort,
        periods,
        outcomes,
        covariates,
        factor * weight,
        rows,
        fault);
  }

  /** The same with its periods in an array that it shares with others. */
  UnitHistory in(int[] shared) {
    return new UnitHistory(
        bucket, unit, cluster, peers, cohort, shared, outcomes, covariates, weight, rows, fault);
  }

  /** What was seen of it before a period, as a unit of another cohort. */
  UnitHistory before(int end, int otherCohort) {
    int seen = 0;
    while (seen < periods.length && periods[seen] < end) {
      seen++;
    }
    return new UnitHistory(
        bucket,
        unit,
        cluster,
        peers,
        otherCohort,
        Arrays.copyOf(periods, seen),
        Arrays.copyOf(outcomes, seen),
        covariates,
        weight,
        seen,
        fault);
  }

  /** Its outcome in each of the study's periods, NaN where it was not observed. */
  void align(int[] studyPeriods, double[] into) {
    if (Arrays.equals(periods, studyPeriods)) {
      System.arraycopy(outcomes, 0, into, 0, into.length);
      return;
    }
    int own = 0;
    for (int t = 0; t < studyPeriods.length; t++) {
      while (own < periods.length && periods[own] < studyPeriods[t]) {
        own++;
      }
      boolean observed = own < periods.length && periods[own] == studyPeriods[t];
      into[t] = observed ? outcomes[own] : Double.NaN;
    }
  }
}
