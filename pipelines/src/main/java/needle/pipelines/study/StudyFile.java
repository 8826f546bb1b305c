package needle.pipelines.study;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import needle.estimate.EffectEstimator;
import needle.estimate.Learners;
import needle.estimate.Sensitivity;
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
    List<Covariate> covariates,
    List<String> cluster,
    String fold,
    List<Double> trim,
    @JsonProperty(required = true) List<Method> methods,
    List<Sensitivity> sensitivity,
    String pairs,
    String selection,
    Long seed) {

  /** Probabilities of treatment below it, or above one less it, count as that. */
  private static final double LOW = 0.01;

  static final String GAUSSIAN = "gaussian";
  static final String POISSON = "poisson";
  static final String DURATION = "duration";

  record Panel(
      @JsonProperty(required = true) String path,
      @JsonProperty(required = true) String unit,
      String period) {}

  /** The outcome, and what is needed for a verdict on it. */
  record Outcome(
      String column,
      String family,
      String exposure,
      String start,
      String end,
      String event,
      Integer cause,
      Direction good,
      @JsonProperty("smallest_effect_of_interest") Double smallestEffectOfInterest) {}

  record Treatment(String adopted, Integer never, String exposed, String dose, String at) {}

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
      String errors,
      String inference,
      String estimand,
      Integer folds,
      List<String> segments,
      List<String> modifiers,
      Learners learners,
      Double until,
      List<Double> times) {

    /** The keys that are given, beside the name and the estimator. */
    List<String> given() {
      return Arrays.stream(Method.class.getRecordComponents())
          .filter(key -> !List.of("name", "estimator").contains(key.getName()))
          .filter(key -> value(key) != null)
          .map(key -> key.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
          .toList();
    }

    private Object value(RecordComponent key) {
      try {
        return key.getAccessor().invoke(this);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Whether the effect is that on the treated; without a word, it is that on everybody. */
    boolean isOfTreated() {
      return StudyQuestions.choice(Estimand.class, "estimand", estimand)
          .filter(Estimand.ATT::equals)
          .isPresent();
    }

    private enum Estimand {
      ATE,
      ATT
    }

    private boolean ignoresCovariates() {
      return EstimatorKind.of(estimator).filter(kind -> kind.ignoresCovariates(this)).isPresent();
    }

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

  /** The covariates, measured before treatment. */
  List<String> measured() {
    return covariates == null ? List.of() : covariates.stream().map(Covariate::name).toList();
  }

  /** The same study, adjusting for these. */
  StudyFile adjustedFor(List<Covariate> others) {
    return new StudyFile(
        study,
        panel,
        outcome,
        treatment,
        others,
        cluster,
        fold,
        trim,
        methods,
        sensitivity,
        pairs,
        selection,
        seed);
  }

  Optional<Direction> good() {
    return Optional.ofNullable(outcome.good());
  }

  /** Whether the outcome is a count, or anything else with a Poisson mean. */
  boolean isPoisson() {
    return POISSON.equals(outcome.family());
  }

  /** Whether the outcome is a time until something happens. */
  boolean isDuration() {
    return DURATION.equals(outcome.family());
  }

  /** What is known of the outcome's distribution. */
  String family() {
    return outcome.family() == null ? GAUSSIAN : outcome.family();
  }

  /** The column of the outcome; of durations, that of their end. */
  String outcomeColumn() {
    return isDuration() ? outcome.end() : outcome.column();
  }

  /** How the effects' assumptions are tried. */
  Set<Sensitivity> asked() {
    return sensitivity == null ? Set.of() : new LinkedHashSet<>(sensitivity);
  }

  /** The questions, in the order of the methods. */
  List<Question> questions() {
    List<String> faults = new ArrayList<>();
    if (!List.of(GAUSSIAN, POISSON, DURATION).contains(family())) {
      faults.add(
          "outcome.family is " + outcome.family() + ", and must be gaussian, poisson or duration");
    }
    outcomeColumns(faults);
    if (outcome.exposure() != null && !isPoisson()) {
      faults.add("outcome.exposure has a meaning for the family poisson only");
    }
    if ((outcome.good() == null) != (outcome.smallestEffectOfInterest() == null)) {
      faults.add(
          "outcome needs both good and smallest_effect_of_interest for a verdict, or neither");
    }
    if (outcome.smallestEffectOfInterest() != null && !(outcome.smallestEffectOfInterest() > 0)) {
      faults.add(
          "outcome.smallest_effect_of_interest is "
              + outcome.smallestEffectOfInterest()
              + ", and must be above zero, whatever the direction");
    }
    if (!measured().isEmpty()) {
      ignoresCovariates(faults);
    }
    covariates(faults);
    if (treatment != null
        && Stream.of(treatment.adopted(), treatment.exposed(), treatment.dose(), treatment.at())
                .filter(Objects::nonNull)
                .count()
            != 1) {
      faults.add("treatment needs one of adopted, exposed, dose and at");
    }
    if (treatment != null && treatment.at() != null && !isDuration()) {
      faults.add("treatment.at has a meaning for the family duration only");
    }
    if (trim != null && !(trim.size() == 2 && 0 <= low() && low() < high() && high() <= 1)) {
      faults.add("trim is " + trim + ", and must be two probabilities, the lower one first");
    }
    if (methods.isEmpty()) {
      faults.add("methods is empty");
    }
    if ((pairs == null) == asked().contains(Sensitivity.ROSENBAUM)) {
      faults.add("rosenbaum in sensitivity and the column pairs need each other");
    }
    if ((selection == null) == asked().contains(Sensitivity.LEE_BOUNDS)) {
      faults.add("lee_bounds in sensitivity and the column selection need each other");
    }
    for (Sensitivity asked : asked()) {
      if (methods.stream().noneMatch(m -> asked.estimators().contains(m.estimator()))) {
        faults.add(
            "sensitivity lists "
                + asked.word()
                + ", which has a meaning for "
                + String.join(", ", asked.estimators())
                + " only");
      }
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
          questions.add(StudyQuestions.of(this, method));
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

  private void outcomeColumns(List<String> faults) {
    if (isDuration()) {
      if (outcome.end() == null || outcome.event() == null || outcome.column() != null) {
        faults.add("outcome of the family duration needs end and event, and no column");
      }
      if (outcome.cause() != null && outcome.cause() < 1) {
        faults.add("outcome.cause is " + outcome.cause() + ", and 0 means that nothing happened");
      }
      if (panel.period() != null) {
        faults.add("panel.period has no meaning for the family duration: one row per duration");
      }
    } else {
      if (outcome.column() == null) {
        faults.add("outcome.column is missing");
      }
      if (Stream.of(outcome.start(), outcome.end(), outcome.event(), outcome.cause())
          .anyMatch(Objects::nonNull)) {
        faults.add(
            "outcome.start, end, event and cause have a meaning for the family duration only");
      }
    }
  }

  private void covariates(List<String> faults) {
    Set<String> seen = new HashSet<>();
    for (Covariate covariate : covariates == null ? List.<Covariate>of() : covariates) {
      if (!seen.add(covariate.name())) {
        faults.add("covariates lists " + covariate.name() + " twice");
      }
      if (outcomeOrTreatment().contains(covariate.name())) {
        faults.add(
            "the covariate "
                + covariate.name()
                + " is the outcome or the treatment itself: what is adjusted for cannot be what is"
                + " studied");
      }
      // A bad control: Rosenbaum 1984; Angrist & Pischke 2009, section 3.2.3.
      if (covariate.measured() == Covariate.When.AFTER) {
        faults.add(
            "the covariate "
                + covariate.name()
                + " is measured after treatment, which may have changed it: adjusting for it would"
                + " hide a part of the effect or make one up; leave it out, or take its value before");
      }
    }
  }

  private Set<String> outcomeOrTreatment() {
    Set<String> columns = new HashSet<>();
    Stream.of(outcome.column(), outcome.end(), outcome.event()).forEach(columns::add);
    if (treatment != null) {
      Stream.of(treatment.adopted(), treatment.exposed(), treatment.dose(), treatment.at())
          .forEach(columns::add);
    }
    return columns;
  }

  // Covariates that are listed have to be used, or the method has to say that it does not.
  private void ignoresCovariates(List<String> faults) {
    for (int i = 0; i < methods.size(); i++) {
      if (methods.get(i).estimator().equals("staggered_did") && methods.get(i).nuisance() == null) {
        faults.add(
            "methods["
                + i
                + "] does not say what becomes of the covariates "
                + measured()
                + ": give nuisance, none to leave them out");
      }
    }
    if (!methods.isEmpty() && methods.stream().allMatch(Method::ignoresCovariates)) {
      faults.add("covariates lists " + measured() + ", and no method uses them");
    }
  }

  /** The columns whose values are told apart and never computed with. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    names.add(panel.unit());
    names.addAll(cluster == null ? List.of() : cluster);
    methods.forEach(m -> names.addAll(m.absorb() == null ? List.of() : m.absorb()));
    methods.forEach(m -> names.addAll(m.segments() == null ? List.of() : m.segments()));
    Stream.of(fold, pairs).filter(Objects::nonNull).forEach(names::add);
    Stream.of(
            panel.period(),
            outcome.column(),
            outcome.exposure(),
            outcome.start(),
            outcome.end(),
            outcome.event())
        .filter(Objects::nonNull)
        .forEach(names::remove);
    names.removeAll(measured());
    if (covariates != null) {
      covariates.stream().filter(Covariate::isFactor).map(Covariate::name).forEach(names::add);
    }
    methods.forEach(m -> names.removeAll(m.regressors() == null ? List.of() : m.regressors()));
    return names;
  }

  /** Probabilities of treatment below it count as it. */
  double low() {
    return trim == null ? LOW : trim.get(0);
  }

  /** Probabilities of treatment above it count as it. */
  double high() {
    return trim == null ? 1 - LOW : trim.get(1);
  }
}
