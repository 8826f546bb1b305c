package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StudyDesign.ControlGroup;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether training of some moves their untrained team-mates, who are then no controls. */
class SpilloverTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit string, team string, site string, period int, y double, first int");
  private static final int PERIODS = 8;
  private static final int SIZE = 6;

  private record Person(int unit, int team, Integer first, double[] y) {
    boolean isTrainedBy(int period) {
      return first != null && first <= period;
    }
  }

  /**
   * Teams of six of which a third trains nobody, a third starts in period 4 and a third in 6;
   * there, half are trained with the first, one two periods later. Training brings 2, and to the
   * untrained in a team with somebody trained the spillover.
   */
  private static List<Person> people(long seed, int teams, double spillover) {
    Random dice = new Random(seed);
    List<Person> people = new ArrayList<>();
    for (int team = 0; team < teams; team++) {
      Integer start = new Integer[] {null, 4, 6}[team % 3];
      double[] shocks = dice.doubles(PERIODS, -0.3, 0.3).toArray();
      for (int member = 0; member < SIZE; member++) {
        Integer first =
            start == null || member > 3 ? null : Integer.valueOf(member < 3 ? start : start + 2);
        double level = dice.nextGaussian();
        double[] y = new double[PERIODS];
        for (int t = 1; t <= PERIODS; t++) {
          boolean trained = first != null && t >= first;
          boolean mates = start != null && t >= start;
          y[t - 1] =
              level
                  + 0.2 * t
                  + shocks[t - 1]
                  + (trained ? 2 : mates ? spillover : 0)
                  + 0.5 * dice.nextGaussian();
        }
        people.add(new Person(team * SIZE + member, team, first, y));
      }
    }
    return people;
  }

  private Dataset<Row> panel(List<Person> people) {
    List<Row> rows = new ArrayList<>();
    for (Person p : people) {
      for (int t = 1; t <= PERIODS; t++) {
        rows.add(
            RowFactory.create(
                "u" + p.unit(), "t" + p.team(), "s" + p.team() / 2, t, p.y()[t - 1], p.first()));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "period", "y").adopted("first").among("team");
  }

  private static Diagnostic row(EffectEstimate estimate, String statistic) {
    return estimate.diagnostic("spillover", statistic).orElseThrow();
  }

  private static EffectEstimate of(Dataset<Row> panel, StudyDesign design) {
    return new StaggeredDid().estimate(panel, design);
  }

  /** Sites of two teams: a cluster is not taken apart by the teams that are told in it. */
  @Test
  void peersWithinClustersLeaveTheErrorsAsTheyAre() {
    Dataset<Row> panel = panel(people(1, 90, 0));
    StudyDesign.Draft alone = StudyDesign.of("unit", "period", "y").adopted("first");
    EffectEstimate without = of(panel, alone.clusteredBy("site").build());
    EffectEstimate with = of(panel, design().clusteredBy("site").build());
    assertThat(with.headline().clusters()).isEqualTo(without.headline().clusters()).isEqualTo(45);
    assertThat(with.headline().stdError()).isCloseTo(without.headline().stdError(), within(1e-12));
  }

  @Test
  void aPlantedSpilloverIsFoundAndBiasesTheHeadlineOnly() {
    EffectEstimate estimate = of(panel(people(1, 90, 0.8)), design().build());
    assertThat(row(estimate, "effect").value()).isCloseTo(0.8, within(0.25));
    assertThat(row(estimate, "effect").status()).isEqualTo(Status.FAIL);
    assertThat(row(estimate, "effect").pValue()).isLessThan(0.001);
    assertThat(row(estimate, "effect").message()).contains("moved, too").contains(" to ");
    assertThat(row(estimate, "exposed_controls").value()).isBetween(0.15, 0.5);
    double clean = row(estimate, "clean_controls").value();
    // Who is trained two periods after the team's first had the spillover at their base already.
    assertThat(clean).isBetween(1.65, 2.0);
    assertThat(estimate.headline().estimate()).isLessThan(clean - 0.1);
    VerdictRule.Verdict verdict =
        VerdictRule.judge(estimate, 0.001, 0.01, needle.kit.Kpi.Direction.UP, 0.5);
    assertThat(verdict.outcome()).isEqualTo(VerdictRule.Outcome.CANT_TELL);
    assertThat(verdict.reasons()).contains("spillover");
  }

  @Test
  void withoutSpilloverNoneIsFound() {
    int found = 0;
    for (int seed = 1; seed <= 8; seed++) {
      EffectEstimate estimate = of(panel(people(seed, 60, 0)), design().build());
      found += row(estimate, "effect").status() == Status.PASS ? 0 : 1;
      assertThat(row(estimate, "effect").value()).isCloseTo(0, within(0.4));
      assertThat(row(estimate, "clean_controls").value()).isCloseTo(2, within(0.4));
    }
    // Of eight tests at 5% three or more warn in one case of 170.
    assertThat(found).isLessThanOrEqualTo(2);
  }

  /** The same comparison, written out in the panel's columns. */
  @ParameterizedTest
  @EnumSource(ControlGroup.class)
  void theEffectIsThatOfAStudyOfTheUntrained(ControlGroup control) {
    List<Person> people = people(3, 60, 0.5);
    List<Person> untrained = new ArrayList<>();
    for (Person p : people) {
      Integer start =
          people.stream()
              .filter(other -> other.team() == p.team() && other.first() != null)
              .map(Person::first)
              .min(Integer::compare)
              .orElse(null);
      boolean isExposed = start != null && (p.first() == null || start < p.first());
      if (isExposed || p.first() == null || control == ControlGroup.NOT_YET_TREATED) {
        double[] y = p.y().clone();
        for (int t = 1; t <= PERIODS; t++) {
          y[t - 1] = p.isTrainedBy(t) ? Double.NaN : y[t - 1];
        }
        untrained.add(new Person(p.unit(), p.team(), isExposed ? start : null, y));
      }
    }
    Dataset<Row> written = panel(untrained).where("not isnan(y)");
    EffectEstimate expected =
        of(
            written,
            StudyDesign.of("unit", "period", "y")
                .adopted("first")
                .clusteredBy("team")
                .comparedWith(control)
                .build());
    Diagnostic effect = row(of(panel(people), design().comparedWith(control).build()), "effect");
    assertThat(effect.value()).isCloseTo(expected.headline().estimate(), within(1e-12));
    assertThat(effect.pValue()).isCloseTo(expected.headline().pValue(), within(1e-12));
  }

  /** Against plain means: controls count until somebody in their team is trained. */
  @ParameterizedTest
  @EnumSource(ControlGroup.class)
  void cleanControlsAreThoseWithoutTrainedTeamMates(ControlGroup control) {
    List<Person> people = people(4, 60, 0.5);
    double sum = 0;
    long trained = 0;
    double exposed = 0;
    double compared = 0;
    for (int cohort : new int[] {4, 6, 8}) {
      List<Person> treated =
          people.stream().filter(p -> p.first() != null && p.first() == cohort).toList();
      double effects = 0;
      for (int t = cohort; t <= PERIODS; t++) {
        int period = t;
        List<Person> controls =
            people.stream()
                .filter(
                    p ->
                        p.first() == null
                            || control == ControlGroup.NOT_YET_TREATED && p.first() > period)
                .toList();
        List<Person> clean =
            controls.stream()
                .filter(
                    p ->
                        people.stream()
                            .noneMatch(o -> o.team() == p.team() && o.isTrainedBy(period)))
                .toList();
        effects += change(treated, cohort, t) - change(clean, cohort, t);
        compared += treated.size();
        exposed += treated.size() * (1 - clean.size() / (double) controls.size());
      }
      sum += treated.size() * effects / (PERIODS - cohort + 1);
      trained += treated.size();
    }
    EffectEstimate estimate = of(panel(people), design().comparedWith(control).build());
    assertThat(row(estimate, "clean_controls").value()).isCloseTo(sum / trained, within(1e-10));
    assertThat(row(estimate, "exposed_controls").value())
        .isCloseTo(exposed / compared, within(1e-12));
  }

  private static double change(List<Person> of, int cohort, int period) {
    return of.stream()
        .mapToDouble(p -> p.y()[period - 1] - p.y()[cohort - 2])
        .average()
        .orElseThrow();
  }

  /** Nobody has peers, so all controls are clean: the two ways to write it down agree. */
  @ParameterizedTest
  @EnumSource(ControlGroup.class)
  void unitsThatStandTwiceGiveTheSameHeadlineAndError(ControlGroup control) {
    Dataset<Row> alone =
        panel(people(5, 45, 0.5)).selectExpr("unit", "unit team", "period", "y", "first");
    StudyDesign design = design().comparedWith(control).anticipating(1).build();
    try (UnitHistories histories = UnitHistories.of(alone, design)) {
      Comparisons all =
          Comparisons.of(IntStream.rangeClosed(1, PERIODS).toArray(), new int[] {4, 6, 8}, design);
      JavaRDD<UnitHistory> twice =
          PeerGroup.of(histories.units()).flatMap(group -> group.withCleanControls(all).iterator());
      EffectEstimate clean =
          new StaggeredDid().estimate(twice, design.comparedWith(ControlGroup.NEVER_TREATED));
      EffectEstimate plain = of(alone, design);
      assertThat(clean.headline().estimate()).isCloseTo(plain.headline().estimate(), within(1e-12));
      assertThat(clean.headline().stdError()).isCloseTo(plain.headline().stdError(), within(1e-12));
      assertThat(row(plain, "exposed_controls").value()).isZero();
      assertThat(plain.diagnostic("spillover", "effect")).isEmpty();
    }
  }

  @Test
  void teamsTrainedAsAWholeCannotBiasTheComparison() {
    List<Person> whole = people(6, 60, 0.8).stream().filter(p -> p.unit() % SIZE < 3).toList();
    EffectEstimate estimate = of(panel(whole), design().build());
    assertThat(row(estimate, "exposed_controls").value()).isZero();
    assertThat(row(estimate, "exposed_controls").status()).isEqualTo(Status.PASS);
    assertThat(row(estimate, "exposed_controls").message()).contains("No control");
  }

  @Test
  void whatCannotBeTestedIsAWarning() {
    // Somebody is trained everywhere from period 4 on: nobody is left without trained team-mates.
    List<Person> everywhere = people(7, 60, 0.8).stream().filter(p -> p.team() % 3 == 1).toList();
    EffectEstimate estimate = of(panel(everywhere), design().build());
    assertThat(row(estimate, "exposed_controls").value()).isEqualTo(1);
    assertThat(row(estimate, "effect").value()).isNaN();
    assertThat(row(estimate, "effect").status()).isEqualTo(Status.WARNING);
    assertThat(row(estimate, "clean_controls").value()).isNaN();
    assertThat(row(estimate, "clean_controls").message()).contains("none is left");
  }

  @Test
  void whereFewControlsAreExposedItMayStayUntested() {
    // One team of 60 has untrained people beside trained ones.
    List<Person> few =
        people(8, 60, 0).stream()
            .filter(p -> p.team() % 3 == 0 || p.unit() % SIZE < 3 || p.team() == 1)
            .toList();
    EffectEstimate estimate = of(panel(few), design().build());
    assertThat(row(estimate, "exposed_controls").value()).isBetween(0.001, 0.05);
    assertThat(row(estimate, "effect").value()).isNaN();
    assertThat(row(estimate, "effect").status()).isEqualTo(Status.PASS);
  }

  @Test
  void errorsMayHoldSeveralTeamsTogether() {
    Dataset<Row> panel = panel(people(1, 90, 0.8));
    EffectEstimate byTeam = of(panel, design().build());
    EffectEstimate bySite = of(panel, design().clusteredBy("site").build());
    for (String statistic : List.of("exposed_controls", "effect", "clean_controls")) {
      assertThat(row(bySite, statistic).value())
          .isCloseTo(row(byTeam, statistic).value(), within(1e-12));
    }
    assertThat(bySite.headline().clusters()).isEqualTo(45);
    assertThat(byTeam.headline().clusters()).isEqualTo(90);
    assertThat(row(bySite, "effect").pValue()).isNotEqualTo(row(byTeam, "effect").pValue());
  }

  @Test
  void errorsThatTearTeamsApartAreRefused() {
    Dataset<Row> panel =
        panel(people(1, 30, 0)).selectExpr("*", "concat(team, unit like '%1') half");
    assertThatThrownBy(() -> of(panel, design().clusteredBy("half").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("in several clusters");
    assertThatThrownBy(() -> design().clusteredBy("unit").build())
        .hasMessageContaining("do not hold peers together");
    assertThatThrownBy(() -> StudyDesign.of("unit", "period", "y").among("unit").build())
        .hasMessageContaining("two roles");
    assertThatThrownBy(
            () ->
                design()
                    .drawnBy(new Sampling(java.util.Optional.empty(), Sampling.Units.DRAWN_ANEW))
                    .build())
        .hasMessageContaining("drawn anew");
    assertThatThrownBy(() -> of(panel.drop("team"), design().build()))
        .hasMessageContaining("no column team");
  }

  @Test
  void theLayoutOfTheRowsChangesNoBit() {
    Dataset<Row> panel = panel(people(2, 30, 0.5));
    EffectEstimate one = of(panel.coalesce(1), design().build());
    EffectEstimate other = of(panel.repartition(7).orderBy("y"), design().build());
    for (String statistic : List.of("exposed_controls", "effect", "clean_controls")) {
      assertThat(row(other, statistic)).isEqualTo(row(one, statistic));
    }
  }

  @Test
  void relatedEstimatorsShareTheCheck() {
    Dataset<Row> panel = panel(people(1, 60, 0.8));
    double expected = row(of(panel, design().build()), "effect").value();
    EffectEstimate imputed = new ImputationDid().estimate(panel, design().build());
    assertThat(row(imputed, "effect").value()).isEqualTo(expected);
    EffectEstimate interacted = new SunAbraham().estimate(panel, design().build());
    assertThat(row(interacted, "effect").status()).isEqualTo(Status.FAIL);
  }
}
