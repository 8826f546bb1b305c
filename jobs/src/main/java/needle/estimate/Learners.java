package needle.estimate;

/**
 * What predicts the outcome and the treatment from covariates.
 *
 * @param outcome of every unit, or of those on one side of the treatment
 * @param treatment whether there is one; in the partially linear model, how much
 */
public record Learners(Outcome outcome, Treatment treatment) {
  /** What predicts the outcome. */
  public enum Outcome {
    /** Least squares. */
    LINEAR,
    /** A Poisson regression with a log link. */
    POISSON,
    GRADIENT_BOOSTED_TREES
  }

  /** What predicts the treatment. */
  public enum Treatment {
    /** Least squares; for the partially linear model only. */
    LINEAR,
    LOGISTIC,
    /** Logistic regression with a penalty on the squares of its slopes. */
    RIDGE_LOGISTIC,
    GRADIENT_BOOSTED_TREES
  }

  /** Least squares and logistic regression, whose sums by fold are all that is needed. */
  public static final Learners INTERACTIVE = new Learners(Outcome.LINEAR, Treatment.LOGISTIC);

  /** Least squares for both. */
  public static final Learners PARTIALLY_LINEAR = new Learners(Outcome.LINEAR, Treatment.LINEAR);

  /** These, where they are said, and otherwise the others. */
  public Learners or(Learners others) {
    return new Learners(
        outcome == null ? others.outcome : outcome,
        treatment == null ? others.treatment : treatment);
  }

  /** Whether everything follows from sums that are taken anyway. */
  boolean areClosed() {
    return equals(INTERACTIVE) || equals(PARTIALLY_LINEAR);
  }
}
