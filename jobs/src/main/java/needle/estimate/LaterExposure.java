package needle.estimate;

import java.io.Serializable;
import java.util.List;

/**
 * When units leave a trial as unexposed because they come to be exposed in a later one of the same
 * sequence. Who is left stands for them: by the inverse probability of not having been exposed yet
 * (Robins & Finkelstein 2000), which is that of the later trials, given the covariates.
 *
 * <p>In the period of a trial it grows with the share of its exposed who had been exposed by a day:
 * covariates decide who is exposed in a period, and not when in it.
 */
final class LaterExposure implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A trial, of which an indicator among the covariates tells; the first has none.
   *
   * @param start the first day of the period in which its exposed are exposed
   * @param clock the day before following begins, from which its units' time counts
   */
  record Trial(String indicator, double start, double clock) {}

  /**
   * A day on which units are exposed.
   *
   * @param trial which of the trials they enter
   * @param share of its exposed that are exposed by the end of the day
   */
  record Step(double day, int trial, double share) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private final int[] places;
  private final double[] starts;
  private final double[] clocks;
  private final Step[] steps;
  private final int[] firstLater;
  private final TenureClasses tenure;

  /**
   * @param trials in the order in which they begin
   * @param steps of all of them, in the order of days
   * @param tenure the classes that units grow into
   */
  LaterExposure(
      List<Trial> trials, List<Step> steps, List<String> covariates, TenureClasses tenure) {
    this.places = trials.stream().mapToInt(t -> covariates.indexOf(t.indicator)).toArray();
    this.starts = trials.stream().mapToDouble(Trial::start).toArray();
    this.clocks = trials.stream().mapToDouble(Trial::clock).toArray();
    this.steps = steps.toArray(Step[]::new);
    this.tenure = tenure;
    this.firstLater = new int[trials.size()];
    for (int trial = 0; trial < firstLater.length; trial++) {
      int first = 0;
      while (first < this.steps.length && this.steps[first].trial <= trial) {
        first++;
      }
      firstLater[trial] = first;
    }
  }

  /** Nobody leaves by being exposed later. */
  static LaterExposure none() {
    return new LaterExposure(List.of(), List.of(), List.of(), TenureClasses.none());
  }

  int trials() {
    return clocks.length;
  }

  /** In which trial somebody with these covariates is. */
  int trialOf(double[] covariates) {
    for (int trial = 1; trial < places.length; trial++) {
      if (covariates[places[trial]] == 1) {
        return trial;
      }
    }
    return 0;
  }

  /** The first day after a trial on which anybody is exposed. */
  int firstStep(int trial) {
    return firstLater[trial];
  }

  int steps() {
    return steps.length;
  }

  Step step(int number) {
    return steps[number];
  }

  /** The day of a step by the clock of a trial's units. */
  double time(Step step, int trial) {
    return step.day - clocks[trial];
  }

  /** Whether a unit can be exposed in a trial at all. */
  boolean isOpenTo(Spell spell, int trial) {
    return starts[trial] <= spell.exposableUntil();
  }

  /**
   * Adds to a vector, so many times, what distinguishes the unit in a later trial from itself in
   * its own. The vector begins with a constant and then has the covariates.
   */
  void addChange(Spell spell, int own, int trial, double times, double[] vector) {
    addIndicator(own, -times, vector);
    addIndicator(trial, times, vector);
    tenure.addChange(spell.tenureMonths(), clocks[trial] - clocks[own], times, vector);
  }

  private void addIndicator(int trial, double times, double[] vector) {
    if (trial > 0) {
      vector[places[trial] + 1] += times;
    }
  }
}
