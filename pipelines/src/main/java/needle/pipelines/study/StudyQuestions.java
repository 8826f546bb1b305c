package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import needle.estimate.DoubleMachineLearning;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimator;
import needle.estimate.FixedEffects;
import needle.estimate.ImputationDid;
import needle.estimate.InverseProbabilityWeighting;
import needle.estimate.OrdinaryLeastSquares;
import needle.estimate.PoissonFixedEffects;
import needle.estimate.SelectionBounds;
import needle.estimate.Sensitivity;
import needle.estimate.SensitivityAnalysis;
import needle.estimate.StaggeredDid;
import needle.estimate.StudyDesign;
import needle.estimate.SunAbraham;
import needle.estimate.TriedEstimator;
import needle.estimate.UnseenBiasInPairs;
import needle.estimate.UnseenConfounding;
import needle.kit.InvalidInput;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/**
 * Turns the methods of a study file into estimators and designs, and refuses what has no meaning.
 */
final class StudyQuestions {
  private static final List<String> ESTIMATORS =
      List.of(
          "staggered_did",
          "imputation_did",
          "sun_abraham",
          "fixed_effects",
          "poisson_fixed_effects",
          "difference_in_means",
          "ols",
          "ipw",
          "aipw",
          "partially_linear",
          "interactive",
          DurationQuestions.WEIGHTED_SURVIVAL,
          DurationQuestions.CUMULATIVE_INCIDENCE,
          DurationQuestions.COX,
          DurationQuestions.DISCRETE_HAZARD);

  private static final int FOLDS = 5;

  private final StudyFile study;

  StudyQuestions(StudyFile study) {
    this.study = study;
  }

  private List<String> measured() {
    return study.covariates() == null ? List.of() : study.covariates();
  }

  Question of(Method method) {
    StudyDesign.Draft draft =
        StudyDesign.of(study.panel().unit(), study.panel().period(), study.outcomeColumn());
    if (study.cluster() != null) {
      draft.clusteredBy(study.cluster().toArray(String[]::new));
    }
    if (study.outcome().smallestEffectOfInterest() != null) {
      draft.mattersFrom(study.outcome().smallestEffectOfInterest());
    }
    if (study.seed() != null) {
      draft.seed(study.seed());
    }
    boolean isPoisson = method.estimator().equals("poisson_fixed_effects");
    if (!isPoisson && !method.estimator().equals("fixed_effects")) {
      requireOneCluster(method.estimator());
    }
    boolean isDuration = DurationQuestions.ESTIMATORS.contains(method.estimator());
    boolean fits = isPoisson == study.isPoisson() && isDuration == study.isDuration();
    if (!fits && ESTIMATORS.contains(method.estimator())) {
      throw new InvalidInput(
          "The method " + method.estimator() + " does not fit the outcome",
          "the family is " + study.family(),
          "poisson goes with poisson_fixed_effects, duration with "
              + String.join(" and ", DurationQuestions.ESTIMATORS)
              + ", and gaussian with all others");
    }
    boolean hasHorizon = DurationQuestions.hasHorizon(method.estimator());
    refuse(method, method.estimator(), method.until() != null && !hasHorizon, "until");
    refuse(method, method.estimator(), method.times() != null && !hasHorizon, "times");
    refuse(
        method,
        method.estimator(),
        method.inference() != null && !method.estimator().equals("fixed_effects"),
        "inference");
    return switch (method.estimator()) {
      case "staggered_did" ->
          new Question(method.label(), new StaggeredDid(study.asked()), staggered(method, draft));
      case "imputation_did" ->
          new Question(method.label(), new ImputationDid(), withoutControls(method, draft));
      case "sun_abraham" ->
          new Question(method.label(), new SunAbraham(), withoutControls(method, draft));
      case DurationQuestions.WEIGHTED_SURVIVAL,
          DurationQuestions.CUMULATIVE_INCIDENCE,
          DurationQuestions.COX,
          DurationQuestions.DISCRETE_HAZARD ->
          new Question(method.label(), durations(method), treated(draft).build());
      case "fixed_effects" -> new Question(method.label(), fixedEffects(method), draft.build());
      case "poisson_fixed_effects" ->
          new Question(method.label(), poissonFixedEffects(method), draft.build());
      default ->
          new Question(method.label(), tried(method, crossSection(method)), treated(draft).build());
    };
  }

  private EffectEstimator durations(Method method) {
    String name = method.estimator();
    boolean weighs = DurationQuestions.hasHorizon(name) && !measured().isEmpty();
    refuseForRegression(method, method.estimand() != null && !weighs);
    refuse(method, name, method.regressors() != null, "regressors");
    refuse(method, name, method.absorb() != null, "absorb");
    refuse(method, name, method.errors() != null, "errors");
    return DurationQuestions.of(study, method, measured(), estimand(method) == Estimand.ATT);
  }

  private void requireOneCluster(String estimator) {
    if (study.cluster() != null && study.cluster().size() > 1) {
      throw new InvalidInput(
          "The method " + estimator + " clusters by one column",
          "cluster lists " + study.cluster(),
          "list one column, or choose fixed_effects");
    }
  }

  private EffectEstimator tried(Method method, EffectEstimator estimator) {
    List<SensitivityAnalysis> analyses = new ArrayList<>();
    if (isAsked(Sensitivity.E_VALUE, method)) {
      boolean crosses = estimator instanceof DoubleMachineLearning;
      boolean adjusts = !method.estimator().equals("difference_in_means");
      analyses.add(
          new UnseenConfounding(
              adjusts ? measured() : List.of(),
              crosses ? Optional.ofNullable(study.fold()) : Optional.empty()));
    }
    if (isAsked(Sensitivity.ROSENBAUM, method)) {
      analyses.add(new UnseenBiasInPairs(study.pairs()));
    }
    if (isAsked(Sensitivity.LEE_BOUNDS, method)) {
      analyses.add(new SelectionBounds(study.selection()));
    }
    return analyses.isEmpty() ? estimator : new TriedEstimator(estimator, analyses);
  }

  private boolean isAsked(Sensitivity analysis, Method method) {
    return study.asked().contains(analysis) && analysis.estimators().contains(method.estimator());
  }

  private EffectEstimator crossSection(Method method) {
    String name = method.estimator();
    List<String> measured = measured();
    EffectEstimator estimator =
        switch (name) {
          case "difference_in_means" -> new OrdinaryLeastSquares(name, List.of());
          case "ols" -> {
            requireCovariates(name, measured);
            yield new OrdinaryLeastSquares(name, measured);
          }
          case "ipw" ->
              new InverseProbabilityWeighting(
                  measured, estimand(method) == Estimand.ATT, study.low(), study.high());
          case "aipw", "interactive" ->
              learned(
                  method,
                  measured,
                  estimand(method) == Estimand.ATT ? Model.INTERACTIVE_ATT : Model.INTERACTIVE_ATE);
          case "partially_linear" -> learned(method, measured, Model.PARTIALLY_LINEAR);
          default ->
              throw new InvalidInput(
                  "There is no estimator " + name,
                  "the estimators are " + String.join(", ", ESTIMATORS),
                  "choose one of these");
        };
    boolean crosses = estimator instanceof DoubleMachineLearning;
    boolean weighs = crosses && !name.equals("partially_linear") || name.equals("ipw");
    refuse(method, name, method.nuisance() != null, "nuisance");
    refuse(method, name, method.control() != null, "control");
    refuse(method, name, method.basePeriod() != null, "base_period");
    refuse(method, name, method.anticipation() != null, "anticipation");
    refuse(method, name, method.regressors() != null, "regressors");
    refuse(method, name, method.absorb() != null, "absorb");
    refuse(method, name, method.errors() != null, "errors");
    refuse(method, name, method.folds() != null && !crosses, "folds");
    refuse(method, name, method.estimand() != null && !weighs, "estimand");
    if (study.panel().period() != null) {
      throw new InvalidInput(
          "The method " + name + " follows nobody through time",
          "the study names the period "
              + study.panel().period()
              + ", so units may stand in several rows",
          "give one row per unit and leave the period out, or choose staggered_did");
    }
    return estimator;
  }

  private EffectEstimator learned(Method method, List<String> measured, Model model) {
    int folds = method.folds() == null ? FOLDS : method.folds();
    return new DoubleMachineLearning(
        method.estimator(),
        model,
        measured,
        Optional.ofNullable(study.fold()),
        folds,
        study.low(),
        study.high());
  }

  private enum Estimand {
    ATE,
    ATT
  }

  private static Estimand estimand(Method method) {
    return choice(Estimand.class, "estimand", method.estimand()).orElse(Estimand.ATE);
  }

  private static void requireCovariates(String name, List<String> measured) {
    if (measured.isEmpty()) {
      throw new InvalidInput(
          "The method " + name + " has nothing to adjust for",
          "no covariates are listed",
          "list covariates measured before treatment, or choose difference_in_means");
    }
  }

  // The estimator says whom it compares with, so there are no controls to choose.
  private StudyDesign withoutControls(Method method, StudyDesign.Draft draft) {
    refuse(method, method.estimator(), method.nuisance() != null, "nuisance");
    refuse(method, method.estimator(), method.control() != null, "control");
    refuse(method, method.estimator(), method.basePeriod() != null, "base_period");
    return staggered(method, draft);
  }

  private StudyDesign staggered(Method method, StudyDesign.Draft draft) {
    String name = method.estimator();
    refuse(method, name, method.regressors() != null, "regressors");
    refuse(method, name, method.absorb() != null, "absorb");
    refuse(method, name, method.errors() != null, "errors");
    refuse(method, name, method.folds() != null, "folds");
    refuse(method, name, method.estimand() != null, "estimand");
    treated(draft);
    var nuisance = choice(StudyDesign.Nuisance.class, "nuisance", method.nuisance());
    nuisance
        .filter(n -> n != StudyDesign.Nuisance.NONE)
        .ifPresent(n -> draft.adjustedFor(n, measured()));
    choice(StudyDesign.ControlGroup.class, "control", method.control())
        .ifPresent(draft::comparedWith);
    choice(StudyDesign.BasePeriod.class, "base_period", method.basePeriod()).ifPresent(draft::from);
    if (method.anticipation() != null) {
      draft.anticipating(method.anticipation());
    }
    return draft.build();
  }

  private StudyDesign.Draft treated(StudyDesign.Draft draft) {
    if (study.treatment() == null) {
      throw new InvalidInput(
          "The study does not say who was treated",
          "an effect is one of a treatment",
          "add treatment with adopted, exposed, dose or at");
    }
    if (study.treatment().at() != null) {
      return draft.treatedBy(new StudyDesign.Begins(study.treatment().at()));
    }
    if (study.treatment().dose() != null) {
      return draft.treatedBy(new StudyDesign.Dose(study.treatment().dose()));
    }
    return draft.treatedBy(
        study.treatment().adopted() == null
            ? new StudyDesign.Exposed(study.treatment().exposed())
            : new StudyDesign.Adopted(
                study.treatment().adopted(),
                study.treatment().never() == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(study.treatment().never())));
  }

  private static FixedEffects fixedEffects(Method method) {
    refuseForRegression(method);
    return new FixedEffects(
        listed(method.regressors()),
        listed(method.absorb()),
        choice(FixedEffects.Errors.class, "errors", method.errors())
            .orElse(FixedEffects.Errors.CLUSTERED),
        choice(FixedEffects.Inference.class, "inference", method.inference())
            .orElse(FixedEffects.Inference.CLUSTER));
  }

  private PoissonFixedEffects poissonFixedEffects(Method method) {
    refuseForRegression(method);
    refuse(method, method.estimator(), method.errors() != null, "errors");
    return new PoissonFixedEffects(
        listed(method.regressors()),
        listed(method.absorb()),
        Optional.ofNullable(study.outcome().exposure()));
  }

  private static List<String> listed(List<String> columns) {
    return columns == null ? List.of() : columns;
  }

  private static void refuseForRegression(Method method) {
    refuseForRegression(method, method.estimand() != null);
  }

  private static void refuseForRegression(Method method, boolean hasNeedlessEstimand) {
    String name = method.estimator();
    refuse(method, name, method.nuisance() != null, "nuisance");
    refuse(method, name, method.control() != null, "control");
    refuse(method, name, method.basePeriod() != null, "base_period");
    refuse(method, name, method.anticipation() != null, "anticipation");
    refuse(method, name, method.folds() != null, "folds");
    refuse(method, name, hasNeedlessEstimand, "estimand");
  }

  private static void refuse(Method method, String estimator, boolean isGiven, String key) {
    if (isGiven) {
      throw new InvalidInput(
          "The key " + key + " has no meaning for " + estimator,
          "the method " + method.label() + " has it",
          "leave it out");
    }
  }

  private static <E extends Enum<E>> Optional<E> choice(Class<E> type, String key, String word) {
    if (word == null) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      words.add(constant.name().toLowerCase(Locale.ROOT));
      if (words.get(words.size() - 1).equals(word)) {
        return Optional.of(constant);
      }
    }
    throw new InvalidInput(
        "The key " + key + " cannot be " + word,
        "it is one of " + String.join(", ", words),
        "choose one of these");
  }
}
