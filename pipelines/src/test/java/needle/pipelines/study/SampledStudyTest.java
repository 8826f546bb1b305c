package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of people who were drawn from many more. */
class SampledStudyTest extends StudyFiles {
  @Test
  void weightsOfAStudyAreUsed() throws IOException {
    // Treated: 1 gains 4, 3 gain 0; others: 1 gains 2, 1 gains 0. So 4/4 − 2/2 = 0; unweighted, 1.
    String rows =
        IntStream.range(0, 4)
            .mapToObj(
                i -> {
                  double gain = new double[] {4, 0, 2, 0}[i];
                  int weight = new int[] {1, 3, 1, 1}[i];
                  String first = i < 2 ? "2" : "";
                  return "%d,1,0,%s,%d\n%d,2,%s,%s,%d"
                      .formatted(i, first, weight, i, gain, first, weight);
                })
            .collect(Collectors.joining("\n", "person,wave,score,first,stands_for\n", "\n"));
    Files.writeString(folder.resolve("survey.csv"), rows);
    Path file =
        study(
            """
            study: survey
            panel: {path: survey.csv, unit: person, period: wave}
            outcome: {column: score}
            treatment: {adopted: first}
            weights: stands_for
            methods:
              - {estimator: staggered_did}
            """);
    var tables = new StudyRun(session()).run(file);
    assertThat(tables.get("effects").rows())
        .filteredOn(r -> r.getString(5).equals("simple"))
        .singleElement()
        .satisfies(r -> assertThat(r.getDouble(10)).isCloseTo(0, within(1e-12)));
    assertThat(tables.get("attrition").rows())
        .extracting(r -> r.getString(3))
        .contains("no_weight");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{estimator: imputation_did}                              | imputation_did",
        "{estimator: sun_abraham}                                 | sun_abraham",
        "{estimator: fixed_effects, regressors: [x], absorb: [y]} | fixed_effects",
        "{estimator: difference_in_means}                         | difference_in_means",
      })
  void whoTakesNoWeightsSaysSo(String method, String named) throws IOException {
    Path file = study("weights: population\n" + wage("x.csv", method));
    assertThatThrownBy(() -> StudyFile.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The method " + named + " takes no sampling weights");
  }

  @Test
  void whoIsDrawnAnewNeedNotRecur() throws IOException {
    // Treated: means of 1 and 5; others: of 2 and 3. So 5 − 1 − (3 − 2) = 3.
    Files.writeString(
        folder.resolve("survey.csv"),
        """
        person,wave,score,first
        1,1,0,2
        2,1,2,2
        3,1,1,
        4,1,3,
        5,2,4,2
        6,2,6,2
        7,2,2,
        8,2,4,
        """);
    String text =
        """
        study: survey
        panel: {path: survey.csv, unit: person, period: wave, followed: false}
        outcome: {column: score}
        treatment: {adopted: first}
        methods:
          - {estimator: %s}
        """;
    var tables = new StudyRun(session()).run(study(text.formatted("staggered_did")));
    assertThat(tables.get("effects").rows())
        .filteredOn(r -> r.getString(5).equals("simple"))
        .singleElement()
        .satisfies(r -> assertThat(r.getDouble(10)).isCloseTo(3, within(1e-12)));
    for (String other : new String[] {"imputation_did", "sun_abraham"}) {
      Path file = study(text.formatted(other));
      assertThatThrownBy(() -> StudyFile.read(file))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("The method " + other + " follows its units through time");
    }
    Path timeless = study(text.replace(", period: wave", "").formatted("staggered_did"));
    assertThatThrownBy(() -> StudyFile.read(timeless))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("panel.followed has a meaning for panels with a period only");
  }
}
