package needle.gold;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import needle.GivenInputs;
import needle.SparkTest;
import needle.TextTable;
import needle.kit.Kpi;
import needle.panel.Cohorts;
import needle.panel.EmployeePanel;
import needle.panel.TargetTrials;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class MoneyTest extends SparkTest {
  private static Kpi kpi(String id, Kpi.Direction good, Optional<Double> usdPerUnit) {
    return new Kpi(
        id,
        id,
        "unit",
        good,
        Kpi.Family.GAUSSIAN,
        false,
        Optional.empty(),
        Optional.empty(),
        usdPerUnit.map(usd -> new Kpi.Money(usd, "historical cost", "Finance", "by the books")));
  }

  // Twelve trained people, each with a denominator of 2 in the month of training, in the last month
  // of the first year, and in a month too late to count.
  private Dataset<Row> panel(String program, String kpiId) {
    StringBuilder rows =
        new StringBuilder("program_id | kpi_id | employee_id | period_start | denominator\n");
    for (int person = 0; person < 12; person++) {
      for (String month : new String[] {"2023-12-01", "2024-01-01", "2024-12-01", "2025-01-01"}) {
        rows.append(String.format("%s | %s | p%d | %s | 2.0%n", program, kpiId, person, month));
      }
    }
    return TextTable.rows(session(), EmployeePanel.TABLE, rows.toString());
  }

  private Dataset<Row> cohorts(String program) {
    StringBuilder rows = new StringBuilder("program_id | employee_id | cohort_start\n");
    for (int person = 0; person < 12; person++) {
      rows.append(String.format("%s | p%d | 2024-01-01%n", program, person));
    }
    return TextTable.rows(session(), Cohorts.TABLE, rows.toString());
  }

  /**
   * An effect on the share of people to whom it happens applies to the people: 25 × 0.5 × 100 USD.
   */
  @Test
  void aDurationsEffectAppliesToThePeopleWhoWereFollowed() {
    StringBuilder trials =
        new StringBuilder("program_id | kpi_id | trial_start | employee_id | is_trained\n");
    for (int person = 0; person < 40; person++) {
      trials.append(
          String.format(
              "safety | incidents | 2024-0%d-01 | p%d | %s%n",
              1 + person % 2, person, person < 25));
    }
    Dataset<Row> money =
        new TrainingRoi()
            .transform(
                given("works")
                    .table(EmployeePanel.TABLE, panel("safety", "candour"))
                    .table(TargetTrials.TABLE, trials.toString()))
            .where("kpi_id = 'incidents'");
    assertThat(text(money, "people", "exposure", "benefit_usd", "benefit_months"))
        .isEqualTo("25 | 25.0 | 1250.0 | 12");
  }

  @Test
  void aDurationsBenefitCountsTheMonthsThatItsKpiLooksAhead() {
    Kpi.TimeToEvent withinHalfAYear =
        new Kpi.TimeToEvent(
            new Kpi.Happening("silver.employments", "left_on", Optional.empty()),
            List.of(),
            6,
            Kpi.TimeMeasure.SHARE,
            Optional.empty());
    Kpi exits =
        new Kpi(
            "incidents",
            "Exits",
            "share of people who leave within 6 months",
            Kpi.Direction.DOWN,
            Kpi.Family.DURATION,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.of(withinHalfAYear),
            Optional.of(new Kpi.Money(100, "historical cost", "Finance", "by the books")));
    GivenInputs given = given("works").kpis(exits);
    Dataset<Row> roi = new TrainingRoi().transform(given);
    assertThat(text(roi, "kpi_id", "benefit_months")).isEqualTo("candour |\nincidents | 6");
    assertThat(text(new Findings().transform(given.table(TrainingRoi.TABLE, roi)), "detail"))
        .contains("Benefit in the first 6 months after training: $2,400 (95% interval");
  }

  private GivenInputs given(String verdict) {
    return new GivenInputs(session())
        .kpis(
            kpi("incidents", Kpi.Direction.DOWN, Optional.of(100.0)),
            kpi("candour", Kpi.Direction.UP, Optional.empty()))
        .table(Cohorts.TABLE, cohorts("safety"))
        .table(EmployeePanel.TABLE, panel("safety", "incidents").union(panel("safety", "candour")))
        .table(
            TrainingEffects.TABLE,
            """
            program_id | kpi_id    | kpi_title | direction | is_primary | verdict | estimate | std_error | ci_low | ci_high | baseline | sentence | grade  | reasons
            safety     | incidents | Incidents | down      | true       | %s      | -0.5     | 0.1       | -0.7   | -0.3    | 2.0      | It fell. | strong | pre_trend
            safety     | candour   | Candour   | up        | false      | %s      | 0.5      | 0.1       | 0.3    | 0.7     | 2.0      | It rose. | strong |
            """
                .formatted(verdict, verdict))
        .table(
            Programs.TABLE,
            """
            program_id | title  | cost_usd | satisfaction_mean
            safety     | Safety | 1000     | 4.5
            """);
  }

  @Test
  void aFallIsAGainWhereDownIsGoodAndOnlyTheFirstYearCounts() {
    Dataset<Row> roi = new TrainingRoi().transform(given("works"));
    // 12 people × 2 months × 2 = 48 exposed; 48 × 0.5 × 100 USD.
    assertThat(
            text(
                roi,
                "kpi_id",
                "people",
                "exposure",
                "benefit_usd",
                "round(benefit_low_usd, 6)",
                "benefit_high_usd",
                "net_usd",
                "bcr",
                "round(roi_percent, 6)"))
        .isEqualTo(
            """
            candour | 12 | 48.0 |  |  |  |  |  |
            incidents | 12 | 48.0 | 2400.0 | 1440.0 | 3360.0 | 1400.0 | 2.4 | 140.0""");
    // The benefit's standard error is 480, the net gain 1,400: z = 2.9167, a table gives 0.99823.
    Row row = roi.where("kpi_id = 'incidents'").first();
    assertThat(row.<Double>getAs("probability_pays"))
        .isCloseTo(0.99823, org.assertj.core.data.Offset.offset(1e-5));
  }

  @Test
  void nobodyGetsABenefitThatCannotBeTold() {
    Dataset<Row> roi = new TrainingRoi().transform(given("cant_tell"));
    assertThat(text(roi, "kpi_id", "cost_usd", "benefit_usd", "roi_percent", "probability_pays"))
        .isEqualTo("candour | 1000.0 |  |  |\nincidents | 1000.0 |  |  |");
  }

  private Dataset<Row> findings(String verdict) {
    GivenInputs given = given(verdict);
    return new Findings()
        .transform(given.table(TrainingRoi.TABLE, new TrainingRoi().transform(given)));
  }

  @Test
  void aFindingSaysEffectMoneyAndDecision() {
    assertThat(text(findings("works"), "rank", "headline", "detail", "decision"))
        .isEqualTo(
            "1 | Safety lowered incidents by about 25% (15% to 35%) | It fell. Benefit in the first year after"
                + " training: $2,400 (95% interval $1,440 to $3,360), against a cost of $1,000. Evidence: strong (trained and untrained drifted"
                + " apart before training, or could not be compared then). | scale");
    assertThat(text(findings("harms"), "headline", "decision"))
        .isEqualTo("Safety raised incidents by about 25% (15% to 35%) | stop");
    assertThat(text(findings("no_effect"), "headline", "decision"))
        .isEqualTo("Safety did not move incidents, though participants rate it 4.5 of 5 | stop");
    assertThat(text(findings("cant_tell"), "headline", "detail", "decision"))
        .isEqualTo(
            "Safety: nobody can tell yet whether it moved incidents | It fell. Cost so far $1,000."
                + " Reason: trained and untrained drifted apart before training, or could not be compared"
                + " then. | measure_better");
  }

  // Programs of which each is worth a benefit in dollars, ± 100, against a cost of 1,000.
  private Dataset<Row> findings(String effects, String money) {
    return new Findings()
        .transform(
            new GivenInputs(session())
                .table(TrainingEffects.TABLE, effects)
                .table(TrainingRoi.TABLE, money)
                .table(
                    Programs.TABLE,
                    """
                    program_id | title | cost_usd
                    a          | A     | 1000
                    b          | B     | 1000
                    c          | C     | 1000
                    d          | D     | 1000
                    e          | E     |
                    """));
  }

  @Test
  void aDecisionSaysWhy() {
    Dataset<Row> findings =
        findings(
            """
            program_id | kpi_id | kpi_title | direction | is_primary | verdict   | grade  | reasons  | sentence
            a          | k      | Exits     | down      | true       | works     | weak   | events   | -
            a          | other  | Rises     | up        | false      | works     | strong |          | -
            b          | k      | Exits     | down      | true       | works     | strong |          | -
            c          | k      | Exits     | down      | true       | works     | strong |          | -
            c          | other  | Rises     | up        | false      | harms     | strong |          | -
            d          | k      | Exits     | down      | true       | works     | strong |          | -
            e          | k      | Exits     | down      | true       | no_effect | weak   |          | -
            """,
            """
            program_id | kpi_id | benefit_usd | benefit_low_usd | benefit_high_usd | benefit_months | roi_percent | roi_low_percent | roi_high_percent
            a          | k      | 500         | 300             | 700              | 12             | -50         | -70             | -30
            b          | k      | 1100        | 900             | 1300             | 12             | 10          | -10             | 30
            c          | k      | 2000        | 1900            | 2100             | 6              | 100         | 90              | 110
            """);
    assertThat(text(findings, "program_id", "decision", "decision_reason"))
        .isEqualTo(
            """
            a | redesign | it works, but gave back less than it cost in the first year after training; it also moved rises the right way, which is not counted here
            b | scale | it works and gave back more than it cost in the first year after training, though less cannot be ruled out
            c | redesign | it works and gave back more than it cost in the first 6 months after training; it also harms rises
            d | keep | it works; no benefit in money can be stated of exits
            e | stop | every change that matters can be ruled out""");
    assertThat(text(findings.where("program_id in ('a', 'b', 'e')"), "program_id", "headline"))
        .isEqualTo(
            """
            a | A lowered exits; the evidence is weak
            b | B lowered exits
            e | E did not move exits; the evidence is weak""");
  }

  @Test
  void aHarmIsNoBenefitBelowZero() {
    Dataset<Row> findings =
        findings(
            """
            program_id | kpi_id | kpi_title | direction | is_primary | verdict   | grade  | sentence
            a          | k      | Exits     | down      | true       | harms     | strong | -
            b          | k      | Exits     | down      | true       | no_effect | strong | -
            """,
            """
            program_id | kpi_id | benefit_usd | benefit_low_usd | benefit_high_usd | benefit_months
            a          | k      | -500        | -700            | -300             | 12
            b          | k      | -50         | -120            | 20               | 12
            """);
    assertThat(text(findings, "program_id", "detail", "decision_reason"))
        .isEqualTo(
            """
            a | - Harm in the first year after training: $500 (95% interval $300 to $700), on top of a cost of $1,000. Evidence: strong. | it does harm
            b | - In the first year after training between $120 of harm and $20 of benefit (95% interval), against a cost of $1,000. Evidence: strong. | every change that matters can be ruled out""");
  }

  @Test
  void aFindingTellsItsReasonsInWordsAndAsksForNoMoreDataWhereDataCannotHelp() {
    GivenInputs given =
        new GivenInputs(session())
            .table(
                TrainingEffects.TABLE,
                """
                program_id | kpi_id | kpi_title | direction | is_primary | verdict   | reasons                        | sentence
                leading    | k      | Turnover  | down      | true       | cant_tell | needs_duration_design          | -
                rare       | k      | Sales     | up        | true       | cant_tell | too_few_clusters, too_few_units | -
                strange    | k      | Sales     | up        | true       | cant_tell | a_new_check                    | -
                """)
            .table(
                Programs.TABLE,
                """
                program_id | title
                leading    | Leading
                rare       | Rare
                strange    | Strange
                """);
    Dataset<Row> findings = new Findings().transform(given);
    assertThat(text(findings, "program_id", "headline", "detail", "decision"))
        .isEqualTo(
            """
            leading | Leading: Needle cannot judge turnover yet | - Reason: it is a time until something happens, and its file does not say what is waited for. | judge_otherwise
            rare | Rare: nobody can tell yet whether it moved sales | - Reason: few teams, so chance and effect are hard to tell apart; few people were trained. | measure_better
            strange | Strange: nobody can tell yet whether it moved sales | - Reason: a new check. | measure_better""");
  }

  @Test
  void nothingIsSaidToFallByMoreThanAllOfIt() {
    GivenInputs given =
        given("works")
            .table(
                TrainingEffects.TABLE,
                """
                program_id | kpi_id    | kpi_title | direction | is_primary | verdict | estimate | ci_low | ci_high | baseline | sentence
                safety     | incidents | Incidents | down      | true       | works   | -1.6     | -2.6   | -0.6    | 2.0      | -
                safety     | candour   | Candour   | up        | true       | works   | 3.0      | 1.0    | 5.0     | 2.0      | -
                """);
    Dataset<Row> findings =
        new Findings()
            .transform(given.table(TrainingRoi.TABLE, new TrainingRoi().transform(given)));
    assertThat(text(findings, "kpi_id", "headline"))
        .isEqualTo(
            """
            candour | Safety raised candour by about 150% (50% to 250%)
            incidents | Safety lowered incidents by about 80% (30% or more)""");
  }

  @Test
  void whatCannotBeToldComesLastHoweverDear() {
    GivenInputs given =
        new GivenInputs(session())
            .table(
                TrainingEffects.TABLE,
                """
                program_id | kpi_id | kpi_title | direction | is_primary | verdict   | sentence
                dear       | k      | K         | up        | true       | cant_tell | -
                cheap      | k      | K         | up        | true       | no_effect | -
                middling   | k      | K         | up        | true       | no_effect | -
                """)
            .table(
                Programs.TABLE,
                """
                program_id | title    | cost_usd
                dear       | Dear     | 900000
                cheap      | Cheap    | 10
                middling   | Middling | 500
                """);
    assertThat(text(new Findings().transform(given), "rank", "program_id"))
        .isEqualTo("1 | middling\n2 | cheap\n3 | dear");
  }
}
