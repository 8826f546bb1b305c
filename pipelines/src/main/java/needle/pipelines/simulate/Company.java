package needle.pipelines.simulate;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import needle.kit.InvalidInput;

/**
 * The size, the calendar and the seed of the simulated company, and everything that follows from
 * them without looking at a person: teams, sites, and which team takes up which program when.
 *
 * <p>Months count from 0, the first of the simulation, to {@code months - 1}, December 2025. A seat
 * is a job that one person at a time holds; ten seats make a team, twelve teams a site.
 */
record Company(int employees, int months, long seed) implements Serializable {
  static final int SEATS_PER_TEAM = 10;
  static final int TEAMS_PER_SITE = 12;
  static final LocalDate END = LocalDate.of(2026, 1, 1);
  private static final double ADOPTING_SHARE = 0.65;
  private static final int NEGOTIATION_TEAMS = 3;
  private static final int NEGOTIATION_SEATS = 4;

  Company {
    List<String> faults = new ArrayList<>();
    if (employees < 100 || employees > 20_000_000) {
      faults.add("--employees is " + employees + ", and must lie between 100 and 20000000");
    }
    if (months < 12 || months > 240) {
      faults.add("--months is " + months + ", and must lie between 12 and 240");
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          "The company cannot be simulated",
          String.join("; ", faults),
          "try --employees 2000 --months 36");
    }
  }

  /** What a stream of random numbers decides; part of its key. */
  enum Stream {
    SEAT,
    PERSON,
    ADOPTION,
    SHOCK,
    JOB_ROWS,
    USERS,
    DEALS,
    CASES,
    FINDINGS,
    HOURS,
    INCIDENTS,
    NEAR_MISSES,
    SUMMARIES,
    LEARNING,
    STATEMENTS,
    SURVEYS,
    DELIVERY,
    HEADERS,
    RAMP,
    ACCOUNTS
  }

  /** The random numbers for one decision about one thing. */
  Dice dice(Stream stream, long which, long month) {
    return Dice.of(seed, stream.ordinal(), which, month);
  }

  /** How many teams; the last may have fewer seats. */
  int teams() {
    return (employees + SEATS_PER_TEAM - 1) / SEATS_PER_TEAM;
  }

  /** How many sites; the last may have fewer teams. */
  int sites() {
    return (teams() + TEAMS_PER_SITE - 1) / TEAMS_PER_SITE;
  }

  /** First day of a month; months before the simulation are negative. */
  LocalDate firstDay(int month) {
    return END.plusMonths((long) month - months);
  }

  /** Last day of a month. */
  LocalDate lastDay(int month) {
    return firstDay(month + 1).minusDays(1);
  }

  /** The month a day falls in. */
  int monthOf(LocalDate day) {
    return (day.getYear() - END.getYear()) * 12 + day.getMonthValue() - 1 + months;
  }

  /** The day on which the files of a month are delivered. */
  LocalDate deliveredOn(int month) {
    return firstDay(month + 1).withDayOfMonth(3);
  }

  /** Cost centre of a team, such as OPS-0012. */
  String teamCode(int team) {
    return JobFunction.ofTeam(team).code() + "-" + padded(team, 4);
  }

  /** Code of a site, such as S0001. */
  String siteCode(int site) {
    return "S" + padded(site + 1, 4);
  }

  /** Where a site lies. */
  Place place(int site) {
    return Place.values()[
        dice(Stream.SEAT, -1 - site, 0).weighted(0.40, 0.20, 0.10, 0.15, 0.10, 0.05)];
  }

  /** The places of the company, with their time zones. */
  enum Place {
    NEW_YORK("USA", "NY", "America/New_York"),
    CHICAGO("USA", "IL", "America/Chicago"),
    LOS_ANGELES("USA", "CA", "America/Los_Angeles"),
    LONDON("GBR", "", "Europe/London"),
    BERLIN("DEU", "", "Europe/Berlin"),
    SINGAPORE("SGP", "", "Asia/Singapore");

    private final String country;
    private final String state;
    private final ZoneId zone;

    Place(String country, String state, String zone) {
      this.country = country;
      this.state = state;
      this.zone = ZoneId.of(zone);
    }

    String country() {
      return country;
    }

    String state() {
      return state;
    }

    ZoneId zone() {
      return zone;
    }
  }

  /**
   * The month in which a team takes up a program, or {@link Program#NEVER}: the first month of a
   * quarter between a quarter and 70 % of the window. Draws for different programs are independent.
   */
  int wave(int team, Program program) {
    if (program == Program.NEGOTIATION_MASTERCLASS) {
      int rank = negotiationTeams().indexOf(team);
      return rank < 0 ? Program.NEVER : waves().get(rank % waves().size());
    }
    Dice dice = dice(Stream.ADOPTION, team, program.ordinal());
    if (!dice.chance(ADOPTING_SHARE)) {
      return Program.NEVER;
    }
    List<Integer> waves = waves();
    return waves.get(dice.between(0, waves.size() - 1));
  }

  /** The months in which programs start: the first months of the middle quarters. */
  List<Integer> waves() {
    List<Integer> waves = new ArrayList<>();
    for (int month = (months + 3) / 4; month <= 0.70 * months; month++) {
      if (firstDay(month).getMonthValue() % 3 == 1) {
        waves.add(month);
      }
    }
    return waves;
  }

  /** Whether the holder of a seat is one of the twelve whom the masterclass is for. */
  boolean isNegotiationSeat(int team, int seatInTeam) {
    return seatInTeam >= 1 && seatInTeam <= NEGOTIATION_SEATS && negotiationTeams().contains(team);
  }

  private List<Integer> negotiationTeams() {
    List<Integer> chosen = new ArrayList<>();
    for (int team = 0; team < teams() && chosen.size() < NEGOTIATION_TEAMS; team++) {
      if (JobFunction.ofTeam(team) == JobFunction.SALES) {
        chosen.add(team);
      }
    }
    return chosen;
  }

  /** A number of the team and month between −1 and 1 that all its people share. */
  double shock(int team, int month, int kpi) {
    return dice(Stream.SHOCK, team * 16L + kpi, month).between(-1.0, 1.0);
  }

  /** The season of a month between −1 and 1, the same for everyone. */
  double season(int month) {
    return StrictMath.sin(2 * Math.PI * firstDay(month).getMonthValue() / 12);
  }

  static String padded(long number, int width) {
    String digits = Long.toString(number);
    return digits.length() >= width ? digits : "0".repeat(width - digits.length()) + digits;
  }
}
