package needle.pipelines.study;

import java.util.Optional;
import needle.estimate.GeneralizedLinearModel;
import needle.estimate.OutcomeFamily;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Outcome;
import needle.pipelines.study.StudyFile.Question;

/**
 * Turns generalised linear models of a cross-section, or of a panel's pooled rows, into estimators.
 */
final class GeneralizedLinearQuestions {
  private GeneralizedLinearQuestions() {}

  static Question of(StudyFile study, Method method) {
    Outcome outcome = study.outcome();
    return new Question(
        method.label(),
        new GeneralizedLinearModel(
            StudyQuestions.choice(OutcomeFamily.class, "family", study.family()).orElseThrow(),
            study.measured(),
            Optional.ofNullable(outcome.trials() == null ? outcome.exposure() : outcome.trials())),
        StudyQuestions.treated(study).pooled().build());
  }
}
