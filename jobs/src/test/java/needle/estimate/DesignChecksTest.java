package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Panels with one thing wrong, which the check for it has to notice. */
class DesignChecksTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, team string");

  private static final int PERIODS = 6;
  private static final int FIRST = 5;

  private Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team");
  }

  private EffectEstimate estimate(List<Row> rows, StudyDesign.Draft design) {
    return new StaggeredDid().estimate(table(rows), design.build());
  }

  private static Diagnostic check(EffectEstimate estimate, String check, String statistic) {
    return estimate.diagnostic(check, statistic).orElseThrow();
  }

  /** Teams of two, half of them treated; the treated drift by so much per period. */
  private static List<Row> teams(long seed, int each, double drift) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < 2 * each; team++) {
      Integer first = team < each ? FIRST : null;
      for (int t = 1; t <= PERIODS; t++) {
        double shock = random.nextGaussian();
        for (int unit = 2 * team; unit < 2 * team + 2; unit++) {
          double y = shock + 0.1 * random.nextGaussian() + (first == null ? 0 : drift * t);
          rows.add(RowFactory.create(unit, t, y, first, "team" + team));
        }
      }
    }
    return rows;
  }

  @Test
  void aDriftIsNoticedAsOftenAsThePowerSays() {
    int samples = 40;
    int noticed = 0;
    double said = 0;
    for (int seed = 0; seed < samples; seed++) {
      EffectEstimate found = estimate(teams(seed, 15, 0.7), design());
      noticed += check(found, "pre_trend", "wald").status() == Status.FAIL ? 1 : 0;
      said += check(found, "pre_trend_power", "power").value();
    }
    // Two standard deviations of a share of forty.
    assertThat(said / samples).isCloseTo(noticed / (double) samples, within(0.16));
    assertThat(noticed).isBetween(10, 35);
  }

  @Test
  void ofANullResultThePowerIsAgainstADriftThatHidesWhatMatters() {
    List<Row> rows = teams(3, 40, 0);
    double alone = check(estimate(rows, design()), "pre_trend_power", "power").value();
    Diagnostic hidden = check(estimate(rows, design().mattersFrom(3)), "pre_trend_power", "power");
    assertThat(alone).isLessThan(0.3);
    assertThat(hidden.value()).isGreaterThan(0.9);
    assertThat(hidden.message()).contains("hides the smallest effect of interest");
    // An effect that is larger than what matters could be drift altogether.
    EffectEstimate large = estimate(teams(3, 40, 2), design());
    assertThat(
            check(estimate(teams(3, 40, 2), design().mattersFrom(0.1)), "pre_trend_power", "power")
                .value())
        .isEqualTo(check(large, "pre_trend_power", "power").value());
  }

  @Test
  void aGiantControlTeamIsNotManyTeams() {
    List<Row> rows = teams(4, 20, 0);
    Random random = new Random(5);
    for (int t = 1; t <= PERIODS; t++) {
      double shock = random.nextGaussian();
      for (int unit = 1_000; unit < 1_400; unit++) {
        rows.add(RowFactory.create(unit, t, shock + random.nextGaussian(), null, "giant"));
      }
    }
    EffectEstimate found = estimate(rows, design());
    // 440 controls in clusters of 2, 2, … and 400: 440² / (20 · 2² + 400²) = 1.2.
    assertThat(check(found, "clusters", "control").value()).isEqualTo(1);
    assertThat(check(found, "clusters", "control").status()).isEqualTo(Status.FAIL);
    assertThat(found.degreesOfFreedom()).isEqualTo(1);
    assertThat(check(estimate(teams(4, 20, 0), design()), "clusters", "control").value())
        .isEqualTo(20);
  }

  @Test
  void aFewControlTeamsMakeErrorsLargerAsAFewTreatedDo() {
    // 6 against 60 teams, either way round: the same comparison with its sign turned.
    EffectEstimate fewControls = estimate(unequal(false), design());
    EffectEstimate fewTreated = estimate(unequal(true), design());
    assertThat(fewControls.headline().stdError())
        .isCloseTo(fewTreated.headline().stdError(), within(1e-9));
    assertThat(fewControls.degreesOfFreedom()).isEqualTo(fewTreated.degreesOfFreedom());
  }

  private static List<Row> unequal(boolean isFewTreated) {
    Random random = new Random(6);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 132; unit++) {
      Integer first = unit < 12 == isFewTreated ? FIRST : null;
      for (int t = 1; t <= PERIODS; t++) {
        rows.add(RowFactory.create(unit, t, random.nextGaussian(), first, "team" + unit / 2));
      }
    }
    return rows;
  }

  @Test
  void aTeamThatTrainsOverSeveralMonthsIsOneTeam() {
    Random random = new Random(8);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 360; unit++) {
      // Twelve teams in which five people begin in each of the periods 3 to 5; twelve untreated.
      Integer first = unit < 180 ? Integer.valueOf(3 + unit % 3) : null;
      for (int t = 1; t <= PERIODS; t++) {
        rows.add(RowFactory.create(unit, t, random.nextGaussian(), first, "team" + unit / 15));
      }
    }
    EffectEstimate found = estimate(rows, design());
    assertThat(found.headline().treatedClusters()).isCloseTo(12, within(1e-9));
    assertThat(found.degreesOfFreedom()).isEqualTo(11);
    assertThat(found.find("event_time", "0").orElseThrow().treatedClusters())
        .isCloseTo(12, within(1e-9));
    assertThat(check(found, "clusters", "treated").status()).isEqualTo(Status.WARNING);
  }

  /** The treated jump in one period before treatment, and come back in the next. */
  private static List<Row> jump(int period) {
    return teams(9, 30, 0).stream()
        .map(
            r -> {
              boolean jumps = !r.isNullAt(3) && r.getInt(1) == period;
              double y = r.getDouble(2) + (jumps ? 3 : 0);
              return RowFactory.create(r.get(0), r.get(1), y, r.get(3), r.get(4));
            })
        .toList();
  }

  @Test
  void aReactionBeforeTheWindowIsNoticed() {
    String before = "event_time_-2";
    EffectEstimate early = estimate(jump(FIRST - 2), design().anticipating(1));
    assertThat(check(early, "anticipation", before).status()).isEqualTo(Status.FAIL);
    assertThat(check(early, "anticipation", before).message()).contains("before the window");
    assertThat(check(early, "anticipation", before).value()).isCloseTo(3, within(1.0));
    EffectEstimate allowed = estimate(jump(FIRST - 1), design().anticipating(1));
    assertThat(check(allowed, "anticipation", before).status()).isEqualTo(Status.PASS);
    assertThat(check(allowed, "anticipation", "event_time_-1").status()).isEqualTo(Status.PASS);
  }

  @Test
  void aReactionIsNoticedWhateverLeadsAreComparedWith() {
    for (int window : new int[] {0, 1}) {
      List<Row> rows = jump(FIRST - 1 - window);
      String base = "event_time_" + (-1 - window);
      Diagnostic varying =
          check(estimate(rows, design().anticipating(window)), "anticipation", base);
      Diagnostic universal =
          check(
              estimate(rows, design().anticipating(window).from(StudyDesign.BasePeriod.UNIVERSAL)),
              "anticipation",
              base);
      assertThat(universal.status()).isEqualTo(Status.FAIL);
      assertThat(universal.value()).isCloseTo(varying.value(), within(1e-9));
      assertThat(universal.pValue()).isCloseTo(varying.pValue(), within(1e-9));
    }
  }

  /** All treated units but some stragglers, one period later, adopt in the second of four. */
  private static List<Row> stragglers(int count, double jump) {
    Random random = new Random(13);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 500; unit++) {
      Integer first = unit < count ? Integer.valueOf(3) : unit < 200 ? 2 : null;
      for (int t = 1; t <= 4; t++) {
        double y = random.nextGaussian() + (unit < count && t == 2 ? jump : 0);
        rows.add(RowFactory.create(unit, t, y, first, "team" + unit));
      }
    }
    return rows;
  }

  @Test
  void aReactionOfAHandfulIsToldAndNotJudged() {
    Diagnostic few = check(estimate(stragglers(3, 9), design()), "anticipation", "event_time_-1");
    assertThat(few.value()).isCloseTo(9, within(3.0));
    assertThat(few.pValue()).isNaN();
    assertThat(few.status()).isEqualTo(Status.PASS);
    assertThat(few.message()).startsWith("Not tested");
    Diagnostic many = check(estimate(stragglers(10, 9), design()), "anticipation", "event_time_-1");
    assertThat(many.status()).isEqualTo(Status.FAIL);
  }

  @Test
  void aChangeWithoutErrorIsNoSignOfPeace() {
    List<Row> constant =
        stragglers(200, 0).stream()
            .map(
                r ->
                    RowFactory.create(
                        r.get(0), r.get(1), r.getInt(1) == 4 ? r.get(2) : 1.0, r.get(3), r.get(4)))
            .toList();
    Diagnostic found = check(estimate(constant, design()), "anticipation", "event_time_-1");
    assertThat(found.pValue()).isNaN();
    assertThat(found.message()).startsWith("Not tested");
  }

  private static void add(
      List<Row> rows, Random random, int count, int from, int to, Integer first) {
    for (int i = 0; i < count; i++) {
      int unit = rows.size();
      for (int t = from; t <= to; t++) {
        rows.add(RowFactory.create(unit, t, random.nextGaussian(), first, "team" + unit));
      }
    }
  }

  private static Sampling drawnAnew() {
    return new Sampling(Optional.empty(), Sampling.Units.DRAWN_ANEW);
  }

  @Test
  void whoIsOnlyEverAControlIsNotTreated() {
    // When the hundred adopt, nobody is left to compare them with.
    List<Row> rows = new ArrayList<>();
    add(rows, new Random(14), 12, 1, PERIODS, 4);
    add(rows, new Random(15), 100, 1, PERIODS, 6);
    Diagnostic found = check(estimate(rows, design()), "units", "treated");
    assertThat(found.value()).isEqualTo(12);
    assertThat(found.status()).isEqualTo(Status.FAIL);
    StudyDesign weighted =
        StudyDesign.of("unit", "period", "y")
            .adopted("first")
            .drawnBy(new Sampling(Optional.of("weight"), Sampling.Units.FOLLOWED))
            .build();
    // A few weights that differ, so that units are not summed by cohort alone.
    for (String weight : List.of("1.0", "if(unit % 36 = 0, 1.5, 1.0)")) {
      Dataset<Row> table = table(rows).selectExpr("*", weight + " as weight");
      assertThat(
              check(new StaggeredDid().estimate(table, weighted), "units", "effective_treated")
                  .value())
          .isBetween(11.0, 12.0);
    }
  }

  @Test
  void whoIsDrawnBeforeTreatmentIsNotWhoIsDrawnAfterIt() {
    Random random = new Random(16);
    List<Row> rows = new ArrayList<>();
    add(rows, random, 600, 1, 1, 2);
    add(rows, random, 15, 2, 2, 2);
    add(rows, random, 600, 1, 1, null);
    add(rows, random, 600, 2, 2, null);
    Diagnostic found = check(estimate(rows, design().drawnBy(drawnAnew())), "units", "treated");
    assertThat(found.value()).isEqualTo(15);
    assertThat(found.status()).isEqualTo(Status.FAIL);
  }

  @Test
  void whomTheDesignCannotTellOfWasNotLost() {
    Random random = new Random(17);
    List<Row> early = new ArrayList<>();
    add(early, random, 300, 1, PERIODS, 1);
    add(early, random, 100, 1, PERIODS, 4);
    add(early, random, 100, 1, PERIODS, null);
    add(early, random, 50, 1, 1, null);
    // Of 250 with a time before treatment, 50 were seen once.
    assertThat(check(estimate(early, design()), "attrition", "share_analysed").value())
        .isEqualTo(0.8);
    // From period 4 on there is no control.
    List<Row> survey = new ArrayList<>();
    for (int t = 1; t <= 8; t++) {
      add(survey, random, 60, t, t, 3);
      add(survey, random, 60, t, t, 4);
    }
    Diagnostic drawn =
        check(estimate(survey, design().drawnBy(drawnAnew())), "attrition", "share_analysed");
    assertThat(drawn.value()).isEqualTo(1);
    assertThat(drawn.status()).isEqualTo(Status.PASS);
  }

  // Units divisible by that number are gone from period 6 on, of one side or of both.
  private static List<Row> without(int every, boolean treated, boolean others) {
    return teams(10, 40, 0).stream()
        .map(
            r -> {
              boolean gone = r.getInt(1) == PERIODS && r.getInt(0) % every == 0;
              boolean of = r.isNullAt(3) ? others : treated;
              Double y = gone && of ? null : Double.valueOf(r.getDouble(2));
              return RowFactory.create(r.get(0), r.get(1), y, r.get(3), r.get(4));
            })
        .toList();
  }

  @Test
  void leavingAfterTrainingIsNoticed() {
    String statistic = "differential_attrition";
    // Half of the treated are gone in one of two periods: a quarter of their person-periods.
    Diagnostic half = check(estimate(without(2, true, false), design()), "attrition", statistic);
    assertThat(half.value()).isCloseTo(0.25, within(1e-12));
    assertThat(half.status()).isEqualTo(Status.FAIL);
    Diagnostic controls =
        check(estimate(without(2, false, true), design()), "attrition", statistic);
    assertThat(controls.value()).isCloseTo(-0.25, within(1e-12));
    assertThat(controls.status()).isEqualTo(Status.FAIL);
    Diagnostic both = check(estimate(without(2, true, true), design()), "attrition", statistic);
    assertThat(both.value()).isZero();
    assertThat(both.status()).isEqualTo(Status.PASS);
    Diagnostic seventh = check(estimate(without(7, true, false), design()), "attrition", statistic);
    assertThat(seventh.status()).isEqualTo(Status.WARNING);
    assertThat(check(estimate(without(2, true, false), design()), "attrition", "share_analysed"))
        .extracting(Diagnostic::status)
        .isEqualTo(Status.PASS);
  }

  // So many percent of either side are gone from the second wave on.
  private Diagnostic gone(int waves, int treated, int others) {
    Random random = new Random(18);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 400; unit++) {
      boolean isTreated = unit % 2 == 0;
      boolean isGone = unit / 2 % 100 < (isTreated ? treated : others);
      for (int t = 1; t <= waves; t++) {
        Double y = t >= 2 && isGone ? null : Double.valueOf(random.nextGaussian());
        rows.add(RowFactory.create(unit, t, y, isTreated ? 2 : null, "team" + unit));
      }
    }
    return check(estimate(rows, design()), "attrition", "differential_attrition");
  }

  @Test
  void bothSidesMayBeMissingInTheFirstTreatedPeriod() {
    for (int waves : new int[] {2, PERIODS}) {
      assertThat(gone(waves, 10, 10).value()).isCloseTo(0, within(1e-12));
      assertThat(gone(waves, 10, 10).status()).isEqualTo(Status.PASS);
      assertThat(gone(waves, 25, 5).value()).isCloseTo(0.2, within(1e-12));
      assertThat(gone(waves, 25, 5).status()).isEqualTo(Status.FAIL);
      // Leavers cannot adopt.
      assertThat(gone(waves, 0, 20).status()).isEqualTo(Status.PASS);
    }
  }

  @Test
  void noAnswerAtRandomIsNoSelection() {
    Random random = new Random(19);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 4_000; unit++) {
      for (int t = 1; t <= 3; t++) {
        Double y = random.nextDouble() < 0.2 ? null : Double.valueOf(random.nextGaussian());
        rows.add(RowFactory.create(unit, t, y, unit % 2 == 0 ? 2 : null, "team" + unit));
      }
    }
    Diagnostic found = check(estimate(rows, design()), "attrition", "differential_attrition");
    // Four standard errors of a difference between shares of about 3,200 each.
    assertThat(found.value()).isCloseTo(0, within(0.04));
    assertThat(found.status()).isEqualTo(Status.PASS);
  }

  @Test
  void adoptingLaterIsNotStayingLonger() {
    // Everybody may leave in any period, at one rate; who has left cannot adopt.
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < 12_000; unit++) {
      int left = 1;
      while (random.nextDouble() > 0.05) {
        left++;
      }
      int plan = 3 + random.nextInt(4);
      Integer first = plan <= left && plan <= PERIODS ? Integer.valueOf(plan) : null;
      for (int t = 1; t <= PERIODS; t++) {
        Double y = t <= left ? Double.valueOf(random.nextGaussian()) : null;
        rows.add(RowFactory.create(unit, t, y, first, "team" + unit / 10));
      }
    }
    Diagnostic found = check(estimate(rows, design()), "attrition", "differential_attrition");
    assertThat(found.value()).isCloseTo(0, within(0.015));
  }

  @Test
  void theBoundariesAreThoseOfTheWhatWorksClearinghouse() {
    assertThat(FollowUp.judged(0.10, 0.10).status()).isEqualTo(Status.PASS);
    assertThat(FollowUp.judged(0.12, 0.08).status()).isEqualTo(Status.PASS);
    assertThat(FollowUp.judged(0.14, 0.06).status()).isEqualTo(Status.WARNING);
    assertThat(FollowUp.judged(0.17, 0.03).status()).isEqualTo(Status.FAIL);
    assertThat(FollowUp.judged(0.03, 0.17).status()).isEqualTo(Status.FAIL);
    assertThat(FollowUp.judged(0.55, 0.55).status()).isEqualTo(Status.WARNING);
    assertThat(FollowUp.judged(0.70, 0.70).status()).isEqualTo(Status.FAIL);
    assertThat(FollowUp.judged(1, 0.5).status()).isEqualTo(Status.FAIL);
  }

  @Test
  void aRegressionOfFewControlsIsToldByItsCoefficients() {
    List<String> numbers = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
    StudyDesign design =
        StudyDesign.of("unit", "period", "y")
            .adopted("first")
            .adjustedFor(StudyDesign.Nuisance.OUTCOME_REGRESSION, numbers)
            .build();
    for (int controls : new int[] {39, 40, 99, 100}) {
      List<Row> rows = new ArrayList<>();
      add(rows, new Random(20), 40, 1, PERIODS, FIRST);
      add(rows, new Random(21), controls, 1, PERIODS, null);
      String[] columns =
          Stream.concat(
                  Stream.of("*"),
                  numbers.stream().map(x -> "sin(unit * ascii('" + x + "')) as " + x))
              .toArray(String[]::new);
      Diagnostic found =
          check(
              new StaggeredDid().estimate(table(rows).selectExpr(columns), design),
              "overlap",
              "controls_per_coefficient");
      // Nine slopes and a constant.
      assertThat(found.value()).isEqualTo(controls / 10.0);
      assertThat(found.status())
          .isEqualTo(controls < 40 ? Status.FAIL : controls < 100 ? Status.WARNING : Status.PASS);
    }
    assertThat(
            estimate(teams(22, 20, 0), design()).diagnostic("overlap", "controls_per_coefficient"))
        .isEmpty();
  }

  @Test
  void zeroIsNeverOnlyWhereTheStudySaysSo() {
    Dataset<Row> zeros = table(teams(12, 20, 0)).na().fill(0, new String[] {"first"});
    assertThatThrownBy(() -> new StaggeredDid().estimate(zeros, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("what the first treated period 0 means")
        .hasMessageContaining("40 units");
    StudyDesign said =
        StudyDesign.of("unit", "period", "y").adopted("first", 0).clusteredBy("team").build();
    assertThat(new StaggeredDid().estimate(zeros, said).headline().control()).isEqualTo(40);
  }

  @Test
  void anEffectOfInterestHasASize() {
    for (double size : new double[] {0, -1, Double.NaN}) {
      assertThatThrownBy(() -> design().mattersFrom(size).build())
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("smallest effect of interest is not a size");
    }
  }
}
