package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a study says of its covariates. */
class CovariatesTest extends StudyFiles {
  private static final List<String> JOBS = List.of("07", "7", "v1.5 `beta`");

  private Path adjustedFor(String covariates, String method) throws IOException {
    StringBuilder rows = new StringBuilder("person,y,trained,job,is_second,is_third,same\n");
    for (int i = 0; i < 120; i++) {
      int job = i * 7 % 11 % 3;
      int trained = (i + job) % 4 == 0 ? 1 : 0;
      String known =
          i == 5 ? "NA,NA,NA" : JOBS.get(job) + "," + (job == 1 ? 1 : 0) + "," + (job == 2 ? 1 : 0);
      rows.append(
          "p%d,%s,%d,%s,1\n".formatted(i, 2.0 * trained + 3 * job + i % 5 / 10.0, trained, known));
    }
    Files.writeString(folder.resolve("jobs.csv"), rows);
    return study(
        """
        study: jobs
        panel: {path: jobs.csv, unit: person}
        outcome: {column: y}
        treatment: {exposed: trained}
        covariates: %s
        methods:
          - {estimator: %s}
        """
            .formatted(covariates, method));
  }

  private List<Row> results(String table, Path study) {
    return new StudyRun(session()).run(study).get(table).rows();
  }

  @ParameterizedTest
  @CsvSource({"ols", "aipw"})
  void aFactorIsItsColumnsOfZeroAndOne(String method) throws IOException {
    Path byHand = adjustedFor("[is_second, is_third]", method);
    List<Row> effects = results("effects", byHand);
    List<Row> lost = results("attrition", byHand);
    Path factor = adjustedFor("[{name: job, factor: true, measured: before}]", method);
    assertThat(results("effects", factor)).isEqualTo(effects).isNotEmpty();
    assertThat(results("attrition", factor)).isEqualTo(lost);
    assertThat(lost).anySatisfy(step -> assertThat(step.toString()).contains(",1,1,"));
  }

  @Test
  void aLevelsNameIsToldWithoutWhatColumnNamesCannotHold() throws IOException {
    assertThat(results("diagnostics", adjustedFor("[{name: job, factor: true}]", "aipw")))
        .anySatisfy(row -> assertThat(row.toString()).contains("job=v1_5 _beta_"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{name: job, factor: true, measured: after}] | job is measured after treatment",
        "[is_second, is_second] | lists is_second twice",
        "[{name: none, factor: true}] | no column none",
        "[{name: same, factor: true}] | all its cells are empty or say the same",
        "[{name: person, factor: true}] | more than 50 values",
        "[{factor: true}] | name",
        "[{name: job, measured: later}] | later is none of before, after",
        "[{name: y, factor: false}] | y is the outcome or the treatment",
        "[trained] | trained is the outcome or the treatment"
      })
  void whatCannotBeAdjustedForIsSaid(String covariates, String fault) throws IOException {
    Path file = adjustedFor(covariates, "ols");
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(fault);
  }
}
