package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import needle.estimate.CoxRegression;
import needle.estimate.DurationColumns;
import needle.estimate.EffectEstimator;
import needle.estimate.WeightedSurvival;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;

/** Turns the methods for times until something happens into estimators. */
final class DurationQuestions {
  static final String WEIGHTED_SURVIVAL = "weighted_survival";
  static final String COX = "cox";
  static final List<String> ESTIMATORS = List.of(WEIGHTED_SURVIVAL, COX);

  private DurationQuestions() {}

  static EffectEstimator of(
      StudyFile study, Method method, List<String> covariates, boolean isOfTreated) {
    DurationColumns columns =
        new DurationColumns(Optional.ofNullable(study.outcome().start()), study.outcome().event());
    if (method.estimator().equals(COX)) {
      return new CoxRegression(columns, covariates);
    }
    if (method.until() == null) {
      throw new InvalidInput(
          "The method " + method.estimator() + " needs a horizon",
          "the key until is missing",
          "give the time up to which the mean is taken");
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
