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

/** Studies of what a KPI will be. */
class ForecastStudyTest extends StudyFiles {
  private String sales(String treatment, String method) throws IOException {
    Random random = new Random(2);
    StringBuilder rows = new StringBuilder("person,quarter,sales,trained,age,region\n");
    for (int person = 0; person < 120; person++) {
      String first = person % 3 == 0 ? "4" : person % 3 == 1 ? "33" : "NA";
      for (int quarter = 1; quarter <= 32; quarter++) {
        double sales = 10 + quarter % 4 + (person % 3 == 0 && quarter >= 4 ? 2 : 0);
        rows.append(
            "p%d,%d,%.3f,%s,%d,%d\n"
                .formatted(
                    person,
                    quarter,
                    sales + random.nextGaussian(),
                    first,
                    20 + person % 40,
                    person % 2));
      }
    }
    Files.writeString(folder.resolve("sales.csv"), rows);
    return """
    study: next
    panel: {path: sales.csv, unit: person, period: quarter}
    outcome: {column: sales, good: up, smallest_effect_of_interest: 1}
    treatment: {%s}
    methods:
      - %s
    """
        .formatted(treatment, method);
  }

  @Test
  void theNextQuarterIsPredictedWithAndWithoutThePlan() throws IOException {
    String method = "{estimator: forecast, horizon: 1, cycle: 4, segments: [region]}";
    Map<String, StudyRun.Table> tables =
        new StudyRun(session()).run(study(sales("adopted: trained", method)));
    assertThat(tables.get("effects").rows())
        .extracting(r -> r.getString(5) + " " + r.getString(6) + " " + r.get(8))
        .contains(
            "prediction without 33",
            "prediction without null",
            "prediction with 33",
            "prediction_90 difference null",
            "prediction without:0 33",
            "prediction_90 without:1 null");
    assertThat(tables.get("effects").rows()).allSatisfy(r -> assertThat(r.isNullAt(17)).isTrue());
    assertThat(tables.get("verdict").rows())
        .extracting(Row::toString)
        .singleElement()
        .asString()
        .startsWith("[next,null,forecast,cant_tell,none,not_a_design,");
    assertThat(tables.get("diagnostics").rows())
        .extracting(r -> r.getString(3))
        .contains("back_test", "calibration", "structural_break", "roll_out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adopted: trained | {estimator: forecast, horizon: 0}         | horizon is 0",
        "adopted: trained | {estimator: forecast, horizon: 13}        | cycle 12",
        "adopted: trained | {estimator: forecast, absorb: [region]}   | absorb has no meaning",
        "adopted: trained | {estimator: staggered_did, cycle: 4}     | cycle has no meaning",
        "adopted: trained | {estimator: staggered_did, horizon: 4}    | horizon has no meaning",
        "adopted: trained | {estimator: staggered_did, segments: [region]} | segments has no meaning",
        "adopted: trained | {estimator: forecast, segments: [nowhere]}   | no column nowhere",
        "adopted: trained | {estimator: forecast, segments: [region, age]} | by one column",
        "exposed: trained | {estimator: forecast}                     | who will be treated when",
        "adopted: trained | {estimator: forecast, horizon: 6}        | too short",
      })
  void whatHasNoMeaningForAPredictionIsAFault(String treatment, String method, String fault)
      throws IOException {
    Path file = study(sales(treatment, method));
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(fault);
  }

  @Test
  void covariatesOfTheEffectHaveToBeSaid() throws IOException {
    String method = "{estimator: forecast, horizon: 1, cycle: 4}";
    Path file = study("covariates: [age]\n" + sales("adopted: trained", method));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not say what becomes of the covariates");
  }
}
