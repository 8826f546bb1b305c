package needle.panel;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import needle.GivenInputs;
import needle.LeadingProgram;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Grain;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Who is followed in which trial, from when and until what. */
class TargetTrialsTest extends SparkTest {
  private static final String[] FOLLOWED = {
    "trial_start", "employee_id", "followed_from", "is_trained", "followed_days", "event"
  };

  private static Kpi awaiting(String table) {
    return LeadingProgram.turnover(
        new Kpi.TimeToEvent(
            LeadingProgram.resignation(table),
            List.of(
                new Kpi.Happening(
                    "silver.employments", "left_on", Optional.of("not is_voluntary_exit"))),
            3,
            Kpi.TimeMeasure.SHARE,
            Optional.empty()));
  }

  private static MeasurementPlan plan(Grain grain) {
    return LeadingProgram.plan("function = 'Sales'", 0.1, grain, "team_id");
  }

  private static String months(String person, String function, String... months) {
    StringBuilder rows = new StringBuilder();
    for (String month : months) {
      rows.append(String.format("%s | %s-01 | %s | 7 | north%n", person, month, function));
    }
    return rows.toString();
  }

  private GivenInputs company(String cohorts) {
    return new GivenInputs(session())
        .over("2024-01-01", "2024-12-31")
        .table(
            EmployeePeriods.TABLE,
            "employee_id | period_start | function | tenure_months | site_id\n"
                + months("ann", "Sales", "2024-01", "2024-02", "2024-03", "2024-04")
                + months("bob", "Sales", "2024-01", "2024-02", "2024-03", "2024-04")
                + months("cid", "Sales", "2024-01", "2024-02", "2024-03", "2024-04")
                + months("dan", "Operations", "2024-01", "2024-02", "2024-03", "2024-04")
                + months("eve", "Sales", "2024-01", "2024-02")
                + months("fay", "Sales", "2024-02", "2024-03", "2024-04")
                + months("gus", "Sales", "2024-01", "2024-02", "2024-03"))
        .table(
            Employments.TABLE,
            """
            employee_id | hired_on   | left_on    | is_voluntary_exit
            ann         | 2023-01-01 | 2024-04-10 | true
            bob         | 2023-01-01 |            | false
            cid         | 2023-01-01 | 2024-12-31 | true
            dan         | 2023-01-01 |            | false
            eve         | 2023-01-01 | 2024-02-20 | true
            fay         | 2024-02-10 |            | false
            gus         | 2023-01-01 | 2024-03-05 | false
            """)
        .table(HomeTeams.TABLE, "employee_id | home_team_id\nann | red\nbob | red")
        .table(
            Cohorts.TABLE,
            "program_id | employee_id | cohort_start | first_exposed_on\n" + cohorts);
  }

  private static Dataset<Row> trials(GivenInputs company, Grain grain) {
    return new TargetTrials()
        .transform(company.kpis(awaiting("silver.employments")).plans(plan(grain)));
  }

  /**
   * Of February's trial: eve has left before following begins, dan does not belong, fay was hired
   * within it, cid leaves it on the day of training of his own. Of April's: ann has been trained,
   * gus left.
   */
  @Test
  void peopleAreFollowedFromTheEndOfTheMonthUntilSomethingHappens() {
    GivenInputs company =
        company(
            """
            leading | ann | 2024-02-01 | 2024-02-14
            leading | cid | 2024-04-01 | 2024-04-12
            other   | bob | 2024-02-01 | 2024-02-03
            """);
    assertThat(text(trials(company, Grain.MONTH), FOLLOWED))
        .isEqualTo(
            """
            2024-02-01 | ann | 2024-03-01 | true | 41 | 1
            2024-02-01 | bob | 2024-03-01 | false | 91 | 0
            2024-02-01 | cid | 2024-03-01 | false | 43 | 0
            2024-02-01 | fay | 2024-03-01 | false | 91 | 0
            2024-02-01 | gus | 2024-03-01 | false | 5 | 2
            2024-04-01 | bob | 2024-05-01 | false | 91 | 0
            2024-04-01 | cid | 2024-05-01 | true | 91 | 0
            2024-04-01 | fay | 2024-05-01 | false | 91 | 0""");
  }

  @Test
  void whatPeopleAreMadeAlikeInIsOfTheMonthBeforeAndTenureOfThatBeforeFollowing() {
    GivenInputs company = company("leading | ann | 2024-02-01 | 2024-02-14");
    assertThat(
            text(
                trials(company, Grain.MONTH),
                "employee_id",
                "team_id",
                "first_site_id",
                "tenure_months",
                "function",
                "in_population_until"))
        .isEqualTo(
            """
            ann | red | north | 8 | Sales | 2024-05-01
            bob | red | north | 8 | Sales | 2024-05-01
            cid | cid | north | 8 | Sales | 2024-05-01
            fay | fay | north | 7 | Sales | 2024-05-01
            gus | gus | north | 8 | Sales | 2024-04-01""");
  }

  @Test
  void aTrialOfAQuarterFollowsFromTheQuartersEnd() {
    GivenInputs company = company("leading | cid | 2024-05-01 | 2024-05-31");
    assertThat(text(trials(company, Grain.QUARTER), FOLLOWED))
        .isEqualTo(
            """
            2024-04-01 | bob | 2024-07-01 | false | 91 | 0
            2024-04-01 | cid | 2024-07-01 | true | 91 | 0
            2024-04-01 | fay | 2024-07-01 | false | 91 | 0""");
  }

  /**
   * Who comes, goes and comes back within a quarter is one person in its trial, as of the first.
   */
  @Test
  void whoIsHiredTwiceWithinATrialsPeriodStandsInItOnce() {
    GivenInputs company =
        company("leading | cid | 2024-05-01 | 2024-05-31")
            .table(
                EmployeePeriods.TABLE,
                "employee_id | period_start | function | tenure_months | site_id\n"
                    + months("bob", "Sales", "2024-03", "2024-04", "2024-05", "2024-06")
                    + months("cid", "Sales", "2024-03", "2024-04", "2024-05", "2024-06")
                    + "hal | 2024-04-01 | Sales | 0 | south\nhal | 2024-06-01 | Sales | 1 | north\n")
            .table(
                Employments.TABLE,
                """
                employee_id | hired_on   | left_on    | is_voluntary_exit
                bob         | 2023-01-01 |            | false
                cid         | 2023-01-01 |            | false
                hal         | 2024-04-03 | 2024-04-20 | true
                hal         | 2024-06-03 |            | false
                """);
    assertThat(text(trials(company, Grain.QUARTER), "employee_id", "tenure_months", "site_id"))
        .isEqualTo("bob | 10 | north\ncid | 10 | north\nhal | 2 | south");
  }

  @Test
  void followingEndsWithTheRun() {
    GivenInputs company =
        company("leading | ann | 2024-02-01 | 2024-02-14").over("2024-01-01", "2024-03-31");
    assertThat(text(trials(company, Grain.MONTH), "employee_id", "followed_days", "event"))
        .isEqualTo("ann | 31 | 0\nbob | 31 | 0\ncid | 31 | 0\nfay | 31 | 0\ngus | 5 | 2");
  }

  /**
   * With a month's notice ann leaves on 10 March, gus had given it before following, of what begins
   * in the last month before the run's end nothing is known.
   */
  @Test
  void whoHasGivenNoticeIsNotFollowed() {
    Kpi.Happening resignation = LeadingProgram.resignation("silver.employments");
    Kpi withNotice =
        LeadingProgram.turnover(
            new Kpi.TimeToEvent(
                new Kpi.Happening(resignation.table(), resignation.datedBy(), Optional.empty(), 1),
                List.of(),
                3,
                Kpi.TimeMeasure.SHARE,
                Optional.empty()));
    GivenInputs company =
        company("leading | ann | 2024-02-01 | 2024-02-14").over("2024-01-01", "2024-04-30");
    assertThat(
            text(
                new TargetTrials().transform(company.kpis(withNotice).plans(plan(Grain.MONTH))),
                "employee_id",
                "trained_on",
                "followed_days",
                "event"))
        .isEqualTo(
            """
            ann | 2024-02-14 | 10 | 1
            bob |  | 30 | 0
            cid |  | 30 | 0
            fay |  | 30 | 0""");
  }

  /** Who has reached it before following begins is not followed. */
  @Test
  void aMilestoneIsReachedOnce() {
    Kpi productive =
        new Kpi(
            "turnover",
            "Productive",
            "days",
            Kpi.Direction.DOWN,
            Kpi.Family.DURATION,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.of(
                new Kpi.TimeToEvent(
                    new Kpi.Happening(
                        "panel.milestones", "reached_on", Optional.of("kpi_id = 'turnover'")),
                    List.of(),
                    12,
                    Kpi.TimeMeasure.DAYS,
                    Optional.of(new Kpi.Milestone("sales", 0.8, 12, 2)))),
            Optional.empty());
    GivenInputs company =
        company("leading | ann | 2024-02-01 | 2024-02-14")
            .over("2024-01-01", "2024-04-30")
            .kpis(productive)
            .plans(plan(Grain.MONTH))
            .table(
                Milestones.TABLE,
                """
                kpi_id   | employee_id | reached_on
                turnover | ann         | 2024-03-31
                turnover | bob         | 2024-02-29
                turnover | bob         | 2024-03-31
                other    | cid         | 2024-01-31
                """);
    assertThat(text(new TargetTrials().transform(company), "employee_id", "followed_days", "event"))
        .isEqualTo("ann | 31 | 1\ncid | 61 | 0\nfay | 61 | 0\ngus | 61 | 0");
  }

  @Test
  void whereEverybodyIsTrainedThereIsNoTrial() {
    String everybody =
        String.join(
            "\n",
            Stream.of("ann", "bob", "cid", "fay", "gus")
                .map(person -> "leading | " + person + " | 2024-02-01 | 2024-02-05")
                .toList());
    assertThat(trials(company(everybody), Grain.MONTH).count()).isZero();
  }

  @Test
  void withoutAQuestionThereIsNoTrial() {
    assertThat(
            new TargetTrials()
                .transform(company("leading | ann | 2024-02-01 | 2024-02-14"))
                .count())
        .isZero();
  }

  @Test
  void anEventOfATableThatIsNotOfferedIsRefused() {
    assertThatThrownBy(
            () ->
                new TargetTrials()
                    .transform(
                        company("leading | ann | 2024-02-01 | 2024-02-14")
                            .kpis(awaiting("silver.sales"))
                            .plans(plan(Grain.MONTH))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("KPI turnover awaits an event of silver.sales")
        .hasMessageContaining(EmploymentHistory.TABLE.qualifiedName());
  }
}
