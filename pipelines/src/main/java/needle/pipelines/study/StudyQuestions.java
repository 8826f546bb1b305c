package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import needle.estimate.PlaceboOutcomes;
import needle.estimate.StudyDesign;
import needle.estimate.TriedEstimator;
import needle.estimate.UndoneAnalyses;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/**
 * Turns the methods of a study file into estimators and designs, and refuses what has no meaning.
 */
final class StudyQuestions {
  private StudyQuestions() {}

  static Question of(StudyFile study, Method method) {
    EstimatorKind kind =
        EstimatorKind.of(method.estimator())
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "There is no estimator " + method.estimator(),
                        "the estimators are " + String.join(", ", EstimatorKind.words(any -> true)),
                        "choose one of these"));
    if (!kind.clustersByMany() && study.cluster() != null && study.cluster().size() > 1) {
      throw new InvalidInput(
          "The method " + kind.word() + " clusters by one column",
          "cluster lists " + study.cluster(),
          "list one column, or choose fixed_effects");
    }
    if (study.weights() != null && !kind.takesWeights()) {
      throw new InvalidInput(
          "The method " + kind.word() + " takes no sampling weights",
          "weights names the column " + study.weights(),
          "leave weights out, or choose staggered_did");
    }
    if (study.peers() != null && !kind.takesPeers()) {
      throw new InvalidInput(
          "The method " + kind.word() + " does not look for spillover",
          "peers names the column " + study.peers(),
          "leave peers out, or choose staggered_did, imputation_did or sun_abraham");
    }
    if (!study.panel().isFollowed() && kind.followsUnits()) {
      throw new InvalidInput(
          "The method " + kind.word() + " follows its units through time",
          "panel.followed is false",
          "choose staggered_did");
    }
    if (!kind.takes(study.family())) {
      throw new InvalidInput(
          "The method " + kind.word() + " does not fit the outcome",
          "the family is " + study.family(),
          "binomial and gamma go with "
              + String.join(" and ", EstimatorKind.words(StudyFile.BINOMIAL))
              + ", poisson with "
              + String.join(" and ", EstimatorKind.words(StudyFile.POISSON))
              + ", duration with "
              + String.join(" and ", EstimatorKind.words(StudyFile.DURATION))
              + ", and gaussian with all others");
    }
    for (String key : method.given()) {
      refuse(method, !kind.reads(key), key);
    }
    return withPlacebos(study, kind, withUndone(study, kind, kind.question(study, method)));
  }

  // A study asks all its methods at once: who cannot be asked says so.
  private static Question withUndone(StudyFile study, EstimatorKind kind, Question question) {
    Map<Sensitivity, Settings> undone = new TreeMap<>(study.asked());
    undone.keySet().removeIf(kind::tries);
    return undone.isEmpty()
        ? question
        : new Question(
            question.label(),
            new TriedEstimator(
                question.estimator(), List.of(new UndoneAnalyses(kind.word(), undone))),
            question.design());
  }

  private static Question withPlacebos(StudyFile study, EstimatorKind kind, Question question) {
    if (study.placebos().isEmpty()) {
      return question;
    }
    if (!kind.takesPlacebos()) {
      throw new InvalidInput(
          "The method " + kind.word() + " tries no placebo outcomes",
          "placebo_outcomes lists " + study.placebos(),
          "leave placebo_outcomes out, or choose "
              + String.join(", ", EstimatorKind.words(EstimatorKind::takesPlacebos)));
    }
    PlaceboOutcomes placebos =
        new PlaceboOutcomes(question.estimator().untried(), study.placebos());
    return new Question(
        question.label(),
        new TriedEstimator(question.estimator(), List.of(placebos)),
        question.design());
  }

  /** The design as far as all estimators share it. */
  static StudyDesign.Draft draft(StudyFile study) {
    StudyDesign.Draft draft =
        StudyDesign.of(study.panel().unit(), study.panel().period(), study.outcomeColumn())
            .inPeriodsOf(study.panel().grain());
    if (study.cluster() != null) {
      draft.clusteredBy(study.cluster().toArray(String[]::new));
    }
    if (study.outcome().smallestEffectOfInterest() != null) {
      draft.mattersFrom(study.outcome().smallestEffectOfInterest());
    }
    if (study.seed() != null) {
      draft.seed(study.seed());
    }
    return draft;
  }

  /** The design of a study that says who was treated. */
  static StudyDesign.Draft treated(StudyFile study) {
    StudyFile.Treatment treatment = study.treatment();
    if (treatment == null) {
      throw new InvalidInput(
          "The study does not say who was treated",
          "an effect is one of a treatment",
          "add treatment with adopted, exposed, dose or at");
    }
    if (treatment.at() != null) {
      return draft(study).treatedBy(new StudyDesign.Begins(treatment.at()));
    }
    if (treatment.dose() != null) {
      return draft(study).treatedBy(new StudyDesign.Dose(treatment.dose()));
    }
    return draft(study)
        .treatedBy(
            treatment.adopted() == null
                ? new StudyDesign.Exposed(treatment.exposed())
                : new StudyDesign.Adopted(
                    treatment.adopted(),
                    treatment.never() == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(treatment.never())));
  }

  static void refuse(Method method, boolean isNeedless, String key) {
    if (isNeedless) {
      throw new InvalidInput(
          "The key " + key + " has no meaning for " + method.estimator(),
          "the method " + method.label() + " has it",
          "leave it out");
    }
  }

  /** What a list has; nothing where it is not given. */
  static <T> List<T> listed(List<T> given) {
    return given == null ? List.of() : given;
  }

  static <E extends Enum<E>> Optional<E> choice(Class<E> type, String key, String word) {
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
