package needle.pipelines.study;

import java.util.Optional;
import needle.estimate.FixedEffects;
import needle.estimate.PoissonFixedEffects;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the regressions with absorbed effects into estimators. */
final class FixedEffectsQuestions {
  private FixedEffectsQuestions() {}

  static Question linear(StudyFile study, Method method) {
    return new Question(
        method.label(),
        new FixedEffects(
            StudyQuestions.listed(method.regressors()),
            StudyQuestions.listed(method.absorb()),
            StudyQuestions.choice(FixedEffects.Errors.class, "errors", method.errors())
                .orElse(FixedEffects.Errors.CLUSTERED),
            StudyQuestions.choice(FixedEffects.Inference.class, "inference", method.inference())
                .orElse(FixedEffects.Inference.CLUSTER)),
        StudyQuestions.draft(study).build());
  }

  static Question poisson(StudyFile study, Method method) {
    return new Question(
        method.label(),
        new PoissonFixedEffects(
            StudyQuestions.listed(method.regressors()),
            StudyQuestions.listed(method.absorb()),
            Optional.ofNullable(study.outcome().exposure())),
        StudyQuestions.draft(study).build());
  }
}
