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

/** Studies of where the next hour of training does most. */
class SlopesBySegmentStudyTest extends StudyFiles {
  private static final String BY_JOB =
      "{estimator: heterogeneity, segments: [job], modifiers: [tenure], folds: 3}";

  /** An hour brings clerks 0.2, and sellers, who get more of them, 0.6. */
  private String company(String good, String treatment, String methods) throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder("person,sales,hours,first,tenure,job\n");
    for (int i = 0; i < 400; i++) {
      boolean isSeller = i % 3 == 0;
      double tenure = random.nextGaussian();
      double hours = 6 + (isSeller ? 4 : 0) + tenure + 2 * random.nextGaussian();
      double sales = tenure + (isSeller ? 0.6 : 0.2) * hours + random.nextGaussian();
      String job = isSeller ? "seller" : "clerk";
      rows.append("p%d,%s,%s,3,%s,%s\n".formatted(i, sales, hours, tenure, job));
    }
    Files.writeString(folder.resolve("company.csv"), rows);
    return """
    study: company
    panel: {path: company.csv, unit: person}
    outcome: {column: sales, good: %s, smallest_effect_of_interest: 0.1}
    treatment: {%s}
    covariates: [tenure, {name: job, factor: true}]
    methods:
      - %s
    """
        .formatted(good, treatment, methods);
  }

  private static String cell(Row row, String column) {
    return String.valueOf(row.<Object>getAs(StudyResults.EFFECTS.fieldIndex(column)));
  }

  private static double number(Row row, String column) {
    return row.getDouble(StudyResults.EFFECTS.fieldIndex(column));
  }

  private static Row first(List<Row> effects, String segment) {
    return effects.stream()
        .filter(r -> cell(r, "aggregation").equals("rank") && number(r, "estimate") == 1)
        .filter(r -> cell(r, "segment").equals(segment))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void segmentsHaveSlopesPerHourAndTheNextHourAPlace() throws IOException {
    List<Row> effects =
        new StudyRun(session())
            .run(study(company("up", "dose: hours", BY_JOB)))
            .get("effects")
            .rows();
    List<Row> segments =
        effects.stream().filter(r -> cell(r, "aggregation").equals("segment")).toList();
    assertThat(segments)
        .extracting(r -> cell(r, "term") + " " + cell(r, "segment"))
        .containsExactly("job clerk", "job seller");
    assertThat(number(segments.get(0), "estimate")).isBetween(0.1, 0.3);
    assertThat(number(segments.get(1), "estimate")).isBetween(0.5, 0.7);
    assertThat(segments).allMatch(r -> number(r, "q_value") >= number(r, "p_value"));
    assertThat(number(first(effects, "seller"), "ci_high")).isEqualTo(1);
    List<Row> down =
        new StudyRun(session())
            .run(study(company("down", "dose: hours", BY_JOB)))
            .get("effects")
            .rows();
    assertThat(number(first(down, "clerk"), "ci_high")).isEqualTo(1);
  }

  /** Per hour, where what matters is in sales. */
  @Test
  void theHeadlineIsThePartiallyLinearSlopeAndIsNotJudged() throws IOException {
    var tables =
        new StudyRun(session())
            .run(
                study(
                    company(
                        "up",
                        "dose: hours",
                        BY_JOB + "\n  - {estimator: partially_linear, folds: 3}")));
    List<Row> headlines =
        tables.get("effects").rows().stream()
            .filter(r -> cell(r, "aggregation").equals("coefficient"))
            .filter(r -> cell(r, "term").equals("hours"))
            .toList();
    assertThat(headlines)
        .extracting(r -> cell(r, "method"))
        .containsExactly("heterogeneity", "partially_linear");
    for (String figure : List.of("estimate", "std_error", "p_value")) {
      assertThat(number(headlines.get(0), figure)).isEqualTo(number(headlines.get(1), figure));
    }
    assertThat(tables.get("verdict").rows())
        .extracting(r -> r.getString(2) + " " + r.getString(3) + " " + r.getString(5))
        .containsExactly(
            "heterogeneity cant_tell not_a_design", "partially_linear cant_tell not_a_design");
  }

  /** Nothing is weighted by a probability where there is a dose. */
  @Test
  void aDoseHasNoProbabilityToBound() throws IOException {
    String trimmed = "trim: [0.1, 0.9]\n";
    assertThatThrownBy(() -> StudyFile.read(study(trimmed + company("up", "dose: hours", BY_JOB))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("trim is [0.1, 0.9], and no method reads it")
        .hasMessageNotContaining("heterogeneity");
    assertThat(StudyFile.read(study(trimmed + company("up", "exposed: hours", BY_JOB))).trim())
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adopted: first | heterogeneity needs a column that is 1 for the treated and 0 for others, or a dose",
        "adopted: first | give treatment as exposed or dose",
        "exposed: hours | The treatment hours is not 0 or 1",
        "exposed: hours | or treatment as dose with a method for doses",
      })
  void aTreatmentThatIsNoneIsRefused(String treatment, String why) throws IOException {
    var file = study(company("up", treatment, BY_JOB));
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }
}
