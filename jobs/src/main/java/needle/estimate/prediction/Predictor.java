package needle.estimate.prediction;

import java.util.Locale;

/** Ways to predict. The regression is used where it has beaten both of the others. */
public enum Predictor {
  /** It stays as it is. */
  LAST_VALUE,
  /** It will be as it was in the same season of the year before. */
  SEASONAL_NAIVE,
  /** {@link ChangeRegression}. */
  REGRESSION;

  /** As it is written in a table. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
