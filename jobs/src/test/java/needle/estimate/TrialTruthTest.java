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
import org.junit.jupiter.api.Test;

/**
 * From the days on which people leave and are trained to the answer: 3% leave in every month,
 * whether trained or not, and 20% of the untrained who are still there are trained in its last
 * days. Who has left cannot be trained, so that the ever trained stay longer; the answer is nothing
 * all the same.
 */
class TrialTruthTest extends SparkTest {
  private static final int PEOPLE = 12_000;
  private static final LocalDate START = LocalDate.parse("2024-01-01");
  private static final double LEAVING = 0.03;
  private static final double TRAINING = 0.2;

  private final List<Row> periods = new ArrayList<>();
  private final List<Row> employments = new ArrayList<>();
  private final List<Row> cohorts = new ArrayList<>();

  private static Row row(TableContract table, Map<String, Object> cells) {
    return RowFactory.create(Stream.of(table.columnNames()).map(cells::get).toArray());
  }

  private void live(String person, Random chance) {
    LocalDate left = null;
    boolean isTrained = false;
    for (int m = 0; m < 12 && left == null; m++) {
      LocalDate month = START.plusMonths(m);
      periods.add(
          row(
              EmployeePeriods.TABLE,
              Map.of("employee_id", person, "period_start", Date.valueOf(month))));
      int days = month.lengthOfMonth();
      if (chance.nextDouble() < LEAVING) {
        left = month.plusDays(chance.nextInt(days));
      }
      LocalDate day = month.plusDays(days - 4L + chance.nextInt(4));
      boolean isDrawn = !isTrained && chance.nextDouble() < TRAINING;
      if (isDrawn && (left == null || left.isAfter(day))) {
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

  @Test
  void whoCannotBeTrainedAnyMoreIsNotCountedAgainstTheUntrained() {
    Random chance = new Random(7);
    for (int i = 0; i < PEOPLE; i++) {
      live("p" + i, chance);
    }
    Kpi.TimeToEvent withinThreeMonths =
        new Kpi.TimeToEvent(
            LeadingProgram.resignation("silver.employments"),
            List.of(),
            3,
            Kpi.TimeMeasure.SHARE,
            Optional.empty());
    GivenInputs company =
        new GivenInputs(session())
            .over("2024-01-01", "2024-12-31")
            .kpis(LeadingProgram.turnover(withinThreeMonths))
            .plans(LeadingProgram.plan("true", 0.01, Grain.MONTH, "team_id"))
            .table(EmployeePeriods.TABLE, table(periods, EmployeePeriods.TABLE))
            .table(Employments.TABLE, table(employments, Employments.TABLE))
            .table(Cohorts.TABLE, table(cohorts, Cohorts.TABLE));
    company.table(TargetTrials.TABLE, new TargetTrials().transform(company).cache());
    Row study = new Studies().transform(company).first();
    double error = study.getAs("std_error");
    // Months that began without those trained in them would show an effect of −0.025.
    assertThat(error).isLessThan(0.0065);
    assertThat((double) study.getAs("estimate")).isBetween(-2 * error, 2 * error);
    assertThat((double) study.getAs("baseline")).isBetween(0.082, 0.093);
  }

  private Dataset<Row> table(List<Row> rows, TableContract table) {
    return session().createDataFrame(rows, table.schema());
  }
}
