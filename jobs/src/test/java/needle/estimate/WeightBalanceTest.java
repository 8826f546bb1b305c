package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class WeightBalanceTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, y double, treated int, x double");
  private static final int UNITS = 4000;

  // The propensity is that of the logistic regression: constant + slope x, of normal x.
  private Diagnostic clipped(boolean isOfTreated, double constant, double slope) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < UNITS; i++) {
      double x = random.nextGaussian();
      double p = 1 / (1 + Math.exp(-constant - slope * x));
      rows.add(RowFactory.create(i, random.nextGaussian(), random.nextDouble() < p ? 1 : 0, x));
    }
    return new InverseProbabilityWeighting(List.of("x"), isOfTreated, 0.01, 0.99)
            .estimate(
                session().createDataFrame(rows, SCHEMA),
                StudyDesign.of("unit", "y").exposed("treated").build())
            .diagnostics()
            .stream()
            .filter(d -> d.statistic().equals("share_clipped"))
            .findFirst()
            .orElseThrow();
  }

  // P(|12 x| > log 99) of a standard normal x.
  @Test
  void sidesThatCanBeToldApartFailThoughEveryWeightIsNearOne() {
    Diagnostic apart = clipped(false, 0, 12);
    assertThat(apart.status()).isEqualTo(Status.FAIL);
    assertThat(apart.check()).isEqualTo("overlap");
    assertThat(apart.value()).isCloseTo(0.7017, within(0.05));
  }

  @Test
  void sidesThatAreAlikePass() {
    assertThat(clipped(false, 0, 1).status()).isEqualTo(Status.PASS);
  }

  // P(x < (4 - log 99) / 1.5) of all, of which few are treated.
  @Test
  void unlikelyOnesMatterOnlyWhereTheEffectIsAskedForOfAll() {
    Diagnostic ofAll = clipped(false, -4, 1.5);
    assertThat(ofAll.value()).isCloseTo(0.3457, within(0.08));
    assertThat(ofAll.status()).isEqualTo(Status.FAIL);
    assertThat(clipped(true, -4, 1.5).value()).isLessThan(0.1);
  }
}
