package needle.estimate;

import java.io.Serializable;

/**
 * What one subject after the other tells of the effect: a score whose mean, given what subjects are
 * like, is {@code amount} times the effect on those who are like that; and the effect that is
 * predicted from the other folds.
 */
abstract class SubjectScores implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A constant, then the centred covariates, treatment and outcome. */
  final double[] z;

  double score;

  /** Of how much treatment the score is the effect. */
  double amount = 1;

  double predicted;

  /** What it counts as where it is asked who an effect rests on. */
  double weight;

  SubjectScores(double[] z) {
    this.z = z;
  }

  /** For another bucket. */
  abstract SubjectScores another();

  abstract void of(Subject subject);

  /** Nobody counted so far in any of these parts of the sample. */
  abstract SideCounts counts(int parts);
}
