package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Who gains. Figures of the National Supported Work experiment are those of DoubleML 0.11.4 (gate,
 * cate) and statsmodels 0.15.0 on its scores, with the folds of the file; DoubleML's errors (HC0)
 * times √(n/(n − 1)).
 */
class HeterogeneityTest extends SparkTest {
  private static final List<String> COVARIATES =
      List.of("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75");
  private static final String SEGMENT =
      "case when age < 22 then 'young' when age < 28 then 'middle' else 'old' end as seg";

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session()).selectExpr("*", SEGMENT);
  }

  static Heterogeneity who(
      List<String> covariates, List<String> segments, List<String> modifiers, String fold) {
    Optional<String> foldColumn = Optional.ofNullable(fold);
    return new Heterogeneity(
        new DoubleMachineLearning(
            "heterogeneity", Model.INTERACTIVE_ATE, covariates, foldColumn, 3, 0.01, 0.99),
        covariates,
        segments,
        modifiers,
        foldColumn,
        3,
        true);
  }

  static Effect segment(EffectEstimate estimate, String aggregation, String value) {
    return estimate.effects().stream()
        .filter(e -> e.aggregation().equals(aggregation))
        .filter(e -> e.segment().equals(Optional.of(value)))
        .findFirst()
        .orElseThrow();
  }

  private static void agrees(Effect effect, double value, double error) {
    assertThat(effect.estimate()).isCloseTo(value, within(1e-6 * Math.abs(value)));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  @Test
  void theExperimentsSegmentsAreThoseOfDoubleMl() {
    EffectEstimate estimate =
        who(COVARIATES, List.of("seg"), List.of("age", "re75"), "fold")
            .estimate(persons(), StudyDesign.of("person", "re78").exposed("treat").build());
    agrees(estimate.headline(), 1549.3968378915013, 690.4581830380936);
    agrees(segment(estimate, "segment", "middle"), 1445.2241538736093, 1132.8943420540777);
    agrees(segment(estimate, "segment", "old"), 3353.994571210985, 1569.692928187613);
    Effect young = segment(estimate, "segment", "young");
    agrees(young, 90.9737520890651, 882.8789007522656);
    assertThat(young.treated()).isEqualTo(56);
    assertThat(young.control()).isEqualTo(149 - 56);
    assertThat(young.bandHigh()).isGreaterThan(young.ciHigh());
    Intervals.ofStudent(young, 148, 1.9761224936137);
    // Of the largest of three independent t, by numerical integration in scipy 1.17.1.
    assertThat((young.bandHigh() - young.estimate()) / young.stdError())
        .isCloseTo(2.418, within(0.03));
    agrees(
        estimate.find("coefficient", "age").orElseThrow(), 104.87266851169892, 80.93770843037622);
    agrees(
        estimate.find("coefficient", "re75").orElseThrow(),
        0.13369827057316586,
        0.24994578586229962);
    Intervals.ofStudent(estimate.find("coefficient", "re75").orElseThrow(), 444, 1.9653212845226);
    agrees(
        estimate.find("calibration", "slope").orElseThrow(),
        -0.2390325577663992,
        0.43016409249598514);
    Diagnostic equal = estimate.diagnostic("heterogeneity", "equal_seg").orElseThrow();
    assertThat(equal.value()).isCloseTo(3.4560120196190476, within(1e-6));
    assertThat(equal.pValue()).isCloseTo(0.18414258996545704, within(1e-7));
    agrees(segment(estimate, "predicted_effect", "1"), 3239.492691310775, 1623.1819792018782);
    agrees(segment(estimate, "predicted_effect", "4"), 1981.2627143159107, 2050.213375845177);
    // Fifths are of other people, so their variances add up.
    Effect least = segment(estimate, "predicted_effect", "1");
    Effect most = segment(estimate, "predicted_effect", "5");
    Diagnostic gap = estimate.diagnostic("heterogeneity", "predicted_groups").orElseThrow();
    assertThat(gap.value())
        .isCloseTo(most.estimate() - least.estimate(), within(1e-9))
        .isNegative();
    double statistic = gap.value() / Math.hypot(least.stdError(), most.stdError());
    long freedom = Math.min(least.clusters(), most.clusters()) - 1;
    assertThat(freedom).isBetween(80L, 90L);
    assertThat(gap.pValue())
        .isCloseTo(2 * new TDistribution(freedom).cumulativeProbability(statistic), within(1e-9));
    Effect rank = segment(estimate, "rank", "old");
    assertThat(rank.estimate()).isEqualTo(1);
    assertThat(rank.ciHigh()).isEqualTo(3);
    assertThat(segment(estimate, "rank", "young").estimate()).isEqualTo(3);
  }

  static final StructType SCHEMA =
      StructType.fromDDL("unit int, team string, y double, d int, x double, job string, site int");

  /** Teams are trained together; the effect is 1, 2, 3 or 4 by job, and shocks are by team. */
  static List<Row> company(long seed, int teams, int small) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < teams; team++) {
      double shock = 0.5 * random.nextGaussian();
      double mood = random.nextGaussian();
      int d = random.nextDouble() < 1 / (1 + Math.exp(-0.5 * mood)) ? 1 : 0;
      for (int i = 0; i < 10; i++) {
        double x = mood + 0.5 * random.nextGaussian();
        int job = team < small ? 4 : random.nextInt(4);
        double y = x + shock + d * (job + 1) + random.nextGaussian();
        rows.add(RowFactory.create(rows.size(), "t" + team, y, d, x, "job" + (job + 1), team % 60));
      }
    }
    return rows;
  }

  private EffectEstimate company(List<Row> rows, int partitions, String... segments) {
    return who(List.of("x"), List.of(segments), List.of("x"), null)
        .estimate(
            session().createDataFrame(rows, SCHEMA).repartition(partitions),
            StudyDesign.of("unit", "y").exposed("d").clusteredBy("team").build());
  }

  @Test
  void bandsCoverTheTruthOfAllSegmentsAndRanksHoldTheTrueOnes() {
    int repetitions = 12;
    int covered = 0;
    int ranked = 0;
    for (int seed = 0; seed < repetitions; seed++) {
      EffectEstimate estimate = company(company(seed, 120, 0), 2, "job");
      boolean all = true;
      boolean places = true;
      for (int job = 1; job <= 4; job++) {
        Effect effect = segment(estimate, "segment", "job" + job);
        all &= effect.bandLow() <= job && job <= effect.bandHigh();
        assertThat(effect.clusters()).isBetween(60L, 120L);
        Effect rank = segment(estimate, "rank", "job" + job);
        places &= rank.bandLow() <= 5 - job && 5 - job <= rank.bandHigh();
      }
      covered += all ? 1 : 0;
      ranked += places ? 1 : 0;
      // The jobs differ by more than chance.
      assertThat(estimate.diagnostic("heterogeneity", "equal_job").orElseThrow().pValue())
          .isLessThan(0.001);
    }
    // Below 9 of 12 has a probability of 0.2% where coverage is 95%.
    assertThat(covered).isGreaterThanOrEqualTo(9);
    assertThat(ranked).isGreaterThanOrEqualTo(9);
  }

  @Test
  void smallSegmentsArePooledWithTheNextSoThatNothingCanBeSubtracted() {
    EffectEstimate estimate = company(company(1, 120, 4), 2, "job");
    List<String> told =
        estimate.effects().stream()
            .filter(e -> e.aggregation().equals("segment"))
            .map(e -> e.segment().orElseThrow())
            .toList();
    assertThat(told).hasSize(4).contains(Segments.POOLED).doesNotContain("job5");
    assertThat(estimate.diagnosticValue("heterogeneity", "pooled_job").orElseThrow()).isEqualTo(2);
    assertThat(estimate.effects().stream().filter(e -> e.aggregation().equals("segment")))
        .extracting(e -> e.treated() + e.control())
        .satisfies(n -> assertThat(n.stream().mapToLong(i -> i).sum()).isEqualTo(1200));
  }

  @Test
  void theLayoutChangesNoBit() {
    List<Row> rows = company(3, 60, 0);
    EffectEstimate one = company(rows, 1, "job");
    List<Row> turned = new ArrayList<>(rows);
    java.util.Collections.reverse(turned);
    assertThat(company(turned, 7, "job")).isEqualTo(one);
  }

  @Test
  void segmentsThatAreAboutFewAreRefused() {
    List<Row> rows = company(3, 60, 0);
    assertThatThrownBy(() -> company(rows, 1, "site"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("more than 50");
    assertThatThrownBy(() -> company(company(3, 15, 0), 1, "job"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The segments of job are too small");
    assertThatThrownBy(() -> company(rows, 1, "d"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("unit, outcome or treatment");
    assertThatThrownBy(() -> company(rows, 1, "jobb"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no column jobb");
    assertThatThrownBy(() -> company(rows, 1))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("none are listed");
    assertThatThrownBy(() -> who(List.of("x"), List.of("job"), List.of("z"), null))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("modifiers are covariates");
    DoubleMachineLearning once =
        new DoubleMachineLearning(
            "h", Model.INTERACTIVE_ATE, List.of("x"), Optional.empty(), 1, 0.01, 0.99);
    assertThatThrownBy(
            () ->
                new Heterogeneity(
                    once, List.of("x"), List.of("job"), List.of(), Optional.empty(), 1, true))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("not cross-fitted");
  }

  @Test
  void modifiersThatAreOneAnotherCannotBeToldApart() {
    Dataset<Row> twice =
        session().createDataFrame(company(3, 60, 0), SCHEMA).selectExpr("*", "x * 2 as x2");
    assertThatThrownBy(
            () ->
                who(List.of("x", "x2"), List.of("job"), List.of("x", "x2"), null)
                    .estimate(twice, StudyDesign.of("unit", "y").exposed("d").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told apart");
  }

  /** Independent estimates far apart, but for two that are close: by hand. */
  @Test
  void placesThatDataCannotTellApartAreShared() {
    double[] effects = {10, 0, 0.5};
    Array2DRowRealMatrix covariance =
        new Array2DRowRealMatrix(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    RankSets best = RankSets.of(effects, covariance, Double.POSITIVE_INFINITY, 0.05, 1, true);
    assertThat(best.rank()).containsExactly(1, 3, 2);
    assertThat(best.jointLow()).containsExactly(1, 2, 2);
    assertThat(best.jointHigh()).containsExactly(1, 3, 3);
    assertThat(best.low()).containsExactly(1, 2, 2);
    RankSets least = RankSets.of(effects, covariance, Double.POSITIVE_INFINITY, 0.05, 1, false);
    assertThat(least.rank()).containsExactly(3, 1, 2);
    assertThat(least.jointLow()).containsExactly(3, 1, 1);
    assertThat(least.jointHigh()).containsExactly(3, 2, 2);
  }

  /**
   * All differences of three: Tukey's studentised range, 3.314; from one of them: Dunnett's 2.212
   * times the root of two, 3.128. Both from tables, for infinitely many degrees of freedom.
   */
  @Test
  void theFirstPlaceIsSureFromTheTabledDifferenceOn() {
    Array2DRowRealMatrix covariance =
        new Array2DRowRealMatrix(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    for (double ahead : new double[] {3.08, 3.18, 3.26, 3.37}) {
      double[] effects = {ahead, 0, 0};
      RankSets sets = RankSets.of(effects, covariance, Double.POSITIVE_INFINITY, 0.05, 1, true);
      assertThat(sets.high()[0]).isEqualTo(ahead > 3.128 ? 1 : 3);
      assertThat(sets.jointHigh()[0]).isEqualTo(ahead > 3.314 ? 1 : 3);
    }
    double[] effects = {9, 0, 0};
    covariance.setEntry(2, 2, 0);
    assertThat(
            RankSets.of(effects, covariance, Double.POSITIVE_INFINITY, 0.05, 1, true).jointHigh())
        .containsExactly(3, 3, 3);
  }
}
