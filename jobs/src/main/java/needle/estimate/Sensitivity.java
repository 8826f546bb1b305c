package needle.estimate;

import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/** A way to ask how far an effect stands when an assumption does not quite hold. */
public enum Sensitivity {
  /** Trends drift apart after treatment by a multiple of the largest step before it. */
  RELATIVE_MAGNITUDES("staggered_did"),
  /** Trends drift apart along a line that bends by no more than some amount per period. */
  SMOOTHNESS("staggered_did"),
  /** The effect of a treatment that had not happened yet. */
  PLACEBO_DATES("staggered_did", "imputation_did", "sun_abraham"),
  /** How strongly something unseen would have to go with treatment and outcome. */
  E_VALUE("difference_in_means", "ols", "ipw", "aipw", "tmle", "partially_linear", "interactive"),
  /** By how much something unseen would have to change the odds of treatment within pairs. */
  ROSENBAUM("difference_in_means"),
  /** The effect on those who are seen either way, when treatment decides who is seen. */
  LEE_BOUNDS("difference_in_means");

  private final List<String> estimators;

  Sensitivity(String... estimators) {
    this.estimators = List.of(estimators);
  }

  /** The estimators whose effects it can be asked of. */
  public List<String> estimators() {
    return estimators;
  }

  /**
   * What the diagnostics say of a method that it was asked of in vain, as a study asks it of all.
   */
  public Diagnostic notDoneOf(String estimator) {
    return new Diagnostic(
        word(),
        "not_done",
        Double.NaN,
        Double.NaN,
        Status.PASS,
        "It has no meaning for " + estimator + ", only for " + String.join(", ", estimators) + ".");
  }

  /** As it stands in a study file and in a table. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
