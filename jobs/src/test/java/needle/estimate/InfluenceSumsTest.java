package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import needle.SparkTest;
import needle.estimate.StudyDesign.ControlGroup;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Units that are summed by cohort move every effect as they do one by one. */
class InfluenceSumsTest extends SparkTest {
  private static final int PERIODS = 7;
  private static final int[] COHORTS = {3, 5, UnitHistory.NEVER, 1};

  // Levels of a million, so that plain sums of products would have lost what differs.
  private static List<UnitHistory> units() {
    Random dice = new Random(7);
    List<UnitHistory> units = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean hasGap = i % 9 == 0;
      int[] seen =
          IntStream.rangeClosed(1, PERIODS)
              .filter(t -> !hasGap || t != 1 + dice.nextInt(7))
              .toArray();
      int cohort = COHORTS[i % COHORTS.length];
      double level = 1e6 * dice.nextGaussian();
      double[] outcomes =
          IntStream.of(seen)
              .mapToDouble(t -> level + t + (t >= cohort ? 2 : 0) + dice.nextGaussian())
              .toArray();
      units.add(
          new UnitHistory(
              i / 100,
              "u" + i,
              "u" + i,
              "u" + i,
              cohort,
              seen,
              outcomes,
              new double[0],
              1,
              seen.length,
              null));
    }
    return units;
  }

  private JavaRDD<UnitHistory> held() {
    return JavaSparkContext.fromSparkContext(session().sparkContext()).parallelize(units(), 1);
  }

  private static StudyDesign design(ControlGroup control) {
    return StudyDesign.of("unit", "period", "y").adopted("g").comparedWith(control).build();
  }

  private static Comparisons comparisons(StudyDesign design) {
    return Comparisons.of(IntStream.rangeClosed(1, PERIODS).toArray(), new int[] {1, 3, 5}, design);
  }

  @ParameterizedTest
  @EnumSource(ControlGroup.class)
  void changesOfCohortsAreThoseOfTheirUnits(ControlGroup control) {
    JavaRDD<UnitHistory> units = held();
    Comparisons all = comparisons(design(control));
    // With sampling weights, all of them 1 here, every unit is added to every cell.
    CellSums one = OrderedSums.of(units, new CellSums(all, new double[0], Optional.empty(), true));
    CellSums together =
        OrderedSums.of(units, new CellSums(all, new double[0], Optional.empty(), false));
    assertThat(together.treated).isEqualTo(one.treated);
    assertThat(together.controls).isEqualTo(one.controls);
    assertThat(together.treatedWeight).isEqualTo(one.treatedWeight);
    assertThat(together.treatedX).isDeepEqualTo(one.treatedX);
    assertThat(together.controlXx).isDeepEqualTo(one.controlXx);
    assertThat(together.treatedChange).containsExactly(one.treatedChange, within(1e-9));
    for (int k = 0; k < one.controlXy.length; k++) {
      assertThat(together.controlXy[k]).containsExactly(one.controlXy[k], within(1e-8));
    }
  }

  @ParameterizedTest
  @EnumSource(ControlGroup.class)
  void ofCohortsAreThoseOfTheirUnits(ControlGroup control) {
    JavaRDD<UnitHistory> units = held();
    StudyDesign design = design(control);
    Comparisons all = comparisons(design);
    double[] means = {};
    CellSums sums = OrderedSums.of(units, new CellSums(all, means, Optional.empty(), false));
    CellEstimates cells = PanelEstimates.of(all, sums, means, Optional.empty(), design);
    InfluenceSums one = OrderedSums.of(units, new InfluenceSums(cells, false)).complete();
    InfluenceSums together = OrderedSums.of(units, new InfluenceSums(cells, true)).complete();
    assertThat(cells.effects).hasSizeGreaterThan(8);
    for (int i = 0; i < one.gram.length; i++) {
      assertThat(together.gram[i])
          .isCloseTo(one.gram[i], within(1e-9 * Math.abs(one.gram[i]) + 1e-11));
    }
    assertThat(together.cohortUnits).isEqualTo(one.cohortUnits);
    assertThat(together.spread.controlClusters()).isEqualTo(one.spread.controlClusters());
    assertThat(together.spread.effectiveUnits()).isEqualTo(one.spread.effectiveUnits());
    for (int k = 0; k < cells.effects.length; k++) {
      assertThat(together.spread.controlClusters(k)).isEqualTo(one.spread.controlClusters(k));
      assertThat(together.spread.treatedClusters(k)).isEqualTo(one.spread.treatedClusters(k));
    }
    assertThat(
            List.of(
                together.units,
                together.rows,
                together.earlyUnits,
                together.earlyRows,
                together.clusters))
        .isEqualTo(List.of(one.units, one.rows, one.earlyUnits, one.earlyRows, one.clusters))
        .doesNotContain(0L);
  }
}
