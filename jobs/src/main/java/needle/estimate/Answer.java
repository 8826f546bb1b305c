package needle.estimate;

import java.util.Optional;
import java.util.OptionalDouble;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan.Comparison;
import needle.kit.MeasurementPlan.Question;

/**
 * What a study came to: an estimate, or the reason why there is none.
 *
 * @param unanswered why there is no estimate; empty when there is one
 * @param baseline the KPI of the trained before their training
 */
record Answer(
    String programId,
    Question question,
    Kpi kpi,
    Optional<EffectEstimate> estimate,
    Optional<Unanswered> unanswered,
    OptionalDouble baseline) {

  /** A reason code of docs/method.md, and the words for people. */
  record Unanswered(String code, String message) {}

  /** Asks the panel that question. */
  static Answer to(String programId, Question question, Kpi kpi, StudyPanels panels) {
    if (kpi.family() == Kpi.Family.DURATION) {
      return without(
          programId,
          question,
          kpi,
          new Unanswered(
              "needs_duration_design",
              "This KPI is a time until something happens. Comparing those who got there would"
                  + " credit training with the time people survived to receive it, so no number is"
                  + " given."));
    }
    try {
      EffectEstimate estimate =
          new StaggeredDid().estimate(panels.of(programId, question), design(question));
      return new Answer(
          programId,
          question,
          kpi,
          Optional.of(estimate),
          Optional.empty(),
          panels.baseline(programId, question.kpiId()));
    } catch (InvalidInput e) {
      return without(
          programId,
          question,
          kpi,
          new Unanswered("no_comparison", e.problem() + ": " + e.reason() + "."));
    }
  }

  private static Answer without(String programId, Question question, Kpi kpi, Unanswered why) {
    return new Answer(
        programId, question, kpi, Optional.empty(), Optional.of(why), OptionalDouble.empty());
  }

  private static StudyDesign design(Question question) {
    return StudyDesign.of(StudyPanels.UNIT, StudyPanels.PERIOD, StudyPanels.OUTCOME)
        .adopted(StudyPanels.ADOPTED)
        .clusteredBy(StudyPanels.CLUSTER)
        .anticipating(question.anticipationPeriods())
        .comparedWith(
            question.comparison() == Comparison.NEVER_TREATED
                ? StudyDesign.ControlGroup.NEVER_TREATED
                : StudyDesign.ControlGroup.NOT_YET_TREATED)
        .build();
  }

  /** Of the hypothesis that there is no effect; NaN without an estimate. */
  double pValue() {
    return estimate.map(e -> e.headline().pValue()).orElse(Double.NaN);
  }
}
