package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * One stay of a person with the company, from a hire to an exit; whole months, since people start
 * on the first and leave on the last day of a month.
 */
final class Employment {
  /** A change of the job within an employment. */
  record JobEvent(int month, Kind kind, int team, int payGrade) {
    enum Kind {
      PROMOTION,
      TRANSFER
    }
  }

  /** Why an employment ended. */
  enum Leaving {
    RESIGN("TERM_RESIGN"),
    RETIRE("TERM_RETIRE"),
    DISMISS("TERM_DISMISS"),
    REDUNDANT("TERM_REDUNDANT");

    private final String code;

    Leaving(String code) {
      this.code = code;
    }

    String code() {
      return code;
    }
  }

  private final Person person;
  private final String userId;
  private final String previousUserId;
  private final LocalDate hiredOn;
  private final int hireMonth;
  private final double fte;
  private final int firstTeam;
  private final int firstPayGrade;
  private final int[] teams;
  private final int[] payGrades;
  private final List<JobEvent> events = new ArrayList<>();
  private int lastMonth = Program.NEVER;
  private Leaving leaving;

  Employment(
      Person person,
      String userId,
      String previousUserId,
      LocalDate hiredOn,
      int hireMonth,
      double fte,
      int team,
      int payGrade,
      int months) {
    this.person = person;
    this.userId = userId;
    this.previousUserId = previousUserId;
    this.hiredOn = hiredOn;
    this.hireMonth = hireMonth;
    this.fte = fte;
    this.firstTeam = team;
    this.firstPayGrade = payGrade;
    this.teams = new int[months];
    this.payGrades = new int[months];
    person.employments().add(this);
  }

  Person person() {
    return person;
  }

  String userId() {
    return userId;
  }

  String previousUserId() {
    return previousUserId;
  }

  LocalDate hiredOn() {
    return hiredOn;
  }

  int hireMonth() {
    return hireMonth;
  }

  double fte() {
    return fte;
  }

  int firstTeam() {
    return firstTeam;
  }

  int firstPayGrade() {
    return firstPayGrade;
  }

  List<JobEvent> events() {
    return events;
  }

  /** Last month of the employment, or {@link Program#NEVER}. */
  int lastMonth() {
    return lastMonth;
  }

  Leaving leaving() {
    return leaving;
  }

  boolean hasEnded() {
    return leaving != null;
  }

  void end(int month, Leaving reason) {
    lastMonth = month;
    leaving = reason;
  }

  void change(JobEvent event) {
    events.add(event);
  }

  /** Notes where the employment stands in a month. */
  void spend(int month, int team, int payGrade) {
    teams[month] = team;
    payGrades[month] = payGrade;
  }

  boolean isActive(int month) {
    return month >= hireMonth && month <= lastMonth;
  }

  int tenureMonths(int month) {
    return month - hireMonth;
  }

  int team(int month) {
    return teams[month];
  }

  int payGrade(int month) {
    return payGrades[month];
  }

  JobFunction function() {
    return JobFunction.ofTeam(firstTeam);
  }
}
