package needle.estimate;

import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * The move of predictions after which what is left of the outcomes, times the weights, is zero on a
 * side: a logistic regression on the weight alone, with the first predictions for offset (van der
 * Laan & Rose 2011, section 4.4; one for all folds, Zheng & van der Laan 2011). By Newton's method,
 * both sides in one pass per step.
 */
final class Fluctuation implements OrderedSums.Partial<Subject, Fluctuation> {
  private static final long serialVersionUID = 1L;

  /** As in glm of R: beyond it, there is no finite move. */
  private static final int MOST_PASSES = 25;

  /** The square of a step in standard errors. */
  private static final double SETTLED = 1e-16;

  private final TargetedOutcomes outcomes;
  private final double[] z;

  /** Per side. */
  private final double[] score = new double[2];

  private final double[] information = new double[2];

  private Fluctuation(TargetedOutcomes outcomes) {
    this.outcomes = outcomes;
    this.z = new double[outcomes.means().length + 1];
  }

  static TargetedOutcomes of(JavaRDD<Subject> subjects, TargetedOutcomes first) {
    double[] moves = first.moves().clone();
    double[] low = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] high = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    boolean[] settled = {!first.predicts(0), !first.predicts(1)};
    for (int pass = 0; pass < MOST_PASSES && !(settled[0] && settled[1]); pass++) {
      Fluctuation sums = OrderedSums.of(subjects, new Fluctuation(first.moved(moves.clone())));
      for (int side = 0; side < 2; side++) {
        if (!settled[side]) {
          double step = sums.score[side] / sums.information[side];
          settled[side] = step * sums.score[side] < SETTLED;
          // The score falls with the move, so its zero is between the ends seen so far.
          (step > 0 ? low : high)[side] = moves[side];
          double next = moves[side] + step;
          boolean isBetween = next >= low[side] && next <= high[side];
          moves[side] = isBetween ? next : (low[side] + high[side]) / 2;
        }
      }
    }
    for (int side = 0; side < 2; side++) {
      if (!settled[side]) {
        throw new InvalidInput(
            "The predictions of the " + (side == 1 ? "treated" : "untreated") + " do not settle",
            "nearly all of that side have the smallest outcome of the study, or nearly all the"
                + " largest",
            "supply more rows, or an outcome that varies on both sides");
      }
    }
    return first.moved(moves);
  }

  @Override
  public Fluctuation empty() {
    return new Fluctuation(outcomes);
  }

  @Override
  public void add(Subject subject) {
    int side = (int) subject.treatment();
    if (!outcomes.predicts(side)) {
      return;
    }
    SubjectSums.centre(subject, outcomes.means(), z);
    double weight = outcomes.weight(side, subject, z);
    double predicted = outcomes.of(outcomes.first(side, subject, z), side, weight);
    score[side] += weight * (outcomes.scaled(subject.outcome()) - predicted);
    information[side] += weight * weight * predicted * (1 - predicted);
  }

  @Override
  public Fluctuation merge(Fluctuation other) {
    CellSums.add(score, other.score);
    CellSums.add(information, other.information);
    return this;
  }

  /** The smallest and the largest outcome. */
  static final class Range implements OrderedSums.Partial<Subject, Range> {
    private static final long serialVersionUID = 1L;
    double lower = Double.POSITIVE_INFINITY;
    double upper = Double.NEGATIVE_INFINITY;

    @Override
    public Range empty() {
      return new Range();
    }

    @Override
    public void add(Subject subject) {
      lower = Math.min(lower, subject.outcome());
      upper = Math.max(upper, subject.outcome());
    }

    @Override
    public Range merge(Range other) {
      lower = Math.min(lower, other.lower);
      upper = Math.max(upper, other.upper);
      return this;
    }
  }
}
