package needle.pipelines.simulate;

/**
 * What a person can be expected to do in a month: a mean for each KPI.
 *
 * <p>Every mean is a sum of the person's own level, the season, the shock that the team shares, and
 * what training changed. So trends are parallel by construction, and an effect is the same for all
 * who are trained. The terms are bounded so that no mean ever reaches zero or one.
 */
final class KpiProcess {
  static final double SALES_ENABLEMENT_USD = 8_000;
  static final double NEGOTIATION_USD = 3_000;
  static final double SAFETY_PER_1000_HOURS = -0.25;
  static final double SERVICE_SKILLS_SHARE = 0.08;
  static final double SPEED_CALLS_SHARE = 0.06;
  static final double COMPLIANCE_PER_MONTH = -0.12;
  static final double RAMP_MONTHS = 6;
  static final double TRAINED_RAMP_MONTHS = 0.7 * RAMP_MONTHS;
  static final double DEALS_PER_MONTH = 4;
  static final double CASES_PER_MONTH = 6;
  static final double RESPONSE_SHARE = 0.70;

  /** How much worse things are just before training, as a share of the training's effect. */
  static final double DIP = 0.6;

  private static final int REVENUE = 0;
  private static final int WINS = 1;
  private static final int CSAT = 2;
  private static final int REOPENED = 3;
  private static final int INCIDENTS = 4;
  private static final int FINDINGS = 5;

  private final Company company;
  private final double[] seasons;

  KpiProcess(Company company) {
    this.company = company;
    this.seasons = new double[company.months() + 3];
    for (int month = 0; month < seasons.length; month++) {
      seasons[month] = company.season(month);
    }
  }

  /** Share of full output that a seller reaches so many months after starting. */
  static double ramp(int tenureMonths, boolean isOnboarded) {
    double length = isOnboarded ? TRAINED_RAMP_MONTHS : RAMP_MONTHS;
    return 0.1 + 0.9 * Math.min(1, (tenureMonths + 0.5) / length);
  }

  /** Mean number of deals that a seller closes in a month. */
  double dealsClosed(Employment seller, int month) {
    boolean isOnboarded = seller.person().isTrained(Program.ONBOARDING, month);
    return DEALS_PER_MONTH * ramp(seller.tenureMonths(month), isOnboarded);
  }

  /** Chance that a closing deal is won, were it not for season and team. */
  static double wins(double performance) {
    return 0.40 + 0.03 * performance;
  }

  /** Mean dollars that a seller of full output sells in a month, season and team aside. */
  static double fullOutput(double performance) {
    return 40_000 + 6_000 * performance;
  }

  /** Chance that a closing deal is won; no program changes it. */
  double winProbability(Employment seller, int month) {
    return wins(seller.person().performance())
        + 0.02 * seasons[month]
        + 0.02 * company.shock(seller.team(month), month, WINS);
  }

  /**
   * Mean amount of a deal, such that deals closed × chance to win × amount is the seller's mean
   * revenue, and what training adds to revenue is the same for everyone.
   */
  double dealAmount(Employment seller, int month) {
    Person person = seller.person();
    double full =
        fullOutput(person.performance())
            + 2_500 * seasons[month]
            + 1_500 * company.shock(seller.team(month), month, REVENUE);
    double added =
        effect(person, Program.SALES_ENABLEMENT, month, SALES_ENABLEMENT_USD)
            + effect(person, Program.NEGOTIATION_MASTERCLASS, month, NEGOTIATION_USD);
    double won = dealsClosed(seller, month) * winProbability(seller, month);
    double fullWon = DEALS_PER_MONTH * winProbability(seller, month);
    return full / fullWon + added / won;
  }

  /** Chance that a customer is satisfied with a case. */
  double satisfied(Employment agent, int month) {
    Person person = agent.person();
    return 0.65
        + 0.05 * person.performance()
        + 0.02 * seasons[month]
        + 0.03 * company.shock(agent.team(month), month, CSAT)
        + effect(person, Program.SERVICE_SKILLS, month, SERVICE_SKILLS_SHARE);
  }

  /** Chance that a closed case is reopened; the dip is more reopened cases too. */
  double reopened(Employment agent, int month) {
    Person person = agent.person();
    double dip = person.isInDip(Program.SPEED_CALLS, month) ? DIP * SPEED_CALLS_SHARE : 0;
    double trained = person.isTrained(Program.SPEED_CALLS, month) ? SPEED_CALLS_SHARE : 0;
    return 0.10
        - 0.015 * person.performance()
        + 0.01 * seasons[month]
        + 0.02 * company.shock(agent.team(month), month, REOPENED)
        + dip
        + trained;
  }

  /** Mean recordable incidents in 1,000 hours of work. */
  double incidentsPer1000Hours(Employment worker, int month) {
    if (worker.function() != JobFunction.OPERATIONS) {
      return 0.02;
    }
    Person person = worker.person();
    return 0.50
        - 0.05 * person.performance()
        + 0.04 * seasons[month]
        + 0.06 * company.shock(worker.team(month), month, INCIDENTS)
        + effect(person, Program.SAFETY, month, SAFETY_PER_1000_HOURS);
  }

  /** Mean near misses that a person reports in a month; no program changes it. */
  double nearMisses(Employment worker) {
    return worker.function() == JobFunction.OPERATIONS ? 0.05 : 0.005;
  }

  /** Mean compliance findings of a person in a month. */
  double findings(Employment clerk, int month) {
    Person person = clerk.person();
    return 0.25
        - 0.02 * person.performance()
        + 0.02 * seasons[month]
        + 0.03 * company.shock(clerk.team(month), month, FINDINGS)
        + effect(person, Program.COMPLIANCE_REFRESHER, month, COMPLIANCE_PER_MONTH);
  }

  private static double effect(Person person, Program program, int month, double size) {
    if (person.isTrained(program, month)) {
      return size;
    }
    return person.isInDip(program, month) ? -DIP * size : 0;
  }
}
