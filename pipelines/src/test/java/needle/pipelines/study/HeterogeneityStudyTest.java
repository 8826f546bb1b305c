package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.List;
import needle.kit.InvalidInput;
import needle.pipelines.command.EstimateCommand;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Studies of who gains. */
class HeterogeneityStudyTest extends StudyFiles {
  private String company(String good, String method) throws IOException {
    StringBuilder rows = new StringBuilder("person,y,trained,tenure,job,region\n");
    for (int i = 0; i < 400; i++) {
      int trained = i % 2;
      int noise = i * 37 % 101;
      String job = i % 3 == 0 ? "01" : "1";
      double y = noise / 50.0 + trained * (i % 3 == 0 ? 3 : 1);
      rows.append("p%d,%.2f,%d,%d,%s,r%d\n".formatted(i, y, trained, i * 13 % 29, job, i / 7 % 4));
    }
    Files.writeString(folder.resolve("company.csv"), rows);
    return """
    study: company
    panel: {path: company.csv, unit: person}
    outcome: {column: y, good: %s, smallest_effect_of_interest: 0.5}
    treatment: {exposed: trained}
    covariates: [tenure]
    methods:
      - %s
    """
        .formatted(good, method);
  }

  @Test
  void segmentsHaveTheirValueTheirQValueAndTheirPlace() throws IOException {
    String method = "{estimator: heterogeneity, segments: [job, region]}";
    StudyRun.Table effects =
        new StudyRun(session()).run(study(company("up", method))).get("effects");
    List<Row> segments =
        session()
            .createDataFrame(effects.rows(), effects.schema())
            .where("aggregation = 'segment'")
            .orderBy("term", "segment")
            .select("term", "segment", "p_value", "q_value", "estimate")
            .collectAsList();
    assertThat(segments)
        .extracting(r -> r.getString(0) + " " + r.getString(1))
        .containsExactly("job 01", "job 1", "region r0", "region r1", "region r2", "region r3");
    assertThat(segments).allMatch(r -> r.getDouble(3) >= r.getDouble(2));
    assertThat(segments.get(0).getDouble(4)).isBetween(2.5, 3.5);
    assertThat(segments.get(1).getDouble(4)).isBetween(0.5, 1.5);
    assertThat(place(effects)).isEqualTo("01");
    assertThat(place(new StudyRun(session()).run(study(company("down", method))).get("effects")))
        .isEqualTo("1");
  }

  @Test
  void onTheTerminalRowsAreToldApart() throws IOException {
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new EstimateCommand())
            .setOut(new PrintWriter(said, true))
            .execute(
                study(company("up", "{estimator: heterogeneity, segments: [region]}")).toString());
    assertThat(code).isZero();
    List<String> lines = said.toString().lines().toList();
    assertThat(lines.get(lines.indexOf("effects") + 1))
        .contains("  segment")
        .doesNotContain("dose");
    assertThat(lines).filteredOn(l -> l.matches(".*\\bsegment\\s+region\\s+r3\\s.*")).hasSize(1);
  }

  private String place(StudyRun.Table effects) {
    return session()
        .createDataFrame(effects.rows(), effects.schema())
        .where("aggregation = 'rank' and term = 'job' and estimate = 1")
        .select(functions.col("segment"))
        .first()
        .getString(0);
  }

  @Test
  void aStudyWithoutSegmentsIsRefused() throws IOException {
    assertThatThrownBy(
            () -> new StudyRun(session()).run(study(company("up", "{estimator: heterogeneity}"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not know the segments");
    assertThatThrownBy(
            () ->
                new StudyRun(session())
                    .run(study(company("up", "{estimator: ols, segments: [job]}"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The key segments has no meaning for ols");
  }

  @Test
  void learnersAreNamedInTheStudy() throws IOException {
    String method =
        "{estimator: heterogeneity, segments: [job], folds: 2, learners: {outcome: poisson,"
            + " treatment: ridge_logistic}}";
    assertThat(new StudyRun(session()).run(study(company("up", method)))).containsKey("verdict");
    assertThatThrownBy(
            () ->
                new StudyRun(session())
                    .run(study(company("up", "{estimator: aipw, learners: {outcome: forest}}"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("gradient_boosted_trees");
    assertThatThrownBy(
            () ->
                new StudyRun(session())
                    .run(study(company("up", "{estimator: aipw, learners: {treatment: linear}}"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("A probability of treatment is not linear");
  }

  @Test
  void aFactorIsAModifierByEachOfItsValues() throws IOException {
    String text =
        company("up", "{estimator: heterogeneity, segments: [job], modifiers: [region]}")
            .replace("covariates: [tenure]", "covariates: [tenure, {name: region, factor: true}]");
    StudyRun.Table effects = new StudyRun(session()).run(study(text)).get("effects");
    assertThat(
            session()
                .createDataFrame(effects.rows(), effects.schema())
                .where("aggregation = 'coefficient'")
                .select("term")
                .collectAsList())
        .extracting(r -> r.getString(0))
        .containsExactly("region=r1", "region=r2", "region=r3");
  }
}
