package needle.pipelines.assess.design;

/**
 * What an estimator is asked under a design.
 *
 * @param estimator its name in a study file
 * @param variant what sets this question apart from others for the same estimator; may be empty
 */
public record Question(String estimator, String variant, Truthfulness truthfulness, Design design) {
  /** Whether there is an honest answer. */
  public enum Truthfulness {
    /** The estimator's assumptions hold, and there is an effect. */
    ASSUMPTIONS_HOLD(""),
    /** They hold, and there is none. */
    NULL_EFFECT("null effect"),
    TRENDS_NOT_PARALLEL("violated parallel trends"),
    NO_OVERLAP("no overlap"),
    THREE_SITES("3 sites");

    private final String words;

    Truthfulness(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** The estimator and the variant. */
  public String name() {
    return variant.isEmpty() ? estimator : estimator + ", " + variant;
  }
}
