package needle.pipelines.study;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.Main;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;

/** One study over many programs in one panel. */
class ProgramStudyTest extends StudyFiles {
  private static final String HEADER = "program,person,period,score,region,on,first\n";
  private static final String METHODS =
      """
        - {name: staggered, estimator: staggered_did, nuisance: outcome_regression}
        - {estimator: imputation_did}
        - {estimator: fixed_effects, regressors: [on], absorb: [person, period]}
      """;

  private static final String TWO =
      METHODS.lines().filter(m -> !m.contains("imputation")).collect(joining("\n", "", "\n"));

  /**
   * Sixty people over five periods, half of whom are trained from the third or the fourth on; who
   * is not trained stands with the same name in every program.
   */
  private static List<String> rows(String program, double effect, int regions) {
    Random dice = new Random(program.hashCode());
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int first = i < 30 ? 3 + i % 2 : 0;
      for (int t = 1; t <= 5; t++) {
        boolean on = first > 0 && t >= first;
        rows.add(
            "%s,%s,%d,%f,r%d,%d,%s"
                .formatted(
                    program,
                    first > 0 ? program + "-" + i : "untrained-" + i,
                    t,
                    i % 7 + t + (on ? effect : 0) + 0.3 * dice.nextGaussian(),
                    i % regions,
                    on ? 1 : 0,
                    first > 0 ? first : ""));
      }
    }
    return rows;
  }

  // Of which 007 and 7 would be one number, and 7 has no third region.
  private static List<String> threePrograms() {
    List<String> rows = new ArrayList<>(rows("safety", 4, 3));
    rows.addAll(rows("7", 0.1, 2));
    rows.addAll(rows("007", -2, 3));
    return rows;
  }

  private Path panel(List<String> rows) throws IOException {
    return Files.writeString(folder.resolve("panel.csv"), HEADER + String.join("\n", rows) + "\n");
  }

  private Path many(String methods) throws IOException {
    return study("programs: program\n" + text(methods));
  }

  private static String text(String methods) {
    return """
        study: many
        panel: {path: panel.csv, unit: person, period: period}
        outcome: {column: score, good: up, smallest_effect_of_interest: 0.5}
        treatment: {adopted: first}
        covariates: [{name: region, factor: true}]
        methods:
        """
        + methods;
  }

  private Map<String, StudyRun.Table> run(Path file) {
    return new StudyRun(session()).run(file);
  }

  private static Object cell(StudyRun.Table table, Row row, String column) {
    return row.get(table.schema().fieldIndex(column));
  }

  private static List<Row> of(StudyRun.Table table, String column, String value) {
    return table.rows().stream().filter(r -> value.equals(cell(table, r, column))).toList();
  }

  /** A row without its program and its q-value. */
  private static List<Object> plain(StudyRun.Table table, Row row) {
    return Stream.of(table.schema().fieldNames())
        .filter(c -> !List.of("program", "q_value").contains(c))
        .map(c -> cell(table, row, c))
        .toList();
  }

  @Test
  void threeProgramsAreAnsweredLikeThreeStudies() throws IOException {
    panel(threePrograms());
    Map<String, StudyRun.Table> together = run(many(METHODS));
    assertThat(together.get("verdict").rows())
        .extracting(r -> r.getString(1) + " " + r.getString(2) + " " + r.getString(3))
        .containsExactly(
            "007 staggered harms",
            "007 imputation_did harms",
            "007 fixed_effects cant_tell",
            "7 staggered no_effect",
            "7 imputation_did no_effect",
            "7 fixed_effects cant_tell",
            "safety staggered works",
            "safety imputation_did works",
            "safety fixed_effects cant_tell");
    Map<String, Double> planted = Map.of("safety", 4.0, "7", 0.1, "007", -2.0);
    for (String program : planted.keySet()) {
      panel(threePrograms().stream().filter(r -> r.startsWith(program + ",")).toList());
      Map<String, StudyRun.Table> alone = run(study(text(METHODS)));
      for (String table : List.of("effects", "diagnostics", "attrition")) {
        StudyRun.Table part = together.get(table);
        assertThat(of(part, "program", program))
            .extracting(r -> plain(part, r))
            .isNotEmpty()
            .isEqualTo(
                alone.get(table).rows().stream().map(r -> plain(alone.get(table), r)).toList());
        assertThat(alone.get(table).rows()).allMatch(r -> r.isNullAt(1));
      }
      assertThat(of(together.get("effects"), "program", program))
          .filteredOn(r -> "simple".equals(r.get(5)))
          .hasSize(2)
          .allSatisfy(
              r -> assertThat(r.getDouble(10)).isCloseTo(planted.get(program), within(0.5)));
    }
  }

  @Test
  void qValuesAreThoseOfAllProgramsAndMethods() throws IOException {
    panel(threePrograms());
    StudyRun.Table effects = run(many(METHODS)).get("effects");
    List<Row> judged =
        effects.rows().stream().filter(r -> cell(effects, r, "q_value") != null).toList();
    for (boolean isRegression : new boolean[] {false, true}) {
      List<Row> family =
          judged.stream().filter(r -> isRegression == "fixed_effects".equals(r.get(2))).toList();
      double[] p =
          family.stream().mapToDouble(r -> (double) cell(effects, r, "p_value")).sorted().toArray();
      assertThat(p).hasSize(isRegression ? 3 : 6);
      for (Row row : family) {
        double own = (double) cell(effects, row, "p_value");
        // Benjamini & Hochberg 1995: the least of p(j) m / j over all j with p(j) >= p.
        double least = 1;
        for (int j = 1; j <= p.length; j++) {
          least = p[j - 1] >= own ? Math.min(least, p[j - 1] * p.length / j) : least;
        }
        assertThat((double) cell(effects, row, "q_value")).isCloseTo(least, within(1e-15));
      }
    }
  }

  @Test
  void neitherTheOrderOfRowsNorPartitionsChangeAResult() throws IOException {
    List<String> rows = threePrograms();
    Path csv = panel(rows);
    Path file = many(METHODS);
    Map<String, StudyRun.Table> tables = run(file);
    Collections.shuffle(rows, new Random(1));
    panel(rows);
    assertThat(run(file)).isEqualTo(tables);
    Dataset<Row> scattered =
        new PanelReader(session())
            .read(folder, csv.toString(), StudyFile.read(file).names(), List.of())
            .repartition(7, col("score"));
    assertThat(new StudyRun(session()).answers(file, scattered).tables()).isEqualTo(tables);
  }

  @Test
  void thePanelIsReadOnceForAllPrograms() throws IOException {
    Path csv = panel(threePrograms());
    Path file = many(TWO);
    LongAccumulator read = session().sparkContext().longAccumulator();
    UDF1<Double, Double> counted =
        score -> {
          read.add(1);
          return score;
        };
    Dataset<Row> panel =
        new PanelReader(session())
            .read(folder, csv.toString(), StudyFile.read(file).names(), List.of())
            .withColumn(
                "score",
                udf(counted, DataTypes.DoubleType).asNondeterministic().apply(col("score")));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session().sparkContext());
    Set<Integer> held = Set.copyOf(spark.getPersistentRDDs().keySet());
    assertThat(new StudyRun(session()).answers(file, panel).tables()).hasSize(4);
    assertThat(read.value()).isEqualTo(900);
    // Those of before may have gone meanwhile.
    assertThat(held).containsAll(spark.getPersistentRDDs().keySet());
  }

  @Test
  void aProgramWithoutAnAnswerStopsNoOther() throws IOException {
    List<String> rows = threePrograms();
    rows.replaceAll(r -> r.startsWith("7,") ? r.replaceAll("[34]$", "") : r);
    panel(rows);
    Path out = folder.resolve("out");
    StringWriter said = new StringWriter();
    StringWriter errors = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(said, true))
            .setErr(new PrintWriter(errors, true))
            .execute("estimate", many(METHODS).toString(), "--out", out.toString());
    assertThat(code).isEqualTo(2);
    assertThat(errors.toString())
        .contains("The method staggered has no answer for the program 7: Nobody was treated")
        .contains("The method imputation_did has no answer for the program 7")
        .doesNotContain("program 007", "safety", "fixed_effects");
    assertThat(Files.readAllLines(out.resolve("verdict.csv")))
        .extracting(line -> String.join(",", Arrays.asList(line.split(",")).subList(0, 3)))
        .containsExactly(
            "study,program,method",
            "many,007,staggered",
            "many,007,imputation_did",
            "many,007,fixed_effects",
            "many,7,fixed_effects",
            "many,safety,staggered",
            "many,safety,imputation_did",
            "many,safety,fixed_effects");
    assertThat(said.toString()).containsPattern("program +method +estimate");
  }

  @Test
  void whatIsWrongWithSeveralProgramsIsToldOnce() throws IOException {
    panel(threePrograms());
    Path file = many("  - {estimator: fixed_effects, regressors: [nowhere], absorb: [person]}\n");
    file = study(Files.readString(file).replaceAll("covariates.*\n", ""));
    StudyRun.Answers answers = new StudyRun(session()).answers(file);
    assertThat(answers.tables()).isEmpty();
    assertThatThrownBy(() -> answers.failed().report())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(
            "The method fixed_effects has no answer for the programs 007, 7, safety")
        .hasMessageContaining("The panel has no column nowhere")
        .hasMessageContaining("program, person, period, score, region, on, first");
  }

  @Test
  void aProgramWhoseRowsTellNoFactorIsNamed() throws IOException {
    List<String> rows = threePrograms();
    rows.replaceAll(r -> r.startsWith("7,") ? r.replace(",r1,", ",r0,") : r);
    panel(rows);
    StudyRun.Answers answers = new StudyRun(session()).answers(many(TWO));
    assertThat(answers.tables().get("verdict").rows()).hasSize(4);
    assertThatThrownBy(() -> answers.failed().report())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("No method has an answer for the program 7")
        .hasMessageContaining("The covariate region is no factor");
  }

  @Test
  void rowsOfNoProgramAreCountedOnce() throws IOException {
    List<String> rows = new ArrayList<>(rows("a", 1, 2));
    rows.addAll(rows("b", 2, 2));
    int named = rows.size();
    // One untrained person of a program in two more rows, and two others in three.
    rows.addAll(
        List.of(
            ",untrained-40,6,1,r0,0,",
            "NA,untrained-40,7,1,r0,0,",
            "\"\",other,1,1,r0,0,",
            "\"  \",other,2,1,r0,0,",
            ",another,1,1,r0,0,"));
    panel(rows);
    StudyRun.Table attrition = run(many(TWO)).get("attrition");
    assertThat(of(attrition, "step", "no_program"))
        .extracting(Row::toString)
        .containsExactly(
            "[many,null,null,no_program,2,5,program is empty, so the row belongs to no program]");
    assertThat(attrition.rows().get(0).getString(3)).isEqualTo("no_program");
    assertThat(of(attrition, "step", "read").stream().filter(r -> "staggered".equals(r.get(2))))
        .extracting(r -> r.getLong(5))
        .hasSize(2)
        .allSatisfy(read -> assertThat(read).isEqualTo(named / 2));
    panel(rows.subList(0, named));
    assertThat(of(run(many(TWO)).get("attrition"), "step", "no_program"))
        .extracting(r -> r.getLong(4) + " " + r.getLong(5))
        .containsExactly("0 0");
  }

  @Test
  void aColumnThatTellsNoProgramsIsRefused() throws IOException {
    Path file = many(METHODS);
    panel(threePrograms().stream().map(r -> r.replaceFirst("^[^,]*", "")).toList());
    assertThatThrownBy(() -> run(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("program is empty in every row");
    Dataset<Row> ids =
        session()
            .range(ProgramPanels.MOST + 1)
            .selectExpr(
                "id as program",
                "id as person",
                "1 as period",
                "1d as score",
                "'r' as region",
                "0 as on",
                "null as first");
    assertThatThrownBy(() -> new StudyRun(session()).answers(file, ids))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The panel has more than 1000 programs");
    assertThatThrownBy(() -> new StudyRun(session()).answers(file, ids.drop("program")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The panel has no column program")
        .hasMessageContaining("person, period, score, region, on, first");
  }
}
