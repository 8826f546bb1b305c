package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;

/**
 * The largest of a concave likelihood by Newton's method, one pass over the data per step; a step
 * that does not climb is halved.
 *
 * @param <M> the sums of a pass
 * @param <S> what solves for a step, and knows the information
 */
abstract class LikelihoodSearch<M, S> {
  private static final int MOST_STEPS = 40;

  /** A step this small, in standard deviations of a column, moves nothing that is published. */
  private static final double SETTLED = 1e-9;

  private static final double SHORTEST = 1e-6;

  /**
   * @param move of all coefficients, 0 where one is left out
   */
  record Step<S>(double[] move, S solver) {}

  /** The coefficients, and what was summed and solved there. */
  record Found<M, S>(double[] coefficients, M sums, S solver) {}

  /** The sums at some coefficients: a pass. */
  abstract M sums(double[] at);

  abstract double likelihood(M sums);

  /** Empty where the information is singular. */
  abstract Optional<Step<S>> step(M sums);

  /**
   * @param growing the coefficients that still grow, by position
   */
  abstract InvalidInput unsettled(List<Integer> growing);

  /**
   * @param at where to start
   * @param sums those there
   * @param deviations of the columns there
   */
  final Found<M, S> from(double[] at, M sums, double[] deviations) {
    double[] here = at;
    M summed = sums;
    double[] move = new double[at.length];
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Optional<Step<S>> step = step(summed);
      if (step.isEmpty()) {
        break;
      }
      move = step.get().move();
      // By the deviations at the start: where rows separate, those of later steps shrink to nothing
      // while the step stays as long as it was.
      if (largest(move, deviations) < SETTLED) {
        return new Found<>(here, summed, step.get().solver());
      }
      double share = 1;
      M next = null;
      double[] there = null;
      while (next == null || !(likelihood(next) >= likelihood(summed) - slack(summed))) {
        if (share < SHORTEST) {
          throw unsettled(growing(move, deviations));
        }
        there = here.clone();
        for (int i = 0; i < there.length; i++) {
          there[i] += share * move[i];
        }
        next = sums(there);
        share /= 2;
      }
      here = there;
      summed = next;
    }
    throw unsettled(growing(move, deviations));
  }

  // What summing in doubles loses.
  private double slack(M sums) {
    return 1e-12 * Math.abs(likelihood(sums));
  }

  private static double largest(double[] move, double[] deviations) {
    double largest = 0;
    for (int i = 0; i < move.length; i++) {
      largest = Math.max(largest, Math.abs(move[i]) * deviations[i]);
    }
    return largest;
  }

  private static List<Integer> growing(double[] move, double[] deviations) {
    List<Integer> growing = new ArrayList<>();
    double largest = largest(move, deviations);
    for (int i = 0; i < move.length; i++) {
      if (Math.abs(move[i]) * deviations[i] > 0.1 * largest) {
        growing.add(i);
      }
    }
    return growing;
  }
}
