package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.stream.IntStream;
import org.apache.spark.util.SizeEstimator;
import org.junit.jupiter.api.Test;

class UnitHistoryTest {
  /** The same fields, whose parts Spark has to visit. */
  private record Visited(
      int bucket,
      String unit,
      String cluster,
      String peers,
      int cohort,
      double[] outcomes,
      double[] covariates,
      double weight,
      int rows) {}

  @Test
  void aUnitTakesWhatItsPartsTake() {
    for (int periods : new int[] {1, 12, 60}) {
      double[] outcomes = IntStream.range(0, periods).asDoubleStream().toArray();
      String unit = "a pseudonym of " + periods;
      Visited visited = new Visited(1, unit, "team", "peers", 5, outcomes, new double[2], 1, 12);
      UnitHistory told =
          new UnitHistory(
              1,
              unit,
              "team",
              "peers",
              5,
              IntStream.range(0, periods).toArray(),
              outcomes,
              new double[2],
              1,
              12,
              null);
      assertThat(told.estimatedSize())
          .isCloseTo(SizeEstimator.estimate(visited), withinPercentage(5));
      assertThat(SizeEstimator.estimate(told)).isEqualTo(told.estimatedSize());
    }
  }
}
