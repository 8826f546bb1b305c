package needle.estimate;

/**
 * What units do to some numbers, such as scores or influences, summed within clusters. Units come
 * sorted by cluster.
 *
 * @param <T> the units
 * @param <S> its own type
 */
abstract class ClusteredScores<T, S extends ClusteredScores<T, S>>
    implements OrderedSums.Partial<T, S> {
  private static final long serialVersionUID = 1L;

  final ClusterSums sums;

  /**
   * @param numbers how many
   */
  ClusteredScores(int numbers) {
    this.sums = new ClusterSums(numbers);
  }

  @Override
  public void finish() {
    sums.finish();
  }

  @Override
  @SuppressWarnings("unchecked")
  public S merge(S other) {
    sums.merge(other.sums);
    return (S) this;
  }
}
