package needle.estimate;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.GivenInputs;
import needle.LeadingProgram;
import needle.SparkTest;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan.Grain;
import needle.panel.TargetTrials;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two strata without anybody lost: of 200 trained 40 leave and of 400 others 160; of 100 trained 10
 * and of 600 others 120. By the shares of the trained, a third of others like them would leave, (2
 * · 0.4 + 1 · 0.2) / 3, of the trained a sixth; of all others 28 in 100.
 */
class TrialStudiesTest extends SparkTest {
  private static final double TRAINED = 1.0 / 6;
  private static final double OTHERS_LIKE_THEM = 1.0 / 3;
  private static final double OTHERS = 0.28;

  private final List<Row> rows = new ArrayList<>();
  private String until;
  private Kpi.TimeMeasure measure;
  private String cluster;

  // On which day the first of the trained leave.
  private int first;

  @BeforeEach
  void start() {
    rows.clear();
    until = "2025-12-31";
    measure = Kpi.TimeMeasure.SHARE;
    cluster = "team_id";
    first = 1;
  }

  private void stratum(String trial, String grade, boolean isTrained, int people, int leavers) {
    for (int i = 0; i < people; i++) {
      boolean leaves = i < leavers;
      String person = trial + grade + isTrained + i;
      List<Object> cells = new ArrayList<>();
      for (String column : TargetTrials.TABLE.columnNames()) {
        cells.add(
            switch (column) {
              case "program_id" -> "leading";
              case "kpi_id" -> "turnover";
              case "trial_start" -> java.sql.Date.valueOf(trial);
              case "employee_id" -> person;
              case "followed_from" -> java.sql.Date.valueOf(trial.substring(0, 4) + "-06-01");
              case "is_trained" -> isTrained;
              case "in_population_until" -> java.sql.Date.valueOf("2030-01-01");
              case "trained_on" -> isTrained ? java.sql.Date.valueOf(trial) : null;
              case "followed_days" ->
                  leaves ? (isTrained ? first : 1) + (long) i % (301 - first) : 365L;
              case "event" -> leaves ? 1L : 0L;
              case "team_id" -> "t" + i % 50;
              case "first_site_id" -> "s" + i % 20;
              case "pay_grade" -> grade;
              case "tenure_months" -> grade.equals("G5") ? 50L : 10L;
              default -> null;
            });
      }
      rows.add(RowFactory.create(cells.toArray()));
    }
  }

  private Dataset<Row> answered(String... adjustedFor) {
    Kpi turnover =
        LeadingProgram.turnover(
            new Kpi.TimeToEvent(
                LeadingProgram.resignation("silver.employments"),
                List.of(),
                12,
                measure,
                Optional.empty()));
    return new Studies()
        .transform(
            new GivenInputs(session())
                .over("2023-01-01", until)
                .kpis(turnover)
                .plans(LeadingProgram.plan("true", 0.05, Grain.MONTH, cluster, adjustedFor))
                .table(
                    TargetTrials.TABLE,
                    session().createDataFrame(rows, TargetTrials.TABLE.schema())));
  }

  private static void isTheEffect(Row study, double effect, double untrained) {
    assertThat((double) study.getAs("estimate")).isEqualTo(effect, within(1e-9));
    assertThat((double) study.getAs("baseline")).isEqualTo(untrained, within(1e-9));
  }

  @Test
  void theUntrainedOfEveryTrialCountAsItsTrainedDo() {
    stratum("2024-01-01", "G4", true, 200, 40);
    stratum("2024-01-01", "G4", false, 400, 160);
    stratum("2026-04-01", "G4", true, 100, 10);
    stratum("2026-04-01", "G4", false, 600, 120);
    Row study = answered().first();
    isTheEffect(study, TRAINED - OTHERS_LIKE_THEM, OTHERS_LIKE_THEM);
    assertThat((String) study.getAs("method")).isEqualTo("cumulative_incidence");
    assertThat((String) study.getAs("verdict")).isEqualTo("works");
    assertThat((String) study.getAs("grade")).isNotEqualTo("strong");
    assertThat((String) study.getAs("reasons")).contains("unconfoundedness");
    assertThat((long) study.getAs("treated")).isEqualTo(300);
    assertThat((long) study.getAs("control")).isEqualTo(1000);
    assertThat((long) study.getAs("clusters")).isEqualTo(50);
    cluster = "site_id";
    assertThat((long) answered().first().getAs("clusters")).isEqualTo(20);
  }

  @Test
  void peopleAreMadeAlikeInWhatThePlanNames() {
    stratum("2024-01-01", "G4", true, 200, 40);
    stratum("2024-01-01", "G4", false, 400, 160);
    stratum("2024-01-01", "G5", true, 100, 10);
    stratum("2024-01-01", "G5", false, 600, 120);
    isTheEffect(answered("pay_grade").first(), TRAINED - OTHERS_LIKE_THEM, OTHERS_LIKE_THEM);
    isTheEffect(answered("tenure_months").first(), TRAINED - OTHERS_LIKE_THEM, OTHERS_LIKE_THEM);
  }

  /**
   * Newcomers of whom nobody is trained, and of a trial with no others, are compared with nobody.
   */
  @Test
  void whoIsComparableWithNobodyIsLeftOut() {
    stratum("2024-01-01", "G5", true, 200, 40);
    stratum("2024-01-01", "G5", false, 400, 160);
    stratum("2024-01-01", "G4", false, 500, 10);
    stratum("2026-04-01", "G5", true, 100, 10);
    stratum("2026-04-01", "G4", false, 600, 120);
    isTheEffect(answered("tenure_months").first(), 0.2 - 0.4, 0.4);
  }

  /**
   * A fifth of the others leave in 300 days, and a fiftieth in the first 31; of the trained nobody
   * in these. Of 60 one would have; of 2000 forty, or thirty where fewer leave.
   */
  @ParameterizedTest
  @CsvSource({"60, 12, false", "60, 6, false", "2000, 300, true", "2000, 700, true"})
  void whatIsThereAtOnceIsTold(int trained, int leavers, boolean isTold) {
    first = 32;
    stratum("2024-01-01", "G4", true, trained, leavers);
    stratum("2024-01-01", "G4", false, 1500, 300);
    assertThat(((String) answered().first().getAs("reasons")).contains("early_effect"))
        .isEqualTo(isTold);
  }

  /** With one trial and nothing to adjust for, everybody counts the same. */
  @Test
  void nothingIsAdjustedForUnasked() {
    stratum("2024-01-01", "G4", true, 200, 40);
    stratum("2024-01-01", "G4", false, 400, 160);
    stratum("2024-01-01", "G5", true, 100, 10);
    stratum("2024-01-01", "G5", false, 600, 120);
    isTheEffect(answered().first(), TRAINED - OTHERS, OTHERS);
  }

  /**
   * Half of either side meet it, after 100 and 200 days on average; who meets something else is
   * followed no longer, and here nobody does before all others have met it.
   */
  @Test
  void daysAreMeansUpToTheHorizon() {
    measure = Kpi.TimeMeasure.DAYS;
    stratum("2024-01-01", "G4", true, 40, 20);
    stratum("2024-01-01", "G4", false, 40, 20);
    rows.replaceAll(TrialStudiesTest::endedAsPlanned);
    Row study = answered().first();
    assertThat((String) study.getAs("method")).isEqualTo("weighted_survival");
    isTheEffect(study, -50, (200 + 365) / 2.0);
  }

  private static Row endedAsPlanned(Row row) {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.add(row.get(i));
    }
    List<String> names = List.of(TargetTrials.TABLE.columnNames());
    boolean isMet = row.getLong(names.indexOf("event")) == 1;
    boolean isTrained = row.getBoolean(names.indexOf("is_trained"));
    cells.set(names.indexOf("followed_days"), isMet ? isTrained ? 100L : 200L : 365L);
    cells.set(names.indexOf("event"), isMet ? 1L : 2L);
    return RowFactory.create(cells.toArray());
  }

  @Test
  void attritionCountsPeopleAndNotTheirTrials() {
    stratum("2024-01-01", "G4", true, 20, 10);
    stratum("2024-01-01", "G4", false, 20, 10);
    rows.addAll(List.copyOf(rows));
    assertThat(text(answered().selectExpr("inline(attrition)"), "step", "units", "rows"))
        .isEqualTo("analysed | 40 | 80\nincomplete | 0 | 0\nread | 40 | 80");
  }

  /** Following began on 2024-06-01, so a year is full on 2025-05-31, after the run. */
  @Test
  void beforeTheHorizonItIsTooEarly() {
    stratum("2024-01-01", "G4", true, 200, 40);
    stratum("2024-01-01", "G4", false, 400, 160);
    until = "2025-04-30";
    assertThat(text(answered(), "verdict", "reasons", "diagnostics[0].message"))
        .isEqualTo(
            "cant_tell | not_yet | Nobody trained has been followed for 12 months yet; the first"
                + " will have been on 2025-05-31.");
    until = "2025-05-31";
    assertThat(text(answered(), "verdict")).isEqualTo("works");
  }

  @Test
  void beforeTheLaunchItIsTooEarly() {
    stratum("2024-01-01", "G4", true, 200, 40);
    stratum("2024-01-01", "G4", false, 400, 160);
    until = "2023-12-31";
    assertThat(text(answered(), "reasons", "diagnostics[0].message"))
        .isEqualTo(
            "not_yet | The program is launched on 2024-01-01, after the last day of this"
                + " run, 2023-12-31.");
  }

  @Test
  void withoutATrialThereIsNoComparison() {
    assertThat(text(answered(), "verdict", "reasons", "diagnostics[0].message"))
        .isEqualTo(
            "cant_tell | no_comparison | There is no trial: in no period was somebody of the"
                + " population trained, and somebody else employed and not trained yet.");
  }
}
