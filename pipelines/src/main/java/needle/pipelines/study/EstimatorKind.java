package needle.pipelines.study;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import needle.kit.Sensitivity;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/**
 * The estimators that a study file can name: which family of outcomes they are for, how they are
 * made, whether they use the study's covariates, and which keys of a method have a meaning for
 * them.
 */
enum EstimatorKind {
  STAGGERED_DID(
      StudyFile.GAUSSIAN,
      RollOutQuestions::staggered,
      Covariates.IF_NUISANCE,
      "nuisance",
      "control",
      "base_period",
      "anticipation",
      "balance",
      "inference"),
  IMPUTATION_DID(
      StudyFile.GAUSSIAN, RollOutQuestions::imputation, Covariates.NEVER, "anticipation"),
  SUN_ABRAHAM(StudyFile.GAUSSIAN, RollOutQuestions::sunAbraham, Covariates.NEVER, "anticipation"),
  SYNTHETIC_DID(StudyFile.GAUSSIAN, FewSitesQuestions::synthetic, Covariates.NEVER, "inference"),
  INTERRUPTED_SERIES(
      StudyFile.GAUSSIAN,
      FewSitesQuestions::series,
      Covariates.NEVER,
      "per",
      "season",
      "cycle",
      "errors",
      "lag"),
  FORECAST(
      StudyFile.GAUSSIAN,
      RollOutQuestions::forecast,
      Covariates.IF_NUISANCE,
      "nuisance",
      "control",
      "base_period",
      "anticipation",
      "horizon",
      "cycle",
      "segments"),
  FIXED_EFFECTS(
      StudyFile.GAUSSIAN,
      FixedEffectsQuestions::linear,
      Covariates.NEVER,
      "regressors",
      "absorb",
      "errors",
      "inference"),
  GLM(StudyFile.GAUSSIAN, GeneralizedLinearQuestions::of, Covariates.ALWAYS),
  POISSON_FIXED_EFFECTS(
      StudyFile.POISSON, FixedEffectsQuestions::poisson, Covariates.NEVER, "regressors", "absorb"),
  DIFFERENCE_IN_MEANS(
      StudyFile.GAUSSIAN, CrossSectionQuestions::differenceInMeans, Covariates.ALWAYS),
  OLS(StudyFile.GAUSSIAN, CrossSectionQuestions::leastSquares, Covariates.ALWAYS),
  IPW(StudyFile.GAUSSIAN, CrossSectionQuestions::weighted, Covariates.ALWAYS, "estimand"),
  AIPW(
      StudyFile.GAUSSIAN,
      CrossSectionQuestions::doublyRobust,
      Covariates.ALWAYS,
      "estimand",
      "folds",
      "learners"),
  TMLE(
      StudyFile.GAUSSIAN,
      CrossSectionQuestions::targeted,
      Covariates.ALWAYS,
      "estimand",
      "folds",
      "learners"),
  PARTIALLY_LINEAR(
      StudyFile.GAUSSIAN,
      CrossSectionQuestions::partiallyLinear,
      Covariates.ALWAYS,
      "folds",
      "learners"),
  INTERACTIVE(
      StudyFile.GAUSSIAN,
      CrossSectionQuestions::doublyRobust,
      Covariates.ALWAYS,
      "estimand",
      "folds",
      "learners"),
  HETEROGENEITY(
      StudyFile.GAUSSIAN,
      HeterogeneityQuestions::segments,
      Covariates.ALWAYS,
      "segments",
      "modifiers",
      "folds",
      "learners"),
  DOSE_RESPONSE(
      StudyFile.GAUSSIAN,
      CrossSectionQuestions::doseResponse,
      Covariates.ALWAYS,
      "doses",
      "knots",
      "folds"),
  WEIGHTED_SURVIVAL(
      StudyFile.DURATION,
      DurationQuestions::survival,
      Covariates.ALWAYS,
      "until",
      "times",
      "estimand"),
  CUMULATIVE_INCIDENCE(
      StudyFile.DURATION,
      DurationQuestions::incidence,
      Covariates.ALWAYS,
      "until",
      "times",
      "estimand"),
  COX(StudyFile.DURATION, DurationQuestions::cox, Covariates.ALWAYS),
  DISCRETE_HAZARD(StudyFile.DURATION, DurationQuestions::discreteHazard, Covariates.ALWAYS),
  DECOMPOSITION(
      StudyFile.GAUSSIAN,
      ExplanationQuestions::decomposition,
      Covariates.UNLESS_CELLS,
      "by",
      "from",
      "to",
      "coefficients",
      "categorical",
      "cells"),
  ATTRIBUTION(
      StudyFile.GAUSSIAN,
      ExplanationQuestions::attribution,
      Covariates.NEVER,
      "programs",
      "segments",
      "from",
      "to",
      "effects"),
  MEDIATION(
      StudyFile.GAUSSIAN,
      ExplanationQuestions::mediation,
      Covariates.ALWAYS,
      "mediator",
      "measured",
      "interaction");

  /** Whether a method uses the covariates that a study lists. */
  private enum Covariates {
    ALWAYS,
    IF_NUISANCE,
    UNLESS_CELLS,
    NEVER
  }

  private final String family;
  private final BiFunction<StudyFile, Method, Question> question;
  private final Covariates covariates;
  private final Set<String> keys;

  EstimatorKind(
      String family,
      BiFunction<StudyFile, Method, Question> question,
      Covariates covariates,
      String... keys) {
    this.family = family;
    this.question = question;
    this.covariates = covariates;
    this.keys = Set.of(keys);
  }

  /** The estimator of a name. */
  static Optional<EstimatorKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  /** The names of the estimators of a family. */
  static List<String> words(String family) {
    return words(kind -> kind.takes(family));
  }

  /** The names of such estimators. */
  static List<String> words(Predicate<EstimatorKind> which) {
    return Arrays.stream(values()).filter(which).map(EstimatorKind::word).toList();
  }

  /** The name in a study file. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is for outcomes of a family. */
  boolean takes(String outcomes) {
    boolean hasMeans = !outcomes.equals(StudyFile.DURATION);
    return this == GLM ? hasMeans : family.equals(outcomes);
  }

  /** Whether a key of the method has a meaning. */
  boolean reads(String key) {
    return keys.contains(key);
  }

  /** Whether the errors may be clustered by several columns. */
  boolean clustersByMany() {
    return this == FIXED_EFFECTS || this == POISSON_FIXED_EFFECTS;
  }

  /** Whether units may stand for unequal numbers of others. */
  boolean takesWeights() {
    return this == STAGGERED_DID;
  }

  /** Whether it predicts rows from others, which a column may divide. */
  boolean crossFits() {
    return reads("folds");
  }

  /** Whether it bounds the probabilities of treatment. */
  boolean takesTrim(boolean hasDose) {
    return reads("estimand") || this == HETEROGENEITY && !hasDose || this == DOSE_RESPONSE;
  }

  /** Whether it is tried if a unit's treatment moves its untreated peers. */
  boolean takesPeers() {
    return this == STAGGERED_DID || followsUnits();
  }

  /** Whether a way to try assumptions is one for it; a forecast tries the effect that it adds. */
  boolean tries(Sensitivity way) {
    return way.estimators().contains(word())
        || this == FORECAST && way.estimators().contains(STAGGERED_DID.word());
  }

  /** Whether its effect is one of the treatment on the outcome, which may be another. */
  boolean takesPlacebos() {
    return switch (this) {
      case STAGGERED_DID,
          IMPUTATION_DID,
          SUN_ABRAHAM,
          GLM,
          DIFFERENCE_IN_MEANS,
          OLS,
          IPW,
          AIPW,
          TMLE,
          PARTIALLY_LINEAR,
          INTERACTIVE,
          HETEROGENEITY,
          DOSE_RESPONSE ->
          true;
      default -> false;
    };
  }

  /** Whether units have to be the same in several periods. */
  boolean followsUnits() {
    return this == IMPUTATION_DID || this == SUN_ABRAHAM;
  }

  boolean ignoresCovariates(Method method) {
    return covariates == Covariates.NEVER
        || covariates == Covariates.IF_NUISANCE && "none".equals(method.nuisance())
        || covariates == Covariates.UNLESS_CELLS && method.cells() != null;
  }

  Question question(StudyFile study, Method method) {
    return question.apply(study, method);
  }
}
