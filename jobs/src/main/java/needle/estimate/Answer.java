package needle.estimate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Comparison;
import needle.kit.MeasurementPlan.Question;
import needle.panel.TargetTrials;

/**
 * What a study came to: an estimate, or the reason why there is none.
 *
 * @param unanswered all that stands against an estimate; empty when there is one
 * @param baseline the KPI of the trained before their training; of durations that of others like
 *     them, untrained
 */
record Answer(
    String programId,
    Question question,
    Kpi kpi,
    Optional<EffectEstimate> estimate,
    List<Unanswered> unanswered,
    OptionalDouble baseline) {

  private static final String NOT_YET = "not_yet";

  /**
   * What questions are answered from.
   *
   * @param until the last day of the run
   */
  record Evidence(
      StudyPanels panels, TrialStudies trials, MissingLeavers leavers, LocalDate until) {}

  /** A reason code of docs/method.md, and the words for people. */
  record Unanswered(String code, String message) {}

  /** Asks the panel that question, unless something rules it out. */
  static Answer to(MeasurementPlan plan, Question question, Kpi kpi, Evidence evidence) {
    String programId = plan.programId();
    List<Unanswered> ruledOut = new ArrayList<>();
    if (plan.launchOn().isAfter(evidence.until())) {
      ruledOut.add(
          new Unanswered(
              NOT_YET,
              "The program is launched on "
                  + plan.launchOn()
                  + ", after the last day of this run, "
                  + evidence.until()
                  + "."));
    }
    if (kpi.family() == Kpi.Family.DURATION && kpi.timeToEvent().isEmpty()) {
      ruledOut.add(
          new Unanswered(
              "needs_duration_design",
              "This KPI is a time until something happens, and its file names neither event nor"
                  + " milestone. Comparing those who got there would credit training with the time"
                  + " people survived to receive it, so no number is given."));
    }
    Circularity.in(kpi)
        .ifPresent(
            table ->
                ruledOut.add(
                    new Unanswered(
                        "circular",
                        "This KPI is made of "
                            + table
                            + ", which counts the training itself: it moves with training whatever"
                            + " training does.")));
    if (kpi.needsLeavers()) {
      evidence.leavers().of(programId).ifPresent(ruledOut::add);
    }
    if (ruledOut.isEmpty()) {
      tooEarly(programId, question, kpi, evidence).ifPresent(ruledOut::add);
    }
    if (!ruledOut.isEmpty()) {
      return without(programId, question, kpi, ruledOut);
    }
    try {
      if (kpi.timeToEvent().isPresent()) {
        TrialStudies.Found found =
            evidence.trials().answer(programId, question, kpi.timeToEvent().get());
        return with(programId, question, kpi, found.estimate(), found.untrained());
      }
      return with(
          programId,
          question,
          kpi,
          new StaggeredDid(question.sensitivity())
              .estimate(evidence.panels().of(programId, question), design(question)),
          evidence.panels().baseline(programId, question.kpiId()));
    } catch (InvalidInput e) {
      return without(
          programId,
          question,
          kpi,
          List.of(new Unanswered("no_comparison", e.problem() + ": " + e.reason() + ".")));
    }
  }

  private static Optional<Unanswered> tooEarly(
      String programId, Question question, Kpi kpi, Evidence evidence) {
    return kpi.timeToEvent()
        .flatMap(
            time ->
                evidence
                    .trials()
                    .firstFollowedUp(programId, question, time)
                    .filter(day -> day.isAfter(TargetTrials.lastKnown(time, evidence.until())))
                    .map(
                        day ->
                            new Unanswered(
                                NOT_YET,
                                "Nobody trained has been followed for "
                                    + time.withinMonths()
                                    + " months yet; the first will have been on "
                                    + day
                                    + ".")));
  }

  private static Answer with(
      String programId,
      Question question,
      Kpi kpi,
      EffectEstimate estimate,
      OptionalDouble baseline) {
    return new Answer(programId, question, kpi, Optional.of(estimate), List.of(), baseline);
  }

  private static Answer without(
      String programId, Question question, Kpi kpi, List<Unanswered> why) {
    return new Answer(
        programId, question, kpi, Optional.empty(), List.copyOf(why), OptionalDouble.empty());
  }

  private static StudyDesign design(Question question) {
    StudyDesign.Draft draft =
        StudyDesign.of(StudyPanels.UNIT, StudyPanels.PERIOD, StudyPanels.OUTCOME)
            .adopted(StudyPanels.ADOPTED)
            .clusteredBy(StudyPanels.CLUSTER)
            .anticipating(question.anticipationPeriods())
            .mattersFrom(question.smallestEffectOfInterest())
            .comparedWith(
                question.comparison() == Comparison.NEVER_TREATED
                    ? StudyDesign.ControlGroup.NEVER_TREATED
                    : StudyDesign.ControlGroup.NOT_YET_TREATED);
    StudyPanels.peers(question).ifPresent(draft::among);
    return draft.build();
  }

  /** Of the hypothesis that there is no effect; NaN without an estimate. */
  double pValue() {
    return estimate.map(e -> e.headline().pValue()).orElse(Double.NaN);
  }

  /** Of the hypothesis that the effect is one that matters; NaN without an estimate. */
  double equivalencePValue() {
    return estimate
        .map(e -> e.equivalencePValue(question.smallestEffectOfInterest()))
        .orElse(Double.NaN);
  }
}
