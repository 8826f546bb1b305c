package needle.estimate;

import static needle.estimate.HeterogeneityTest.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Where the next hour of training does most: slopes of a dose by segment. */
class SlopesBySegmentTest extends SparkTest {
  private static final List<String> COVARIATES = List.of("x1", "x2", "j1", "j2");
  private static final StructType PERSONS =
      StructType.fromDDL(
          "person string, team string, fold int, y double, hours double, x1 double, x2 double,"
              + " j1 int, j2 int, job string");

  private static Heterogeneity slopes(
      List<String> covariates, List<String> segments, List<String> modifiers, String fold) {
    Optional<String> foldColumn = Optional.ofNullable(fold);
    DoubleMachineLearning whole =
        new DoubleMachineLearning(
            "heterogeneity", Model.PARTIALLY_LINEAR, covariates, foldColumn, 3, 0.01, 0.99);
    return new Heterogeneity(whole, covariates, segments, modifiers, foldColumn, 3, true);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("person", "y").treatedBy(new StudyDesign.Dose("hours"));
  }

  private static double fraction(int i, double of) {
    return i * of % 1;
  }

  /** Numbers that anybody can make again. */
  private Dataset<Row> persons() {
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i <= 600; i++) {
      double x1 = 2 * fraction(i, 0.6180339887498949) - 1;
      double x2 = 2 * fraction(i, 0.4142135623730951) - 1;
      double u = fraction(i, 0.2360679774997898);
      int job = i % 3;
      boolean isTrained = fraction(i, 0.7320508075688772) < 0.6 + 0.2 * x1;
      double hours = isTrained ? Math.max(2 + 2 * job + 3 * x1 + x2 + 6 * u, 0.25) : 0;
      double gain = (0.2 + 0.2 * job + 0.1 * x1) * hours;
      double y = 2 * x1 + x2 + gain + 2 * fraction(i, 0.6457513110645906) - 1;
      int j1 = job == 1 ? 1 : 0;
      int j2 = job == 2 ? 1 : 0;
      rows.add(
          RowFactory.create("p" + i, "t" + i % 40, i % 5, y, hours, x1, x2, j1, j2, "job" + job));
    }
    return session().createDataFrame(rows, PERSONS);
  }

  private static void agrees(Effect effect, double value, double error) {
    assertThat(effect.estimate()).isCloseTo(value, within(1e-6 * Math.abs(value)));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  private static void agrees(EffectEstimate estimate, String statistic, double value, double p) {
    Diagnostic found = estimate.diagnostic("heterogeneity", statistic).orElseThrow();
    assertThat(found.value()).isCloseTo(value, within(1e-6 * value));
    assertThat(found.pValue()).isCloseTo(p, within(1e-9));
  }

  /**
   * DoubleML 0.11.4 (partially linear; gate, cate), with its errors (HC0) times √(n/(n − 1)).
   * Calibration, fifths and tests: numpy 2.4.6 and scipy 1.17.1 on the same residuals.
   */
  @Test
  void slopesAreThoseOfDoubleMl() {
    EffectEstimate estimate =
        slopes(COVARIATES, List.of("job"), List.of("x1", "x2"), "fold")
            .estimate(persons(), design().build());
    assertThat(estimate.headline().term()).isEqualTo("hours");
    agrees(estimate.headline(), 0.4945802491856735, 0.010728427125869664);
    agrees(segment(estimate, "segment", "job0"), 0.25716202903139146, 0.02059736434793632);
    Effect second = segment(estimate, "segment", "job1");
    agrees(second, 0.43552287847231, 0.013009987264896395);
    assertThat(List.of(second.treated(), second.control(), second.clusters()))
        .containsExactly(121L, 79L, 200L);
    assertThat(second.bandHigh()).isGreaterThan(second.ciHigh());
    agrees(segment(estimate, "segment", "job2"), 0.6238313899602796, 0.012301979882143385);
    agrees(
        estimate.find("coefficient", "x1").orElseThrow(),
        0.08801124755847117,
        0.021044357708357476);
    agrees(
        estimate.find("coefficient", "x2").orElseThrow(),
        0.00047542814779059916,
        0.01902925547710458);
    agrees(
        estimate.find("calibration", "slope").orElseThrow(), 0.8596296387662647, 0.234717477947787);
    agrees(segment(estimate, "predicted_effect", "1"), 0.46402902401350427, 0.03843346049007413);
    agrees(segment(estimate, "predicted_effect", "5"), 0.5443320335318699, 0.02004176576906948);
    agrees(estimate, "equal_job", 263.65690309524194, 5.31874249488609e-37);
    agrees(estimate, "linear_predictor", 17.564936430885773, 0.00017658417743156556);
    assertThat(segment(estimate, "rank", "job2").ciHigh()).isEqualTo(1);
  }

  /** Numpy 2.4.6: scores summed within teams, times C/(C − 1). */
  @Test
  void errorsAllowForTeams() {
    EffectEstimate estimate =
        slopes(COVARIATES, List.of("job"), List.of("x1", "x2"), "fold")
            .estimate(persons(), design().clusteredBy("team").build());
    agrees(estimate.headline(), 0.4945802491856735, 0.007708296624395699);
    agrees(segment(estimate, "segment", "job0"), 0.25716202903139124, 0.017981429583510067);
    agrees(segment(estimate, "segment", "job1"), 0.43552287847231214, 0.009993718091511946);
    Effect last = segment(estimate, "segment", "job2");
    agrees(last, 0.6238313899602792, 0.012006706482461004);
    // t of 39, by scipy 1.17.1.
    Intervals.ofStudent(last, 39, 2.0226909200367);
    agrees(
        estimate.find("coefficient", "x1").orElseThrow(),
        0.08801124755847084,
        0.018574538009656732);
    agrees(
        estimate.find("calibration", "slope").orElseThrow(),
        0.8596296387662647,
        0.21029948506687635);
    agrees(segment(estimate, "predicted_effect", "3"), 0.43236694876754467, 0.0195859757978409);
    agrees(estimate, "equal_job", 305.83498971986626, 1.0366026916314682e-18);
    agrees(estimate, "linear_predictor", 22.569135652878074, 0.0001707377113571187);
  }

  /** The mean of what is left of the doses, by job: numpy 2.4.6. */
  @Test
  void whetherCovariatesTellTheDosesOfSegmentsIsTested() {
    EffectEstimate without =
        slopes(List.of("x1", "x2"), List.of("job"), List.of("x1"), "fold")
            .estimate(persons(), design().build());
    agrees(without, "doses_job", 41.379353309214395, 1.112118784974322e-08);
    Diagnostic with =
        slopes(COVARIATES, List.of("job"), List.of("x1"), "fold")
            .estimate(persons(), design().build())
            .diagnostic("heterogeneity", "doses_job")
            .orElseThrow();
    assertThat(with.value()).isCloseTo(9.264733466351988e-06, within(1e-9));
    assertThat(with.status()).isEqualTo(Status.PASS);
  }

  static final StructType COMPANY =
      StructType.fromDDL(
          "person int, team string, y double, hours double, x double, j1 int, j2 int, job string,"
              + " site int");

  private static final double[] PER_HOUR = {0.1, 0.2, 0.4};

  /**
   * Teams are trained together and share shocks; jobs, and a covariate that also moves the outcome,
   * decide about hours.
   */
  static List<Row> company(long seed, int teams) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < teams; team++) {
      double shock = 0.5 * random.nextGaussian();
      double mood = random.nextGaussian();
      double together = 1.5 * random.nextGaussian();
      for (int i = 0; i < 10; i++) {
        double x = mood + 0.5 * random.nextGaussian();
        int job = random.nextInt(3);
        double hours = 8 + 2 * job + x + together + 1.5 * random.nextGaussian();
        double y = x + job + PER_HOUR[job] * hours + shock + random.nextGaussian();
        rows.add(
            RowFactory.create(
                rows.size(),
                "t" + team,
                y,
                hours,
                x,
                job == 1 ? 1 : 0,
                job == 2 ? 1 : 0,
                "job" + job,
                team % 60));
      }
    }
    return rows;
  }

  private static EffectEstimate company(Dataset<Row> rows, List<String> covariates) {
    return slopes(covariates, List.of("job"), List.of("x"), null)
        .estimate(rows, design().clusteredBy("team").build());
  }

  private Dataset<Row> rows(List<Row> rows) {
    return session().createDataFrame(rows, COMPANY);
  }

  @Test
  void bandsCoverTheTruthOfAllSegmentsAndTheNextHourDoesMostWhereItDoes() {
    int repetitions = 12;
    int covered = 0;
    int ranked = 0;
    for (int seed = 0; seed < repetitions; seed++) {
      EffectEstimate estimate =
          company(rows(company(seed, 90)).repartition(2), List.of("x", "j1", "j2"));
      boolean all = true;
      boolean places = true;
      for (int job = 0; job < 3; job++) {
        Effect slope = segment(estimate, "segment", "job" + job);
        all &= slope.bandLow() <= PER_HOUR[job] && PER_HOUR[job] <= slope.bandHigh();
        Effect rank = segment(estimate, "rank", "job" + job);
        places &= rank.bandLow() <= 3 - job && 3 - job <= rank.bandHigh();
      }
      covered += all ? 1 : 0;
      ranked += places ? 1 : 0;
      assertThat(segment(estimate, "rank", "job2").estimate()).isEqualTo(1);
      assertThat(estimate.diagnostic("heterogeneity", "equal_job").orElseThrow().pValue())
          .isLessThan(0.01);
      assertThat(estimate.diagnostic("heterogeneity", "doses_job").orElseThrow().status())
          .isEqualTo(Status.PASS);
    }
    // Below 9 of 12 has a probability of 0.2% where coverage is 95%.
    assertThat(covered).isGreaterThanOrEqualTo(9);
    assertThat(ranked).isGreaterThanOrEqualTo(9);
  }

  /** Jobs decide about hours and outcomes, and are not adjusted for. */
  @Test
  void segmentsWhoseDosesCovariatesDoNotTellAreNoted() {
    EffectEstimate estimate = company(rows(company(1, 90)), List.of("x"));
    Diagnostic doses = estimate.diagnostic("heterogeneity", "doses_job").orElseThrow();
    assertThat(doses.status()).isEqualTo(Status.WARNING);
    assertThat(doses.message()).contains("list job under covariates");
  }

  /**
   * Half of each job gains 1 per hour and gets hours with a variance of 1, the other half gains 3,
   * with a variance of 4: (1 · 1 + 4 · 3)/5 = 2.6.
   */
  @Test
  void aSlopeIsAMeanWeighedByHowDosesDiffer() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      int x = i % 2;
      double hours = 5 + x + (1 + x) * random.nextGaussian();
      double y = x + (1 + 2 * x) * hours + random.nextGaussian();
      rows.add(RowFactory.create(i, "t" + i, y, hours, (double) x, 0, 0, "job" + i / 2 % 2, 0));
    }
    EffectEstimate estimate =
        slopes(List.of("x"), List.of("job"), List.of("x"), null)
            .estimate(rows(rows), design().build());
    for (String job : List.of("job0", "job1")) {
      Effect slope = segment(estimate, "segment", job);
      assertThat(slope.estimate()).isCloseTo(2.6, within(4 * slope.stdError()));
      assertThat(slope.stdError()).isLessThan(0.05);
    }
    Effect modifier = estimate.find("coefficient", "x").orElseThrow();
    assertThat(modifier.estimate()).isCloseTo(2, within(4 * modifier.stdError()));
    Effect calibration = estimate.find("calibration", "slope").orElseThrow();
    assertThat(calibration.estimate()).isCloseTo(1, within(4 * calibration.stdError()));
  }

  private static List<String> told(EffectEstimate estimate) {
    return estimate.effects().stream()
        .filter(e -> e.aggregation().equals("segment"))
        .map(e -> e.segment().orElseThrow())
        .toList();
  }

  /** One kind has hours in nine teams only; of one, doses are as covariates say but in nine. */
  @Test
  void segmentsWhoseDosesAreOfFewTeamsArePooledWithTheNext() {
    Dataset<Row> all =
        rows(company(2, 90))
            .selectExpr("*", "int(substring(team, 2)) number", "person % 6 kind")
            .selectExpr(
                "person",
                "team",
                "case when kind = 0 and number >= 9 then 0"
                    + " when kind = 1 and number >= 9 then 8 + x + 0.001 * hours else hours end hours",
                "y",
                "x",
                "int(kind = 0) k0",
                "int(kind = 1) k1",
                "concat('kind', kind) kind");
    EffectEstimate estimate =
        slopes(List.of("x", "k0", "k1"), List.of("kind"), List.of("x"), null)
            .estimate(all, design().clusteredBy("team").build());
    assertThat(told(estimate)).contains(Segments.POOLED).doesNotContain("kind0", "kind1");
    assertThat(estimate.diagnosticValue("heterogeneity", "pooled_kind").orElseThrow())
        .isGreaterThanOrEqualTo(2);
    assertThat(estimate.diagnostic("heterogeneity", "pooled_kind").orElseThrow().message())
        .contains("clusters with a dose");
    long units =
        estimate.effects().stream()
            .filter(e -> e.aggregation().equals("segment"))
            .mapToLong(e -> e.treated() + e.control())
            .sum();
    assertThat(units).isEqualTo(900);
  }

  @Test
  void theLayoutChangesNoBit() {
    List<Row> rows = company(3, 60);
    List<String> covariates = List.of("x", "j1", "j2");
    EffectEstimate one = company(rows(rows).repartition(1), covariates);
    List<Row> turned = new ArrayList<>(rows);
    Collections.reverse(turned);
    assertThat(company(rows(turned).repartition(7), covariates)).isEqualTo(one);
  }

  @Test
  void whatCannotBeToldIsRefused() {
    List<String> covariates = List.of("x", "j1", "j2");
    assertThatThrownBy(() -> company(rows(company(3, 12)), covariates))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The segments of job are too small")
        .hasMessageContaining("clusters with a dose");
    Dataset<Row> rows = rows(company(3, 60));
    assertThatThrownBy(() -> company(rows.drop("hours").selectExpr("*", "8.0 hours"), covariates))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told by segment")
        .hasMessageContaining("the same for everybody");
    assertThatThrownBy(
            () -> company(rows.drop("hours").selectExpr("*", "2 * x + j1 hours"), covariates))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("covariates tell nearly all of it");
    assertThatThrownBy(
            () ->
                slopes(covariates, List.of("hours"), List.of("x"), null)
                    .estimate(rows, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("unit, outcome or treatment");
    DoubleMachineLearning ofTreated =
        new DoubleMachineLearning(
            "h", Model.INTERACTIVE_ATT, List.of("x"), Optional.empty(), 3, 0.01, 0.99);
    assertThatThrownBy(
            () ->
                new Heterogeneity(
                    ofTreated, List.of("x"), List.of("job"), List.of(), Optional.empty(), 3, true))
        .isInstanceOf(InvalidInput.class);
  }

  /** Trees predict from covariates of which one is the other, and slopes cannot go with both. */
  @Test
  void modifiersThatAreOneAnotherCannotBeToldApart() {
    List<String> covariates = List.of("x", "x2");
    Learners trees =
        new Learners(
            Learners.Outcome.GRADIENT_BOOSTED_TREES, Learners.Treatment.GRADIENT_BOOSTED_TREES);
    DoubleMachineLearning whole =
        new DoubleMachineLearning(
            "h", Model.PARTIALLY_LINEAR, covariates, Optional.empty(), 2, 0.01, 0.99, trees);
    Heterogeneity twice =
        new Heterogeneity(whole, covariates, List.of("job"), covariates, Optional.empty(), 2, true);
    Dataset<Row> rows = rows(company(4, 60)).selectExpr("*", "2 * x as x2");
    assertThatThrownBy(() -> twice.estimate(rows, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The modifiers cannot be told apart");
  }

  /** By hand: as many clusters as got some, or (Σw)²/Σw² of all clusters' weights. */
  @Test
  void aDoseCountsItsClustersByWhatTheyTell() {
    SideCounts counts = new SideCounts(3, false);
    for (int cluster = 0; cluster < 14; cluster++) {
      String key = "t" + cluster;
      counts.add(0, cluster < 9 ? 1 : 0, key, 1);
      counts.add(1, 1, key, cluster == 0 ? 14 : 1);
      counts.add(2, cluster < 10 ? 1 : 0, key, 0.5);
      counts.add(2, cluster < 10 ? 1 : 0, key, 0.5);
    }
    counts.finish();
    assertThat(counts.fewest(0)).isEqualTo(9);
    // (14 + 13)² / (14² + 13) = 3.5.
    assertThat(counts.fewest(1)).isEqualTo(3);
    assertThat(counts.fewest(2)).isEqualTo(10);
    assertThat(counts.isEnough(0)).isFalse();
    assertThat(counts.isEnough(1)).isFalse();
    assertThat(counts.isEnough(2)).isTrue();
  }
}
