package needle.pipelines.study;

import java.util.Optional;
import java.util.OptionalInt;
import needle.estimate.EffectEstimator;
import needle.estimate.Forecast;
import needle.estimate.ImputationDid;
import needle.estimate.Sampling;
import needle.estimate.StaggeredDid;
import needle.estimate.StudyDesign;
import needle.estimate.SunAbraham;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods for programs that reach people one after the other into estimators. */
final class RollOutQuestions {
  private RollOutQuestions() {}

  static Question staggered(StudyFile study, Method method) {
    return question(
        study,
        method,
        new StaggeredDid(
            study.asked(),
            StudyQuestions.choice(StaggeredDid.Inference.class, "inference", method.inference())
                .orElse(StaggeredDid.Inference.CLUSTER),
            method.balance() == null ? OptionalInt.empty() : OptionalInt.of(method.balance())));
  }

  static Question imputation(StudyFile study, Method method) {
    return question(study, method, new ImputationDid(study.asked()));
  }

  static Question sunAbraham(StudyFile study, Method method) {
    return question(study, method, new SunAbraham(study.asked()));
  }

  // A quarter of months, and years, unless the study says otherwise.
  static Question forecast(StudyFile study, Method method) {
    return question(
        study,
        method,
        new Forecast(
            segment(method),
            method.horizon() == null ? 3 : method.horizon(),
            method.periodsOfCycle(study.panel().grain()),
            new StaggeredDid(study.asked())));
  }

  private static Optional<String> segment(Method method) {
    if (method.segments() == null) {
      return Optional.empty();
    }
    if (method.segments().size() != 1) {
      throw new InvalidInput(
          "The method " + method.estimator() + " tells segments by one column",
          "segments lists " + method.segments(),
          "list one column");
    }
    return Optional.of(method.segments().get(0));
  }

  private static Question question(StudyFile study, Method method, EffectEstimator estimator) {
    StudyDesign.Draft draft = StudyQuestions.treated(study);
    StudyQuestions.choice(StudyDesign.Nuisance.class, "nuisance", method.nuisance())
        .filter(n -> n != StudyDesign.Nuisance.NONE)
        .ifPresent(n -> draft.adjustedFor(n, study.measured()));
    StudyQuestions.choice(StudyDesign.ControlGroup.class, "control", method.control())
        .ifPresent(draft::comparedWith);
    StudyQuestions.choice(StudyDesign.BasePeriod.class, "base_period", method.basePeriod())
        .ifPresent(draft::from);
    if (method.anticipation() != null) {
      draft.anticipating(method.anticipation());
    }
    if (study.peers() != null) {
      draft.among(study.peers());
    }
    draft.drawnBy(
        new Sampling(
            Optional.ofNullable(study.weights()),
            study.panel().isFollowed() ? Sampling.Units.FOLLOWED : Sampling.Units.DRAWN_ANEW));
    return new Question(method.label(), estimator, draft.build());
  }
}
