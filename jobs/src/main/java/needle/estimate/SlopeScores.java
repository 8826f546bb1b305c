package needle.estimate;

/**
 * With a dose: what covariates leave of the outcome, which is the slope times what they leave of
 * the dose (Robinson 1988; Nie & Wager 2021).
 */
final class SlopeScores extends SubjectScores {
  private static final long serialVersionUID = 1L;
  private final PartialledOut left;
  private final PredictedSlopes slopes;

  SlopeScores(PartialledOut left, PredictedSlopes slopes) {
    super(left.z);
    this.left = left;
    this.slopes = slopes;
  }

  @Override
  SubjectScores another() {
    return new SlopeScores(left.another(), slopes);
  }

  @Override
  void of(Subject subject) {
    left.of(subject);
    score = left.outcome;
    amount = left.dose;
    weight = amount * amount;
    predicted = slopes.of(subject.fold(), z);
  }

  @Override
  SideCounts counts(int parts) {
    return new SideCounts(parts, false);
  }
}
