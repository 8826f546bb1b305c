package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the scores are projected on, in blocks that are each a regression of its own: the segments
 * of each column; a constant and the modifiers; the folds and the predicted effect; groups of the
 * predicted effect.
 */
final class ScoreRegressors implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SubjectScores scores;
  private final Segments segments;
  private final int[] modifiers;

  /** Per fold, where the groups of the predicted effect end, but for the last. */
  private final double[][] thresholds;

  /** Where the blocks begin, and the last one's end. */
  final int[] starts;

  private final double[] x;

  ScoreRegressors(SubjectScores scores, Segments segments, int[] modifiers, double[][] thresholds) {
    this.scores = scores;
    this.segments = segments;
    this.modifiers = modifiers;
    this.thresholds = thresholds;
    int columns = segments.columns();
    this.starts = new int[columns + 4];
    for (int c = 0; c < columns; c++) {
      starts[c + 1] = segments.end(c);
    }
    starts[columns + 1] = starts[columns] + 1 + modifiers.length;
    starts[columns + 2] = starts[columns + 1] + thresholds.length + 1;
    starts[columns + 3] = starts[columns + 2] + thresholds[0].length + 1;
    this.x = new double[starts[columns + 3]];
  }

  /** For another bucket. */
  ScoreRegressors another() {
    return new ScoreRegressors(scores.another(), segments, modifiers, thresholds);
  }

  int width() {
    return x.length;
  }

  int blocks() {
    return starts.length - 1;
  }

  /** The block of the constant and the modifiers. */
  int linear() {
    return segments.columns();
  }

  /** That of the folds and the predicted effect. */
  int calibration() {
    return linear() + 1;
  }

  /** That of the groups of the predicted effect. */
  int groups() {
    return linear() + 2;
  }

  double score() {
    return scores.score;
  }

  /** Of how much treatment the score is the effect. */
  double amount() {
    return scores.amount;
  }

  double weight() {
    return scores.weight;
  }

  /** Nobody counted so far in any of these. */
  SideCounts counts() {
    return scores.counts(width());
  }

  /** Valid until the next subject. */
  double[] of(Subject subject) {
    scores.of(subject);
    Arrays.fill(x, 0);
    for (int c = 0; c < segments.columns(); c++) {
      x[segments.of(subject, c)] = 1;
    }
    int at = starts[linear()];
    x[at] = 1;
    for (int i = 0; i < modifiers.length; i++) {
      x[at + 1 + i] = scores.z[modifiers[i] + 1];
    }
    x[starts[calibration()] + subject.fold()] = 1;
    x[starts[groups()] - 1] = scores.predicted;
    int group = 0;
    for (double threshold : thresholds[subject.fold()]) {
      group += scores.predicted > threshold ? 1 : 0;
    }
    x[starts[groups()] + group] = 1;
    return x;
  }
}
