package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import needle.pipelines.simulate.Company.Stream;
import needle.pipelines.simulate.Employment.JobEvent;
import needle.pipelines.simulate.Employment.Leaving;

/**
 * The people who held one seat, one after the other: hired, moved, trained, promoted, gone, and
 * sometimes back.
 *
 * <p>In each month, in this order: a move takes effect on the first day, training is completed by
 * the eighth, a promotion takes effect on the sixteenth, and people leave on the last day.
 */
final class SeatHistory {
  private static final double MOVES_PER_MONTH = 0.02 / 12;
  private static final double RENAMES_PER_MONTH = 0.015 / 12;
  private static final double REHIRED_SHARE = 0.05;
  private static final double PREDECESSOR_SHARE = 0.02;
  private static final double NAMESAKE_SHARE = 0.03;
  private static final double ABANDONED_SHARE = 0.20;
  private static final int MOST_PEOPLE = 10;

  private final Company company;
  private final long seat;
  private final int team;
  private final int seatInTeam;
  private final Dice dice;
  private final List<Person> people = new ArrayList<>();
  private int employments;
  private String reusableUserId;

  private SeatHistory(Company company, long seat) {
    this.company = company;
    this.seat = seat;
    this.team = (int) (seat / Company.SEATS_PER_TEAM);
    this.seatInTeam = (int) (seat % Company.SEATS_PER_TEAM);
    this.dice = company.dice(Stream.SEAT, seat, 0);
  }

  /** Everyone who held the seat, in order. */
  static List<Person> of(Company company, long seat) {
    SeatHistory history = new SeatHistory(company, seat);
    history.run();
    return history.people;
  }

  private void run() {
    if (dice.chance(PREDECESSOR_SHARE)) {
      addPredecessor();
    }
    Employment current = incumbent();
    int nextHire = Program.NEVER;
    Person returning = null;
    for (int month = 0; month < company.months(); month++) {
      if (current == null && month == nextHire) {
        current = hire(returning, month);
      }
      if (current == null) {
        continue;
      }
      live(current, month);
      if (current.hasEnded()) {
        boolean comesBack = current.leaving() == Leaving.RESIGN && dice.chance(REHIRED_SHARE);
        returning = comesBack ? current.person() : null;
        nextHire = month + 1 + (comesBack ? dice.between(3, 9) : dice.weighted(0.5, 0.3, 0.2));
        current = null;
        if (employments == MOST_PEOPLE) {
          return;
        }
      }
    }
  }

  private void addPredecessor() {
    int lastMonth = -dice.between(24, 48);
    int hireMonth = lastMonth - dice.between(12, 60);
    Employment past = employ(newPerson(), company.firstDay(hireMonth), hireMonth, null);
    past.end(lastMonth, dice.pick(Leaving.values()));
    reusableUserId = dice.chance(0.8) ? past.userId() : null;
  }

  private Employment incumbent() {
    int tenure = (int) (-60 * StrictMath.log(1 - dice.uniform())) + 1;
    if (company.isNegotiationSeat(team, seatInTeam)) {
      tenure += 12;
    }
    int hireMonth = -Math.min(tenure, 420);
    LocalDate hiredOn = company.firstDay(hireMonth).plusDays(dice.between(0, 20));
    return employ(newPerson(), hiredOn, hireMonth, null);
  }

  private Employment hire(Person returning, int month) {
    LocalDate firstDay = company.firstDay(month);
    if (returning != null) {
      List<Employment> earlier = returning.employments();
      String before = earlier.get(earlier.size() - 1).userId();
      return employ(returning, firstDay, month, before);
    }
    return employ(newPerson(), firstDay, month, null);
  }

  private Person newPerson() {
    long number = 1_000_000 + seat * MOST_PEOPLE + people.size();
    Person person = new Person(number, seat, company.dice(Stream.PERSON, number, 0));
    if (!people.isEmpty() && dice.chance(NAMESAKE_SHARE)) {
      person = person.namedLike(people.get(people.size() - 1));
    }
    people.add(person);
    return person;
  }

  private Employment employ(Person person, LocalDate hiredOn, int hireMonth, String previous) {
    String userId = "u" + (300_000 + seat * MOST_PEOPLE + employments);
    if (reusableUserId != null && hireMonth >= 0 && previous == null) {
      userId = reusableUserId;
      reusableUserId = null;
    }
    employments++;
    double fte = new double[] {1.0, 0.8, 0.5}[dice.weighted(0.85, 0.10, 0.05)];
    int payGrade =
        seatInTeam == 0
            ? 4 + dice.weighted(0.5, 0.35, 0.15)
            : 1 + dice.weighted(0.22, 0.28, 0.28, 0.13, 0.06, 0.03);
    return new Employment(
        person, userId, previous, hiredOn, hireMonth, fte, team, payGrade, company.months());
  }

  private void live(Employment current, int month) {
    Person person = current.person();
    boolean first = month <= current.hireMonth() || month == 0;
    int nowTeam = first ? current.firstTeam() : current.team(month - 1);
    int nowGrade = first ? current.firstPayGrade() : current.payGrade(month - 1);
    boolean staysForMasterclass =
        company.isNegotiationSeat(team, seatInTeam)
            && month <= company.wave(team, Program.NEGOTIATION_MASTERCLASS);
    if (!first && !staysForMasterclass && dice.chance(MOVES_PER_MONTH)) {
      int newTeam = anotherTeamOfSite(nowTeam);
      if (newTeam != nowTeam) {
        nowTeam = newTeam;
        current.change(new JobEvent(month, JobEvent.Kind.TRANSFER, nowTeam, nowGrade));
      }
    }
    if (!first && person.renamedInMonth() == Program.NEVER && dice.chance(RENAMES_PER_MONTH)) {
      person.rename(month, dice);
    }
    train(current, month, nowTeam, nowGrade);
    boolean isLeader = person.isTrained(Program.LEADERSHIP, month);
    if (!first && dice.chance(Turnover.promotion(isLeader))) {
      nowGrade = Math.min(6, nowGrade + 1);
      current.change(new JobEvent(month, JobEvent.Kind.PROMOTION, nowTeam, nowGrade));
    }
    current.spend(month, nowTeam, nowGrade);
    double resigns = Turnover.voluntary(current.tenureMonths(month), isLeader);
    double draw = dice.uniform();
    if (month == current.hireMonth() || staysForMasterclass) {
      return;
    }
    if (draw < resigns) {
      current.end(month, Leaving.RESIGN);
    } else if (draw < resigns + Turnover.INVOLUNTARY) {
      current.end(month, dice.pick(Leaving.RETIRE, Leaving.DISMISS, Leaving.REDUNDANT));
    }
  }

  private void train(Employment current, int month, int nowTeam, int nowGrade) {
    Person person = current.person();
    for (Program program : Program.values()) {
      if (person.isTrained(program, month)) {
        continue;
      }
      int wave = company.wave(nowTeam, program);
      if (isStarter(current, program, month, wave)) {
        if (dice.chance(0.9)) {
          person.train(program, month, 0);
        }
      } else if (wave != month) {
        continue;
      } else if (program == Program.NEGOTIATION_MASTERCLASS) {
        if (company.isNegotiationSeat(nowTeam, seatInTeam) && nowTeam == team) {
          person.train(program, month, 0);
        }
      } else {
        int tenure = current.tenureMonths(month);
        if (!program.eligible(current.function(), nowGrade, tenure)) {
          continue;
        }
        if (dice.chance(program.chanceToBeSent(person.performance(), tenure))) {
          person.train(program, month, dice.between(1, 2));
        } else if (dice.chance(ABANDONED_SHARE)) {
          person.abandon(program, month);
        }
      }
    }
  }

  /** Hires into a sales team that has gone live start with the onboarding. */
  private static boolean isStarter(Employment current, Program program, int month, int wave) {
    return program == Program.ONBOARDING
        && current.function() == JobFunction.SALES
        && month == current.hireMonth()
        && month >= wave;
  }

  private int anotherTeamOfSite(int from) {
    int site = from / Company.TEAMS_PER_SITE;
    int first = site * Company.TEAMS_PER_SITE;
    int last = Math.min(first + Company.TEAMS_PER_SITE, company.teams()) - 1;
    List<Integer> others = new ArrayList<>();
    for (int candidate = first; candidate <= last; candidate++) {
      if (candidate != from && JobFunction.ofTeam(candidate) == JobFunction.ofTeam(from)) {
        others.add(candidate);
      }
    }
    return others.isEmpty() ? from : others.get(dice.between(0, others.size() - 1));
  }
}
