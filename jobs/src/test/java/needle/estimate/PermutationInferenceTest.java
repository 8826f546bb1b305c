package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.HeadlineInterval;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StaggeredDid.Inference;
import needle.kit.InvalidInput;
import needle.kit.Kpi.Direction;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Eight teams of unequal size over six periods: two trained in period 3, two in period 5. */
class PermutationInferenceTest extends SparkTest {
  private static final int[] SIZES = {2, 5, 3, 4, 2, 6, 3, 4};
  private static final Map<Integer, Integer> COHORTS = Map.of(1, 3, 4, 3, 2, 5, 7, 5);

  private Dataset<Row> teams(boolean hasGaps) {
    return teams(hasGaps, SIZES, COHORTS);
  }

  private Dataset<Row> teams(boolean hasGaps, int[] sizes, Map<Integer, Integer> cohorts) {
    List<Row> rows = new ArrayList<>();
    int unit = 0;
    for (int c = 0; c < sizes.length; c++) {
      Integer cohort = cohorts.get(c);
      for (int i = 0; i < sizes[c]; i++, unit++) {
        for (int t = 1; t <= 6; t++) {
          if (hasGaps && unit * t % 11 == 5) {
            continue;
          }
          double y =
              Math.sin(7 * unit + 1)
                  + 0.3 * t
                  + 0.8 * Math.sin(3 * c * t + c * c)
                  + Math.sin(5 * unit * t + 1.7 * unit * unit)
                  + (cohort != null && t >= cohort ? 1.5 + 0.2 * c : 0);
          rows.add(RowFactory.create(unit, "team" + c, t, cohort, y));
        }
      }
    }
    return session()
        .createDataFrame(
            rows, StructType.fromDDL("unit int, team string, period int, adopted int, y double"));
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("adopted").clusteredBy("team").seed(5);
  }

  private static EffectEstimate permuted(Dataset<Row> panel, StudyDesign.Draft design) {
    return new StaggeredDid(Map.of(), Inference.PERMUTATION).estimate(panel, design.build());
  }

  private static void isAbout(double found, double expected) {
    assertThat(found).isCloseTo(expected, within(1e-8 * Math.abs(expected)));
  }

  private static void hasInterval(EffectEstimate found, double level, double low, double high) {
    HeadlineInterval interval = found.interval(level);
    isAbout(interval.low(), low);
    isAbout(interval.high(), high);
  }

  private static void hasLead(
      EffectEstimate found, int eventTime, double estimate, double error, int reached) {
    Effect lead = found.find("event_time", Integer.toString(eventTime)).orElseThrow();
    isAbout(lead.estimate(), estimate);
    isAbout(lead.stdError(), error);
    assertThat(lead.pValue()).isEqualTo(reached / 420.0);
  }

  /**
   * Every one of the 8!/(2! 2! 4!) assignments as a panel of its own, estimated from its rows in
   * numpy 2.4.6. Of 60 of these panels csdid 0.4.3 gives the same estimates.
   */
  @Test
  void everyAssignmentIsEstimatedAsIfItWereTheStudy() {
    EffectEstimate found = permuted(teams(false), design());
    Effect headline = found.headline();
    isAbout(headline.estimate(), 1.8314673437484785);
    isAbout(headline.stdError(), 0.7631372436086689);
    assertThat(headline.pValue()).isEqualTo(8 / 420.0);
    isAbout(headline.ciLow(), 0.34946791828806045);
    isAbout(headline.ciHigh(), 3.4193053454734743);
    hasInterval(found, 0.9, 0.5409925706518606, 3.145258889735334);
    hasInterval(found, 0.8, 0.8589693609145099, 2.8582653857736218);
    hasInterval(found, 0.5, 1.3369692407718263, 2.3787362855022303);
    hasLead(found, -3, 0.030702440158294486, 1.1335333839329929, 420);
    hasLead(found, -2, -0.9660075511662883, 1.394916213118019, 241);
    hasLead(found, -1, 0.8537152056163938, 1.099897886658933, 193);
    Diagnostic together = found.diagnostic("pre_trend", "largest_t").orElseThrow();
    isAbout(together.value(), 0.7761767851101636);
    assertThat(together.pValue()).isEqualTo(344 / 420.0);
    assertThat(found.diagnostic("anticipation", "event_time_-1").orElseThrow().pValue())
        .isEqualTo(193 / 420.0);
    Diagnostic assigned = found.diagnostic("permutation", "assignments").orElseThrow();
    assertThat(assigned.value()).isEqualTo(420);
    assertThat(assigned.pValue()).isEqualTo(1 / 420.0);
    assertThat(assigned.message()).contains("all 420 ways");
  }

  /** As above, of those whom gaps leave. */
  @Test
  void unitsCountWhereTheyWereSeen() {
    EffectEstimate found = permuted(teams(true), design());
    isAbout(found.headline().estimate(), 1.6899068585451487);
    isAbout(found.headline().stdError(), 0.6754142851075922);
    assertThat(found.headline().pValue()).isEqualTo(6 / 420.0);
    hasInterval(found, 0.9, 0.5485006181346008, 2.9399172145723007);
    isAbout(found.headline().ciLow(), 0.3760176638850077);
    isAbout(found.headline().ciHigh(), 3.213459122103675);
    hasLead(found, -3, -0.540901092145921, 1.203641647628046, 300);
    hasLead(found, -1, 0.974010004705324, 1.1426395540709757, 162);
    assertThat(found.diagnostic("pre_trend", "largest_t").orElseThrow().pValue())
        .isEqualTo(336 / 420.0);
  }

  /** As above, with a window of anticipation, the never treated alone, and leads as distances. */
  @Test
  void theComparisonIsThatOfTheStudy() {
    EffectEstimate found =
        permuted(
            teams(true),
            design()
                .anticipating(1)
                .comparedWith(StudyDesign.ControlGroup.NEVER_TREATED)
                .from(StudyDesign.BasePeriod.UNIVERSAL));
    isAbout(found.headline().estimate(), 2.7830781786553835);
    isAbout(found.headline().stdError(), 0.5492202667903254);
    assertThat(found.headline().pValue()).isEqualTo(2 / 420.0);
    isAbout(found.headline().ciLow(), 1.4750507033852949);
    isAbout(found.headline().ciHigh(), 3.992356492735238);
    hasLead(found, -4, 0.5140192203422527, 1.6860858422227865, 317);
    hasLead(found, -3, 1.1477461153400164, 1.2811986783916882, 211);
    hasLead(found, -1, 0.9594307416168469, 1.0990715866379075, 159);
    assertThat(found.diagnostic("pre_trend", "largest_t").orElseThrow().pValue())
        .isEqualTo(274 / 420.0);
    Diagnostic before = found.diagnostic("anticipation", "event_time_-2").orElseThrow();
    isAbout(before.value(), -1.1477461153400164);
    assertThat(before.pValue()).isEqualTo(211 / 420.0);
  }

  @Test
  void theEstimateAndItsErrorAreThoseOfTheClusters() {
    for (boolean hasGaps : new boolean[] {false, true}) {
      Dataset<Row> weighted =
          teams(hasGaps).withColumn("weight", functions.expr("1 + unit % 3 * 0.5D"));
      StudyDesign.Draft draft =
          design().drawnBy(new Sampling(Optional.of("weight"), Sampling.Units.FOLLOWED));
      EffectEstimate analytic = new StaggeredDid().estimate(weighted, draft.build());
      EffectEstimate found = permuted(weighted, draft);
      isAbout(found.headline().estimate(), analytic.headline().estimate());
      isAbout(found.headline().stdError(), analytic.headline().stdError());
      for (Effect effect : found.effects()) {
        Effect same = analytic.find(effect.aggregation(), effect.term()).orElseThrow();
        assertThat(effect.estimate()).isEqualTo(same.estimate());
        boolean isLead =
            effect.aggregation().equals("event_time") && effect.eventTime().orElseThrow() < 0;
        if (isLead) {
          isAbout(effect.stdError(), same.stdError());
        } else if (!effect.equals(found.headline())) {
          assertThat(effect.stdError()).as(effect.term()).isNaN();
          assertThat(effect.bandHigh()).as(effect.term()).isNaN();
          assertThat(effect.pValue()).as(effect.term()).isNaN();
        }
      }
    }
  }

  @Test
  void drawnAssignmentsComeFromTheSeedAndNotFromTheLayoutOfTheRows() {
    int[] sizes = new int[16];
    Arrays.setAll(sizes, c -> 1 + c % 3);
    Dataset<Row> panel = teams(false, sizes, COHORTS);
    EffectEstimate found = permuted(panel.repartition(5).orderBy("y"), design());
    assertThat(found.diagnostic("permutation", "assignments").orElseThrow().message())
        .contains("9999 random ways");
    EffectEstimate same = permuted(panel.coalesce(1), design());
    assertThat(same.effects()).isEqualTo(found.effects());
    assertThat(same.diagnostics()).isEqualTo(found.diagnostics());
    double other = permuted(panel, design().seed(6)).headline().pValue();
    assertThat(other).isNotEqualTo(found.headline().pValue());
    assertThat(other).isCloseTo(found.headline().pValue(), within(0.02));
    // The observed one counts among the drawn.
    double counted = found.headline().pValue() * 10_000;
    assertThat(counted).isCloseTo(Math.rint(counted), within(1e-6));
    assertThat(found.diagnostic("permutation", "assignments").orElseThrow().pValue())
        .isGreaterThanOrEqualTo(1e-4);
  }

  /** Of 6!/(3! 3!) = 20 assignments, the observed one and its mirror are always as far away. */
  @Test
  void tooFewAssignmentsTellNothing() {
    int[] sizes = {12, 12, 12, 12, 12, 12};
    Dataset<Row> panel =
        teams(false, sizes, Map.of(0, 4, 1, 4, 2, 4))
            .withColumn("y", functions.expr("y + if(period >= adopted, 1000, 0)"));
    EffectEstimate found = permuted(panel, design());
    assertThat(found.headline().pValue()).isEqualTo(0.1);
    assertThat(found.headline().ciLow()).isNaN();
    assertThat(found.headline().ciHigh()).isNaN();
    assertThat(found.interval(0.8).low()).isGreaterThan(990);
    Diagnostic assigned = found.diagnostic("permutation", "assignments").orElseThrow();
    assertThat(assigned.status()).isEqualTo(Status.FAIL);
    assertThat(assigned.message()).contains("below 0.10, so that none can be told from noise");
    VerdictRule.Verdict verdict = VerdictRule.judge(found, 0.01, 0.01, Direction.UP, 0.5);
    assertThat(verdict.outcome()).isEqualTo(VerdictRule.Outcome.CANT_TELL);
    assertThat(verdict.reasons()).contains("too_few_clusters");
  }

  @Test
  void noEffectIsJudgedByThePermutedInterval() {
    int[] sizes = {9, 10, 11, 12, 9, 10, 11, 12, 9, 10, 11, 12};
    Dataset<Row> panel =
        teams(false, sizes, Map.of(1, 4, 4, 4, 7, 4, 10, 4))
            .withColumn(
                "y",
                functions.expr(
                    "y - if(period >= adopted, 1.5 + 0.2 * int(substring(team, 5)), 0)"));
    // A drift that hides so large an effect would be seen before treatment.
    EffectEstimate found = permuted(panel, design().mattersFrom(100));
    HeadlineInterval range = found.interval(0.9);
    double reach = Math.max(-range.low(), range.high());
    assertThat(found.diagnostic("clusters", "treated").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(VerdictRule.judge(found, 0.5, 0.01, Direction.UP, 1.001 * reach).outcome())
        .isEqualTo(VerdictRule.Outcome.NO_EFFECT);
    assertThat(VerdictRule.judge(found, 0.5, 0.01, Direction.UP, 0.999 * reach).outcome())
        .isEqualTo(VerdictRule.Outcome.CANT_TELL);
    VerdictRule.Verdict blind =
        VerdictRule.judge(permuted(panel, design()), 0.5, 0.01, Direction.UP, 1.001 * reach);
    assertThat(blind.outcome()).isEqualTo(VerdictRule.Outcome.CANT_TELL);
    assertThat(blind.reasons()).contains("pre_trend_power");
  }

  @Test
  void sitesWithOneRowPerPeriodAreTheirOwnClusters() {
    int[] sizes = {3, 3, 3, 3, 3, 3, 3, 3};
    EffectEstimate people = permuted(teams(false, sizes, COHORTS), design());
    Dataset<Row> means =
        teams(false, sizes, COHORTS)
            .groupBy("team", "period", "adopted")
            .agg(functions.avg("y").as("y"));
    EffectEstimate sites =
        permuted(means, StudyDesign.of("team", "period", "y").adopted("adopted"));
    isAbout(sites.headline().estimate(), people.headline().estimate());
    isAbout(sites.headline().stdError(), people.headline().stdError());
    isAbout(sites.headline().ciLow(), people.headline().ciLow());
    assertThat(sites.headline().pValue()).isEqualTo(people.headline().pValue());
    assertThat(people.diagnostics()).extracting(Diagnostic::check).contains("units", "overlap");
    assertThat(sites.diagnostics())
        .extracting(Diagnostic::check)
        .contains("clusters")
        .doesNotContain("units", "overlap");
  }

  /** Exposure dates joiners from when they came; that makes no second date of their team. */
  @Test
  void whoJoinsATrainedTeamDoesNotDivideIt() {
    Dataset<Row> exposed =
        teams(false)
            .withColumn("exposed", functions.expr("int(coalesce(period >= adopted, false))"))
            .drop("adopted")
            .where("not (unit in (2, 3) and period < 5)");
    StudyDesign.Draft draft =
        StudyDesign.of("unit", "period", "y").exposed("exposed").clusteredBy("team");
    assertThat(permuted(exposed, draft).headline().treated()).isEqualTo(12);
    // Who left before is taken for never trained.
    refuses(
        exposed.where("not (unit = 4 and period > 2)"),
        draft,
        "such as team1",
        "inference: cluster");
  }

  @Test
  void twoTreatedClustersAreTooFew() {
    int[] sizes = new int[20];
    Arrays.fill(sizes, 3);
    EffectEstimate found = permuted(teams(false, sizes, Map.of(3, 4, 8, 4)), design());
    assertThat(found.diagnostic("clusters", "treated").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(found.diagnostic("permutation", "assignments").orElseThrow().status())
        .isEqualTo(Status.PASS);
  }

  @Test
  void aDriftBeforeTheTreatmentIsNoticed() {
    int[] sizes = new int[14];
    Arrays.fill(sizes, 4);
    Map<Integer, Integer> cohorts = Map.of(1, 5, 3, 5, 5, 5, 7, 5, 9, 5, 11, 5);
    Dataset<Row> drifting =
        teams(false, sizes, cohorts)
            .withColumn("y", functions.expr("y + if(adopted is null, 0, 30 * period)"));
    EffectEstimate found = permuted(drifting, design());
    assertThat(found.diagnostic("pre_trend", "largest_t").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(found.diagnostic("anticipation", "event_time_-1").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    // Such a drift, as large as the whole effect, is always noticed.
    assertThat(found.diagnosticValue("pre_trend_power", "power").orElseThrow()).isEqualTo(1);
    EffectEstimate sound = permuted(teams(false, sizes, cohorts), design());
    assertThat(sound.diagnostic("pre_trend", "largest_t").orElseThrow().status())
        .isEqualTo(Status.PASS);
    assertThat(sound.diagnosticValue("pre_trend_power", "power").orElseThrow()).isLessThan(0.9);
  }

  @Test
  void whatCannotBeDealtOutIsSaid() {
    refuses(
        teams(false).withColumn("adopted", functions.expr("if(unit = 4, null, adopted)")),
        design(),
        "1 clusters have units with different first treated periods, such as team1",
        "choose inference: cluster");
    refuses(
        teams(false).where("not (team = 'team0' and period = 4)"),
        design(),
        "1 clusters have no unit that was observed in both period",
        "leave out these clusters");
    int[] sizes = new int[501];
    Arrays.fill(sizes, 1);
    refuses(teams(false, sizes, COHORTS), design(), "there are 501", "choose inference: cluster");
    refuses(
        teams(false, sizes, COHORTS),
        StudyDesign.of("unit", "period", "y").adopted("adopted"),
        "there are 501",
        "name the column of the cluster");
    refuses(
        teams(false).withColumn("x", functions.expr("unit * 1.0D")),
        design().adjustedFor(StudyDesign.Nuisance.OUTCOME_REGRESSION, List.of("x")),
        "adjusts for no covariates",
        "leave the nuisance out");
    refuses(
        teams(false),
        design().drawnBy(new Sampling(Optional.empty(), Sampling.Units.DRAWN_ANEW)),
        "drawn anew",
        "supply a panel of the same units");
    refuses(
        teams(false, new int[] {1, 1}, Map.of(0, 3)),
        design(),
        "nothing can be set beside the effect",
        "supply more clusters");
    assertThatThrownBy(
            () ->
                new StaggeredDid(
                    Map.of(Sensitivity.SMOOTHNESS, Settings.USUAL), Inference.PERMUTATION))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("smoothness");
  }

  private static void refuses(
      Dataset<Row> panel, StudyDesign.Draft draft, String reason, String remedy) {
    assertThatThrownBy(() -> permuted(panel, draft))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(reason)
        .hasMessageContaining(remedy);
  }
}
