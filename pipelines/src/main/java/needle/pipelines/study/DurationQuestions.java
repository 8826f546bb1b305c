package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import needle.estimate.CoxRegression;
import needle.estimate.DiscreteHazard;
import needle.estimate.DurationColumns;
import needle.estimate.EffectEstimator;
import needle.estimate.WeightedSurvival;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;

/** Turns the methods for times until something happens into estimators. */
final class DurationQuestions {
  static final String WEIGHTED_SURVIVAL = "weighted_survival";
  static final String COX = "cox";
  static final String DISCRETE_HAZARD = "discrete_hazard";
  static final String CUMULATIVE_INCIDENCE = "cumulative_incidence";
  static final List<String> ESTIMATORS =
      List.of(WEIGHTED_SURVIVAL, CUMULATIVE_INCIDENCE, COX, DISCRETE_HAZARD);

  private DurationQuestions() {}

  /** Whether a method compares curves up to a time, else hazards. */
  static boolean hasHorizon(String estimator) {
    return List.of(WEIGHTED_SURVIVAL, CUMULATIVE_INCIDENCE).contains(estimator);
  }

  static EffectEstimator of(
      StudyFile study, Method method, List<String> covariates, boolean isOfTreated) {
    DurationColumns columns =
        new DurationColumns(
            Optional.ofNullable(study.outcome().start()),
            study.outcome().event(),
            Optional.ofNullable(study.outcome().cause()));
    if (method.estimator().equals(COX)) {
      return new CoxRegression(columns, covariates);
    }
    if (method.estimator().equals(DISCRETE_HAZARD)) {
      return new DiscreteHazard(columns, covariates);
    }
    boolean hasCauses = columns.cause().isPresent();
    if (hasCauses != method.estimator().equals(CUMULATIVE_INCIDENCE)) {
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
    return new WeightedSurvival(
        columns,
        covariates,
        isOfTreated,
        study.low(),
        study.high(),
        method.until(),
        method.times() == null ? List.of() : method.times());
  }
}
