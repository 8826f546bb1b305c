package needle.panel;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import needle.GivenInputs;
import needle.SparkTest;
import needle.kit.Kpi;
import org.junit.jupiter.api.Test;

/**
 * The tenured sell 10, 20 and 60 in every month: 80% of their median is 16. Who sells more in two
 * months that follow each other reaches it with the second.
 */
class MilestonesTest extends SparkTest {
  private static Kpi productivity(int forMonths) {
    return new Kpi(
        "ramp",
        "Time to productivity",
        "days",
        Kpi.Direction.DOWN,
        Kpi.Family.DURATION,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new Kpi.TimeToEvent(
                new Kpi.Happening("panel.milestones", "reached_on", Optional.empty()),
                List.of(),
                12,
                Kpi.TimeMeasure.DAYS,
                Optional.of(new Kpi.Milestone("sales", 0.8, 12, forMonths)))),
        Optional.empty());
  }

  private static void sells(
      StringBuilder months, StringBuilder sales, String person, int tenure, double... amounts) {
    for (int i = 0; i < amounts.length; i++) {
      if (!Double.isNaN(amounts[i])) {
        months.append(String.format("%s | 2024-%02d-01 | %d%n", person, i + 1, tenure + i));
        // In half a month half as much is as good.
        sales.append(
            String.format("sales | %s | 2024-%02d-01 | %s | 0.5%n", person, i + 1, amounts[i] / 2));
        sales.append(String.format("other | %s | 2024-%02d-01 | 99 | 1%n", person, i + 1));
      }
    }
  }

  private GivenInputs sellers() {
    StringBuilder months = new StringBuilder("employee_id | period_start | tenure_months\n");
    StringBuilder sales =
        new StringBuilder("kpi_id | employee_id | period_start | numerator | denominator\n");
    sells(months, sales, "old1", 12, 10, 10, 10, 10, 10, 10);
    sells(months, sales, "old2", 30, 20, 20, 20, 20, 20, 20);
    sells(months, sales, "old3", 99, 60, 60, 60, 60, 60, 60);
    sells(months, sales, "new1", 0, 0, 16, 5, 16, 17, 40);
    sells(months, sales, "new2", 0, 15.9, 15.9, 15.9, 15.9, 15.9, 16);
    sells(months, sales, "new3", 0, 20, Double.NaN, 20, 0, 20, 20);
    return new GivenInputs(session())
        .table(EmployeePeriods.TABLE, months.toString())
        .table(KpiOutcomes.TABLE, sales.toString());
  }

  @Test
  void itIsReachedWhenEnoughMonthsHaveFollowedEachOther() {
    assertThat(
            text(
                new Milestones().transform(sellers().kpis(productivity(2))),
                "kpi_id",
                "employee_id",
                "reached_on"))
        .isEqualTo(
            """
            ramp | new1 | 2024-05-31
            ramp | new3 | 2024-06-30
            ramp | old2 | 2024-02-29
            ramp | old3 | 2024-02-29""");
  }

  @Test
  void oneMonthMayBeEnough() {
    assertThat(
            text(
                new Milestones()
                    .transform(sellers().kpis(productivity(1)))
                    .where("employee_id like 'new%'"),
                "employee_id",
                "reached_on"))
        .isEqualTo(
            """
            new1 | 2024-02-29
            new1 | 2024-04-30
            new2 | 2024-06-30
            new3 | 2024-01-31
            new3 | 2024-03-31
            new3 | 2024-05-31""");
  }

  @Test
  void withoutAKpiThatWaitsForOneThereIsNone() {
    assertThat(new Milestones().transform(sellers()).count()).isZero();
  }
}
