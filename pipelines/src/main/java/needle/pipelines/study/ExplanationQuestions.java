package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import needle.estimate.Attribution;
import needle.estimate.Decomposition;
import needle.estimate.Grain;
import needle.estimate.GroupPair;
import needle.estimate.Mediation;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods that explain a difference, a change or an effect into estimators. */
final class ExplanationQuestions {
  private ExplanationQuestions() {}

  /** How a program's effect depends on the time since it began. */
  private enum Effects {
    EVENT_TIME,
    CONSTANT
  }

  static Question decomposition(StudyFile study, Method method) {
    String by = method.by() == null ? study.panel().period() : method.by();
    if (by == null) {
      throw missing(method, "by", "the column of the two groups, or a period in panel");
    }
    GroupPair groups =
        new GroupPair(
            by,
            by.equals(study.panel().period()) ? study.panel().grain() : Grain.NUMBER,
            needed(method, "from", method.from()),
            needed(method, "to", method.to()));
    Decomposition estimator;
    if (method.cells() != null) {
      StudyQuestions.refuse(method, method.categorical() != null, "categorical");
      StudyQuestions.refuse(method, method.coefficients() != null, "coefficients");
      if (method.cells().isEmpty()) {
        throw missing(method, "cells", "the columns whose combinations are the cells");
      }
      estimator = Decomposition.ofCells(groups, method.cells());
    } else {
      List<String> categorical = StudyQuestions.listed(method.categorical());
      if (study.covariates().stream().anyMatch(Covariate::isFactor)) {
        throw new InvalidInput(
            "A factor's parts would hang on which of its values comes first",
            "a covariate of a decomposition is a factor",
            "list it under categorical of the method, where no value is the base");
      }
      if (study.measured().isEmpty() && categorical.isEmpty()) {
        throw new InvalidInput(
            "The method decomposition has nothing to explain a difference by",
            "neither covariates nor categorical or cells lists a column",
            "list some");
      }
      estimator =
          Decomposition.ofCovariates(
              groups,
              study.measured().stream().filter(c -> !categorical.contains(c)).toList(),
              categorical,
              StudyQuestions.choice(
                      Decomposition.Coefficients.class, "coefficients", method.coefficients())
                  .orElse(Decomposition.Coefficients.POOLED));
    }
    return new Question(method.label(), estimator, StudyQuestions.draft(study).build());
  }

  static Question attribution(StudyFile study, Method method) {
    if (study.panel().period() == null) {
      throw missing(method, "panel.period", "the column of the period");
    }
    return new Question(
        method.label(),
        new Attribution(
            StudyQuestions.listed(method.programs()),
            StudyQuestions.listed(method.segments()),
            GroupPair.Span.of(needed(method, "from", method.from()), study.panel().grain()),
            GroupPair.Span.of(needed(method, "to", method.to()), study.panel().grain()),
            StudyQuestions.choice(Effects.class, "effects", method.effects())
                .filter(Effects.CONSTANT::equals)
                .isPresent()),
        StudyQuestions.draft(study).build());
  }

  static Question mediation(StudyFile study, Method method) {
    Optional<Mediation.Measured> measured =
        StudyQuestions.choice(Mediation.Measured.class, "measured", method.measured());
    return CrossSectionQuestions.question(
        study,
        method,
        new Mediation(
            study.measured(),
            needed(method, "mediator", method.mediator()),
            !Boolean.FALSE.equals(method.interaction()),
            measured));
  }

  private static String needed(Method method, String key, String value) {
    if (value == null) {
      throw missing(method, key, "it");
    }
    return value;
  }

  private static InvalidInput missing(Method method, String key, String what) {
    return new InvalidInput(
        "The method " + method.estimator() + " lacks a key",
        "the key " + key + " is missing",
        "give " + what);
  }
}
