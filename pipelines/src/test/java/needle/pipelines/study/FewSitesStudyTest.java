package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of a few treated sites, and of a series without anybody to compare with. */
class FewSitesStudyTest extends StudyFiles {
  private String cigarettes(String panel, String method) {
    return """
    study: cigarettes
    panel: {path: %s, unit: state, period: year}
    outcome: {column: packs_per_capita, good: down, smallest_effect_of_interest: 5}
    treatment: {adopted: first_treated, never: 0}
    methods:
      - {estimator: %s}
    """
        .formatted(Path.of(REPLICATIONS, panel + ".csv").toAbsolutePath(), method);
  }

  private String plant(String method) throws IOException {
    StringBuilder rows = new StringBuilder("site,month,injuries,hours,since\n");
    Random random = new Random(2);
    for (int t = 0; t < 48; t++) {
      double rate = 10 + random.nextGaussian() * 0.2 + t % 12 * 0.2 - (t < 30 ? 0 : 4);
      rows.append("plant,%d,%s,%d,30\n".formatted(t, rate * (100 + t), 100 + t));
    }
    Files.writeString(folder.resolve("plant.csv"), rows);
    return """
    study: plant
    panel: {path: plant.csv, unit: site, period: month}
    outcome: {column: injuries, good: down, smallest_effect_of_interest: 1}
    treatment: {adopted: since}
    methods:
      - {estimator: %s}
    """
        .formatted(method);
  }

  @Test
  void aTreatedStateIsComparedWithASyntheticOne() throws IOException {
    Map<String, StudyRun.Table> tables =
        new StudyRun(session()).run(study(cigarettes("tobacco_control", "synthetic_did")));
    Row headline = tables.get("effects").rows().get(0);
    assertThat(headline.getString(2)).isEqualTo("synthetic_did");
    assertThat(headline.getString(5)).isEqualTo("simple");
    Row verdict = tables.get("verdict").rows().get(0);
    assertThat(verdict.getString(3)).isEqualTo("cant_tell");
    assertThat(verdict.getString(5)).isEqualTo("underpowered");
  }

  @Test
  void aSeriesAloneIsWeakEvidence() throws IOException {
    Map<String, StudyRun.Table> tables =
        new StudyRun(session())
            .run(study(plant("interrupted_series, per: hours, season: months, cycle: 12")));
    Row verdict = tables.get("verdict").rows().get(0);
    assertThat(verdict.getString(3)).isEqualTo("works");
    assertThat(verdict.getString(4)).isEqualTo("weak");
    assertThat(verdict.getString(5)).contains("no_control_group");
    assertThat(tables.get("effects").rows())
        .extracting(row -> row.getString(5))
        .contains("coefficient", "event_time", "counterfactual");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "synthetic_did, inference: cluster | cannot be cluster",
        "synthetic_did, season: months | season has no meaning",
        "synthetic_did, anticipation: 1 | anticipation has no meaning",
        "interrupted_series, season: winter | cannot be winter",
        "interrupted_series, cycle: 4 | cycle has no meaning",
        "interrupted_series, lag: 1 | lag has no meaning",
        "interrupted_series, inference: placebo | inference has no meaning",
        "interrupted_series, season: months, cycle: 1 | is none",
        "interrupted_series | There is a comparison group"
      })
  void whatHasNoMeaningIsAFault(String method, String fault) throws IOException {
    Path file = study(cigarettes("tobacco_control", method));
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(fault);
  }
}
