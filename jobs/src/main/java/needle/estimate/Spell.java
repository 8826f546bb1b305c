package needle.estimate;

/**
 * One unit's time under observation.
 *
 * <p>Exposure that begins within it divides it: before that time it belongs to the unexposed, from
 * then on to the exposed, as somebody who enters late. Nobody is counted as exposed for a time that
 * had to be survived to become exposed.
 *
 * @param bucket which of a fixed number of buckets its cluster falls in
 * @param entry when observation begins; what happens at that very time is not observed
 * @param end when it ends
 * @param cause what happened at the end: 0 for nothing, 1 for what is studied, 2 for what competes
 *     with it
 * @param exposedFrom when exposure begins; infinite for never, minus infinity for before entry
 * @param exposableUntil of trials in a sequence, the last day on which it could enter another
 * @param tenureMonths of trials in a sequence, tenure when following begins
 */
record Spell(
    int bucket,
    String cluster,
    double entry,
    double end,
    int cause,
    double exposedFrom,
    double[] covariates,
    double exposableUntil,
    double tenureMonths)
    implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;

  /** When a side of the treatment begins to be observed. */
  double begin(int side) {
    return side == 1 ? Math.max(entry, exposedFrom) : entry;
  }

  /** When a side is no longer observed; not after its beginning where it never is. */
  double until(int side) {
    return side == 0 ? Math.min(end, exposedFrom) : end;
  }

  boolean isOn(int side) {
    return begin(side) < until(side);
  }

  /** Whether observation ends on that side. */
  boolean endsOn(int side) {
    return isOn(side) && until(side) == end;
  }

  /** Whether what is studied happens on that side. */
  boolean happensOn(int side) {
    return endsOn(side) && cause == 1;
  }

  /** What a cross-section at entry knows of it. */
  Subject atEntry() {
    return new Subject(bucket, cluster, 0, end, exposedFrom <= entry ? 1 : 0, covariates);
  }
}
