package needle.estimate;

import java.util.List;

final class VerdictRule {
  enum Outcome {
    WORKS,
    NO_EFFECT,
    HARMS,
    CANT_TELL
  }

  enum Grade {
    STRONG,
    MODERATE,
    WEAK,
    NONE
  }

  record Verdict(Outcome outcome, Grade grade, List<String> reasons) {}

  static Verdict judge(EffectEstimate e, double q, needle.kit.Kpi.Direction d, double s) {
    return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of());
  }
}
