package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of how much training it takes. */
class DoseStudyTest extends StudyFiles {
  private String hours(String method) throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder("person,sales,hours,tenure\n");
    for (int i = 0; i < 400; i++) {
      double tenure = random.nextGaussian();
      double hours = i % 3 == 0 ? 0 : Math.exp(2 + 0.3 * tenure + 0.6 * random.nextGaussian());
      double sales = tenure + 2 * Math.sqrt(hours) + random.nextGaussian();
      rows.append("p%d,%s,%s,%s\n".formatted(i, sales, hours, tenure));
    }
    Files.writeString(folder.resolve("hours.csv"), rows);
    return """
    study: hours
    panel: {path: hours.csv, unit: person}
    outcome: {column: sales, good: up, smallest_effect_of_interest: 0.5}
    treatment: {dose: hours}
    covariates: [tenure]
    methods:
      - %s
    """
        .formatted(method);
  }

  @Test
  void everyDoseHasItsEffectAndTheirAverageIsJudged() throws IOException {
    var tables =
        new StudyRun(session())
            .run(study(hours("{estimator: dose_response, doses: [5, 10], knots: 4}")));
    int dose = StudyResults.EFFECTS.fieldIndex("dose");
    List<Row> effects = tables.get("effects").rows();
    assertThat(effects)
        .extracting(row -> row.getString(5) + " " + row.getString(6) + " " + row.get(dose))
        .containsExactly(
            "overall average null", "overall slope null", "dose dose_5 5.0", "dose dose_10 10.0");
    assertThat(effects.get(3).getDouble(10)).isBetween(5.0, 7.5);
    Row verdict = tables.get("verdict").rows().get(0);
    assertThat(verdict.getString(3)).isEqualTo("works");
    assertThat(verdict.getString(5)).contains("unconfoundedness");
    assertThat(
            new StudyRun(session())
                .run(study(hours("{estimator: dose_response}")))
                .get("effects")
                .rows())
        .hasSize(11);
  }

  /** Per hour of training it moves less than what matters, which is no hour's doing. */
  @Test
  void aSlopePerHourIsNotJudgedByWhatMattersInSales() throws IOException {
    var tables =
        new StudyRun(session())
            .run(
                study(
                    hours(
                        "{estimator: ols}\n  - {estimator: partially_linear}\n"
                            + "  - {estimator: glm}\n"
                            + "  - {estimator: dose_response, doses: [5, 10], knots: 4}")));
    assertThat(tables.get("verdict").rows())
        .extracting(row -> row.getString(2) + " " + row.getString(3) + " " + row.getString(5))
        .startsWith(
            "ols cant_tell not_a_design",
            "partially_linear cant_tell not_a_design",
            "glm cant_tell not_a_design")
        .hasSize(4);
    assertThat(tables.get("verdict").rows().get(3).getString(3)).isEqualTo("works");
    // The only method that is judged is a family of its own.
    int q = StudyResults.EFFECTS.fieldIndex("q_value");
    int p = StudyResults.EFFECTS.fieldIndex("p_value");
    assertThat(tables.get("effects").rows())
        .filteredOn(row -> row.getString(2).equals("dose_response") && !row.isNullAt(q))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.getDouble(q)).isEqualTo(row.getDouble(p)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dose_response, knots: 9 | cannot have 9 knots",
        "dose_response, doses: [5, 0] | Effects cannot be told at the doses",
        "dose_response, folds: 0 | 0 folds",
        "dose_response, estimand: att | estimand has no meaning",
        "partially_linear, doses: [5] | doses has no meaning",
      })
  void faultsAreTold(String method, String why) throws IOException {
    var file = study(hours("{estimator: " + method + "}"));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }
}
