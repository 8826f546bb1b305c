package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of how long it takes. */
class DurationStudyTest extends StudyFiles {
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
    assertThat(verdict.getString(3)).isEqualTo("works");
    assertThat(verdict.getString(5)).isEqualTo("unconfoundedness");
    Row headline = tables.get("effects").rows().get(0);
    assertThat(headline.getString(5)).isEqualTo("restricted_mean");
    assertThat(headline.getString(6)).isEqualTo("difference");
    assertThat(tables.get("effects").rows())
        .extracting(row -> row.getString(6) + " " + row.getString(3))
        .containsExactly(
            "difference restricted_mean_difference",
            "exposed restricted_mean",
            "unexposed restricted_mean",
            "difference_at_12 survival_difference",
            "exposed_at_12 survival",
            "unexposed_at_12 survival");
    assertThat(new StudyRun(session()).run(study(stays(outcome, "at: since", method))))
        .containsKey("verdict");
    String incidence = "{estimator: cumulative_incidence, until: 24, times: [12]}";
    Map<String, StudyRun.Table> causes =
        new StudyRun(session())
            .run(study(stays(outcome + ", cause: 1", "exposed: trained", incidence)));
    assertThat(causes.get("effects").rows().get(0).getString(5)).isEqualTo("incidence");
    assertThat(causes.get("effects").rows().get(3).getString(6)).isEqualTo("difference_at_12");
    Map<String, StudyRun.Table> odds =
        new StudyRun(session())
            .run(study(stays(outcome, "at: since", "{estimator: discrete_hazard}")));
    assertThat(odds.get("verdict").rows().get(0).getString(5)).isEqualTo("not_a_design");
    Map<String, StudyRun.Table> ratio =
        new StudyRun(session()).run(study(stays(outcome, "at: since", "{estimator: cox}")));
    assertThat(ratio.get("effects").rows().get(0).getString(6)).isEqualTo("since");
    assertThat(ratio.get("verdict").rows().get(0).getString(5)).isEqualTo("not_a_design");
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
}
