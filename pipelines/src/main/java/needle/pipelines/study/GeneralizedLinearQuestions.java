package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import needle.estimate.GeneralizedLinearModel;
import needle.estimate.OutcomeFamily;
import needle.estimate.PostTreatmentCovariates;
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
            Optional.ofNullable(outcome.trials() == null ? outcome.exposure() : outcome.trials()),
            doubtful(study)),
        StudyQuestions.treated(study).pooled().build());
  }

  // Where people are drawn anew, nobody has a row from before.
  private static Optional<PostTreatmentCovariates> doubtful(StudyFile study) {
    List<String> unsaid =
        study.covariates().stream()
            .filter(c -> c.measured() != Covariate.When.BEFORE)
            .map(Covariate::name)
            .toList();
    return unsaid.isEmpty() || study.panel().period() == null || !study.panel().isFollowed()
        ? Optional.empty()
        : Optional.of(new PostTreatmentCovariates(study.panel().period(), unsaid));
  }
}
