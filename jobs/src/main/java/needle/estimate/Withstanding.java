package needle.estimate;

import java.util.List;
import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;

/**
 * Whether a conclusion withstands as large a violation of an assumption as the study says that it
 * has to; one that does not is no verdict. Nothing is told where the study does not say.
 */
final class Withstanding {
  /** A threshold that could not be tried; another word than of one that was, and was missed. */
  static final String UNTRIED = "untried";

  private static final String TRIED = "withstands";

  private final Sensitivity way;
  private final Settings settings;
  private final Conclusion conclusion;

  Withstanding(Sensitivity way, Settings settings, Conclusion conclusion) {
    this.way = way;
    this.settings = settings;
    this.conclusion = conclusion;
  }

  /**
   * Of a way that doubts effects alone, and not that there is none.
   *
   * @param breakdown the least violation that explains the effect away; NaN where none can be told
   */
  List<Diagnostic> ofEffect(double breakdown) {
    if (!isAsked()) {
      return List.of();
    }
    return List.of(
        conclusion == Conclusion.NEGLIGIBLE
            ? told(Status.PASS, "It is not asked of the absence of an effect that matters.")
            : effect(breakdown));
  }

  /** Of an estimator that the way cannot try. */
  List<Diagnostic> ofUntried() {
    return way.doubtsAbsence() && isAsked() ? List.of(unknown()) : ofEffect(Double.NaN);
  }

  boolean isAsked() {
    return settings.isThreshold();
  }

  /** The violation that has to be withstood; NaN of bounds, of which none has a size. */
  double violation() {
    return settings.withstands().orElse(Double.NaN);
  }

  /** That there was an effect, which a violation of that size explains away. */
  Diagnostic effect(double breakdown) {
    if (conclusion == Conclusion.NONE) {
      return told(Status.PASS, "Nothing is concluded that would have to withstand it.");
    }
    if (Double.isNaN(breakdown)) {
      return unknown();
    }
    return breakdown > violation()
        ? told(Status.PASS, "The effect withstands it" + upTo(breakdown) + ".")
        : told(Status.FAIL, "The effect does not withstand it" + upTo(breakdown) + ".");
  }

  private static String upTo(double breakdown) {
    return Double.isFinite(breakdown)
        ? String.format(Locale.ROOT, ": %.4g explains it away", breakdown)
        : ", and anything larger that was tried";
  }

  /** That there is no effect that matters. */
  Diagnostic absence(boolean isWithinMargins) {
    return isWithinMargins
        ? told(Status.PASS, "With it, effects that matter are excluded, too.")
        : told(Status.FAIL, "With it, there may be an effect that matters.");
  }

  /** Where the data cannot say how far the conclusion stands. */
  Diagnostic unknown() {
    return conclusion == Conclusion.NONE
        ? effect(Double.NaN)
        : told(UNTRIED, Status.FAIL, "Whether the conclusion withstands it cannot be told.");
  }

  private Diagnostic told(Status status, String found) {
    return told(TRIED, status, found);
  }

  private Diagnostic told(String statistic, Status status, String found) {
    return new Diagnostic(
        way.word(),
        statistic,
        violation(),
        Double.NaN,
        status,
        "What a conclusion has to withstand to be a verdict. " + found);
  }
}
