package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Twelve teams, of which four are trained in period 4. */
class PermutationStudyTest extends StudyFiles {
  private static final String TEXT =
      """
      study: few
      panel: {path: few.csv, unit: person, period: period}
      outcome: {column: y, good: up, smallest_effect_of_interest: 0.5}
      treatment: {adopted: adopted}
      cluster: [team]
      placebo_outcomes: [z]
      methods:
        - {name: permuted, estimator: staggered_did, inference: permutation}
        - {name: clustered, estimator: staggered_did, inference: cluster}
      seed: 1
      """;

  private Map<String, StudyRun.Table> run(String text) throws IOException {
    StringBuilder csv = new StringBuilder("person,team,period,adopted,y,z\n");
    for (int i = 0; i < 12 * 6; i++) {
      int team = i % 12;
      for (int t = 1; t <= 6; t++) {
        double z = Math.sin(3 * team * t + team) + Math.sin(11 * i * t);
        double y = 0.3 * z + 0.1 * Math.cos(5 * i * t) + (team < 4 && t >= 4 ? 3 : 0);
        csv.append(i).append(",t").append(team).append(',').append(t).append(',');
        csv.append(team < 4 ? "4" : "").append(',').append(y).append(',').append(z).append('\n');
      }
    }
    Files.writeString(folder.resolve("few.csv"), csv);
    return new StudyRun(session()).run(study(text));
  }

  @Test
  void fewTreatedTeamsHaveAnAnswer() throws IOException {
    Map<String, StudyRun.Table> tables = run(TEXT);
    assertThat(tables.get("verdict").rows())
        .extracting(r -> r.getString(2) + " " + r.getString(3))
        .containsExactly("permuted works", "clustered cant_tell");
    assertThat(tables.get("verdict").rows().get(0).getString(5)).contains("too_few_clusters");
    assertThat(tables.get("diagnostics").rows())
        .filteredOn(r -> r.getString(2).equals("permuted"))
        .extracting(r -> r.getString(3) + ": " + r.getString(8))
        .anySatisfy(m -> assertThat(m).startsWith("permutation: ").contains("all 495 ways"))
        .anySatisfy(
            m ->
                assertThat(m).startsWith("placebo_outcomes: ").contains("would have been noticed"));
    Row headline =
        tables.get("effects").rows().stream()
            .filter(r -> r.getString(4).equals("permuted") && !r.isNullAt(12))
            .findFirst()
            .orElseThrow();
    assertThat(headline.getString(5)).isEqualTo("overall");
    assertThat(headline.getDouble(16)).isEqualTo(1 / 495.0);
    // All other rows have no interval, and are empty rather than infinite.
    assertThat(tables.get("effects").rows())
        .filteredOn(r -> r.getString(4).equals("permuted") && !r.isNullAt(12))
        .hasSize(1);
  }

  @Test
  void whatPermutationCannotTellIsAFaultOfTheStudy() {
    assertThatThrownBy(() -> run(TEXT + "sensitivity: [placebo_dates]\n"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("placebo_dates");
    assertThatThrownBy(() -> run(TEXT.replace("permutation", "bootstrap")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("it is one of cluster, permutation");
    assertThatThrownBy(
            () ->
                run(
                    TEXT.replace(
                        "inference: permutation", "inference: permutation, nuisance: ipw")))
        .isInstanceOf(InvalidInput.class);
  }
}
