package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Panels whose periods are dates, against the same panels with numbered periods. */
class DatedStudyTest extends StudyFiles {
  private static final List<String> TOLD_BY_DATE = List.of("term", "cohort_start", "period_start");

  private static final IntFunction<String> MONTHS = t -> Integer.toString(12 * 2023 + 11 + t);

  /** Any day of the month. */
  private static final IntFunction<String> DAYS =
      t -> LocalDate.of(2023, 11, 1).plusMonths(t).plusDays(t * 11 % 28).toString();

  /** Sixty people from November 2023 to August 2024, of whom two thirds are trained in time. */
  private String people(IntFunction<String> period) {
    StringBuilder rows = new StringBuilder("person,team,program,month,trained,since,y,coached\n");
    for (int i = 0; i < 60; i++) {
      int from = i % 3 == 0 ? 4 : i % 3 == 1 ? 6 : 99;
      for (int t = 0; t < 10; t++) {
        int trained = t >= from ? 1 : 0;
        double y = i * 7 % 11 + t + i * (t + 3) * 31 % 13 / 10.0 + trained * (1 + (t - from) / 4.0);
        rows.append(
            "p%d,t%d,%s,%s,%d,%s,%s,%d\n"
                .formatted(
                    i,
                    i / 3,
                    i % 2 == 0 ? "north" : "south",
                    period.apply(t),
                    trained,
                    from == 99 ? "" : period.apply(from),
                    y,
                    trained));
      }
    }
    return rows.toString();
  }

  private Map<String, StudyRun.Table> run(String csv, String grain, String treatment, String rest)
      throws IOException {
    Files.writeString(folder.resolve("people.csv"), csv);
    return answered("people.csv", grain, treatment, rest);
  }

  private Map<String, StudyRun.Table> answered(
      String path, String grain, String treatment, String rest) throws IOException {
    return new StudyRun(session())
        .run(
            study(
                """
                study: dated
                panel: {path: %s, unit: person, period: month%s}
                outcome: {column: y}
                %s
                %s
                """
                    .formatted(path, grain, treatment, rest)));
  }

  private static List<List<Object>> figures(StudyRun.Table table) {
    List<List<Object>> figures = new ArrayList<>();
    for (Row row : table.rows()) {
      List<Object> cells = new ArrayList<>();
      for (String column : table.schema().fieldNames()) {
        if (!TOLD_BY_DATE.contains(column)) {
          cells.add(row.get(table.schema().fieldIndex(column)));
        }
      }
      figures.add(cells);
    }
    return figures;
  }

  private static Object cell(StudyRun.Table table, Row row, String column) {
    return row.get(table.schema().fieldIndex(column));
  }

  private static Row row(StudyRun.Table effects, String aggregation, String term) {
    return effects.rows().stream()
        .filter(r -> aggregation.equals(cell(effects, r, "aggregation")))
        .filter(r -> term.equals(cell(effects, r, "term")))
        .findFirst()
        .orElseThrow();
  }

  private void agree(String treatment, String numbered, String dated) throws IOException {
    Map<String, StudyRun.Table> byNumber = run(people(MONTHS), "", treatment, numbered);
    Map<String, StudyRun.Table> byDate = run(people(DAYS), ", grain: month", treatment, dated);
    assertThat(byNumber.get("effects").rows()).isNotEmpty();
    assertThat(figures(byDate.get("effects"))).isEqualTo(figures(byNumber.get("effects")));
    assertThat(figures(byDate.get("verdict"))).isEqualTo(figures(byNumber.get("verdict")));
    assertThat(byDate.get("attrition").rows()).isEqualTo(byNumber.get("attrition").rows());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{estimator: staggered_did}",
        "{estimator: imputation_did}",
        "{estimator: sun_abraham}",
        "{estimator: synthetic_did}",
        "{estimator: fixed_effects, regressors: [trained], absorb: [person, month]}",
      })
  void datesAreTheNumbersOfTheirMonths(String method) throws IOException {
    String rest = "methods: [" + method + "]";
    agree("treatment: {adopted: since}", rest, rest);
  }

  @Test
  void everyProgramHasItsDates() throws IOException {
    String rest = "programs: program\nmethods: [{estimator: staggered_did}]";
    agree("treatment: {adopted: since}", rest, rest);
    agree("treatment: {exposed: trained}", rest, rest);
  }

  @Test
  void spansAreToldByTheirDays() throws IOException {
    String methods =
        """
        cluster: [team]
        methods:
          - {estimator: attribution, programs: [coached], from: %s, to: %s}
          - {estimator: decomposition, from: %s, to: %s, categorical: [program]}
        """;
    agree(
        "",
        methods.formatted("24287..24288", "24295..24296", "24287..24288", "24295..24296"),
        methods.formatted(
            "2023-11..2023-12",
            "2024-07-31..2024-08-01",
            "2023-11-30..2023-12-01",
            "2024-07..2024-08"));
  }

  @Test
  void aSeriesHasItsMonths() throws IOException {
    String method = "methods: [{estimator: interrupted_series, season: months, cycle: 4}]";
    String treated = "treatment: {adopted: since}";
    List<Map<String, StudyRun.Table>> both = new ArrayList<>();
    for (boolean isDated : new boolean[] {false, true}) {
      IntFunction<String> period = isDated ? DAYS : MONTHS;
      StringBuilder rows = new StringBuilder("person,month,since,y\n");
      for (int t = 0; t < 40; t++) {
        double y = t * 17 % 7 + t % 4 + (t < 25 ? 0 : 5);
        rows.append("all,%s,%s,%s\n".formatted(period.apply(t), period.apply(25), y));
      }
      both.add(run(rows.toString(), isDated ? ", grain: month" : "", treated, method));
    }
    StudyRun.Table dated = both.get(1).get("effects");
    assertThat(figures(dated)).isEqualTo(figures(both.get(0).get("effects"))).isNotEmpty();
    Row untreated = row(dated, "counterfactual", "2025-12-01");
    assertThat(cell(dated, untreated, "period_start")).isEqualTo(Date.valueOf("2025-12-01"));
    assertThat(cell(dated, row(dated, "event_time", "1"), "period_start"))
        .isEqualTo(Date.valueOf("2026-01-01"));
  }

  @Test
  void aYearHasFourQuarters() throws IOException {
    List<Map<String, StudyRun.Table>> both = new ArrayList<>();
    for (boolean isDated : new boolean[] {false, true}) {
      IntFunction<String> period =
          t ->
              isDated
                  ? LocalDate.of(2016, 2, 3).plusMonths(3L * t).toString()
                  : Integer.toString(4 * 2016 + 1 + t);
      StringBuilder rows = new StringBuilder("person,month,since,y\n");
      for (int i = 0; i < 90; i++) {
        int from = i % 3 == 0 ? 4 : i % 3 == 1 ? 33 : 99;
        for (int t = 0; t < 32; t++) {
          double y = 10 + t % 4 + i * (t + 5) * 37 % 19 / 10.0 + (t >= from ? 2 : 0);
          String since = from == 99 ? "NA" : period.apply(from);
          rows.append("p%d,%s,%s,%s\n".formatted(i, period.apply(t), since, y));
        }
      }
      both.add(
          run(
              rows.toString(),
              isDated ? ", grain: quarter" : "",
              "treatment: {adopted: since}",
              "methods: [{estimator: forecast, horizon: 2%s}]"
                  .formatted(isDated ? "" : ", cycle: 4")));
    }
    StudyRun.Table dated = both.get(1).get("effects");
    assertThat(figures(dated)).isEqualTo(figures(both.get(0).get("effects"))).isNotEmpty();
    assertThat(both.get(1).get("diagnostics").rows())
        .isEqualTo(both.get(0).get("diagnostics").rows());
    assertThat(dated.rows())
        .extracting(r -> cell(dated, r, "period_start"))
        .contains(Date.valueOf("2024-01-01"), Date.valueOf("2024-04-01"));
  }

  @Test
  void cohortsAndPeriodsAreToldByTheirFirstDay() throws IOException {
    Map<String, StudyRun.Table> tables =
        run(
            people(DAYS),
            ", grain: month",
            "treatment: {adopted: since}",
            "methods: [{estimator: staggered_did}, {estimator: fixed_effects, regressors: [trained],"
                + " absorb: [person, month]}]");
    StudyRun.Table effects = tables.get("effects");
    Row cell = row(effects, "group_time", "2024-03-01:2024-05-01");
    assertThat(cell(effects, cell, "cohort")).isEqualTo(12L * 2024 + 3);
    assertThat(cell(effects, cell, "period")).isEqualTo(12L * 2024 + 5);
    assertThat(cell(effects, cell, "cohort_start")).isEqualTo(Date.valueOf("2024-03-01"));
    assertThat(cell(effects, cell, "period_start")).isEqualTo(Date.valueOf("2024-05-01"));
    assertThat(cell(effects, row(effects, "group", "2024-05-01"), "cohort_start"))
        .isEqualTo(Date.valueOf("2024-05-01"));
    assertThat(cell(effects, row(effects, "calendar", "2024-08-01"), "period_start"))
        .isEqualTo(Date.valueOf("2024-08-01"));
    Row event = row(effects, "event_time", "1");
    assertThat(cell(effects, event, "period_start")).isNull();
    assertThat(tables.get("diagnostics").rows())
        .extracting(r -> r.getString(4))
        .contains("2024-03-01_against_never", "2024-05-01_against_2024-03-01");
    StudyRun.Table numbered =
        run(
                people(MONTHS),
                "",
                "treatment: {adopted: since}",
                "methods: [{estimator: staggered_did}]")
            .get("effects");
    assertThat(numbered.rows()).allMatch(r -> cell(numbered, r, "period_start") == null);
    assertThat(row(numbered, "group_time", "24291:24293")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"date,parquet", "timestamp_ntz,parquet", "string,parquet", "date,delta"})
  void everyFormatHasDates(String type, String format) throws IOException {
    String treatment = "treatment: {adopted: since}";
    String methods = "methods: [{estimator: staggered_did}]";
    Map<String, StudyRun.Table> byText = run(people(DAYS), ", grain: month", treatment, methods);
    String place = folder.resolve("people_" + type + "." + format).toString();
    session()
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv(folder.resolve("people.csv").toString())
        .selectExpr(
            "person",
            "cast(month as %s) as month".formatted(type),
            "cast(since as %s) as since".formatted(type),
            "y")
        .write()
        .format(format)
        .mode(SaveMode.Overwrite)
        .save(place);
    assertThat(answered(place, ", grain: month", treatment, methods).get("effects").rows())
        .isEqualTo(byText.get("effects").rows())
        .isNotEmpty();
  }

  @Test
  void monthsMayBeWrittenWithoutADay() throws IOException {
    String treatment = "treatment: {adopted: since}";
    String methods = "methods: [{estimator: staggered_did}]";
    assertThat(
            run(people(t -> DAYS.apply(t).substring(0, 7)), ", grain: month", treatment, methods)
                .get("effects")
                .rows())
        .isEqualTo(run(people(DAYS), ", grain: month", treatment, methods).get("effects").rows())
        .isNotEmpty();
  }

  private void refused(String csv, String grain, String treatment, String... said) {
    assertThatThrownBy(() -> run(csv, grain, treatment, "methods: [{estimator: staggered_did}]"))
        .isInstanceOf(InvalidInput.class)
        .satisfies(
            e -> {
              for (String part : said) {
                assertThat(e).hasMessageContaining(part);
              }
            });
  }

  @Test
  void whatIsNoDateIsShownWithItsLine() {
    String adopted = "treatment: {adopted: since}";
    String dates = people(DAYS);
    refused(
        dates.replace("2023-12-12", "12.12.2023"),
        ", grain: month",
        adopted,
        "The column month holds what is no date",
        "60 cells do, such as 12.12.2023 in line 3",
        "write days as 2024-01-31");
    refused(
        dates.replaceFirst("2023-12-12", "2023-02-30"),
        ", grain: month",
        adopted,
        "a cell holds 2023-02-30 in line 3");
    refused(
        dates.replace("2023-12-12", "2023-12-12T08:30:00Z"),
        ", grain: day",
        adopted,
        "2023-12-12T08:30:00Z",
        "without a time of day");
    refused(people(t -> "2023-1" + t), ", grain: week", adopted, "such as 2023-10");
    refused(people(MONTHS), ", grain: month", adopted, "such as 24287 in line 2");
  }

  @Test
  void datesAndNumbersAreNotMixedUp() throws IOException {
    String adopted = "treatment: {adopted: since}";
    refused(people(DAYS), "", adopted, "The column month is not a number", "grain: month");
    refused(
        people(DAYS),
        ", grain: month",
        "treatment: {adopted: since, never: 0}",
        "treatment.never is 0");
    refused(people(DAYS), ", grain: fortnight", adopted, "fortnight is none of number, day, week");
    String place = folder.resolve("moments.parquet").toString();
    for (String type : List.of("timestamp", "bigint", "boolean")) {
      session()
          .range(40)
          .selectExpr(
              "cast(id % 10 as string) as person",
              type.equals("boolean") ? "id > 20 as month" : "cast(id as " + type + ") as month",
              "date'2024-01-01' as since",
              "id as y")
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(place);
      assertThatThrownBy(
              () ->
                  answered(
                      place, ", grain: month", adopted, "methods: [{estimator: staggered_did}]"))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining(
              Map.of(
                      "timestamp", "The column month holds moments",
                      "bigint", "The column month holds numbers",
                      "boolean", "its type is boolean")
                  .get(type));
    }
    assertThatThrownBy(
            () ->
                StudyFile.read(
                    study(
                        """
                        study: one_row_each
                        panel: {path: x.csv, unit: person, grain: month}
                        outcome: {column: y}
                        treatment: {exposed: trained}
                        methods: [{estimator: difference_in_means}]
                        """)))
        .hasMessageContaining("panel.grain has a meaning for panels with a period only");
  }

  @Test
  void twoRowsInOnePeriodAndAMissingPeriodAreToldByDate() {
    String adopted = "treatment: {adopted: since}";
    refused(
        people(t -> t == 1 ? "2023-11-30" : DAYS.apply(t)),
        ", grain: month",
        adopted,
        "repeat a unit and period",
        "in period 2023-11-01");
    refused(
        people(t -> t == 1 ? "2024-01-31" : DAYS.apply(t + (t > 1 ? 1 : 0))),
        ", grain: month",
        adopted,
        "A month is missing",
        "2023-11-01 is followed by 2024-01-01");
  }
}
