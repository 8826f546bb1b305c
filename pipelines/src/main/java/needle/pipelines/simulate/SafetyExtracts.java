package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import needle.pipelines.simulate.Company.Stream;

/**
 * Payroll hours, the log of recordable cases, the near misses that people report, and each site's
 * yearly totals of the first two.
 */
final class SafetyExtracts {
  private static final double FULL_HALF_MONTH = 80;
  private static final double OVERTIME_SHARE = 0.30;
  private static final double PAID_LEAVE_SHARE = 0.15;
  private static final double RESTATED_SHARE = 0.003;
  private static final double HAZARD_SHARE = 0.20;
  private static final double REFILED_SHARE = 0.05;

  private final Site site;
  private final Company company;
  private final KpiProcess process;
  private final Deliveries out;
  private final Map<Integer, SafetyYear> years = new TreeMap<>();

  private SafetyExtracts(Site site, KpiProcess process, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.process = process;
    this.out = out;
  }

  /** Delivers everything that the safety systems know about a site. */
  static void deliver(Site site, KpiProcess process, Deliveries out) {
    SafetyExtracts safety = new SafetyExtracts(site, process, out);
    for (Person person : site.people()) {
      safety.deliver(person);
    }
    safety.years.forEach(safety::summarise);
  }

  private void deliver(Person person) {
    Dice hours = company.dice(Stream.HOURS, person.number(), 0);
    Dice incidents = company.dice(Stream.INCIDENTS, person.number(), 0);
    Dice nearMisses = company.dice(Stream.NEAR_MISSES, person.number(), 0);
    for (Employment employment : person.employments()) {
      int last = Math.min(employment.lastMonth(), company.months() - 1);
      for (int month = Math.max(0, employment.hireMonth()); month <= last; month++) {
        double worked = work(employment, month, hours);
        int cases =
            incidents.poisson(process.incidentsPer1000Hours(employment, month) * worked / 1000);
        SafetyYear year = yearOf(month);
        year.work(worked);
        for (int i = 0; i < cases; i++) {
          injure(employment, month, year, incidents);
        }
        int reports = nearMisses.poisson(process.nearMisses(employment));
        for (int i = 0; i < reports; i++) {
          report(person, month, i, nearMisses);
        }
      }
    }
  }

  private SafetyYear yearOf(int month) {
    return years.computeIfAbsent(company.firstDay(month).getYear(), y -> new SafetyYear());
  }

  private double work(Employment employment, int month, Dice dice) {
    double worked = 0;
    LocalDate[] ends = {company.firstDay(month).plusDays(14), company.lastDay(month)};
    for (LocalDate end : ends) {
      double regular = quarters(FULL_HALF_MONTH * employment.fte() * dice.between(0.9, 1.05));
      worked += pay(employment, month, end, regular, "REG", dice);
      if (dice.chance(OVERTIME_SHARE)) {
        worked += pay(employment, month, end, quarters(dice.between(1.0, 8.0)), "OT", dice);
      }
      if (dice.chance(PAID_LEAVE_SHARE)) {
        pay(employment, month, end, 8 * dice.between(1, 3), "PTO", dice);
      }
    }
    return worked;
  }

  // The wrong number comes first, and only where the right one can still follow.
  private double pay(
      Employment employment, int month, LocalDate end, double hours, String code, Dice dice) {
    boolean restated = dice.chance(RESTATED_SHARE) && month + 1 < company.months();
    if (restated) {
      payroll(employment, month, end, hours + 40, code, true);
    }
    payroll(employment, restated ? month + 1 : month, end, hours, code, restated);
    return hours;
  }

  private void payroll(
      Employment employment, int month, LocalDate end, double hours, String code, boolean onTime) {
    String[] row = {
      employment.person().employeeNumber(), end.toString(), site.code(), decimal(hours), code
    };
    if (onTime) {
      out.deliverOnTime(Extract.HOURS_WORKED, month, row);
    } else {
      out.deliver(Extract.HOURS_WORKED, month, row);
    }
  }

  private void injure(Employment employment, int month, SafetyYear year, Dice dice) {
    Person person = employment.person();
    LocalDate day = company.firstDay(month).plusDays(dice.between(0, 27));
    SafetyYear.Case injury = SafetyYear.Case.drawn(dice);
    int number = year.add(injury);
    boolean unknown = dice.chance(0.05);
    int started = dice.pick(6, 14, 22) * 3600;
    int happened = (started + dice.between(600, 8 * 3600)) % 86_400;
    out.deliver(
        Extract.CASE_LOG,
        month,
        establishment(),
        "Northwind Components " + site.code(),
        Integer.toString(day.getYear()),
        day.getYear() + "-" + Company.padded(number, 4),
        person.employeeNumber(),
        employment.function().jobTitle(person.number()),
        Moments.american(day),
        dice.pick("Line 1", "Line 2", "Dock, north side", "Warehouse", "Yard"),
        "The worker said \"it happened fast\", first aid was given",
        Integer.toString(injury.outcome()),
        Integer.toString(injury.daysAway()),
        Integer.toString(injury.daysRestricted()),
        Integer.toString(injury.type()),
        Moments.american(person.bornOn()),
        Moments.hourAndMinute(started),
        unknown ? "" : Moments.hourAndMinute(happened),
        unknown ? "1" : "");
  }

  private void report(Person person, int month, int count, Dice dice) {
    LocalDate day = company.firstDay(month).plusDays(dice.between(0, 27));
    long createdAt = Moments.workday(day, site.place().zone(), dice);
    boolean hazard = dice.chance(HAZARD_SHARE);
    String id = "issue_" + person.number() + "_" + month + "_" + count;
    long resolvedAt = createdAt + 86_400L * dice.between(2, 40);
    int resolvedIn = company.monthOf(Moments.day(resolvedAt));
    String[] open = nearMiss(id, person, createdAt, hazard, createdAt, "Open", dice);
    out.deliver(Extract.NEAR_MISS, month, open);
    String[] resolved = open.clone();
    resolved[10] = "Resolved";
    resolved[18] = Moments.iso(resolvedAt);
    resolved[19] = Moments.iso(resolvedAt);
    out.deliver(Extract.NEAR_MISS, resolvedIn, resolved);
  }

  private String[] nearMiss(
      String id,
      Person person,
      long createdAt,
      boolean hazard,
      long modifiedAt,
      String status,
      Dice dice) {
    return new String[] {
      id,
      "ISS-" + Integer.toUnsignedString(id.hashCode()),
      hazard ? "Guard missing" : "Nearly hit by a pallet",
      "Seen on the way, told the shift lead",
      "user_" + person.number(),
      "e" + person.employeeNumber(),
      Moments.iso(createdAt),
      Moments.iso(createdAt - 60L * dice.between(5, 300)),
      "",
      dice.pick("Low", "Medium", "High"),
      status,
      hazard ? "cat_hazard" : "cat_near_miss",
      hazard ? "Hazard" : "Near miss",
      "site_" + site.number(),
      site.code(),
      dice.pick("Line 1", "Line 2", "Dock"),
      "",
      "",
      Moments.iso(modifiedAt),
      "",
      ""
    };
  }

  // Totals are filed in the January after; the last year of the simulation is not filed yet.
  private void summarise(int calendarYear, SafetyYear year) {
    Dice dice = company.dice(Stream.SUMMARIES, site.number(), calendarYear);
    int filedIn = company.monthOf(LocalDate.of(calendarYear + 1, 1, 1));
    long filedAt = Moments.utc(LocalDate.of(calendarYear + 1, 1, 20), 36_000);
    if (dice.chance(REFILED_SHARE) && filedIn + 1 < company.months()) {
      file(calendarYear, year, year.hours() * 10, filedIn, filedAt, "");
      file(
          calendarYear, year, year.hours(), filedIn + 1, filedAt + 86_400L * 30, "Hours corrected");
    } else {
      file(calendarYear, year, year.hours(), filedIn, filedAt, "");
    }
  }

  private void file(
      int calendarYear, SafetyYear year, double hours, int month, long filedAt, String reason) {
    boolean american = site.place().country().equals("USA");
    int employees = (int) Math.max(1, Math.round(year.hours() / 1_900));
    int size = employees < 20 ? 1 : employees < 100 ? 21 : employees < 250 ? 22 : 3;
    String submitted = Moments.local(filedAt, java.time.ZoneOffset.UTC, ' ');
    out.deliver(
        Extract.SUMMARY_300A,
        month,
        establishment(),
        "Northwind Components " + site.code(),
        "12-3456789",
        "Northwind Components, Inc.",
        site.place().state(),
        american ? "10001" : "",
        "332710",
        Integer.toString(size),
        "1",
        Integer.toString(calendarYear),
        Integer.toString(employees),
        decimal(hours),
        year.hasCases() ? "1" : "2",
        Integer.toString(year.casesOfOutcome(1)),
        Integer.toString(year.casesOfOutcome(2)),
        Integer.toString(year.casesOfOutcome(3)),
        Integer.toString(year.casesOfOutcome(4)),
        Integer.toString(year.daysAway()),
        Integer.toString(year.daysRestricted()),
        Integer.toString(year.casesOfType(1)),
        Integer.toString(year.casesOfType(2)),
        Integer.toString(year.casesOfType(3)),
        Integer.toString(year.casesOfType(4)),
        Integer.toString(year.casesOfType(5)),
        Integer.toString(year.casesOfType(6)),
        submitted,
        reason);
  }

  private String establishment() {
    return Integer.toString(100_000 + site.number());
  }

  private static double quarters(double hours) {
    return Math.round(hours * 4) / 4.0;
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
