package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import needle.GivenInputs;
import needle.LeadingProgram;
import needle.SparkTest;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan.Grain;
import needle.kit.TableContract;
import needle.panel.Cohorts;
import needle.panel.EmployeePeriods;
import needle.panel.TargetTrials;
import needle.silver.Employments;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From the days on which people leave and are trained to the answer. Whether trained or not, people
 * leave alike; who has left cannot be trained, so that the ever trained stay longer. The answer is
 * nothing all the same.
 */
class TrialTruthTest extends SparkTest {
  private static final LocalDate START = LocalDate.parse("2024-01-01");

  /**
   * @param leaving share of those still there that leaves in a month
   * @param training share of the untrained that is trained in its last days
   * @param notice months before leaving in which nobody is trained
   */
  private record Grade(String name, double leaving, double training, int notice) {}

  private final List<Row> periods = new ArrayList<>();
  private final List<Row> employments = new ArrayList<>();
  private final List<Row> cohorts = new ArrayList<>();

  @BeforeEach
  void start() {
    periods.clear();
    employments.clear();
    cohorts.clear();
  }

  private static Row row(TableContract table, Map<String, Object> cells) {
    return RowFactory.create(Stream.of(table.columnNames()).map(cells::get).toArray());
  }

  private void live(int people, int months, Grade grade) {
    Random chance = new Random(7);
    for (int i = 0; i < people; i++) {
      live(grade.name() + i, months, grade, chance);
    }
  }

  private void live(String person, int months, Grade grade, Random chance) {
    LocalDate left = null;
    boolean isTrained = false;
    for (int m = 0; m < months + grade.notice() && left == null; m++) {
      LocalDate month = START.plusMonths(m);
      if (chance.nextDouble() < grade.leaving()) {
        left = month.plusDays(chance.nextInt(month.lengthOfMonth()));
      }
    }
    LocalDate notice = left == null ? null : left.minusMonths(grade.notice());
    for (int m = 0; m < months; m++) {
      LocalDate month = START.plusMonths(m);
      if (left != null && left.isBefore(month)) {
        break;
      }
      periods.add(
          row(
              EmployeePeriods.TABLE,
              Map.of(
                  "employee_id",
                  person,
                  "period_start",
                  Date.valueOf(month),
                  "pay_grade",
                  grade.name(),
                  "tenure_months",
                  12L + m)));
      LocalDate day = month.plusDays(month.lengthOfMonth() - 4L + chance.nextInt(4));
      boolean isDrawn = !isTrained && chance.nextDouble() < grade.training();
      if (isDrawn && (notice == null || notice.isAfter(day))) {
        isTrained = true;
        cohorts.add(
            row(
                Cohorts.TABLE,
                Map.of(
                    "program_id",
                    "leading",
                    "employee_id",
                    person,
                    "cohort_start",
                    Date.valueOf(month),
                    "first_exposed_on",
                    Date.valueOf(day))));
      }
    }
    Map<String, Object> employment =
        new HashMap<>(
            Map.of(
                "employee_id",
                person,
                "hired_on",
                Date.valueOf("2023-01-01"),
                "is_voluntary_exit",
                left != null));
    employment.put("left_on", left == null ? null : Date.valueOf(left));
    employments.add(row(Employments.TABLE, employment));
  }

  private Row answered(int months, int withinMonths, int notice, String... adjustedFor) {
    Kpi.Happening resignation = LeadingProgram.resignation("silver.employments");
    Kpi.TimeToEvent time =
        new Kpi.TimeToEvent(
            new Kpi.Happening(
                resignation.table(), resignation.datedBy(), resignation.where(), notice),
            List.of(),
            withinMonths,
            Kpi.TimeMeasure.SHARE,
            Optional.empty());
    GivenInputs company =
        new GivenInputs(session())
            .over(START.toString(), START.plusMonths(months).minusDays(1).toString())
            .kpis(LeadingProgram.turnover(time))
            .plans(LeadingProgram.plan("true", 0.01, Grain.MONTH, "team_id", adjustedFor))
            .table(EmployeePeriods.TABLE, table(periods, EmployeePeriods.TABLE))
            .table(Employments.TABLE, table(employments, Employments.TABLE))
            .table(Cohorts.TABLE, table(cohorts, Cohorts.TABLE));
    company.table(TargetTrials.TABLE, new TargetTrials().transform(company).cache());
    return new Studies().transform(company).first();
  }

  private static void isNothing(Row study, double largestError) {
    double error = study.getAs("std_error");
    assertThat(error).isLessThan(largestError);
    assertThat((double) study.getAs("estimate")).isBetween(-2 * error, 2 * error);
  }

  @Test
  void whoCannotBeTrainedAnyMoreIsNotCountedAgainstTheUntrained() {
    live(12_000, 12, new Grade("G4", 0.03, 0.2, 0));
    Row study = answered(12, 3, 0);
    // Months that began without those trained in them would show an effect of −0.025.
    isNothing(study, 0.0065);
    assertThat((double) study.getAs("baseline")).isBetween(0.08, 0.094);
  }

  /**
   * Those who stay are trained soon, and leave every trial by that: of the others more and more are
   * those who leave the company. Without weights they would show an effect of −0.029.
   */
  @Test
  void whoIsLeftUntrainedStandsForWhoIsNot() {
    live(3_000, 14, new Grade("G4", 0.01, 0.3, 0));
    live(3_000, 14, new Grade("G5", 0.04, 0.05, 0));
    isNothing(answered(14, 6, 0, "pay_grade"), 0.0125);
  }

  /** Were it decided on the last day, a month without training would show an effect of −0.03. */
  @Test
  void whoHasGivenNoticeIsNotWaitedFor() {
    live(6_000, 12, new Grade("G4", 0.03, 0.2, 1));
    Row told = answered(12, 3, 1);
    isNothing(told, 0.0095);
    assertThat((String) told.getAs("reasons")).doesNotContain("early_effect");
    assertThat((String) answered(12, 3, 0).getAs("reasons")).contains("early_effect");
  }

  private Dataset<Row> table(List<Row> rows, TableContract table) {
    return session().createDataFrame(rows, table.schema());
  }
}
