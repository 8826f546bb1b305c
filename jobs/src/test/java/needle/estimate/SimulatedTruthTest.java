package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.StudyDesign.ControlGroup;
import needle.estimate.StudyDesign.Nuisance;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Panels whose truth is known, because the test made it. */
class SimulatedTruthTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, team string, x double");

  /** A panel of teams that adopt together; effects grow with exposure, trends are parallel. */
  private static List<Row> panel(
      long seed, int teams, int perTeam, double effect, double slope, double gaps) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    double[] season = new double[9];
    for (int t = 0; t < 9; t++) {
      season[t] = random.nextGaussian();
    }
    for (int team = 0; team < teams; team++) {
      Integer first = new Integer[] {null, 4, 6}[random.nextInt(3)];
      double[] shock = new double[9];
      for (int t = 0; t < 9; t++) {
        shock[t] = 0.5 * random.nextGaussian();
      }
      for (int i = 0; i < perTeam; i++) {
        double level = 3 * random.nextGaussian() + (first == null ? 0 : 2);
        double x = random.nextGaussian() + (first == null ? 0 : 1);
        for (int t = 1; t <= 8; t++) {
          boolean treated = first != null && t >= first;
          double y =
              level
                  + season[t]
                  + shock[t]
                  + slope * x * t
                  + (treated ? effect : 0)
                  + random.nextGaussian();
          if (random.nextDouble() >= gaps) {
            rows.add(RowFactory.create(team * perTeam + i, t, y, first, "team" + team, x));
          }
        }
      }
    }
    return rows;
  }

  private Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team");
  }

  // Straight from the definition: mean changes, cell by cell, on rows in a map.
  private static Map<String, Double> naive(List<Row> rows, ControlGroup group) {
    Map<Integer, Map<Integer, Double>> outcomes = new TreeMap<>();
    Map<Integer, Integer> first = new TreeMap<>();
    TreeSet<Integer> cohorts = new TreeSet<>();
    for (Row row : rows) {
      outcomes
          .computeIfAbsent(row.getInt(0), u -> new TreeMap<>())
          .put(row.getInt(1), row.getDouble(2));
      int adopted = row.isNullAt(3) ? Integer.MAX_VALUE : row.getInt(3);
      first.put(row.getInt(0), adopted);
      if (!row.isNullAt(3)) {
        cohorts.add(adopted);
      }
    }
    Map<String, Double> effects = new TreeMap<>();
    for (int g : cohorts) {
      for (int t = 2; t <= 8; t++) {
        int base = t >= g ? g - 1 : t - 1;
        int now = t;
        double[] sums = new double[4];
        outcomes.forEach(
            (unit, of) -> {
              if (of.containsKey(now) && of.containsKey(base)) {
                int adopted = first.get(unit);
                boolean control =
                    group == ControlGroup.NEVER_TREATED
                        ? adopted == Integer.MAX_VALUE
                        : adopted > Math.max(now, base);
                int side = adopted == g ? 0 : control ? 2 : -1;
                if (side >= 0) {
                  sums[side] += of.get(now) - of.get(base);
                  sums[side + 1]++;
                }
              }
            });
        if (sums[1] > 0 && sums[3] > 0) {
          effects.put(g + ":" + t, sums[0] / sums[1] - sums[2] / sums[3]);
        }
      }
    }
    return effects;
  }

  @Test
  void everyCellIsTheDifferenceOfMeanChanges() {
    List<Row> rows = panel(11, 24, 6, 1.5, 0, 0.1);
    for (ControlGroup group : ControlGroup.values()) {
      EffectEstimate estimate =
          new StaggeredDid().estimate(table(rows), design().comparedWith(group).build());
      Map<String, Double> naive = naive(rows, group);
      List<EffectEstimate.Effect> cells =
          estimate.effects().stream().filter(e -> e.aggregation().equals("group_time")).toList();
      assertThat(cells)
          .extracting(EffectEstimate.Effect::term)
          .containsExactlyInAnyOrderElementsOf(naive.keySet());
      cells.forEach(
          c -> assertThat(c.estimate()).as(c.term()).isCloseTo(naive.get(c.term()), within(1e-10)));
    }
  }

  @Test
  void nineteenOfTwentyIntervalsHoldThePlantedEffect() {
    int samples = 60;
    int inside = 0;
    int rejected = 0;
    double sum = 0;
    for (int seed = 0; seed < samples; seed++) {
      EffectEstimate estimate =
          new StaggeredDid()
              .estimate(table(panel(100 + seed, 60, 4, 2.0, 0, 0.05)), design().build());
      EffectEstimate.Effect headline = estimate.headline();
      inside += headline.ciLow() <= 2.0 && 2.0 <= headline.ciHigh() ? 1 : 0;
      rejected += estimate.diagnostic("pre_trend", "wald").orElseThrow().pValue() < 0.05 ? 1 : 0;
      sum += headline.estimate();
    }
    assertThat(sum / samples).isCloseTo(2.0, within(0.08));
    // 99.9% of samples of sixty draws at 95% lie between these.
    assertThat(inside).isBetween(50, 60);
    assertThat(rejected).isLessThanOrEqualTo(10);
  }

  @Test
  void soundStudiesOfFewTeamsSeldomFail() {
    int failed = 0;
    int inside = 0;
    for (int seed = 0; seed < 40; seed++) {
      EffectEstimate estimate =
          new StaggeredDid().estimate(table(panel(500 + seed, 30, 5, 2.0, 0, 0)), design().build());
      EffectEstimate.Effect headline = estimate.headline();
      inside += headline.ciLow() <= 2.0 && 2.0 <= headline.ciHigh() ? 1 : 0;
      failed += estimate.diagnostic("pre_trend", "wald").orElseThrow().pValue() < 0.01 ? 1 : 0;
    }
    assertThat(failed).isLessThanOrEqualTo(3);
    assertThat(inside).isGreaterThanOrEqualTo(33);
  }

  @Test
  void trendsThatFollowACovariateAreAdjustedFor() {
    List<Row> rows = panel(5, 60, 8, 1.0, 0.4, 0);
    double unadjusted =
        new StaggeredDid().estimate(table(rows), design().build()).headline().estimate();
    double adjusted =
        new StaggeredDid()
            .estimate(
                table(rows),
                design().adjustedFor(Nuisance.OUTCOME_REGRESSION, List.of("x")).build())
            .headline()
            .estimate();
    assertThat(unadjusted).isGreaterThan(1.5);
    assertThat(adjusted).isCloseTo(1.0, within(0.25));
  }

  @Test
  void driftBeforeTreatmentFailsTheCheck() {
    List<Row> drifting = new ArrayList<>();
    for (Row row : panel(7, 60, 6, 0, 0, 0)) {
      double drift = row.isNullAt(3) ? 0 : 0.8 * row.getInt(1);
      drifting.add(
          RowFactory.create(
              row.get(0),
              row.get(1),
              row.getDouble(2) + drift,
              row.get(3),
              row.get(4),
              row.get(5)));
    }
    EffectEstimate estimate = new StaggeredDid().estimate(table(drifting), design().build());
    assertThat(estimate.diagnostic("pre_trend", "wald").orElseThrow().status())
        .isEqualTo(EffectEstimate.Status.FAIL);
  }

  @Test
  void eachCohortsMeanCostsADegreeOfFreedom() {
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < 36; team++) {
      // Four teams each begin in periods 3 to 7; sixteen never do.
      Integer first = team < 20 ? Integer.valueOf(3 + team / 4) : null;
      for (int i = 0; i < 5; i++) {
        for (int t = 1; t <= 8; t++) {
          double y = (team * 31 + i * 17 + t * 7) % 13;
          rows.add(RowFactory.create(team * 5 + i, t, y, first, "team" + team, 0.0));
        }
      }
    }
    EffectEstimate estimate = new StaggeredDid().estimate(table(rows), design().build());
    assertThat(estimate.headline().treatedClusters()).isCloseTo(20, within(1e-9));
    assertThat(estimate.degreesOfFreedom()).isEqualTo(20 - 5);
  }

  @Test
  void leadsOfAHandfulOfTeamsAreNotTested() {
    EffectEstimate few =
        new StaggeredDid().estimate(table(panel(3, 12, 10, 1, 0, 0)), design().build());
    assertThat(few.headline().treatedClusters()).isLessThan(10);
    assertThat(few.diagnostic("pre_trend", "wald").orElseThrow().pValue()).isNaN();
    assertThat(few.diagnostic("clusters", "treated").orElseThrow().status())
        .isEqualTo(EffectEstimate.Status.FAIL);
  }

  @Test
  void oneBigTeamAmongSmallOnesIsHardlyMoreThanOneTeam() {
    List<Row> rows = new ArrayList<>(panel(9, 30, 2, 1, 0, 0));
    for (int unit = 1000; unit < 1400; unit++) {
      for (int t = 1; t <= 8; t++) {
        rows.add(RowFactory.create(unit, t, (double) t, 4, "giant", 0.0));
      }
    }
    double spread =
        new StaggeredDid().estimate(table(rows), design().build()).headline().treatedClusters();
    assertThat(spread).isBetween(1.0, 1.5);
  }

  @Test
  void aCovariateThatIsConstantAmongControlsIsNamed() {
    List<Row> rows =
        panel(2, 20, 4, 1, 0, 0).stream()
            .map(r -> RowFactory.create(r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), 7.0))
            .toList();
    assertThatThrownBy(
            () ->
                new StaggeredDid()
                    .estimate(
                        table(rows),
                        design().adjustedFor(Nuisance.OUTCOME_REGRESSION, List.of("x")).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("x is constant, or a combination");
  }

  @Test
  void aPanelWithoutControlsIsRefused() {
    List<Row> treated =
        panel(2, 20, 4, 1, 0, 0).stream()
            .filter(r -> !r.isNullAt(3))
            .filter(r -> r.getInt(3) == 4)
            .toList();
    assertThatThrownBy(() -> new StaggeredDid().estimate(table(treated), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nobody to compare the treated with");
    List<Row> untreated = panel(2, 20, 4, 1, 0, 0).stream().filter(r -> r.isNullAt(3)).toList();
    assertThatThrownBy(() -> new StaggeredDid().estimate(table(untreated), design().build()))
        .hasMessageContaining("Nobody was treated");
  }

  @Test
  void moreCellsThanClustersStillHaveABand() {
    Random random = new Random(26);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < 44; team++) {
      Integer first = team < 24 ? Integer.valueOf(4 + team / 2) : null;
      double level = random.nextGaussian();
      for (int i = 0; i < 4; i++) {
        for (int t = 1; t <= 16; t++) {
          rows.add(
              RowFactory.create(
                  team * 4 + i, t, level + random.nextGaussian(), first, "team" + team, 0.0));
        }
      }
    }
    EffectEstimate estimate = new StaggeredDid().estimate(table(rows), design().build());
    List<Effect> ofCells =
        estimate.effects().stream().filter(e -> e.aggregation().equals("group_time")).toList();
    assertThat(ofCells).hasSizeGreaterThan(44);
    assertThat(ofCells).allMatch(e -> e.bandHigh() > e.ciHigh());
  }

  @Test
  void anEffectBeyondAllNoiseIsToldAtOnce() {
    List<Row> rows = panel(5, 30, 4, 1e6, 0, 0);
    EffectEstimate estimate = new StaggeredDid().estimate(table(rows), design().build());
    assertThat(estimate.diagnosticValue("pre_trend_power", "power").orElseThrow()).isEqualTo(1);
  }

  @Test
  void periodsThatAreNotCountedAreRefused() {
    Dataset<Row> months =
        table(panel(6, 30, 4, 1, 0, 0))
            .selectExpr(
                "unit",
                "if(period <= 4, 202308 + period, 202396 + period) as period",
                "y",
                "if(first <= 4, 202308 + first, 202396 + first) as first",
                "team",
                "x");
    assertThatThrownBy(() -> new StaggeredDid().estimate(months, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("202312 is followed by 202401");
  }

  @Test
  void anAmountOfExposureIsRefused() {
    Dataset<Row> hours =
        table(panel(7, 30, 4, 1, 0, 0))
            .selectExpr("unit", "period", "y", "if(period >= first, 4, 0) as hours", "team")
            .na()
            .fill(0);
    assertThatThrownBy(
            () ->
                new StaggeredDid()
                    .estimate(
                        hours, StudyDesign.of("unit", "period", "y").exposed("hours").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("neither 0 nor 1");
  }
}
