package needle.pipelines.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What KPI files and plans say of the time until something happens. */
class DurationDeclarationsTest {
  private static final String KPI =
      """
      kpi: turnover
      title: Turnover
      unit: share within 12 months
      good: down
      family: duration
      event: {table: silver.employments, datedBy: left_on, where: is_voluntary_exit}
      competing: [{table: silver.employments, datedBy: left_on, where: not is_voluntary_exit}]
      withinMonths: 12
      """;
  private static final String PLAN =
      """
      program: leading
      title: Leading
      businessProblem: People leave
      owner: Boss
      registeredOn: 2024-01-01
      launchOn: 2024-02-01
      courses: [L-1]
      population: "true"
      kpis:
        - kpi: turnover
          primary: true
          smallestEffectOfInterest: 0.02
          grain: month
          comparison: not_yet_treated
          anticipationPeriods: 0
          cluster: team_id
          adjustedFor: [tenure_months, pay_grade]
      cost: {designUsd: 1, deliveryUsdPerLearner: 1, learnerHourUsd: 1, hoursPerLearner: 1, evaluationUsd: 1}
      """;

  @TempDir Path folder;

  @BeforeEach
  void declare() throws IOException {
    Files.createDirectories(folder.resolve("contracts"));
    write("kpis/turnover.yaml", KPI);
    write("plans/leading.yaml", PLAN);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void edit(String file, String before, String after) throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(before);
    write(file, text.replace(before, after));
  }

  @Test
  void aDurationSaysWhatItEndsWithAndWhatCompetes() {
    Declarations declared = Declarations.read(folder);
    Kpi.TimeToEvent time = declared.kpis().get(0).timeToEvent().orElseThrow();
    assertThat(time.event().where()).contains("is_voluntary_exit");
    assertThat(time.competing()).hasSize(1);
    assertThat(time.withinMonths()).isEqualTo(12);
    assertThat(declared.plans().get(0).questions().get(0).adjustedFor())
        .isEqualTo(List.of("tenure_months", "pay_grade"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          withinMonths: 12          | withinMonths: 0                     | an event needs withinMonths, a number from 1 to 120
          withinMonths: 12          | withinMonths: 121                   | an event needs withinMonths, a number from 1 to 120
          event:                    | numerator: {table: t, datedBy: d, expression: count(*)}~event: | a KPI of family duration has an event, and no numerator or denominator
          family: duration          | family: count                       | event, milestone, competing, withinMonths and measure are for KPIs of family duration
          where: is_voluntary_exit  | where: is_voluntary_exit, noticeMonths: 13 | noticeMonths is a number from 0 to 12
          where: is_voluntary_exit  | where: is_voluntary_exit, noticeMonths: -1 | noticeMonths is a number from 0 to 12
          where: is_voluntary_exit  | where: left_on < current_date()     | current_date
          """)
  void aKpiFileThatDoesNotFitIsRefused(String before, String after, String said)
      throws IOException {
    edit("kpis/turnover.yaml", before, after.replace('~', '\n'));
    refuses(said);
  }

  @Test
  void whatHappensMayHaveBeenDecidedBefore() throws IOException {
    edit(
        "kpis/turnover.yaml",
        "where: is_voluntary_exit",
        "where: is_voluntary_exit, noticeMonths: 3");
    Kpi.TimeToEvent time = Declarations.read(folder).kpis().get(0).timeToEvent().orElseThrow();
    assertThat(time.event().noticeMonths()).isEqualTo(3);
    assertThat(time.competing().get(0).noticeMonths()).isZero();
  }

  @Test
  void whatCompetesWithNothingIsRefused() throws IOException {
    edit(
        "kpis/turnover.yaml",
        "event: {table: silver.employments, datedBy: left_on, where: is_voluntary_exit}\n",
        "");
    refuses("competing, withinMonths and measure have no meaning without an event");
  }

  private void awaitAMilestoneOf(String numerator) throws IOException {
    write(
        "kpis/sales.yaml",
        """
        kpi: sales
        title: Sales
        unit: USD
        good: up
        family: gaussian
        numerator: {table: %s, datedBy: closed_on, expression: count(*)}
        denominator: {table: panel.employee_periods, datedBy: period_start, expression: sum(months_employed)}
        """
            .formatted(numerator));
    edit(
        "kpis/turnover.yaml",
        "event: {table: silver.employments, datedBy: left_on, where: is_voluntary_exit}\n",
        "milestone: {of: sales, share: 0.8, tenuredMonths: 12, forMonths: 2}\nmeasure: days\n");
  }

  @Test
  void aDurationMayEndWithAMilestone() throws IOException {
    awaitAMilestoneOf("silver.sales");
    Kpi.TimeToEvent time =
        Declarations.read(folder).kpis().stream()
            .flatMap(kpi -> kpi.timeToEvent().stream())
            .findFirst()
            .orElseThrow();
    assertThat(time.milestone()).contains(new Kpi.Milestone("sales", 0.8, 12, 2));
    assertThat(time.measure()).isEqualTo(Kpi.TimeMeasure.DAYS);
    assertThat(time.event())
        .isEqualTo(
            new Kpi.Happening(
                "panel.milestones", "reached_on", Optional.of("kpi_id = 'turnover'")));
    edit("kpis/turnover.yaml", "of: sales", "of: luck");
    refuses("KPI turnover has a milestone of luck, which is no KPI with a numerator");
    edit("kpis/turnover.yaml", "of: luck, share: 0.8", "of: sales, share: 0");
    refuses("milestone: share, tenuredMonths and forMonths must be above zero");
  }

  @Test
  void aMilestoneMayNotBeOfTrainingItself() throws IOException {
    awaitAMilestoneOf("silver.learning_records");
    refuses("plan leading asks for KPI turnover, which is circular");
  }

  @Test
  void aMilestoneBesideAnEventIsRefused() throws IOException {
    edit(
        "kpis/turnover.yaml",
        "event:",
        "milestone: {of: sales, share: 0.8, tenuredMonths: 12, forMonths: 2}\nevent:");
    refuses("it has an event and a milestone: one of them is what is waited for");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          not_yet_treated         | never_treated          | who never will be is not known when following begins
          anticipationPeriods: 0  | anticipationPeriods: 1 | plan leading asks for KPI turnover, a duration, which has no anticipationPeriods
          anticipationPeriods: 0  | sensitivity: [relative_magnitudes] | a duration, and sensitivity, which is for roll-outs only
          tenure_months           | shoe_size              | adjustedFor names shoe_size, and knows tenure_months, fte, function, pay_grade, site_id
          """)
  void aPlanThatDoesNotFitIsRefused(String before, String after, String said) throws IOException {
    edit("plans/leading.yaml", before, after);
    refuses(said);
  }

  @Test
  void onlyDurationsAreAdjusted() throws IOException {
    write(
        "kpis/turnover.yaml",
        """
        kpi: turnover
        title: Turnover
        unit: exits
        good: down
        family: count
        numerator: {table: silver.incidents, datedBy: occurred_on, expression: count(*)}
        denominator: {table: silver.hours_worked, datedBy: work_date, expression: sum(hours)}
        """);
    refuses("plan leading asks for KPI turnover and adjustedFor, which is for durations only");
  }

  @Test
  void anEventMayNotBeTrainingItself() throws IOException {
    edit(
        "kpis/turnover.yaml",
        "event: {table: silver.employments",
        "event: {table: silver.learning_records");
    refuses("plan leading asks for KPI turnover, which is circular");
  }

  private void refuses(String said) {
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }
}
