package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import needle.pipelines.simulate.Company.Stream;
import needle.pipelines.simulate.Employment.JobEvent;
import needle.pipelines.simulate.Employment.Leaving;

/**
 * The HRIS of a site: job records, employments and terminations, each delivered when it is saved
 * and again when it is closed.
 *
 * <p>Some changes are saved weeks before they hold and some weeks after.
 */
final class HrisExtracts {
  private static final String OPEN_END = "9999-12-31";
  private static final double AHEAD_SHARE = 0.15;
  private static final double AFTERWARDS_SHARE = 0.05;
  private static final double SECOND_SEQUENCE_SHARE = 0.02;
  private static final double LEAVES_PER_MONTH = 0.002;
  private static final double PLANNED_SHARE = 0.01;
  private static final double CORRECTED_SHARE = 0.01;

  /** What a job row says from a day on, before its end is known. */
  private record JobRow(
      LocalDate start,
      int sequence,
      String event,
      String reason,
      String status,
      int team,
      int payGrade,
      long savedAt) {}

  private final Site site;
  private final Company company;
  private final Deliveries out;
  private final Dice dice;

  private HrisExtracts(Site site, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.out = out;
    this.dice = company.dice(Stream.JOB_ROWS, site.number(), 0);
  }

  /** Delivers everything that the HRIS knows about a site. */
  static void deliver(Site site, Deliveries out) {
    HrisExtracts hris = new HrisExtracts(site, out);
    for (Person person : site.people()) {
      for (Employment employment : person.employments()) {
        hris.deliver(employment);
      }
    }
  }

  private void deliver(Employment employment) {
    List<JobRow> rows = jobRows(employment);
    long hiredAt = rows.get(0).savedAt();
    long endedAt = rows.get(rows.size() - 1).savedAt();
    for (int i = 0; i < rows.size(); i++) {
      JobRow row = rows.get(i);
      if (i == rows.size() - 1) {
        deliverJob(employment, row, OPEN_END, row.savedAt());
        continue;
      }
      JobRow next = rows.get(i + 1);
      boolean sameDay = next.start().equals(row.start());
      String end = (sameDay ? row.start() : next.start().minusDays(1)).toString();
      long closedAt = Math.max(row.savedAt(), next.savedAt());
      if (deliveryOf(closedAt) > deliveryOf(row.savedAt())) {
        deliverJob(employment, row, OPEN_END, row.savedAt());
      }
      deliverJob(employment, row, end, closedAt);
    }
    deliverEmployment(employment, hiredAt, endedAt);
  }

  private List<JobRow> jobRows(Employment employment) {
    List<JobRow> rows = new ArrayList<>();
    String hire = employment.previousUserId() == null ? "HIRE" : "REHIRE";
    int team = employment.firstTeam();
    int grade = employment.firstPayGrade();
    LocalDate hiredOn = employment.hiredOn();
    rows.add(new JobRow(hiredOn, 1, hire, "NEW", "A", team, grade, savedAt(hiredOn)));
    int first = Math.max(1, employment.hireMonth() + 1);
    int last = Math.min(employment.lastMonth(), company.months() - 1);
    for (int month = first; month <= last; month++) {
      LocalDate firstDay = company.firstDay(month);
      boolean moved = false;
      boolean promoted = false;
      for (JobEvent event : employment.events()) {
        if (event.month() == month && event.kind() == JobEvent.Kind.TRANSFER) {
          team = event.team();
          moved = true;
          addChange(rows, firstDay, "TRANSFER", "TEAM", team, event.payGrade());
        }
      }
      Person person = employment.person();
      Employment manager = site.managerOf(person, team, month);
      if (!moved && manager != site.managerOf(person, team, month - 1)) {
        addChange(rows, firstDay, "DATA", "MANAGER", team, grade);
      }
      for (JobEvent event : employment.events()) {
        if (event.month() == month && event.kind() == JobEvent.Kind.PROMOTION) {
          grade = event.payGrade();
          promoted = true;
          addChange(rows, firstDay.plusDays(15), "PROM", "MERIT", team, grade);
        }
      }
      if (!promoted && dice.chance(LEAVES_PER_MONTH)) {
        String reason = dice.pick("LOA_MEDICAL", "LOA_PARENTAL", "LOA_CARE");
        addRow(rows, firstDay.plusDays(8), 1, "LOA", reason, "P", team, grade);
        addRow(rows, firstDay.plusDays(21), 1, "RTW", "RETURN", "A", team, grade);
      }
    }
    if (employment.hasEnded()) {
      LocalDate dayAfter = company.firstDay(employment.lastMonth() + 1);
      long told = Moments.workday(dayAfter.minusDays(dice.between(5, 25)), zone(), dice);
      String why = employment.leaving().code();
      rows.add(new JobRow(dayAfter, 1, "TERM", why, "T", team, grade, told));
    } else if (dice.chance(PLANNED_SHARE)) {
      LocalDate planned = company.firstDay(company.months() + dice.between(0, 2));
      long told = Moments.workday(Company.END.minusDays(dice.between(3, 25)), zone(), dice);
      rows.add(new JobRow(planned, 1, "DATA", "PLANNED", "A", team, grade, told));
    }
    rows.sort(Comparator.comparing(JobRow::start).thenComparing(JobRow::sequence));
    return rows;
  }

  private void addChange(
      List<JobRow> rows, LocalDate start, String event, String reason, int team, int grade) {
    boolean twice = dice.chance(SECOND_SEQUENCE_SHARE);
    if (twice) {
      addRow(rows, start, 1, "DATA", "ENTRY", "A", team, grade);
    }
    addRow(rows, start, twice ? 2 : 1, event, reason, "A", team, grade);
  }

  private void addRow(
      List<JobRow> rows,
      LocalDate start,
      int sequence,
      String event,
      String reason,
      String status,
      int team,
      int grade) {
    rows.add(new JobRow(start, sequence, event, reason, status, team, grade, savedAt(start)));
  }

  private long savedAt(LocalDate start) {
    LocalDate day = start;
    if (dice.chance(AHEAD_SHARE)) {
      day = start.minusDays(dice.between(10, 70));
    } else if (dice.chance(AFTERWARDS_SHARE)) {
      day = start.plusDays(dice.between(3, 40));
    }
    return Moments.workday(day, zone(), dice);
  }

  private void deliverJob(Employment employment, JobRow row, String end, long savedAt) {
    Person person = employment.person();
    int month = Math.min(company.monthOf(row.start()), company.months() - 1);
    Employment manager = site.managerOf(person, row.team(), month);
    String managerId = manager == null ? "NO_MANAGER" : manager.userId();
    JobFunction function = JobFunction.ofTeam(row.team());
    double fte = employment.fte();
    out.deliver(
        Extract.EMP_JOB,
        company.monthOf(Moments.day(savedAt)),
        employment.userId(),
        row.start().toString(),
        end,
        Integer.toString(row.sequence()),
        row.event(),
        row.reason(),
        row.status(),
        "NWC" + site.place().country(),
        "Components",
        function == JobFunction.OPERATIONS ? "Plants" : "Commercial",
        function.title(),
        site.code(),
        company.teamCode(row.team()),
        function.code() + "-G" + row.payGrade(),
        (row.payGrade() >= 4 ? "Senior " : "") + function.jobTitle(person.number()),
        "G" + row.payGrade(),
        managerId,
        "P" + person.number() / 10,
        Double.toString(fte),
        Double.toString(40 * fte),
        Boolean.toString(fte == 1.0),
        "R",
        site.place().country(),
        zone().getId(),
        Moments.iso(savedAt));
  }

  private void deliverEmployment(Employment employment, long hiredAt, long endedAt) {
    if (!employment.hasEnded()) {
      deliverEmployment(employment, "", hiredAt);
      return;
    }
    LocalDate lastDay = company.lastDay(employment.lastMonth());
    long closedAt = Math.max(hiredAt, endedAt);
    if (deliveryOf(closedAt) > deliveryOf(hiredAt)) {
      deliverEmployment(employment, "", hiredAt);
    }
    deliverEmployment(employment, lastDay.toString(), closedAt);
    long correctedAt = endedAt + 86_400L * dice.between(20, 60);
    boolean wrongAtFirst =
        dice.chance(CORRECTED_SHARE) && deliveryOf(correctedAt) < company.months();
    Leaving leaving = employment.leaving();
    if (wrongAtFirst) {
      Leaving wrong = leaving == Leaving.RESIGN ? Leaving.REDUNDANT : Leaving.RESIGN;
      deliverTermination(employment, wrong, lastDay, endedAt);
    }
    deliverTermination(employment, leaving, lastDay, wrongAtFirst ? correctedAt : endedAt);
  }

  private void deliverEmployment(Employment employment, String end, long savedAt) {
    Person person = employment.person();
    out.deliver(
        Extract.EMP_EMPLOYMENT,
        company.monthOf(Moments.day(savedAt)),
        person.employeeNumber(),
        employment.userId(),
        employment.hiredOn().toString(),
        person.employments().get(0).hiredOn().toString(),
        end,
        employment.previousUserId() == null ? "" : employment.previousUserId(),
        "false",
        "ST",
        Moments.iso(savedAt));
  }

  private void deliverTermination(
      Employment employment, Leaving leaving, LocalDate lastDay, long savedAt) {
    boolean resigned = leaving == Leaving.RESIGN;
    out.deliver(
        Extract.EMP_TERMINATION,
        company.monthOf(Moments.day(savedAt)),
        employment.person().employeeNumber(),
        employment.userId(),
        lastDay.toString(),
        lastDay.toString(),
        leaving.code(),
        Boolean.toString(leaving != Leaving.DISMISS),
        Boolean.toString(resigned && employment.person().performance() > 0),
        Moments.iso(savedAt));
  }

  private int deliveryOf(long savedAt) {
    return Math.max(0, company.monthOf(Moments.day(savedAt)));
  }

  private java.time.ZoneId zone() {
    return site.place().zone();
  }
}
