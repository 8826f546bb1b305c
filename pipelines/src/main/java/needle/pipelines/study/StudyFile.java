package needle.pipelines.study;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import needle.estimate.EffectEstimator;
import needle.estimate.FixedEffects;
import needle.estimate.StaggeredDid;
import needle.estimate.StudyDesign;
import needle.kit.InvalidInput;
import needle.kit.Kpi.Direction;
import needle.pipelines.config.Yaml;

/** A study file: the roles of a panel's columns, and the methods to answer the question with. */
record StudyFile(
    @JsonProperty(required = true) String study,
    @JsonProperty(required = true) Panel panel,
    @JsonProperty(required = true) Outcome outcome,
    Treatment treatment,
    List<String> covariates,
    List<String> cluster,
    @JsonProperty(required = true) List<Method> methods,
    Long seed) {

  record Panel(
      @JsonProperty(required = true) String path,
      @JsonProperty(required = true) String unit,
      @JsonProperty(required = true) String period) {}

  /** The outcome, and what is needed for a verdict on it. */
  record Outcome(
      @JsonProperty(required = true) String column,
      String family,
      Direction good,
      @JsonProperty("smallest_effect_of_interest") Double smallestEffectOfInterest) {}

  record Treatment(String adopted, Integer never, String exposed) {}

  /** One way to answer. */
  record Method(
      String name,
      @JsonProperty(required = true) String estimator,
      String nuisance,
      String control,
      @JsonProperty("base_period") String basePeriod,
      Integer anticipation,
      List<String> regressors,
      List<String> absorb,
      String errors) {

    String label() {
      return name == null ? estimator : name;
    }
  }

  /** A method that can be run. */
  record Question(String label, EffectEstimator estimator, StudyDesign design) {}

  /** Reads a study file and the questions in it, or tells everything that is wrong with it. */
  static StudyFile read(Path file) {
    StudyFile study = Yaml.read(file, StudyFile.class, "study");
    study.questions();
    return study;
  }

  Optional<Direction> good() {
    return Optional.ofNullable(outcome.good());
  }

  /** The questions, in the order of the methods. */
  List<Question> questions() {
    List<String> faults = new ArrayList<>();
    if (outcome.family() != null && !outcome.family().equals("gaussian")) {
      faults.add("outcome.family is " + outcome.family() + ", and only gaussian is estimated");
    }
    if ((outcome.good() == null) != (outcome.smallestEffectOfInterest() == null)) {
      faults.add(
          "outcome needs both good and smallest_effect_of_interest for a verdict, or neither");
    }
    if (cluster != null && cluster.size() > 1) {
      faults.add("cluster lists " + cluster + ", and only one column can be clustered by");
    }
    if (treatment != null && (treatment.adopted() == null) == (treatment.exposed() == null)) {
      faults.add("treatment needs either adopted or exposed");
    }
    if (methods.isEmpty()) {
      faults.add("methods is empty");
    }
    List<Question> questions = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (int i = 0; i < methods.size(); i++) {
      Method method = methods.get(i);
      if (!labels.add(method.label())) {
        faults.add("methods[" + i + "] has the name of another, " + method.label());
      }
      if (faults.isEmpty()) {
        try {
          questions.add(question(method));
        } catch (InvalidInput e) {
          faults.add("methods[" + i + "]: " + e.problem() + ": " + e.reason());
        }
      }
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          "The study " + study + " has " + faults.size() + " fault(s)",
          String.join("\n          ", faults),
          "correct them; every key is described in docs/method.md");
    }
    return questions;
  }

  private Question question(Method method) {
    StudyDesign.Draft draft = StudyDesign.of(panel.unit(), panel.period(), outcome.column());
    if (cluster != null) {
      cluster.forEach(draft::clusteredBy);
    }
    if (seed != null) {
      draft.seed(seed);
    }
    return switch (method.estimator()) {
      case "staggered_did" ->
          new Question(method.label(), new StaggeredDid(), staggered(method, draft));
      case "fixed_effects" -> new Question(method.label(), fixedEffects(method), draft.build());
      default ->
          throw new InvalidInput(
              "There is no estimator " + method.estimator(),
              "the estimators are staggered_did and fixed_effects",
              "choose one of these");
    };
  }

  private StudyDesign staggered(Method method, StudyDesign.Draft draft) {
    refuse(method, "staggered_did", method.regressors() != null, "regressors");
    refuse(method, "staggered_did", method.absorb() != null, "absorb");
    refuse(method, "staggered_did", method.errors() != null, "errors");
    if (treatment == null) {
      throw new InvalidInput(
          "The study does not say who was treated when",
          "staggered_did needs treatment",
          "add treatment with adopted or exposed");
    }
    draft.treatedBy(
        treatment.adopted() == null
            ? new StudyDesign.Exposed(treatment.exposed())
            : new StudyDesign.Adopted(
                treatment.adopted(),
                treatment.never() == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(treatment.never())));
    var nuisance = choice(StudyDesign.Nuisance.class, "nuisance", method.nuisance());
    nuisance
        .filter(n -> n != StudyDesign.Nuisance.NONE)
        .ifPresent(n -> draft.adjustedFor(n, covariates == null ? List.of() : covariates));
    choice(StudyDesign.ControlGroup.class, "control", method.control())
        .ifPresent(draft::comparedWith);
    choice(StudyDesign.BasePeriod.class, "base_period", method.basePeriod()).ifPresent(draft::from);
    if (method.anticipation() != null) {
      draft.anticipating(method.anticipation());
    }
    return draft.build();
  }

  private static FixedEffects fixedEffects(Method method) {
    refuse(method, "fixed_effects", method.nuisance() != null, "nuisance");
    refuse(method, "fixed_effects", method.control() != null, "control");
    refuse(method, "fixed_effects", method.basePeriod() != null, "base_period");
    refuse(method, "fixed_effects", method.anticipation() != null, "anticipation");
    return new FixedEffects(
        method.regressors() == null ? List.of() : method.regressors(),
        method.absorb() == null ? List.of() : method.absorb(),
        choice(FixedEffects.Errors.class, "errors", method.errors())
            .orElse(FixedEffects.Errors.CLUSTERED));
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
