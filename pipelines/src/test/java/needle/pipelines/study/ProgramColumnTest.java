package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import needle.estimate.EffectEstimate;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.Estimand;
import needle.kit.InvalidInput;
import needle.pipelines.study.ProgramStudy.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The column of the programs has no other role, and all programs' answers are judged together. */
class ProgramColumnTest extends StudyFiles {
  @Test
  void anotherRoleOfTheColumnIsAFaultAndAllAreToldAtOnce() throws IOException {
    Path file =
        study(
            """
            study: roles
            programs: p
            panel: {path: x.csv, unit: p, period: p}
            outcome: {column: p}
            treatment: {adopted: p}
            covariates: [p]
            cluster: [p]
            weights: p
            peers: p
            placebo_outcomes: [p]
            methods:
              - {estimator: fixed_effects, regressors: [p], absorb: [q, p]}
              - {estimator: attribution, programs: [p, q], segments: [q], from: a, to: b}
            """);
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .satisfies(
            e ->
                assertThat(
                        Arrays.stream(e.getMessage().split("\n"))
                            .filter(line -> line.contains("programs names the column p"))
                            .map(line -> line.replaceAll(".*so does ([^:]*):.*", "$1")))
                    .containsExactly(
                        "panel.unit",
                        "panel.period",
                        "outcome.column",
                        "treatment.adopted",
                        "covariates",
                        "cluster",
                        "weights",
                        "peers",
                        "placebo_outcomes",
                        "methods[0].regressors",
                        "methods[0].absorb",
                        "methods[1].programs"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "outcome.exposure",
        "outcome.trials",
        "outcome.start",
        "outcome.end",
        "outcome.event",
        "treatment.exposed",
        "treatment.dose",
        "treatment.at",
        "fold",
        "pairs",
        "selection"
      })
  void everyRoleIsKnown(String role) throws IOException {
    Map<String, Object> study = new HashMap<>();
    study.put("study", "s");
    study.put("programs", "p");
    Map<String, Object> panel = Map.of("path", "x.csv", "unit", "u");
    Map<String, Object> outcome = new HashMap<>(Map.of("column", "y"));
    Map<String, Object> treatment = new HashMap<>();
    study.put("panel", panel);
    study.put("outcome", outcome);
    study.put("treatment", treatment);
    study.put("methods", List.of());
    String[] key = role.split("\\.");
    (key.length == 1 ? study : key[0].equals("outcome") ? outcome : treatment)
        .put(key[key.length - 1], "p");
    Path file = study(new ObjectMapper().writeValueAsString(study));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("programs names the column p, and so does " + role + ":");
  }

  /** A new key is either a column's, and then one of StudyColumn's, or stands here. */
  @Test
  void everyKeyOfAMethodThatNamesColumnsIsKnown() throws ReflectiveOperationException {
    List<String> plain =
        List.of(
            "name",
            "estimator",
            "nuisance",
            "control",
            "basePeriod",
            "errors",
            "inference",
            "estimand",
            "from",
            "to",
            "coefficients",
            "effects",
            "measured",
            "season");
    RecordComponent[] keys = StudyFile.Method.class.getRecordComponents();
    Object[] values =
        Arrays.stream(keys)
            .map(
                k ->
                    k.getType() == String.class
                        ? k.getName()
                        : k.getGenericType().getTypeName().contains("List<java.lang.String>")
                            ? List.of(k.getName())
                            : null)
            .toArray();
    StudyFile.Method method =
        (StudyFile.Method)
            StudyFile.Method.class
                .getDeclaredConstructor(
                    Arrays.stream(keys).map(RecordComponent::getType).toArray(Class[]::new))
                .newInstance(values);
    List<String> known =
        StudyColumn.of(study(List.of(method))).stream().map(StudyColumn::name).toList();
    assertThat(Arrays.stream(keys).map(RecordComponent::getName))
        .filteredOn(
            k ->
                values[Arrays.stream(keys).map(RecordComponent::getName).toList().indexOf(k)]
                    != null)
        .filteredOn(k -> !plain.contains(k))
        .isNotEmpty()
        .allSatisfy(k -> assertThat(known).contains(k));
  }

  private static StudyFile study(List<StudyFile.Method> methods) {
    return new StudyFile(
        "s",
        new StudyFile.Panel("x.csv", "unit", null, null, null),
        new StudyFile.Outcome(
            "y", null, null, null, null, null, null, null, needle.kit.Kpi.Direction.UP, 1.0),
        null,
        null,
        null,
        null,
        null,
        null,
        methods,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static Answer answer(String program, String estimator, double pValue) {
    return answer(program, estimator, 3, 1, pValue);
  }

  private static Answer answer(
      String program, String estimator, double estimate, double error, double pValue) {
    Effect effect =
        new Effect(
            Estimand.ATT,
            "simple",
            "att",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            estimate,
            error,
            estimate - error,
            estimate + error,
            estimate - error,
            estimate + error,
            pValue,
            50,
            50,
            100,
            50);
    return new Answer(
        Optional.of(program),
        estimator,
        new EffectEstimate(estimator, effect, List.of(effect), List.of(), List.of(), 50));
  }

  private static List<String> verdicts(Answer... answers) {
    StudyResults results = new StudyResults(study(List.of()), Optional.empty());
    Arrays.stream(answers).forEach(results::add);
    return results.verdicts().stream()
        .map(r -> r.getString(3).toLowerCase(Locale.ROOT) + " " + r.getString(5))
        .toList();
  }

  /** Zero with an error of half a margin: t with 50 degrees is beyond 2 in 0.0255. */
  @Test
  void noEffectCountsWhatWasAskedOfOtherPrograms() {
    Answer none = answer("a", "staggered_did", 0, 0.5, 0.9);
    Answer works = answer("b", "staggered_did", 1e-9);
    assertThat(verdicts(none)).containsExactly("no_effect null");
    // 0.0255 * 2 / 1, though the interval excludes what matters and is as wide as it was.
    assertThat(verdicts(none, works))
        .containsExactly("cant_tell negligible_before_correction", "works null");
    // With an error of 0.7, t is beyond 1 / 0.7 in 0.0797 alone: here the interval is too wide.
    assertThat(verdicts(answer("a", "staggered_did", 0, 0.7, 0.9)))
        .containsExactly("cant_tell underpowered");
    // Two that are alike confirm each other: 0.0255 * 2 / 2.
    assertThat(verdicts(none, none)).containsExactly("no_effect null", "no_effect null");
    assertThat(verdicts(none, answer("b", "fixed_effects", 1e-9)))
        .containsExactly("no_effect null", "cant_tell not_a_design");
  }

  @Test
  void aVerdictCountsWhatWasAskedOfOtherPrograms() {
    Answer found = answer("a", "staggered_did", 0.03);
    assertThat(verdicts(found)).containsExactly("works null");
    assertThat(verdicts(found, answer("b", "staggered_did", 0.5)))
        .containsExactly("cant_tell not_after_correction", "cant_tell not_after_correction");
    // 0.03 * 3 / 2 would be below 0.05, and 0.03 * 2 / 1 is not.
    assertThat(
            verdicts(found, answer("b", "staggered_did", 0.5), answer("a", "fixed_effects", 1e-9)))
        .containsExactly(
            "cant_tell not_after_correction",
            "cant_tell not_after_correction",
            "cant_tell not_a_design");
  }
}
