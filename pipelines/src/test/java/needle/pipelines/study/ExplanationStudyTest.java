package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of why a KPI differs, why it changed, and by way of what. */
class ExplanationStudyTest extends StudyFiles {
  /** A year and a quarter of 90 people in 30 teams, of whom a third is coached from May 2024. */
  private String sales(String period, String covariates, String method) throws IOException {
    StringBuilder rows =
        new StringBuilder("person,team,month,sales,coaching,elearning,job,trained,calls,age\n");
    for (int i = 0; i < 90; i++) {
      for (int m = 0; m < (period.isEmpty() ? 1 : i % 10 == 9 ? 11 : 15); m++) {
        int coached = i % 3 == 0 && m > 3 ? 1 : 0;
        int learned = i % 2 == 0 && m > 6 ? 1 : 0;
        double calls = 3 + 2 * (i % 2) + i * 13 % 7;
        double y = i * 37 % 11 + m + 2 * coached - learned + i * m * 29 % 5 + 0.5 * calls;
        rows.append(
            "p%d,t%d,%d,%s,%d,%d,%s,%d,%s,%d\n"
                .formatted(
                    i,
                    i / 3,
                    12 * 2024 + 1 + m,
                    y,
                    coached,
                    learned,
                    m > 8 && i % 5 == 0 ? "lead" : "clerk",
                    i % 2,
                    calls,
                    20 + i * 17 % 40));
      }
    }
    Files.writeString(folder.resolve("sales.csv"), rows);
    return """
    study: sales
    panel: {path: sales.csv, unit: person%s}
    outcome: {column: sales, good: up, smallest_effect_of_interest: 1}
    treatment: {exposed: trained}
    %s
    cluster: [team]
    methods:
      - {estimator: %s}
    """
        .formatted(period, covariates, method);
  }

  private Map<String, StudyRun.Table> run(String period, String covariates, String method)
      throws IOException {
    return new StudyRun(session()).run(study(sales(period, covariates, method)));
  }

  private static double amount(
      Map<String, StudyRun.Table> tables, String aggregation, String term) {
    return row(tables, aggregation, term).getDouble(10);
  }

  private static Row row(Map<String, StudyRun.Table> tables, String aggregation, String term) {
    return tables.get("effects").rows().stream()
        .filter(r -> r.getString(5).equals(aggregation) && r.getString(6).equals(term))
        .findFirst()
        .orElseThrow();
  }

  private static void isNoDesign(Map<String, StudyRun.Table> tables) {
    assertThat(tables.get("verdict").rows().get(0).getString(3)).isEqualTo("cant_tell");
    assertThat(tables.get("verdict").rows().get(0).getString(5)).isEqualTo("not_a_design");
  }

  @Test
  void aChangeIsAttributed() throws IOException {
    Map<String, StudyRun.Table> tables =
        run(
            ", period: month",
            "",
            "attribution, programs: [coaching, elearning], from: 2024-01..2024-03,"
                + " to: 2025-01..2025-03, segments: [job], effects: constant");
    double sum = 0;
    for (String term : List.of("coaching", "elearning", "mix", "common", "unexplained")) {
      assertThat(row(tables, "contribution", term).getDouble(11)).isPositive();
      sum += amount(tables, "contribution", term);
    }
    assertThat(sum).isCloseTo(amount(tables, "contribution", "total"), within(1e-10));
    assertThat(amount(tables, "reached_share", "coaching")).isCloseTo(27 / 81.0, within(1e-12));
    assertThat(row(tables, "mix", "between_segments")).isNotNull();
    isNoDesign(tables);
  }

  @Test
  void twoPeriodsOrGroupsAreDecomposed() throws IOException {
    Map<String, StudyRun.Table> periods =
        run(
            ", period: month",
            "covariates: [age, calls]",
            "decomposition, from: 2024-10, to: 2024-11..2025-01, categorical: [job],"
                + " coefficients: from");
    assertThat(amount(periods, "twofold", "explained") + amount(periods, "twofold", "unexplained"))
        .isCloseTo(amount(periods, "overall", "difference"), within(1e-9));
    assertThat(row(periods, "explained_level", "job: lead")).isNotNull();
    isNoDesign(periods);
    Map<String, StudyRun.Table> groups =
        run("", "", "decomposition, by: trained, from: 0, to: 1, cells: [team]");
    assertThat(row(groups, "kitagawa", "composition").getDouble(10)).isNotZero();
  }

  @Test
  void anEffectIsMediated() throws IOException {
    Map<String, StudyRun.Table> tables =
        run("", "covariates: [age]", "mediation, mediator: calls, measured: after");
    assertThat(amount(tables, "mediation", "indirect") + amount(tables, "mediation", "direct"))
        .isCloseTo(amount(tables, "mediation", "total"), within(1e-9));
    assertThat(
            amount(
                run("", "", "mediation, mediator: calls, interaction: false"),
                "mediation",
                "indirect_treated"))
        .isNotZero();
    isNoDesign(tables);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", period: month | '' | attribution, programs: [coaching], to: 2025-01 | key from is missing",
        ", period: month | '' | attribution, programs: [coaching], from: 2024-01 | key to is missing",
        ", period: month | '' | attribution, from: 2024-01, to: 2025-01 | nothing to attribute",
        "'' | '' | attribution, programs: [coaching], from: 1, to: 2 | panel.period is missing",
        ", period: month | '' | attribution, programs: [coaching], from: 1, to: 2, effects: some"
            + " | effects cannot be some",
        ", period: month | '' | attribution, programs: [coaching], from: spring, to: 2"
            + " | not a number",
        ", period: month | '' | attribution, programs: [coaching], from: 1, to: 2, by: job"
            + " | by has no meaning",
        "'' | '' | decomposition, from: 0, to: 1, cells: [job] | key by is missing",
        "'' | '' | decomposition, by: trained, from: 0, to: 1 | nothing to explain",
        "'' | '' | decomposition, by: trained, from: 0, to: 1, cells: [] | key cells is missing",
        "'' | '' | decomposition, by: trained, from: 0, to: 0, cells: [job] | groups are the same",
        "'' | '' | decomposition, by: trained, from: 0, to: 1, cells: [job], coefficients: to"
            + " | coefficients has no meaning",
        "'' | '' | decomposition, by: trained, from: 0, to: 1, cells: [job], categorical: [job]"
            + " | categorical has no meaning",
        "'' | 'covariates: [age]' | decomposition, by: trained, from: 0, to: 1, cells: [job]"
            + " | no method uses them",
        "'' | 'covariates: [{name: job, factor: true}]' | decomposition, by: trained, from: 0, to: 1"
            + " | hang on which of its values comes first",
        ", period: month | '' | attribution, programs: [coaching], from: 2024-01, to: 2025-01..2026-03"
            + " | no outcome was observed in 24304, 24305, 24306, 24307, 24308, 24309, 24310,"
            + " 24311, 24312, 24313, 24314, 24315",
        ", period: month | '' | decomposition, from: 2024-01, to: 2025-02..2025-05, cells: [job]"
            + " | no outcome was observed in 24304, 24305",
        ", period: month | '' | decomposition, from: 202401, to: 202501, cells: [job]"
            + " | no outcome was observed in 202401; the panel's periods are 24289..24303",
        "'' | '' | mediation | key mediator is missing",
        "'' | '' | mediation, mediator: calls, measured: before | measured before treatment",
        "'' | '' | mediation, mediator: calls, measured: once | measured cannot be once",
        ", period: month | '' | mediation, mediator: calls | follows nobody through time",
        "'' | '' | ols, mediator: calls | mediator has no meaning"
      })
  void whatExplainsNothingIsAFault(String period, String covariates, String method, String fault)
      throws IOException {
    Path file = study(sales(period == null ? "" : period, covariates, method));
    assertThatThrownBy(() -> new StudyRun(session()).run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(fault);
  }
}
