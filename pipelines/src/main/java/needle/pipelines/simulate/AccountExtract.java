package needle.pipelines.simulate;

import java.time.LocalDate;
import needle.pipelines.simulate.Company.Stream;

/**
 * Everybody's account in the learning system: opened at the hire, renamed with the person, closed
 * at the exit. The login stays through a change of name, and a namesake inherits it.
 */
final class AccountExtract {
  private AccountExtract() {}

  static void deliver(Site site, Deliveries out) {
    Company company = site.company();
    Dice dice = company.dice(Stream.ACCOUNTS, site.number(), 0);
    for (Person person : site.people()) {
      for (Employment employment : person.employments()) {
        version(site, employment, employment.hireMonth(), employment.hiredOn(), true, dice, out);
        int renamed = person.renamedInMonth();
        if (renamed != Program.NEVER && employment.isActive(renamed)) {
          version(site, employment, renamed, company.firstDay(renamed), true, dice, out);
        }
        if (employment.hasEnded()) {
          int last = employment.lastMonth();
          version(site, employment, last, company.lastDay(last), false, dice, out);
        }
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
    Person person = employment.person();
    String address = person.email(-1);
    out.deliver(
        Extract.ACCOUNT,
        month,
        address.substring(0, address.indexOf('@')),
        person.employeeNumber(),
        person.email(month),
        Boolean.toString(isActive),
        Moments.iso(Moments.workday(day, site.place().zone(), dice)));
  }
}
