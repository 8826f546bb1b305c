package needle.pipelines.simulate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A site with everyone who ever worked there; the unit that is simulated in one go. */
final class Site {
  private final Company company;
  private final int number;
  private final Company.Place place;
  private final List<Person> people = new ArrayList<>();
  private final Map<Integer, List<Person>> leads = new HashMap<>();

  private Site(Company company, int number) {
    this.company = company;
    this.number = number;
    this.place = company.place(number);
  }

  /** Lives through all months of a site. */
  static Site simulate(Company company, int number) {
    Site site = new Site(company, number);
    int firstTeam = number * Company.TEAMS_PER_SITE;
    int endTeam = Math.min(firstTeam + Company.TEAMS_PER_SITE, company.teams());
    for (int team = firstTeam; team < endTeam; team++) {
      long firstSeat = (long) team * Company.SEATS_PER_TEAM;
      long endSeat = Math.min(firstSeat + Company.SEATS_PER_TEAM, company.employees());
      for (long seat = firstSeat; seat < endSeat; seat++) {
        List<Person> holders = SeatHistory.of(company, seat);
        site.people.addAll(holders);
        if (seat == firstSeat) {
          site.leads.put(team, holders);
        }
      }
    }
    return site;
  }

  Company company() {
    return company;
  }

  int number() {
    return number;
  }

  String code() {
    return company.siteCode(number);
  }

  Company.Place place() {
    return place;
  }

  /** Everyone who ever worked here, in a fixed order. */
  List<Person> people() {
    return people;
  }

  /**
   * Who leads someone in a team in a month: the holder of the team's first seat, and for them the
   * holder of the site's first seat. Null at the top and while the seat is empty.
   */
  Employment managerOf(Person person, int team, int month) {
    int at = Math.max(0, month);
    Employment lead = holder(team, at);
    if (lead != null && lead.person() != person) {
      return lead;
    }
    Employment head = holder(number * Company.TEAMS_PER_SITE, at);
    return head != null && head.person() != person ? head : null;
  }

  private Employment holder(int team, int month) {
    for (Person lead : leads.get(team)) {
      Employment employment = lead.employmentIn(month);
      if (employment != null) {
        return employment;
      }
    }
    return null;
  }
}
