package needle.pipelines.simulate;

import java.time.LocalDate;
import needle.pipelines.simulate.Company.Stream;

/**
 * The CRM's users: everyone in Sales, Service and Corporate, once hired, renamed and gone, and one
 * integration user who is nobody.
 */
final class UserExtract {
  private UserExtract() {}

  static void deliver(Site site, Deliveries out) {
    Company company = site.company();
    Dice dice = company.dice(Stream.USERS, site.number(), 0);
    for (Person person : site.people()) {
      Employment first = person.employments().get(0);
      if (first.function() != JobFunction.OPERATIONS) {
        deliver(site, person, dice, out);
      }
    }
    if (site.number() == 0) {
      long created = Moments.utc(company.firstDay(0).minusDays(900), 3600);
      String id = Ids.salesforce("005", 1);
      String email = "integration@example.com";
      out.deliver(
          Extract.USER,
          0,
          id,
          email,
          email,
          "",
          "",
          "",
          "",
          "",
          "true",
          "UTC",
          Moments.iso(created),
          Moments.iso(created));
    }
  }

  private static void deliver(Site site, Person person, Dice dice, Deliveries out) {
    Company company = site.company();
    for (Employment employment : person.employments()) {
      version(site, employment, employment.hireMonth(), employment.hiredOn(), true, dice, out);
      int renamed = person.renamedInMonth();
      if (renamed != Program.NEVER && employment.isActive(renamed)) {
        LocalDate day = company.firstDay(renamed).plusDays(dice.between(0, 20));
        version(site, employment, renamed, day, true, dice, out);
      }
      if (employment.hasEnded()) {
        int last = employment.lastMonth();
        version(site, employment, last, company.lastDay(last), false, dice, out);
      }
    }
  }

  private static void version(
      Site site,
      Employment employment,
      int month,
      LocalDate day,
      boolean isActive,
      Dice dice,
      Deliveries out) {
    Company company = site.company();
    Person person = employment.person();
    int at = Math.min(Math.max(month, 0), company.months() - 1);
    int team = month < 0 || !employment.isActive(at) ? employment.firstTeam() : employment.team(at);
    Employment manager = site.managerOf(person, team, at);
    String savedAt = Moments.iso(Moments.workday(day, site.place().zone(), dice));
    out.deliver(
        Extract.USER,
        month,
        Ids.user(person),
        person.email(month),
        person.email(month),
        person.employeeNumber(),
        employment.userId(),
        manager == null ? "" : Ids.user(manager.person()),
        employment.function().title(),
        company.teamCode(team),
        Boolean.toString(isActive),
        site.place().zone().getId(),
        savedAt,
        savedAt);
  }
}
