package needle.pipelines.simulate;

import java.time.LocalDate;
import java.time.ZoneId;
import needle.pipelines.simulate.Company.Stream;

/**
 * The service desk: customers' cases, their history and what customers say of them; and the
 * findings of compliance audits, which the CRM keeps as cases too.
 */
final class CaseExtracts {
  private static final ZoneId SURVEY_ZONE = ZoneId.of("America/Denver");
  private static final double QUEUE_SHARE = 0.01;
  private static final double PREVIEW_SHARE = 0.005;
  private static final int MOST_CASES = 100_000;

  private final Site site;
  private final Company company;
  private final KpiProcess process;
  private final Deliveries out;

  private CaseExtracts(Site site, KpiProcess process, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.process = process;
    this.out = out;
  }

  /** Delivers every case of a site. */
  static void deliver(Site site, KpiProcess process, Deliveries out) {
    CaseExtracts cases = new CaseExtracts(site, process, out);
    for (Person person : site.people()) {
      Dice service = site.company().dice(Stream.CASES, person.number(), 0);
      Dice audits = site.company().dice(Stream.FINDINGS, person.number(), 0);
      int count = 0;
      for (Employment employment : person.employments()) {
        int last = Math.min(employment.lastMonth(), site.company().months() - 1);
        for (int month = Math.max(0, employment.hireMonth()); month <= last; month++) {
          if (employment.function() == JobFunction.SERVICE) {
            int closed = service.round(KpiProcess.CASES_PER_MONTH);
            for (int i = 0; i < closed; i++) {
              cases.serve(employment, month, count++, service);
            }
          } else if (employment.function() == JobFunction.CORPORATE) {
            int found = audits.poisson(process.findings(employment, month));
            for (int i = 0; i < found; i++) {
              cases.find(employment, month, count++, audits);
            }
          }
        }
      }
    }
  }

  private void serve(Employment agent, int month, int count, Dice dice) {
    LocalDate closedOn = company.firstDay(month).plusDays(dice.between(0, 27));
    long closedAt = workday(closedOn, dice);
    long createdAt = closedAt - 3600L * dice.between(3, 240);
    boolean isReopened = dice.chance(process.reopened(agent, month));
    String id = id(agent, count, createdAt);
    String owner =
        dice.chance(QUEUE_SHARE)
            ? Ids.salesforce("00G", site.number() + 500_001L)
            : Ids.user(agent.person());
    String number = Long.toString(number(agent, count, createdAt));
    int createdIn = company.monthOf(Moments.day(createdAt));
    if (createdIn >= 0 && createdIn < month) {
      deliver(createdIn, id, number, owner, "Working", "Customer", createdAt, "", createdAt);
    }
    deliver(
        month, id, number, owner, "Closed", "Customer", createdAt, Moments.iso(closedAt), closedAt);
    history(agent, id, month, isReopened, createdAt, closedAt);
    if (dice.chance(KpiProcess.RESPONSE_SHARE)) {
      boolean satisfied = dice.chance(process.satisfied(agent, month));
      int answer = satisfied ? dice.between(4, 5) : dice.between(1, 3);
      respond(month, number, answer, "0", closedAt + 3600L * dice.between(2, 70), dice);
    }
    if (dice.chance(PREVIEW_SHARE)) {
      respond(month, number, 5, "1", closedAt + 3600L * dice.between(80, 90), dice);
    }
  }

  private void find(Employment clerk, int month, int count, Dice dice) {
    long createdAt = workday(company.firstDay(month).plusDays(dice.between(0, 27)), dice);
    String owner = Ids.user(clerk.person());
    String type = "Compliance Finding";
    deliver(
        month,
        id(clerk, count, createdAt),
        Long.toString(number(clerk, count, createdAt)),
        owner,
        "New",
        type,
        createdAt,
        "",
        createdAt);
  }

  private void deliver(
      int month,
      String id,
      String number,
      String owner,
      String status,
      String type,
      long createdAt,
      String closedAt,
      long savedAt) {
    boolean audit = type.equals("Compliance Finding");
    out.deliver(
        Extract.CASE,
        month,
        id,
        number,
        owner,
        "003" + id.substring(3),
        status,
        "Medium",
        audit ? "Audit" : "Email",
        audit ? "Policy" : "Question",
        type,
        Boolean.toString(status.equals("Closed")),
        "false",
        Moments.iso(createdAt),
        closedAt,
        "",
        "false",
        Moments.iso(savedAt),
        Moments.iso(savedAt));
  }

  private void history(
      Employment agent, String id, int month, boolean isReopened, long createdAt, long closedAt) {
    long step = (closedAt - createdAt) / 4;
    change(agent, id, month, 0, "New", "Working", createdAt + step);
    if (isReopened) {
      change(agent, id, month, 1, "Working", "Closed", createdAt + 2 * step);
      change(agent, id, month, 2, "Closed", "Reopened", createdAt + 3 * step);
      change(agent, id, month, 3, "Reopened", "Closed", closedAt);
    } else {
      change(agent, id, month, 1, "Working", "Closed", closedAt);
    }
  }

  private void change(
      Employment agent, String id, int month, int count, String before, String after, long at) {
    out.deliver(
        Extract.CASE_HISTORY,
        month,
        "017" + id.substring(3, 14) + count + "AAM",
        id,
        "Status",
        before,
        after,
        Moments.iso(at),
        Ids.user(agent.person()));
  }

  private void respond(int month, String number, int answer, String status, long at, Dice dice) {
    String ended = Moments.local(at, SURVEY_ZONE, ' ');
    int seconds = dice.between(20, 200);
    out.deliver(
        Extract.CSAT_SURVEY,
        month,
        Moments.local(at - seconds, SURVEY_ZONE, ' '),
        ended,
        status,
        "100",
        Integer.toString(seconds),
        "1",
        ended,
        Ids.response(dice),
        number,
        status.equals("0") ? "email" : "preview",
        "EN",
        Ids.address(dice),
        Integer.toString(answer));
  }

  private static String id(Employment agent, int count, long createdAt) {
    return Ids.salesforce("500", number(agent, count, createdAt));
  }

  private static long number(Employment agent, int count, long createdAt) {
    return Ids.inOrder(createdAt, agent.person().number() * MOST_CASES + count);
  }

  private long workday(LocalDate day, Dice dice) {
    return Moments.workday(day, site.place().zone(), dice);
  }
}
