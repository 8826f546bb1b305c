package needle.pipelines.simulate;

import java.util.ArrayList;
import java.util.List;

/** What happened on a site in a year: the totals of an OSHA form 300A. */
final class SafetyYear {
  /**
   * A recordable case.
   *
   * @param outcome 1 death, 2 days away, 3 restricted work, 4 other
   * @param type 1 injury, 2 to 6 kinds of illness
   */
  record Case(int outcome, int type, int daysAway, int daysRestricted) {
    static Case drawn(Dice dice) {
      int outcome = 2 + dice.weighted(0.35, 0.25, 0.40);
      int type = 1 + dice.weighted(0.90, 0.03, 0.02, 0.01, 0.02, 0.02);
      int days = dice.between(1, 30);
      return new Case(outcome, type, outcome == 2 ? days : 0, outcome == 3 ? days : 0);
    }
  }

  private final List<Case> cases = new ArrayList<>();
  private double hours;

  /** Adds a case and gives its number in the year's log. */
  int add(Case injury) {
    cases.add(injury);
    return cases.size();
  }

  void work(double worked) {
    hours += worked;
  }

  double hours() {
    return hours;
  }

  boolean hasCases() {
    return !cases.isEmpty();
  }

  int casesOfOutcome(int outcome) {
    return (int) cases.stream().filter(c -> c.outcome() == outcome).count();
  }

  int casesOfType(int type) {
    return (int) cases.stream().filter(c -> c.type() == type).count();
  }

  int daysAway() {
    return cases.stream().mapToInt(Case::daysAway).sum();
  }

  int daysRestricted() {
    return cases.stream().mapToInt(Case::daysRestricted).sum();
  }
}
