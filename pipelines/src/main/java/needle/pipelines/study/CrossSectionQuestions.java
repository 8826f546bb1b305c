package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.BalanceByLot;
import needle.estimate.DoseResponse;
import needle.estimate.DoubleMachineLearning;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimator;
import needle.estimate.InverseProbabilityWeighting;
import needle.estimate.Learners;
import needle.estimate.OrdinaryLeastSquares;
import needle.estimate.SelectionBounds;
import needle.estimate.SensitivityAnalysis;
import needle.estimate.TargetedLearning;
import needle.estimate.TriedEstimator;
import needle.estimate.UnseenBiasInPairs;
import needle.estimate.UnseenConfounding;
import needle.estimate.UnseenShares;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods that compare people who stand in one row each into estimators. */
final class CrossSectionQuestions {
  private static final int FOLDS = 5;

  /** Enough for most curves; Harrell 2015, section 2.4.6. */
  private static final int KNOTS = 5;

  private CrossSectionQuestions() {}

  static Question differenceInMeans(StudyFile study, Method method) {
    return question(study, method, new OrdinaryLeastSquares(method.estimator(), List.of()));
  }

  static Question leastSquares(StudyFile study, Method method) {
    if (study.measured().isEmpty()) {
      throw new InvalidInput(
          "The method " + method.estimator() + " has nothing to adjust for",
          "no covariates are listed",
          "list covariates measured before treatment, or choose difference_in_means");
    }
    return question(study, method, new OrdinaryLeastSquares(method.estimator(), study.measured()));
  }

  static Question weighted(StudyFile study, Method method) {
    return question(
        study,
        method,
        new InverseProbabilityWeighting(
            study.measured(), method.isOfTreated(), study.low(), study.high()));
  }

  static Question doublyRobust(StudyFile study, Method method) {
    return question(
        study,
        method,
        learned(
            study, method, method.isOfTreated() ? Model.INTERACTIVE_ATT : Model.INTERACTIVE_ATE));
  }

  static Question targeted(StudyFile study, Method method) {
    Model model = method.isOfTreated() ? Model.INTERACTIVE_ATT : Model.INTERACTIVE_ATE;
    return question(
        study,
        method,
        new TargetedLearning(
            learned(study, method, model),
            study.measured(),
            Optional.ofNullable(study.fold()),
            folds(method)));
  }

  static Question partiallyLinear(StudyFile study, Method method) {
    return question(study, method, learned(study, method, Model.PARTIALLY_LINEAR));
  }

  static Question doseResponse(StudyFile study, Method method) {
    return question(
        study,
        method,
        new DoseResponse(
            study.measured(),
            Optional.ofNullable(study.fold()),
            folds(method),
            study.low(),
            study.high(),
            StudyQuestions.listed(method.doses()),
            method.knots() == null ? KNOTS : method.knots()));
  }

  static DoubleMachineLearning learned(StudyFile study, Method method, Model model) {
    Learners usual =
        model == Model.PARTIALLY_LINEAR ? Learners.PARTIALLY_LINEAR : Learners.INTERACTIVE;
    return new DoubleMachineLearning(
        method.estimator(),
        model,
        study.measured(),
        Optional.ofNullable(study.fold()),
        folds(method),
        study.low(),
        study.high(),
        method.learners() == null ? usual : method.learners().or(usual));
  }

  static int folds(Method method) {
    return method.folds() == null ? FOLDS : method.folds();
  }

  static Question question(StudyFile study, Method method, EffectEstimator estimator) {
    if (study.panel().period() != null) {
      throw new InvalidInput(
          "The method " + method.estimator() + " follows nobody through time",
          "the study names the period "
              + study.panel().period()
              + ", so units may stand in several rows",
          "give one row per unit and leave the period out, or choose staggered_did");
    }
    return new Question(
        method.label(), tried(study, method, estimator), StudyQuestions.treated(study).build());
  }

  private static EffectEstimator tried(StudyFile study, Method method, EffectEstimator estimator) {
    List<SensitivityAnalysis> analyses = new ArrayList<>();
    boolean adjusts = !method.estimator().equals("difference_in_means");
    if (!adjusts && !study.measured().isEmpty()) {
      analyses.add(new BalanceByLot(study.measured()));
    }
    if (isAsked(study, method, Sensitivity.ROBUSTNESS_VALUE)) {
      analyses.add(new UnseenShares(study.asked().get(Sensitivity.ROBUSTNESS_VALUE)));
    }
    if (isAsked(study, method, Sensitivity.E_VALUE)) {
      boolean crosses =
          estimator instanceof DoubleMachineLearning || estimator instanceof TargetedLearning;
      analyses.add(
          new UnseenConfounding(
              adjusts ? study.measured() : List.of(),
              crosses ? Optional.ofNullable(study.fold()) : Optional.empty(),
              study.asked().get(Sensitivity.E_VALUE)));
    }
    if (isAsked(study, method, Sensitivity.ROSENBAUM)) {
      analyses.add(new UnseenBiasInPairs(study.pairs(), study.asked().get(Sensitivity.ROSENBAUM)));
    }
    if (isAsked(study, method, Sensitivity.LEE_BOUNDS)) {
      analyses.add(
          new SelectionBounds(study.selection(), study.asked().get(Sensitivity.LEE_BOUNDS)));
    }
    return analyses.isEmpty() ? estimator : new TriedEstimator(estimator, analyses);
  }

  private static boolean isAsked(StudyFile study, Method method, Sensitivity analysis) {
    return study.asked().containsKey(analysis)
        && analysis.estimators().contains(method.estimator());
  }
}
