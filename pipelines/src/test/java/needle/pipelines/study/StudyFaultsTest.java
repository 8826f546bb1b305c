package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import needle.kit.InvalidInput;
import needle.pipelines.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a study file is told in its own words. */
class StudyFaultsTest extends StudyFiles {
  @Test
  void everyFaultOfAStudyFileIsToldAtOnce() throws IOException {
    Path file =
        study(
            """
            study: wrong
            panel: {path: nowhere.csv, unit: a, period: b}
            outcome: {column: c, family: magic, exposure: n, trials: m, good: up}
            treatment: {}
            trim: [0.9, 0.1]
            methods: []
            """);
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has 7 fault(s)")
        .hasMessageContaining("must be one of gaussian, poisson, binomial")
        .hasMessageContaining("exposure has a meaning for the family poisson only")
        .hasMessageContaining("trials has a meaning for the family binomial only")
        .hasMessageContaining("both good and smallest_effect_of_interest")
        .hasMessageContaining("one of adopted, exposed, dose and at")
        .hasMessageContaining("trim is [0.9, 0.1]")
        .hasMessageContaining("methods is empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{estimator: magic}                                  | There is no estimator magic",
        "{estimator: staggered_did, control: friends}        | control cannot be friends",
        "{estimator: staggered_did, nuisance: magic}         | nuisance cannot be magic",
        "{estimator: staggered_did, folds: 5}                | folds has no meaning",
        "{estimator: imputation_did, control: never_treated} | control has no meaning",
        "{estimator: fixed_effects, estimand: att}           | estimand has no meaning",
        "{estimator: sun_abraham, inference: cluster}        | inference has no meaning",
        "{estimator: fixed_effects, inference: magic, regressors: [x], absorb: [y]} | inference cannot be magic",
        "{estimator: sun_abraham, base_period: universal}    | base_period has no meaning",
        "{estimator: ols}                                    | nothing to adjust for",
        "{estimator: difference_in_means}                    | follows nobody through time",
        "{estimator: staggered_did, absorb: [county]}        | absorb has no meaning",
        "{estimator: fixed_effects, control: never_treated}  | control has no meaning",
        "{estimator: fixed_effects}                          | regressors are listed",
        "{estimator: poisson_fixed_effects}                  | does not fit the outcome",
        "{estimator: staggered_did, anticipation: -1}        | anticipation is negative",
        "{estimator: staggered_did, balance: -1}             | balance is negative",
        "{estimator: imputation_did, balance: 1}             | balance has no meaning",
        "{estimator: staggered_did, colour: red}             | colour",
      })
  void aMethodThatCannotBeIsNamed(String method, String said) throws IOException {
    Path file = study(wage("x.csv", method));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{exposed: treat} | {estimator: interactive, folds: 0}       | into 0 folds",
        "{exposed: treat} | {estimator: interactive, estimand: late} | estimand cannot be late",
        "{exposed: treat} | {estimator: ols, folds: 5}               | folds has no meaning",
        "{exposed: treat} | {estimator: ipw, absorb: [educ]}         | absorb has no meaning",
        "{exposed: treat} | {estimator: partially_linear, estimand: att} | estimand has no meaning",
      })
  void aMethodForACrossSectionThatCannotBeIsNamed(String treatment, String method, String said)
      throws IOException {
    Path file = study(experiment(treatment, method));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @Test
  void anAnalysisOfSensitivityNeedsAMethodThatItFits() throws IOException {
    Path fits =
        study(
            "sensitivity: [smoothness, placebo_dates]\n"
                + wage(counties().toString(), "{estimator: staggered_did}"));
    assertThat(new StudyRun(session()).run(fits).get("diagnostics").rows())
        .extracting(r -> r.getString(3))
        .contains("smoothness", "placebo_dates");
    Path other =
        study("sensitivity: [smoothness]\n" + wage("x.csv", "{estimator: imputation_did}"));
    assertThatThrownBy(() -> StudyFile.read(other))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("lists smoothness, which has a meaning for staggered_did only");
    Path unknown = study("sensitivity: [magic]\n" + wage("x.csv", "{estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(unknown))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("magic");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "magic | sensitivity lists magic, and must list some of relative_magnitudes, smoothness",
        "null | sensitivity lists nothing",
        "smoothness, {name: smoothness, withstands: 1} | sensitivity lists smoothness twice",
        "{at: [1]} | sensitivity[0].name is missing",
        "{name: smoothness, withstand: 1} | sensitivity[0].withstand; the nearest is withstands",
        "{smoothness: {withstands: 1}} | there is no key sensitivity[0].smoothness",
        "{name: smoothness, withstands: much} | sensitivity[0].withstands: must be a number",
        "{name: smoothness, at: 1} | sensitivity[0].at: must be a list",
        "{name: smoothness, at: []} | at of smoothness is empty",
        "{name: smoothness, at: [1, -0.5]} | at of smoothness lists -0.5, and takes at least 0.0",
        "{name: smoothness, at: [1, .nan]} | at sensitivity.[0].at.[1]: Malformed numeric value",
        "{name: smoothness, at: [null]} | at of smoothness lists null, and takes at least 0.0",
        "{name: smoothness, at: [1, 0.5, 1.0]} | at of smoothness lists 1.0 twice",
        "{name: smoothness, withstands: -1} | withstands of smoothness is -1.0, and takes at least 0.0",
        "{name: relative_magnitudes, withstands: 1.0e+999} | withstands of relative_magnitudes is Infinity",
        "{name: smoothness, excludes_zero: true} | excludes_zero has no meaning for smoothness, only for lee_bounds",
        "{name: placebo_dates, at: [1]} | at has no meaning for placebo_dates, only for relative_magnitudes, smoothness, rosenbaum",
        "{name: placebo_dates, withstands: 1} | withstands has no meaning for placebo_dates, only for relative_magnitudes, smoothness, robustness_value, e_value, rosenbaum",
      })
  void anEntryOfSensitivityThatCannotBeIsNamed(String entries, String said) throws IOException {
    Path file =
        study("sensitivity: [" + entries + "]\n" + wage("x.csv", "{estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: e_value, at: [2]} | at has no meaning for e_value",
        "{name: e_value, withstands: 0.9} | withstands of e_value is 0.9, and takes at least 1.0",
        "{name: robustness_value, withstands: 1} | takes at least 0.0 and below 1.0",
        "{name: rosenbaum, at: [0.5]} | at of rosenbaum lists 0.5, and takes at least 1.0",
        "{name: lee_bounds, withstands: 1} | withstands has no meaning for lee_bounds",
        "{name: lee_bounds, excludes_zero: 2} | sensitivity[0].excludes_zero",
      })
  void anEntryForACrossSectionThatCannotBeIsNamed(String entry, String said) throws IOException {
    Path file =
        study(
            "sensitivity: ["
                + entry
                + "]\n"
                + experiment("{exposed: treat}", "{estimator: difference_in_means}"));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  /** What no method of the study could be tried against, so that nothing would be a verdict. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{dose: treat}' | '' | '{name: e_value, withstands: 2}' | lists e_value, which has a meaning for a treatment of 0 and 1 only, and the treatment is the dose treat",
        "'{dose: treat}' | 'pairs: pair' | '{name: rosenbaum, withstands: 2}' | lists rosenbaum, which has a meaning for a treatment of 0 and 1",
        "'{dose: treat}' | 'selection: seen' | '{name: lee_bounds, excludes_zero: true}' | lists lee_bounds, which has a meaning for a treatment of 0 and 1",
        "'{exposed: treat}' | 'selection: seen\ncluster: [educ]' | '{name: lee_bounds, excludes_zero: true}' | lists lee_bounds, which has errors for independent units only, and cluster lists [educ]",
        "'{exposed: treat}' | 'pairs: pair\ncluster: [educ]' | '{name: rosenbaum, withstands: 2}' | lists rosenbaum, which is for independent pairs only, and cluster lists [educ]",
        "'{exposed: treat}' | 'selection: seen\npairs: pair\ncluster: [pair]' | 'rosenbaum, {name: lee_bounds, excludes_zero: true}' | lists lee_bounds, which has errors for independent units only, and cluster lists [pair]",
        "'{exposed: treat}' | '' | '{name: relative_magnitudes, withstands: 1}' | lists relative_magnitudes, which has a meaning for staggered_did only",
      })
  void aThresholdThatTheStudyCannotTryIsNamed(
      String treatment, String more, String entries, String said) throws IOException {
    Path file =
        study(
            "sensitivity: [%s]\n%s\n".formatted(entries, more.replace("\\n", "\n"))
                + experiment(treatment, "{estimator: difference_in_means}"));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has 1 fault(s)")
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster: [person]", "cluster: [pair]", ""})
  void aThresholdThatTheStudyCanTryIsNoFault(String cluster) throws IOException {
    String entries = cluster.contains("pair") ? "" : ", {name: lee_bounds, excludes_zero: true}";
    Path file =
        study(
            "sensitivity: [{name: rosenbaum, withstands: 2}%s]\npairs: pair\n%s%s\n"
                    .formatted(entries, entries.isEmpty() ? "" : "selection: seen\n", cluster)
                + experiment("{exposed: treat}", "{estimator: difference_in_means}"));
    assertThat(StudyFile.read(file).questions()).hasSize(1);
  }

  @Test
  void faultsOfSensitivityAreToldWithAllOthers() throws IOException {
    Path file =
        study(
            "sensitivity: [magic, {name: smoothness, at: [-1], withstands: -2}, e_value]\ntrim: [2, 1]\n"
                + wage("x.csv", "{estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("sensitivity lists magic")
        .hasMessageContaining("at of smoothness lists -1.0")
        .hasMessageContaining("withstands of smoothness is -2.0")
        .hasMessageContaining("sensitivity lists e_value, which has a meaning for")
        .hasMessageContaining("trim is [2.0, 1.0]");
  }

  @Test
  void whatHasNoTimeIsNotFollowedThroughIt() throws IOException {
    Path followed =
        study(experiment("{exposed: treat}", "{estimator: staggered_did, nuisance: ipw}"));
    assertThatThrownBy(() -> new StudyRun(session()).run(followed))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The study has no time");
    Path dose = study(experiment("{dose: treat}", "{estimator: interactive}"));
    assertThatThrownBy(() -> new StudyRun(session()).run(dose))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say who was treated");
    Path folds = study("fold: age2\n" + experiment("{exposed: treat}", "{estimator: interactive}"));
    assertThatThrownBy(() -> new StudyRun(session()).run(folds))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no column age2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-500"})
  void aSmallestEffectIsAboveZero(String size) throws IOException {
    Path file =
        study(
            experiment("{exposed: treat}", "{estimator: ols}")
                .replace("interest: 500", "interest: " + size));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("smallest_effect_of_interest is " + size);
  }

  @Test
  void covariatesAreNotLeftOutInSilence() throws IOException {
    String covariates = "covariates: [log_population]\n";
    Path unsaid = study(covariates + wage("x.csv", "{estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(unsaid))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say what becomes of the covariates [log_population]");
    for (String method :
        List.of(
            "{estimator: staggered_did, nuisance: none}",
            "{estimator: imputation_did}",
            "{estimator: fixed_effects, regressors: [a], absorb: [county]}")) {
      Path unused = study(covariates + wage("x.csv", method));
      assertThatThrownBy(() -> StudyFile.read(unused))
          .as(method)
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("no method uses them");
    }
    String both =
        "{estimator: imputation_did}\n  - {estimator: staggered_did, nuisance: doubly_robust}";
    assertThat(StudyFile.read(study(covariates + wage("x.csv", both))).questions()).hasSize(2);
  }

  /** A column of folds and a bound on probabilities seem obeyed where nothing is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trim: [0.1, 0.9] | difference_in_means | trim is [0.1, 0.9], and no method reads it",
        "trim: [0.1, 0.9] | ols                 | trim is [0.1, 0.9], and no method reads it",
        "trim: [0.1, 0.9] | partially_linear    | choose one of ipw, aipw, tmle, interactive",
        "trim: [0.1, 0.9] | glm                 | trim is [0.1, 0.9], and no method reads it",
        "fold: part       | ols                 | fold is part, and no method reads it",
        "fold: part       | ipw                 | choose one of aipw, tmle, partially_linear",
      })
  void whatNoMethodReadsIsNotLeftOutInSilence(String key, String estimator, String said)
      throws IOException {
    String text = experiment("{exposed: treat}", "{estimator: " + estimator + "}");
    assertThat(StudyFile.read(study(text)).questions()).hasSize(1);
    assertThatThrownBy(() -> StudyFile.read(study(key + "\n" + text)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
    String beside = key + "\n" + text + "  - {estimator: interactive}\n";
    assertThat(StudyFile.read(study(beside)).questions()).hasSize(2);
  }

  @Test
  void aRollOutReadsNeitherTrimNorFold() throws IOException {
    assertThatThrownBy(
            () ->
                StudyFile.read(
                    study(
                        "trim: [0.1, 0.9]\nfold: part\n"
                            + wage("x.csv", "{estimator: staggered_did}"))))
        .hasMessageContaining("has 2 fault(s)");
  }

  @Test
  void twoMethodsMayNotShareAName() throws IOException {
    Path file = study(wage("x.csv", "{estimator: staggered_did}\n  - {estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(file)).hasMessageContaining("the name of another");
  }

  @Test
  void aMissingStudyFileIsSaid() {
    assertThatThrownBy(() -> StudyFile.read(folder.resolve("none.yaml")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("none.yaml cannot be read");
  }

  @Test
  void whatIsInAFilesPlaceIsNoFolderForResults() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");
    StringWriter said = new StringWriter();
    int code =
        Main.commandLine()
            .setErr(new PrintWriter(said, true))
            .execute("estimate", "study.yaml", "--out", taken.toString());
    assertThat(code).isEqualTo(2);
    assertThat(said.toString()).contains("it is a file");
  }

  @ParameterizedTest
  @CsvSource({
    "'cluster: [county]','cluster: county','cluster: must be a list'",
    "'good: up','good: higher','outcome.good: higher is none of'",
    "'seed: 1','seed: many','seed: must be a number'",
    "'{column: wage','[wage','outcome: must hold keys'",
    "'outcome:','outcomes:','line 3: there is no key outcomes; the nearest is outcome'",
    "'outcome:','outcomes:','outcome is missing'",
    "'study: s','','study is missing'",
    "'unit: county, ','','panel.unit is missing'",
    "'{estimator: s','{estimater: s','line 7: there is no key methods[0].estimater; the nearest is estimator'",
    "'cluster: [','cluster:\\n\\t- [','line 6: YAML allows no tabs'",
  })
  void aFaultIsToldInTheStudyFilesWords(String right, String wrong, String said)
      throws IOException {
    String text =
        """
        study: s
        panel: {path: p.csv, unit: county, period: year}
        outcome: {column: wage, good: up}
        treatment: {adopted: first}
        cluster: [county]
        seed: 1
        methods: [{estimator: staggered_did}]
        """;
    assertThat(text).contains(right);
    String faulty = text.replace(right, wrong.replace("\\n", "\n").replace("\\t", "\t"));
    Path file = study(faulty.replace("[wage, good: up}", "[wage]"));
    assertThatThrownBy(() -> StudyFile.read(file)).hasMessageContaining(said);
  }
}
