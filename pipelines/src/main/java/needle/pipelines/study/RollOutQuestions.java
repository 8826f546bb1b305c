package needle.pipelines.study;

import java.util.Optional;
import needle.estimate.EffectEstimator;
import needle.estimate.Forecast;
import needle.estimate.ImputationDid;
import needle.estimate.StaggeredDid;
import needle.estimate.StudyDesign;
import needle.estimate.SunAbraham;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods for programs that reach people one after the other into estimators. */
final class RollOutQuestions {
  private RollOutQuestions() {}

  static Question staggered(StudyFile study, Method method) {
    return question(study, method, new StaggeredDid(study.asked()));
  }

  static Question imputation(StudyFile study, Method method) {
    return question(study, method, new ImputationDid());
  }

  static Question sunAbraham(StudyFile study, Method method) {
    return question(study, method, new SunAbraham());
  }

  // A quarter of months, and years of them, unless the study says otherwise.
  static Question forecast(StudyFile study, Method method) {
    return question(
        study,
        method,
        new Forecast(
            Optional.ofNullable(method.segment()),
            method.horizon() == null ? 3 : method.horizon(),
            method.season() == null ? 12 : method.season(),
            new StaggeredDid(study.asked())));
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
    return new Question(method.label(), estimator, draft.build());
  }
}
