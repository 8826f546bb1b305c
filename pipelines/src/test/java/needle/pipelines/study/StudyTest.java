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
import needle.kit.InvalidInput;
import needle.pipelines.Main;
import needle.pipelines.command.EstimateCommand;
import needle.pipelines.command.ReplicateCommand;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Studies from their file to their results. */
class StudyTest extends StudyFiles {
  @Test
  void everyPublishedFigureIsReproduced() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ReplicateCommand())
            .setOut(new PrintWriter(out, true))
            .execute("--config", "../pipelines");
    assertThat(out.toString()).contains("52 of 52 figures agree").doesNotContain("DIFFERS");
    assertThat(code).isZero();
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
        .filteredOn(r -> r.getString(5).equals("simple"))
        .extracting(r -> r.getDouble(10))
        .allSatisfy(
            e ->
                assertThat(e)
                    .isCloseTo(-0.03995127516, org.assertj.core.api.Assertions.within(1e-8)));
    assertThat(tables.get("verdict").rows())
        .extracting(Row::toString)
        .singleElement()
        .asString()
        .startsWith("[wage,null,staggered_did,cant_tell,none,no_smallest_effect_of_interest,");
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
    assertThat(said.toString().lines().filter(l -> l.contains("std_error")).findFirst().orElse(""))
        .contains("term", "estimate")
        .doesNotContain("event_time", "segment", "dose");
    assertThat(out.resolve(file)).exists();
    if (format.equals("csv")) {
      assertThat(Files.readAllLines(out.resolve(file)).get(0))
          .startsWith(
              "study,program,estimator,estimand,method,aggregation,term,cohort,period,event_time,estimate");
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
        .singleElement()
        .asString()
        .startsWith("[wage,null,staggered_did,harms,weak,pre_trend_power, may_be_small,");
  }

  @Test
  void aVerdictTellsTheHeadlineThatItJudges() throws IOException {
    String text =
        wage(counties().toString(), "{estimator: staggered_did, control: never_treated}")
            .replace(
                "{column: log_teen_employment}",
                "{column: log_teen_employment, good: up, smallest_effect_of_interest: 0.01}");
    Map<String, StudyRun.Table> tables = new StudyRun(session()).run(study(text));
    StudyRun.Table effects = tables.get("effects");
    // The one effect with a q-value.
    List<Row> headlines =
        effects.rows().stream()
            .filter(r -> !r.isNullAt(effects.schema().fieldIndex("q_value")))
            .toList();
    assertThat(headlines).hasSize(1);
    Row headline = headlines.get(0);
    StudyRun.Table verdict = tables.get("verdict");
    for (String column :
        List.of(
            "aggregation",
            "term",
            "estimate",
            "std_error",
            "ci_low",
            "ci_high",
            "p_value",
            "q_value")) {
      assertThat(verdict.rows().get(0).get(verdict.schema().fieldIndex(column)))
          .as(column)
          .isNotNull()
          .isEqualTo(headline.get(effects.schema().fieldIndex(column)));
    }
    assertThat(
            verdict
                .rows()
                .get(0)
                .getDouble(verdict.schema().fieldIndex("smallest_effect_of_interest")))
        .isEqualTo(0.01);
    StringWriter said = new StringWriter();
    new CommandLine(new EstimateCommand())
        .setOut(new PrintWriter(said, true))
        .execute(folder.resolve("study.yaml").toString());
    assertThat(said.toString().lines().map(l -> l.replaceAll(" +", " ")))
        .contains("method estimate ci_low ci_high verdict grade reasons")
        .anyMatch(
            l ->
                l.startsWith(
                    "staggered_did %.6g %.6g %.6g harms weak"
                        .formatted(
                            headline.getDouble(10),
                            headline.getDouble(12),
                            headline.getDouble(13))));
  }

  @Test
  void anInteractionWeightedStudyCarriesAVerdict() throws IOException {
    String text =
        wage(counties().toString(), "{estimator: sun_abraham}")
            .replace(
                "{column: log_teen_employment}",
                "{column: log_teen_employment, good: up, smallest_effect_of_interest: 0.01}");
    assertThat(new StudyRun(session()).run(study(text)).get("verdict").rows())
        .extracting(row -> row.getString(2) + " " + row.getString(3))
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
        .extracting(row -> row.getString(3) + ": " + row.getString(8))
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
        .extracting(r -> r.getLong(20))
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
        .singleElement()
        .asString()
        .startsWith("[counts,null,poisson_fixed_effects,cant_tell,none,not_a_design,");
    assertThat(tables.get("attrition").rows())
        .extracting(r -> r.getString(3) + " " + r.getLong(5))
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
        .extracting(r -> r.getString(2) + " " + r.getString(3) + " " + r.getString(4))
        .contains(
            "difference_in_means balance largest_standardised_difference",
            "difference_in_means e_value interval",
            "ols e_value estimate",
            "difference_in_means rosenbaum breakdown",
            "difference_in_means lee_bounds interval_low")
        .doesNotContain("ols rosenbaum breakdown");
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
        .startsWith("wage,,sound,");
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The method broken has no answer");
    Path none = study(wage(counties().toString(), methods.substring(methods.indexOf('-') + 2)));
    assertThat(new StudyRun(session()).answers(none).tables()).isEmpty();
  }
}
