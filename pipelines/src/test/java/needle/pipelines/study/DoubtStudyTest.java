package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that a study file asks for, from the file to the verdict. */
class DoubtStudyTest extends StudyFiles {
  /** Teams of four of which half have two people trained in period 4; training brings 2. */
  private void teams(double spillover) throws IOException {
    Random dice = new Random(1);
    StringBuilder rows = new StringBuilder("person,team,period,score,weight,first\n");
    for (int person = 0; person < 240; person++) {
      int team = person / 4;
      boolean starts = team % 2 == 0;
      boolean trained = starts && person % 4 < 2;
      for (int t = 1; t <= 6; t++) {
        double gain = !starts || t < 4 ? 0 : trained ? 2 : spillover;
        rows.append(
            "%d,%03d,%d,%f,%f,%s\n"
                .formatted(
                    person,
                    team,
                    t,
                    gain + 0.5 * dice.nextGaussian(),
                    70 + dice.nextGaussian(),
                    trained ? "4" : ""));
      }
    }
    Files.writeString(folder.resolve("teams.csv"), rows.toString());
  }

  private Path teamStudy(String more, String method) throws IOException {
    return study(
        """
        study: teams
        panel: {path: teams.csv, unit: person, period: period}
        outcome: {column: score, good: up, smallest_effect_of_interest: 0.5}
        treatment: {adopted: first}
        %s
        methods:
          - %s
        """
            .formatted(more, method));
  }

  private List<Row> diagnostics(Path file, String check) {
    return new StudyRun(session())
        .run(file).get("diagnostics").rows().stream()
            .filter(r -> r.getString(3).equals(check))
            .toList();
  }

  private Row verdict(Path file) {
    return new StudyRun(session()).run(file).get("verdict").rows().get(0);
  }

  @Test
  void spilloverWithinTeamsForbidsAVerdict() throws IOException {
    teams(1);
    Path file = teamStudy("peers: team", "{estimator: staggered_did}");
    assertThat(diagnostics(file, "spillover"))
        .extracting(r -> r.getString(4), r -> r.getString(7))
        .containsExactly(
            tuple("exposed_controls", "pass"),
            tuple("effect", "fail"),
            tuple("clean_controls", "pass"));
    assertThat(verdict(file).getString(3)).isEqualTo("cant_tell");
    assertThat(verdict(file).getString(5)).contains("spillover");
    Path unasked = teamStudy("cluster: [team]", "{estimator: staggered_did}");
    assertThat(verdict(unasked).getString(3)).isEqualTo("works");
  }

  @Test
  void withoutSpilloverTheVerdictStands() throws IOException {
    teams(0);
    Path file = teamStudy("peers: team", "{estimator: staggered_did}");
    assertThat(verdict(file).getString(3)).isEqualTo("works");
    assertThat(diagnostics(file, "spillover")).extracting(r -> r.getString(7)).containsOnly("pass");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fixed_effects", "forecast", "synthetic_did"})
  void whoDoesNotLookForSpilloverSaysSo(String estimator) throws IOException {
    teams(0);
    Path file = teamStudy("peers: team", "{estimator: " + estimator + "}");
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The method " + estimator + " does not look for spillover");
  }

  @Test
  void aPlaceboOutcomeWithoutEffectLetsTheVerdictStand() throws IOException {
    teams(0);
    Path file = teamStudy("placebo_outcomes: [weight]", "{estimator: staggered_did}");
    assertThat(diagnostics(file, "placebo_outcomes"))
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.getString(4)).isEqualTo("weight");
              assertThat(r.getDouble(5)).isBetween(-1.0, 1.0);
              assertThat(r.getString(7)).isEqualTo("pass");
              assertThat(r.getString(8)).contains("one of 0.");
            });
    assertThat(verdict(file).getString(3)).isEqualTo("works");
  }

  @ParameterizedTest
  @ValueSource(strings = {"staggered_did", "imputation_did", "sun_abraham"})
  void aPlaceboOutcomeThatMovedForbidsAVerdict(String estimator) throws IOException {
    teams(0);
    // What training moves, under a name that says it cannot.
    Files.writeString(
        folder.resolve("teams.csv"),
        Files.readString(folder.resolve("teams.csv")).replace("score,weight", "weight,score"));
    Path file = teamStudy("placebo_outcomes: [weight]", "{estimator: " + estimator + "}");
    assertThat(diagnostics(file, "placebo_outcomes"))
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.getDouble(5)).isBetween(1.5, 2.5);
              assertThat(r.getString(7)).isEqualTo("fail");
            });
    assertThat(verdict(file).getString(5)).contains("placebo").doesNotContain("placebo_");
  }

  /** Of men who were drawn by lot, earnings before could not move, and those after did. */
  @ParameterizedTest
  @ValueSource(
      strings = {"difference_in_means", "ols", "ipw", "aipw", "partially_linear", "tmle", "glm"})
  void crossSectionsTryThemToo(String estimator) throws IOException {
    boolean isPlain = estimator.equals("difference_in_means");
    String text =
        experiment("{exposed: treat}", "{estimator: " + estimator + "}")
            .replaceFirst("covariates: .*]", isPlain ? "" : "covariates: [age, educ, re74]")
            .replace("methods:", "placebo_outcomes: [re75]\nmethods:");
    assertThat(diagnostics(study(text), "placebo_outcomes"))
        .singleElement()
        .satisfies(
            r -> {
              // Dehejia & Wahba 1999, table 1: 1,532 of the treated less 1,267 of the others.
              assertThat(r.getDouble(5)).isCloseTo(265, within(isPlain ? 1.0 : 200));
              assertThat(r.getString(7)).isEqualTo("pass");
            });
  }

  /** Training brings 2, and noise alone makes trends drift: an effect that stands little. */
  @ParameterizedTest
  @CsvSource({
    "relative_magnitudes, 0.5, works",
    "relative_magnitudes, 500, cant_tell",
    "smoothness, 0, works",
    "smoothness, 500, cant_tell"
  })
  void aConclusionThatDoesNotWithstandWhatItHasToIsNoVerdict(
      String way, double asked, String verdict) throws IOException {
    teams(0);
    Path file =
        teamStudy(
            "sensitivity: [{name: " + way + ", withstands: " + asked + "}]",
            "{estimator: staggered_did}");
    assertThat(verdict(file).getString(3)).isEqualTo(verdict);
    if (verdict.equals("cant_tell")) {
      assertThat(verdict(file).getString(5)).isEqualTo("sensitive");
    }
    assertThat(diagnostics(file, way))
        .filteredOn(r -> r.getString(4).equals("withstands"))
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.getDouble(5)).isEqualTo(asked);
              assertThat(r.getString(7)).isEqualTo(verdict.equals("works") ? "pass" : "fail");
            });
  }

  /** A threshold is not escaped by a method that cannot be tried against it. */
  @Test
  void whatCannotBeTriedWithstandsNothing() throws IOException {
    teams(0);
    Path file =
        teamStudy(
            "sensitivity: [{name: relative_magnitudes, withstands: 0.5}]",
            "{estimator: staggered_did}\n  - {estimator: imputation_did}\n"
                + "  - {estimator: sun_abraham}");
    Map<String, StudyRun.Table> tables = new StudyRun(session()).run(file);
    assertThat(tables.get("diagnostics").rows())
        .filteredOn(r -> r.getString(3).equals("relative_magnitudes"))
        .filteredOn(r -> List.of("withstands", "untried").contains(r.getString(4)))
        .extracting(r -> r.getString(2), r -> r.getString(4), r -> r.getString(7))
        .containsExactly(
            tuple("staggered_did", "withstands", "pass"),
            tuple("imputation_did", "untried", "fail"),
            tuple("sun_abraham", "untried", "fail"));
    assertThat(tables.get("verdict").rows())
        .extracting(r -> r.getString(3), r -> r.getString(5))
        .containsExactly(
            tuple("works", null),
            tuple("cant_tell", "untried_threshold"),
            tuple("cant_tell", "untried_threshold"));
  }

  /** The outcome is seen of everybody: nothing is trimmed, and the bounds are the effect. */
  @Test
  void boundsThatWereNotMadeExcludeNothing() throws IOException {
    Path persons = Path.of(REPLICATIONS, "job_training_experiment.csv").toAbsolutePath();
    List<String> lines = Files.readAllLines(persons);
    Files.write(
        folder.resolve("seen.csv"),
        IntStream.range(0, lines.size())
            .mapToObj(i -> lines.get(i) + (i == 0 ? ",seen" : ",1"))
            .toList());
    Path file =
        study(
            "sensitivity: [{name: lee_bounds, excludes_zero: true}]\nselection: seen\n"
                + experiment(
                        "{exposed: treat}",
                        "{estimator: difference_in_means}\n  - {estimator: ols}")
                    .replace(persons.toString(), "seen.csv")
                    .replaceFirst("covariates: .*]", "covariates: [age, educ, re74]"));
    assertThat(new StudyRun(session()).run(file).get("verdict").rows())
        .extracting(r -> r.getString(2), r -> r.getString(3))
        .containsExactly(tuple("difference_in_means", "works"), tuple("ols", "cant_tell"));
  }

  /** Men drawn by lot; the robustness values are those of PySensemakr 0.0.8. */
  @ParameterizedTest
  @CsvSource({
    "'robustness_value, e_value', , false",
    "'{name: robustness_value, withstands: 0.02}', robustness_value, false",
    "'{name: robustness_value, withstands: 0.2}', robustness_value, true",
    "'{name: e_value, withstands: 1.1}', e_value, false",
    "'{name: e_value, withstands: 3}', e_value, true",
  })
  void anExperimentsConclusionWithstandsWhatIsUnseenOrDoesNot(
      String entries, String way, boolean isSensitive) throws IOException {
    Path file =
        study(
            "sensitivity: ["
                + entries
                + "]\n"
                + experiment("{exposed: treat}", "{estimator: ols}"));
    Row verdict = verdict(file);
    assertThat(verdict.getString(5).contains("sensitive")).isEqualTo(isSensitive);
    assertThat(diagnostics(file, "robustness_value"))
        .extracting(r -> r.getString(4))
        .startsWith("estimate", "interval");
    if (way != null) {
      assertThat(diagnostics(file, way))
          .filteredOn(r -> r.getString(4).equals("withstands"))
          .extracting(r -> r.getString(7))
          .containsExactly(isSensitive ? "fail" : "pass");
    }
  }

  /** What a study asks of all its methods is done or said not to be, of each of them. */
  @Test
  void everyMethodTellsOfWhatWasAsked() throws IOException {
    teams(0);
    Path file =
        teamStudy(
            "sensitivity: [placebo_dates, smoothness]",
            "{estimator: staggered_did}\n  - {estimator: imputation_did}\n"
                + "  - {estimator: sun_abraham}\n"
                + "  - {estimator: fixed_effects, regressors: [weight], absorb: [person]}");
    assertThat(diagnostics(file, "placebo_dates"))
        .extracting(r -> r.getString(2), r -> r.getString(4), r -> r.getString(7))
        .containsExactly(
            tuple("staggered_did", "earlier_by_1", "pass"),
            tuple("staggered_did", "earlier_by_2", "pass"),
            tuple("imputation_did", "earlier_by_1", "pass"),
            tuple("imputation_did", "earlier_by_2", "pass"),
            tuple("sun_abraham", "earlier_by_1", "pass"),
            tuple("sun_abraham", "earlier_by_2", "pass"),
            tuple("fixed_effects", "not_done", "pass"));
    assertThat(diagnostics(file, "smoothness"))
        .filteredOn(r -> r.getString(4).equals("not_done"))
        .extracting(r -> r.getString(2), r -> r.getString(8))
        .containsExactly(
            tuple(
                "imputation_did", "It has no meaning for imputation_did, only for staggered_did."),
            tuple("sun_abraham", "It has no meaning for sun_abraham, only for staggered_did."),
            tuple("fixed_effects", "It has no meaning for fixed_effects, only for staggered_did."));
  }

  @Test
  void methodsAndColumnsThatCannotServeAreNamed() throws IOException {
    teams(0);
    assertThatThrownBy(
            () ->
                StudyFile.read(
                    teamStudy("placebo_outcomes: [weight]", "{estimator: synthetic_did}")))
        .hasMessageContaining("The method synthetic_did tries no placebo outcomes");
    assertThatThrownBy(
            () ->
                StudyFile.read(
                    teamStudy(
                        "placebo_outcomes: [score, weight, weight]", "{estimator: staggered_did}")))
        .hasMessageContaining("the placebo outcome score is the outcome")
        .hasMessageContaining("placebo_outcomes lists weight twice");
    assertThatThrownBy(
            () -> StudyFile.read(teamStudy("placebo_outcomes: []", "{estimator: staggered_did}")))
        .hasMessageContaining("placebo_outcomes is empty");
    Path missing = teamStudy("placebo_outcomes: [height]", "{estimator: staggered_did}");
    assertThatThrownBy(() -> new StudyRun(session()).run(missing))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The placebo outcome height has no estimate");
  }
}
