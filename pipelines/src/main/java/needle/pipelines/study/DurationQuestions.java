package needle.pipelines.study;

import java.util.Optional;
import needle.estimate.CoxRegression;
import needle.estimate.DiscreteHazard;
import needle.estimate.DurationColumns;
import needle.estimate.EffectEstimator;
import needle.estimate.WeightedSurvival;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods for times until something happens into estimators. */
final class DurationQuestions {
  private DurationQuestions() {}

  static Question cox(StudyFile study, Method method) {
    return question(study, method, new CoxRegression(columns(study), study.measured()));
  }

  static Question discreteHazard(StudyFile study, Method method) {
    return question(study, method, new DiscreteHazard(columns(study), study.measured()));
  }

  static Question survival(StudyFile study, Method method) {
    return curves(study, method, false);
  }

  static Question incidence(StudyFile study, Method method) {
    return curves(study, method, true);
  }

  private static Question curves(StudyFile study, Method method, boolean needsCauses) {
    // Without covariates nobody is weighted, and everybody stands for the same people.
    StudyQuestions.refuse(
        method, method.estimand() != null && study.measured().isEmpty(), "estimand");
    DurationColumns columns = columns(study);
    boolean hasCauses = columns.cause().isPresent();
    if (hasCauses != needsCauses) {
      throw new InvalidInput(
          "The method " + method.estimator() + " does not fit the causes",
          hasCauses
              ? "who has met another cause is not just followed no longer"
              : "the key outcome.cause does not say which is studied",
          "cumulative_incidence needs outcome.cause, and weighted_survival counts one cause alone");
    }
    if (method.until() == null) {
      throw new InvalidInput(
          "The method " + method.estimator() + " needs a horizon",
          "the key until is missing",
          "give the time up to which the sides are compared");
    }
    return question(
        study,
        method,
        new WeightedSurvival(
            columns,
            study.measured(),
            method.isOfTreated(),
            study.low(),
            study.high(),
            method.until(),
            StudyQuestions.listed(method.times())));
  }

  private static DurationColumns columns(StudyFile study) {
    return new DurationColumns(
        Optional.ofNullable(study.outcome().start()),
        study.outcome().event(),
        Optional.ofNullable(study.outcome().cause()));
  }

  private static Question question(StudyFile study, Method method, EffectEstimator estimator) {
    return new Question(method.label(), estimator, StudyQuestions.treated(study).build());
  }
}
