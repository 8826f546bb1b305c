package needle.estimate;

/**
 * One row of a cross-section.
 *
 * @param bucket which of a fixed number of buckets its cluster falls in
 * @param cluster the cluster's key; the unit's own key where nothing coarser was named
 * @param fold the part of the sample that it is left out with in cross-fitting
 * @param treatment 1 or 0, or a dose
 * @param segments per segment column, which of its values
 */
record Subject(
    int bucket,
    String cluster,
    int fold,
    double outcome,
    double treatment,
    double[] covariates,
    int[] segments)
    implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;
  private static final int[] NO_SEGMENTS = {};

  Subject(
      int bucket, String cluster, int fold, double outcome, double treatment, double[] covariates) {
    this(bucket, cluster, fold, outcome, treatment, covariates, NO_SEGMENTS);
  }
}
