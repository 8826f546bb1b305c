package needle;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Question;
import needle.panel.EmployeePeriods;
import needle.silver.Employments;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Forty people who stay through 2024, half of them trained in March, and some who leave in June, of
 * whom the learning system knows as many as it is told to.
 */
public final class ForgetfulCompany {
  /** The company's employments, periods, completions and its one plan. */
  public GivenInputs given(SparkSession spark, int leavers, int leaversWithRecords) {
    StringBuilder employments = new StringBuilder("employee_id | hired_on | left_on\n");
    StringBuilder periods =
        new StringBuilder("employee_id | period_start | period_end | tenure_months\n");
    for (int i = 0; i < 40; i++) {
      employ(employments, periods, "stayer" + i, "", 12);
    }
    for (int i = 0; i < leavers; i++) {
      employ(employments, periods, "leaver" + i, "2024-06-30", 6);
    }
    return new GivenInputs(spark)
        .over("2024-01-01", "2024-12-31")
        .plans(plan())
        .table(Employments.TABLE, employments.toString())
        .table(EmployeePeriods.TABLE, periods.toString())
        .table(
            LearningRecords.TABLE,
            completions(spark, "stayer", 0, 20, "2024-03-10")
                .unionByName(completions(spark, "leaver", 0, leaversWithRecords, "2024-03-10")));
  }

  /** Completions of the safety course by people numbered from a first to before a last. */
  public Dataset<Row> completions(SparkSession spark, String who, int first, int last, String day) {
    StringBuilder records =
        new StringBuilder("record_id | employee_id | kind | course_id | happened_on | source\n");
    for (int i = first; i < last; i++) {
      records.append(
          String.format("%s%d | %1$s%2$d | completed | S-1 | %3$s | lms%n", who, i, day));
    }
    return TextTable.rows(spark, LearningRecords.TABLE, records.toString());
  }

  private static void employ(
      StringBuilder employments, StringBuilder periods, String who, String leftOn, int months) {
    employments.append(who).append(" | 2020-01-01 | ").append(leftOn).append('\n');
    for (int month = 1; month <= months; month++) {
      LocalDate start = LocalDate.of(2024, month, 1);
      periods.append(
          String.format(
              "%s | %s | %s | %d%n",
              who, start, start.withDayOfMonth(start.lengthOfMonth()), 47 + month));
    }
  }

  private static MeasurementPlan plan() {
    return new MeasurementPlan(
        "safety",
        "Safety",
        "problem",
        "owner",
        LocalDate.parse("2024-01-01"),
        LocalDate.parse("2024-02-01"),
        List.of("S-1"),
        "true",
        MeasurementPlan.Exposure.COMPLETION,
        List.of(question("turnover", true), question("tenure", false), question("rate", false)),
        new MeasurementPlan.Cost(0, 0, 0, 0, 0),
        Optional.empty());
  }

  private static Question question(String kpi, boolean primary) {
    return new Question(
        kpi,
        primary,
        0.1,
        MeasurementPlan.Grain.MONTH,
        MeasurementPlan.Comparison.NOT_YET_TREATED,
        0,
        "team_id",
        Map.of());
  }
}
