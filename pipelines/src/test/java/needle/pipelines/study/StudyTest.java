package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.pipelines.Main;
import needle.pipelines.command.EstimateCommand;
import needle.pipelines.command.ReplicateCommand;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class StudyTest extends SparkTest {
  private static final String REPLICATIONS = "../pipelines/replications";
  @TempDir Path folder;

  private Path study(String text) throws IOException {
    return Files.writeString(folder.resolve("study.yaml"), text);
  }

  private String wage(String path, String method) {
    return """
    study: wage
    panel: {path: %s, unit: county, period: year}
    outcome: {column: log_teen_employment}
    treatment: {adopted: first_raised, never: 0}
    methods:
      - %s
    """
        .formatted(path, method);
  }

  private static Path counties() {
    return Path.of(REPLICATIONS, "minimum_wage.csv").toAbsolutePath();
  }

  @Test
  void everyPublishedFigureIsReproduced() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ReplicateCommand())
            .setOut(new PrintWriter(out, true))
            .execute("--config", "../pipelines");
    assertThat(out.toString()).contains("46 of 46 figures agree").doesNotContain("DIFFERS");
    assertThat(code).isZero();
  }

  private String stays(String outcome, String treatment, String method) throws IOException {
    StringBuilder rows = new StringBuilder("person,months,left,trained,since\n");
    for (int i = 0; i < 300; i++) {
      int stayed = 1 + i * 7 % 29 + i % 2 * 8;
      String since = i % 2 == 0 ? "NA" : i % 4 == 1 ? "0" : Integer.toString(i % 9);
      rows.append("p%d,%d,%d,%d,%s\n".formatted(i, stayed, i % 5 == 0 ? 0 : 1, i % 2, since));
    }
    Files.writeString(folder.resolve("stays.csv"), rows);
    return """
    study: stays
    panel: {path: stays.csv, unit: person}
    outcome: {%s, good: up, smallest_effect_of_interest: 1}
    treatment: {%s}
    methods:
      - %s
    """
        .formatted(outcome, treatment, method);
  }

  @Test
  void howLongPeopleStayIsJudged() throws IOException {
    String outcome = "family: duration, end: months, event: left";
    String method = "{estimator: weighted_survival, until: 24, times: [12]}";
    Map<String, StudyRun.Table> tables =
        new StudyRun(session()).run(study(stays(outcome, "exposed: trained", method)));
    Row verdict = tables.get("verdict").rows().get(0);
    assertThat(verdict.getString(2)).isEqualTo("works");
    assertThat(verdict.getString(4)).isEqualTo("unconfoundedness");
    Row headline = tables.get("effects").rows().get(0);
    assertThat(headline.getString(3)).isEqualTo("restricted_mean");
    assertThat(headline.getString(4)).isEqualTo("difference");
    assertThat(tables.get("effects").rows().get(3).getString(4)).isEqualTo("difference_at_12");
    assertThat(new StudyRun(session()).run(study(stays(outcome, "at: since", method))))
        .containsKey("verdict");
    String incidence = "{estimator: cumulative_incidence, until: 24, times: [12]}";
    Map<String, StudyRun.Table> causes =
        new StudyRun(session())
            .run(study(stays(outcome + ", cause: 1", "exposed: trained", incidence)));
    assertThat(causes.get("effects").rows().get(0).getString(3)).isEqualTo("incidence");
    assertThat(causes.get("effects").rows().get(3).getString(4)).isEqualTo("difference_at_12");
    Map<String, StudyRun.Table> odds =
        new StudyRun(session())
            .run(study(stays(outcome, "at: since", "{estimator: discrete_hazard}")));
    assertThat(odds.get("verdict").rows().get(0).getString(4)).isEqualTo("not_a_design");
    Map<String, StudyRun.Table> ratio =
        new StudyRun(session()).run(study(stays(outcome, "at: since", "{estimator: cox}")));
    assertThat(ratio.get("effects").rows().get(0).getString(4)).isEqualTo("since");
    assertThat(ratio.get("verdict").rows().get(0).getString(4)).isEqualTo("not_a_design");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "family: duration, end: months | exposed: trained | weighted_survival, until: 9"
            + " | needs end and event",
        "column: months | exposed: trained | weighted_survival, until: 9 | does not fit the outcome",
        "family: duration, end: months, event: left | exposed: trained | ols"
            + " | does not fit the outcome",
        "family: duration, end: months, event: left | exposed: trained | weighted_survival"
            + " | needs a horizon",
        "family: duration, end: months, event: left | exposed: trained"
            + " | weighted_survival, until: 9, estimand: att | estimand has no meaning",
        "column: months, event: left | exposed: trained | ols | for the family duration only",
        "family: gaussian | exposed: trained | ols | outcome.column is missing",
        "column: months | at: since | ols | treatment.at has a meaning",
        "family: duration, end: months, event: left, cause: 1 | exposed: trained"
            + " | weighted_survival, until: 9 | does not fit the causes",
        "family: duration, end: months, event: left | exposed: trained"
            + " | cumulative_incidence, until: 9 | does not fit the causes",
        "family: duration, end: months, event: left, cause: 0 | exposed: trained"
            + " | cumulative_incidence, until: 9 | outcome.cause is 0",
        "column: months, cause: 1 | exposed: trained | ols | for the family duration only",
        "family: duration, end: months, event: left | exposed: trained | cox, until: 9"
            + " | until has no meaning",
        "column: months | exposed: trained | difference_in_means, until: 9 | until has no meaning",
        "column: months | exposed: trained | difference_in_means, times: [9] | times has no meaning"
      })
  void whatHasNoMeaningForDurationsIsAFault(
      String outcome, String treatment, String method, String fault) throws IOException {
    Path file = study(stays(outcome, treatment, "{estimator: " + method + "}"));
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(fault);
  }

  @Test
  void aFigureThatDiffersIsNamedAndFailsTheCommand() throws IOException {
    Path replications = Files.createDirectory(folder.resolve("replications"));
    for (String file : List.of("job_training_grants.yaml", "job_training_grants.csv")) {
      Files.copy(Path.of(REPLICATIONS, file), replications.resolve(file));
    }
    Files.writeString(
        replications.resolve("published.csv"),
        """
        study,method,aggregation,term,figure,published,tolerance,relative
        job_training_grants,clustered,coefficient,grant,estimate,-0.2523148738,1e-7,false
        job_training_grants,clustered,coefficient,grant,std_error,0.2,1e-7,false
        job_training_grants,clustered,coefficient,nothing,estimate,0.2,1e-7,false
        """);
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ReplicateCommand())
            .setOut(new PrintWriter(out, true))
            .execute("--config", folder.toString());
    assertThat(out.toString()).contains("1 of 3 figures agree");
    assertThat(code).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "delta"})
  void aPanelIsReadFromEveryFormat(String format) throws IOException {
    Dataset<Row> panel =
        session()
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(counties().toString());
    String place = counties().toString();
    if (!format.equals("csv")) {
      place = folder.resolve("panel_" + format).toString();
      panel.write().format(format).save(place);
    }
    Map<String, StudyRun.Table> tables =
        new StudyRun(session())
            .run(study(wage(place, "{estimator: staggered_did, control: never_treated}")));
    assertThat(tables.get("effects").rows())
        .filteredOn(r -> r.getString(3).equals("simple"))
        .extracting(r -> r.getDouble(8))
        .allSatisfy(
            e ->
                assertThat(e)
                    .isCloseTo(-0.03995127516, org.assertj.core.api.Assertions.within(1e-8)));
    assertThat(tables.get("verdict").rows())
        .extracting(Row::toString)
        .containsExactly("[wage,staggered_did,cant_tell,none,no_smallest_effect_of_interest]");
  }

  @ParameterizedTest
  @CsvSource({
    "csv,effects.csv",
    "json,effects.json",
    "parquet,effects",
    "delta,effects/_delta_log"
  })
  void resultsAreWrittenInEveryFormat(String format, String file) throws IOException {
    Path out = folder.resolve("out");
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new EstimateCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(said, true))
            .execute(
                study(wage(counties().toString(), "{estimator: staggered_did}")).toString(),
                "--out",
                out.toString(),
                "--format",
                format);
    assertThat(code).isZero();
    assertThat(said.toString()).contains("effects", "diagnostics", "attrition", "verdict");
    assertThat(out.resolve(file)).exists();
    if (format.equals("csv")) {
      assertThat(Files.readAllLines(out.resolve(file)).get(0))
          .startsWith("study,estimator,method,aggregation,term,cohort,period,event_time,estimate");
    }
  }

  @Test
  void aVerdictNeedsADirectionAndASmallestEffect() throws IOException {
    String text =
        wage(counties().toString(), "{estimator: staggered_did, control: never_treated}")
            .replace(
                "{column: log_teen_employment}",
                "{column: log_teen_employment, good: up, smallest_effect_of_interest: 0.01}");
    assertThat(new StudyRun(session()).run(study(text)).get("verdict").rows())
        .extracting(Row::toString)
        .containsExactly("[wage,staggered_did,harms,weak,pre_trend_power, may_be_small]");
  }

  @Test
  void everyFaultOfAStudyFileIsToldAtOnce() throws IOException {
    Path file =
        study(
            """
            study: wrong
            panel: {path: nowhere.csv, unit: a, period: b}
            outcome: {column: c, family: binomial, exposure: n, good: up}
            treatment: {}
            trim: [0.9, 0.1]
            methods: []
            """);
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has 6 fault(s)")
        .hasMessageContaining("must be gaussian, poisson or duration")
        .hasMessageContaining("exposure has a meaning for the family poisson only")
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
        "{estimator: staggered_did, colour: red}             | colour",
      })
  void aMethodThatCannotBeIsNamed(String method, String said) throws IOException {
    Path file = study(wage("x.csv", method));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @Test
  void anInteractionWeightedStudyCarriesAVerdict() throws IOException {
    String text =
        wage(counties().toString(), "{estimator: sun_abraham}")
            .replace(
                "{column: log_teen_employment}",
                "{column: log_teen_employment, good: up, smallest_effect_of_interest: 0.01}");
    assertThat(new StudyRun(session()).run(study(text)).get("verdict").rows())
        .extracting(row -> row.getString(1) + " " + row.getString(2))
        .containsExactly("sun_abraham harms");
  }

  @Test
  void fewClustersAreBootstrapped() throws IOException {
    StringBuilder csv = new StringBuilder("unit,period,x,y,site\n");
    for (int i = 0; i < 120; i++) {
      csv.append(i / 5).append(',').append(i % 5).append(',').append(i * i % 7).append(',');
      csv.append(i * i % 11 + i * i % 7).append(',').append(i / 5 % 8).append('\n');
    }
    Files.writeString(folder.resolve("sites.csv"), csv);
    Path file =
        study(
            """
            study: sites
            panel: {path: sites.csv, unit: unit, period: period}
            outcome: {column: y}
            cluster: [site]
            methods:
              - {estimator: fixed_effects, regressors: [x], absorb: [unit], inference: wild_bootstrap}
            """);
    assertThat(new StudyRun(session()).run(file).get("diagnostics").rows())
        .extracting(row -> row.getString(2) + ": " + row.getString(7))
        .contains("wild_bootstrap: Intervals and p-values come from all 256 ways to choose signs.");
  }

  @Test
  void onlyRegressionsClusterInSeveralWays() throws IOException {
    Path staggered =
        study("cluster: [county, year]\n" + wage("x.csv", "{estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(staggered))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("staggered_did clusters by one column");
    Path regression =
        study(
            "cluster: [county, year]\n"
                + wage(
                    counties().toString(),
                    "{estimator: fixed_effects, regressors: [log_population], absorb: [year]}"));
    assertThat(new StudyRun(session()).run(regression).get("effects").rows())
        .extracting(r -> r.getLong(18))
        .containsExactly(5L);
  }

  @Test
  void countsGoWithAPoissonRegressionAndNothingElse() throws IOException {
    StringBuilder csv = new StringBuilder("unit,period,x,hours,y\n");
    for (int i = 0; i < 60; i++) {
      csv.append(i / 6).append(',').append(i % 6).append(',').append(i * i % 7).append(',');
      csv.append(1 + i % 4).append(',').append(i / 6 == 3 ? 0 : i * i % 5).append('\n');
    }
    Files.writeString(folder.resolve("counts.csv"), csv);
    String text =
        """
        study: counts
        panel: {path: counts.csv, unit: unit, period: period}
        outcome: {column: y, family: poisson, exposure: hours, good: up, smallest_effect_of_interest: 1}
        methods:
          - {estimator: %s, regressors: [x], absorb: [unit, period]%s}
        """;
    var tables = new StudyRun(session()).run(study(text.formatted("poisson_fixed_effects", "")));
    assertThat(tables.get("verdict").rows())
        .extracting(Row::toString)
        .containsExactly("[counts,poisson_fixed_effects,cant_tell,none,not_a_design]");
    assertThat(tables.get("attrition").rows())
        .extracting(r -> r.getString(2) + " " + r.getLong(4))
        .containsExactly("read 60", "incomplete 0", "nothing_counted 6", "analysed 54");
    Path linear = study(text.formatted("fixed_effects", ""));
    assertThatThrownBy(() -> StudyFile.read(linear))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("fixed_effects does not fit the outcome");
    Path conventional = study(text.formatted("poisson_fixed_effects", ", errors: conventional"));
    assertThatThrownBy(() -> StudyFile.read(conventional))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("errors has no meaning");
  }

  private String experiment(String treatment, String method) {
    return """
    study: experiment
    panel: {path: %s, unit: person}
    outcome: {column: re78, good: up, smallest_effect_of_interest: 500}
    treatment: %s
    covariates: [age, educ, black, hisp, marr, nodegree, re74, re75]
    methods:
      - %s
    """
        .formatted(
            Path.of(REPLICATIONS, "job_training_experiment.csv").toAbsolutePath(),
            treatment,
            method);
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
        .extracting(r -> r.getString(2))
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

  @Test
  void anExperimentIsTriedForWhatIsUnseen() throws IOException {
    String head = "sensitivity: [e_value, rosenbaum, lee_bounds]\n";
    String text =
        experiment("{exposed: treat}", "{estimator: difference_in_means}\n  - {estimator: ols}");
    Path without = study(head + text);
    assertThatThrownBy(() -> StudyFile.read(without))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("rosenbaum in sensitivity and the column pairs need each other");
    assertThatThrownBy(() -> StudyFile.read(without))
        .hasMessageContaining("lee_bounds in sensitivity and the column selection need each other");
    Path persons = Path.of(REPLICATIONS, "job_training_experiment.csv").toAbsolutePath();
    session()
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv(persons.toString())
        .withColumn(
            "pair",
            org.apache.spark.sql.functions.expr(
                "row_number() over (partition by treat order by person)"))
        .withColumn("seen", org.apache.spark.sql.functions.expr("int(re78 > 0)"))
        .write()
        .parquet(folder.resolve("paired.parquet").toString());
    Path paired =
        study(
            head
                + "pairs: pair\nselection: seen\n"
                + text.replace(persons.toString(), "paired.parquet"));
    assertThat(new StudyRun(session()).run(paired).get("diagnostics").rows())
        .extracting(r -> r.getString(1) + " " + r.getString(2) + " " + r.getString(3))
        .contains(
            "difference_in_means e_value interval",
            "ols e_value estimate",
            "difference_in_means rosenbaum breakdown",
            "difference_in_means lee_bounds interval_low")
        .doesNotContain("ols rosenbaum breakdown");
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

  @Test
  void aDoseHasASlopeAndAFoldColumnMustDivide() throws IOException {
    Path dose = study(experiment("{dose: treat}", "{estimator: partially_linear}"));
    assertThat(new StudyRun(session()).run(dose).get("effects").rows()).hasSize(1);
    Path whole =
        study("fold: re78\n" + experiment("{exposed: treat}", "{estimator: partially_linear}"));
    assertThatThrownBy(() -> new StudyRun(session()).run(whole))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not divide the sample into folds");
  }

  @Test
  void aMethodWithoutAnAnswerIsNamedAndTheOthersAreWritten() throws IOException {
    String methods =
        "{name: sound, estimator: staggered_did}\n"
            + "  - {name: broken, estimator: fixed_effects, regressors: [nowhere], absorb: [county]}";
    Path file = study(wage(counties().toString(), methods));
    Path out = folder.resolve("out");
    StringWriter errors = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter(), true))
            .setErr(new PrintWriter(errors, true))
            .execute("estimate", file.toString(), "--out", out.toString());
    assertThat(code).isEqualTo(2);
    assertThat(errors.toString())
        .contains("The method broken has no answer", "The panel has no column nowhere");
    assertThat(Files.readAllLines(out.resolve("verdict.csv")))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("wage,sound,");
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The method broken has no answer");
    Path none = study(wage(counties().toString(), methods.substring(methods.indexOf('-') + 2)));
    assertThat(new StudyRun(session()).answers(none).tables()).isEmpty();
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

  @Test
  void twoMethodsMayNotShareAName() throws IOException {
    Path file = study(wage("x.csv", "{estimator: staggered_did}\n  - {estimator: staggered_did}"));
    assertThatThrownBy(() -> StudyFile.read(file)).hasMessageContaining("the name of another");
  }

  @Test
  void namesThatLookLikeNumbersStayApart() throws IOException {
    Files.writeString(folder.resolve("names.csv"), "team,x\n0D,1\n0F,2\n007,3\n7,4\n");
    assertThat(new PanelReader(session()).read(folder, "names.csv", Set.of("team")).collectAsList())
        .extracting(Row::toString)
        .containsExactly("[0D,1]", "[0F,2]", "[007,3]", "[7,4]");
    StudyFile wage = StudyFile.read(study(wage("x.csv", "{estimator: staggered_did}")));
    assertThat(wage.names()).containsExactly("county");
  }

  @Test
  void aMissingStudyFileIsSaid() {
    assertThatThrownBy(() -> StudyFile.read(folder.resolve("none.yaml")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("none.yaml cannot be read");
  }

  @Test
  void aPanelThatCannotBeReadIsSaid() throws IOException {
    Files.writeString(folder.resolve("ragged.csv"), "county,year\n1,2,3\n");
    Files.writeString(folder.resolve("notes.txt"), "county");
    Files.writeString(folder.resolve("broken.parquet"), "this is not Parquet");
    Files.writeString(folder.resolve("empty.csv"), "");
    Files.writeString(folder.resolve("dotted.csv"), "county,kpi.value\n1,2\n");
    PanelReader reader = new PanelReader(session());
    assertThatThrownBy(() -> reader.read(folder, "none.csv", Set.of()))
        .hasMessageContaining("no panel at");
    assertThatThrownBy(() -> reader.read(folder, "ragged.csv", Set.of()))
        .hasMessageContaining("does not have the 2 cells of the header");
    assertThatThrownBy(() -> reader.read(folder, "notes.txt", Set.of()))
        .hasMessageContaining("neither in .csv nor in .parquet");
    assertThatThrownBy(() -> reader.read(folder, "broken.parquet", Set.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("is not a Parquet file");
    assertThatThrownBy(() -> reader.read(folder, "empty.csv", Set.of()))
        .hasMessageContaining("it is empty");
    assertThatThrownBy(() -> reader.read(folder, "dotted.csv", Set.of()))
        .hasMessageContaining("a dot or a backtick stands in kpi.value");
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
    Path file = study(text.replace(right, wrong).replace("[wage, good: up}", "[wage]"));
    assertThatThrownBy(() -> StudyFile.read(file)).hasMessageContaining(said);
  }
}
