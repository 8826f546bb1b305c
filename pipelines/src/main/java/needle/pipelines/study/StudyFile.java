package needle.pipelines.study;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import needle.estimate.EffectEstimator;
import needle.estimate.Grain;
import needle.estimate.Learners;
import needle.estimate.StudyDesign;
import needle.kit.InvalidInput;
import needle.kit.Kpi.Direction;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import needle.pipelines.config.SensitivityEntry;
import needle.pipelines.config.Yaml;

/** A study file: the roles of a panel's columns, and the methods to answer the question with. */
record StudyFile(
    @JsonProperty(required = true) String study,
    @JsonProperty(required = true) Panel panel,
    @JsonProperty(required = true) Outcome outcome,
    Treatment treatment,
    List<Covariate> covariates,
    List<String> cluster,
    String weights,
    String fold,
    List<Double> trim,
    @JsonProperty(required = true) List<Method> methods,
    List<SensitivityEntry> sensitivity,
    String pairs,
    String selection,
    String peers,
    String programs,
    @JsonProperty("placebo_outcomes") List<String> placeboOutcomes,
    Long seed) {

  /** Probabilities of treatment below it, or above one less it, count as that. */
  private static final double LOW = 0.01;

  static final String GAUSSIAN = "gaussian";
  static final String POISSON = "poisson";
  static final String DURATION = "duration";
  static final String BINOMIAL = "binomial";
  static final String GAMMA = "gamma";
  static final List<String> FAMILIES = List.of(GAUSSIAN, POISSON, BINOMIAL, GAMMA, DURATION);

  StudyFile {
    covariates = covariates == null ? List.of() : covariates;
  }

  record Panel(
      @JsonProperty(required = true) String path,
      @JsonProperty(required = true) String unit,
      String period,
      Boolean followed,
      Grain grain) {

    Panel {
      grain = grain == null ? Grain.NUMBER : grain;
    }

    /** Whether the same units are seen in several periods; without a word, they are. */
    boolean isFollowed() {
      return followed == null || followed;
    }
  }

  /** The outcome, and what is needed for a verdict on it. */
  record Outcome(
      String column,
      String family,
      String exposure,
      String trials,
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
      Integer balance,
      List<String> regressors,
      List<String> absorb,
      String errors,
      String inference,
      String estimand,
      Integer folds,
      List<String> modifiers,
      Learners learners,
      Double until,
      List<Double> times,
      String by,
      String from,
      String to,
      String coefficients,
      List<String> categorical,
      List<String> cells,
      List<String> programs,
      List<String> segments,
      String effects,
      String mediator,
      String measured,
      Boolean interaction,
      List<Double> doses,
      Integer knots,
      String per,
      String season,
      Integer cycle,
      Integer lag,
      Integer horizon) {

    /** The keys that are given, beside the name and the estimator. */
    List<String> given() {
      return Arrays.stream(Method.class.getRecordComponents())
          .filter(key -> !List.of("name", "estimator").contains(key.getName()))
          .filter(key -> value(key) != null)
          .map(key -> key.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
          .toList();
    }

    /** The columns whose values are told apart and never computed with. */
    List<String> names() {
      return Stream.of(absorb, categorical, cells, segments, by == null ? null : List.of(by))
          .filter(Objects::nonNull)
          .flatMap(List::stream)
          .toList();
    }

    private Object value(RecordComponent key) {
      try {
        return key.getAccessor().invoke(this);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    /** How many periods a cycle has; without a word, as many as usual for such periods. */
    int periodsOfCycle(Grain grain) {
      return cycle == null ? grain.cycle() : cycle;
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

    boolean ignoresCovariates() {
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
    return covariates.stream().map(Covariate::name).toList();
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
        weights,
        fold,
        trim,
        methods,
        sensitivity,
        pairs,
        selection,
        peers,
        programs,
        placeboOutcomes,
        seed);
  }

  /** Outcomes that treatment cannot have moved. */
  List<String> placebos() {
    return placeboOutcomes == null ? List.of() : placeboOutcomes;
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

  /** Whether the treatment is a dose, such as hours. */
  boolean hasDose() {
    return treatment != null && treatment.dose() != null;
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
  Map<Sensitivity, Settings> asked() {
    return asked(new ArrayList<>());
  }

  /** The same, telling what is wrong with it. */
  Map<Sensitivity, Settings> asked(List<String> faults) {
    return SensitivityEntry.asked(sensitivity, List.of(Sensitivity.values()), faults);
  }

  /** The questions, in the order of the methods. */
  List<Question> questions() {
    List<String> faults = new ArrayList<>(new StudyFaults(this).found());
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

  /** The columns whose values are told apart and never computed with. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    names.add(panel.unit());
    names.addAll(StudyQuestions.listed(cluster));
    methods.forEach(m -> names.addAll(m.names()));
    Stream.of(fold, pairs, peers, programs).filter(Objects::nonNull).forEach(names::add);
    covariates.stream().filter(Covariate::isFactor).map(Covariate::name).forEach(names::add);
    // What is a number for one method is no name for another.
    StudyColumn.numbersOf(this).forEach(c -> names.remove(c.name()));
    // Nor is a date what a reader of numbers or moments makes of it.
    StudyColumn.datesOf(this).forEach(c -> names.add(c.name()));
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
