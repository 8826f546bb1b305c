package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import needle.estimate.ClusterAggregate.Moments;
import needle.estimate.ClusterChanges.Cluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often the permuted interval of few clusters holds a known truth, from clusters' sums. */
class PermutationCoverageTest {
  private static final int[] PERIODS = {1, 2, 3, 4, 5, 6};
  private static final double EFFECT = 0.7;

  /**
   * Clusters of unequal size share shocks that carry over. Where effects differ between clusters,
   * they do as much as a cluster's changes do, and up to 6% are missed. 99.9% of shares of so many
   * samples lie within the bounds.
   */
  @ParameterizedTest(name = "{0} of {1} clusters, effects that scatter by {2}")
  @CsvSource({
    "4, 12, 0,   1000, 0.026, 0.071",
    "6, 14, 0,   300,  0.009, 0.091",
    "4, 12, 0.3, 1000, 0.026, 0.085",
    "6, 14, 0.3, 300,  0.009, 0.105",
  })
  void theIntervalHoldsTheTruth(
      int treated, int clusters, double spread, int samples, double least, double most) {
    Random random = new Random(7);
    int missed = 0;
    int byTheNormal = 0;
    for (int sample = 0; sample < samples; sample++) {
      PermutationTest test = test(treated, clusters, spread, random);
      missed += test.pValue(EFFECT) <= 0.05 ? 1 : 0;
      Moments found = test.observed();
      byTheNormal +=
          Math.abs(found.estimate() - EFFECT) > 1.96 * Math.sqrt(found.variance()) ? 1 : 0;
    }
    assertThat(missed / (double) samples).isBetween(least, most);
    assertThat(byTheNormal).isGreaterThan(missed);
  }

  private static PermutationTest test(int treated, int clusters, double spread, Random random) {
    StudyDesign design = StudyDesign.of("unit", "period", "y").adopted("adopted").build();
    Comparisons comparisons = Comparisons.of(PERIODS, new int[] {4}, design);
    CohortLabels labels = new CohortLabels(comparisons, Set.of(4, UnitHistory.NEVER));
    List<Cluster> sums = new ArrayList<>();
    for (int c = 0; c < clusters; c++) {
      boolean isTreated = c < treated;
      double size = Math.max(5, Math.round(40 * Math.exp(0.6 * random.nextGaussian())));
      double effect = EFFECT + spread * random.nextGaussian();
      double[] means = new double[PERIODS.length];
      double shock = Math.sqrt(0.1) * random.nextGaussian();
      for (int t = 0; t < means.length; t++) {
        shock = 0.5 * shock + Math.sqrt(0.75 * 0.1) * random.nextGaussian();
        means[t] =
            shock
                + Math.sqrt(0.9 / size) * random.nextGaussian()
                + (isTreated && PERIODS[t] >= 4 ? effect : 0);
      }
      int cells = comparisons.cells().length;
      double[] weights = new double[cells];
      Arrays.fill(weights, size);
      double[] changes =
          Arrays.stream(comparisons.cells())
              .mapToDouble(cell -> size * (means[cell.period()] - means[cell.base()]))
              .toArray();
      sums.add(
          new Cluster(
              labels.of(isTreated ? 4 : UnitHistory.NEVER),
              weights,
              changes,
              IntStream.range(0, labels.count()).mapToDouble(l -> size).toArray()));
    }
    int[] observed = sums.stream().mapToInt(Cluster::label).toArray();
    return new PermutationTest(
        new ClusterAggregate(
            comparisons, labels, sums, k -> comparisons.eventTime(comparisons.cells()[k]) >= 0),
        observed,
        Assignments.of(observed, 1));
  }
}
