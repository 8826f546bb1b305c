package needle.estimate;

import needle.estimate.EffectEstimate.Effect;

/** What a headline says were all assumptions to hold, before anything is corrected or doubted. */
enum Conclusion {
  /** Something moved. */
  MOVED,
  /** Nothing moved that would matter. */
  NEGLIGIBLE,
  /** Neither can be told, so that there is nothing to doubt. */
  NONE;

  /** What the estimate says in that design; without margins nothing is negligible. */
  static Conclusion of(EffectEstimate estimate, StudyDesign design) {
    if (design.smallestEffect().isPresent()
        && VerdictRule.isNegligible(estimate, design.smallestEffect().getAsDouble())) {
      return NEGLIGIBLE;
    }
    return excludesZero(estimate.headline()) ? MOVED : NONE;
  }

  static boolean excludesZero(Effect effect) {
    return effect.ciLow() > 0 || effect.ciHigh() < 0;
  }
}
