package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV as spreadsheets and pandas write it. */
class CsvPanelTest extends StudyFiles {
  /** Sixty people of whom a third is trained, in the months 1 to 4. */
  private static String people() {
    StringBuilder rows = new StringBuilder("person,month,first,exposed,dose,job,age,sales\n");
    for (int i = 0; i < 240; i++) {
      int person = i / 4;
      int first = person % 3 == 0 ? 3 : 0;
      int isExposed = first > 0 && i % 4 + 1 >= first ? 1 : 0;
      rows.append(
          "p%d,%d,%d,%d,%d,%s,%d,%d\n"
              .formatted(
                  person,
                  i % 4 + 1,
                  first,
                  isExposed,
                  isExposed * (person % 7),
                  List.of("clerk", "lead").get(person / 2 % 2),
                  20 + person * 17 % 40,
                  i * 37 % 11 + 3 * isExposed));
    }
    return rows.toString();
  }

  private StudyRun.Answers answers(String rows, String covariates, String methods)
      throws IOException {
    Files.writeString(folder.resolve("people.csv"), rows);
    return new StudyRun(session())
        .answers(
            study(
                """
                study: people
                panel: {path: people.csv, unit: person, period: month}
                outcome: {column: sales}
                treatment: {exposed: exposed}
                covariates: %s
                methods: %s
                """
                    .formatted(covariates, methods)));
  }

  private static String said(StudyRun.Answers answers) {
    try {
      answers.failed().report();
      return "";
    } catch (InvalidInput e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"windows-1252", "UTF-16"})
  void whatIsNotInUtf8IsRefusedWithItsLine(String charset) throws IOException {
    Files.write(
        folder.resolve("towns.csv"),
        "town,y\nBern,1\nZürich,2\nZörich,3\n".getBytes(Charset.forName(charset)));
    PanelReader reader = new PanelReader(session());
    String line = charset.equals("UTF-16") ? "line 1 is not" : "line 3 is not: Zürich,2";
    assertThatThrownBy(() -> reader.read(folder, "towns.csv", Set.of("town"), List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(line)
        .hasMessageContaining("save it as UTF-8");
    Files.write(
        folder.resolve("towns.csv"),
        "\uFEFFtown,y\nZürich,2\nZörich,3\n".getBytes(StandardCharsets.UTF_8));
    assertThat(reader.read(folder, "towns.csv", Set.of("town"), List.of()).collectAsList())
        .extracting(Row::toString)
        .containsExactly("[Zürich,2]", "[Zörich,3]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b,a\\n1,2,3\\n | the column a twice",
        "a,b,B\\n1,2,3\\n | the column B twice",
        "a,b\\n           | people.csv has no rows",
      })
  void aHeaderNamesEachColumnOnceAndHasRowsBelow(String rows, String said) throws IOException {
    Files.writeString(folder.resolve("people.csv"), rows.replace("\\n", "\n").strip() + "\n");
    assertThatThrownBy(
            () -> new PanelReader(session()).read(folder, "people.csv", Set.of(), List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "^p1,3,0,0,0,clerk,37,.*$ | p1,3,0,0,0,clerk,37,n/a | column sales is not a number: a cell"
            + " holds n/a in line 8",
        "^p1,3,0,0,0,clerk,37,.*$ | p1,3,0,0,0,clerk,37,\"12,5\" | a cell holds 12,5 in line 8",
        "^p1,3,                   | p1,March,                  | column month is not a number: a"
            + " cell holds March in line 8",
        "^p1,3,                   | p1,March,                  | months as 12 × year + month",
        ",3,1,                    | ,3,yes,                    | column exposed is not a number: 40"
            + " cells hold text, such as yes in line 4",
        ",3,1,                    | ,3,yes,                    | write 1 for yes and 0 for no",
        "^(p1,3,.*),37,           | $1,old,                    | column age is not a number: a cell"
            + " holds old in line 8",
        "^(p1,3,.*),37,           | $1,old,                    | {name: age, factor: true}",
      })
  void aCellOfTextIsShown(String right, String wrong, String said) throws IOException {
    String rows = people().replaceAll("(?m)" + right, wrong);
    assertThat(rows).isNotEqualTo(people());
    assertThat(
            said(answers(rows, "[age]", "[{estimator: staggered_did, nuisance: doubly_robust}]")))
        .contains(said);
  }

  @Test
  void aMethodThatDoesNotReadTheColumnHasAnAnswer() throws IOException {
    String methods =
        "[{estimator: fixed_effects, regressors: [job], absorb: [person]}, {name: sound, estimator:"
            + " fixed_effects, regressors: [dose], absorb: [person]}]";
    StudyRun.Answers answers = answers(people(), "[]", methods);
    assertThat(said(answers))
        .contains(
            "The regressor job is not a number: 240 cells hold text, such as clerk in line 2");
    assertThat(answers.tables().get("verdict").rows())
        .extracting(row -> row.getString(2))
        .containsExactly("sound");
  }

  @Test
  void whatPandasWritesForInfinityIsANumber() throws IOException {
    Files.writeString(folder.resolve("inf.csv"), "a,b,c\ninf,-inf,1\n1,2,NaN\nInfinity,,2\n");
    List<StudyColumn> numbers =
        List.of(new StudyColumn("covariates", "a"), new StudyColumn("covariates", "b"));
    var panel = new PanelReader(session()).read(folder, "inf.csv", Set.of(), numbers);
    assertThat(panel.schema().fields())
        .extracting(field -> field.dataType())
        .containsOnly(DataTypes.DoubleType);
    assertThat(panel.collectAsList())
        .extracting(Row::toString)
        .containsExactly("[Infinity,-Infinity,1.0]", "[1.0,2.0,NaN]", "[Infinity,null,2.0]");
  }

  @Test
  void aFactorLeavesTheColumnToOthers() throws IOException {
    String methods =
        "[{estimator: staggered_did, nuisance: ipw}, {estimator: fixed_effects, regressors: [age], absorb:"
            + " [month]}]";
    StudyRun.Answers without = answers(people(), "[age]", methods);
    StudyRun.Answers with = answers(people(), "[{name: age, factor: true}]", methods);
    assertThat(said(with)).doesNotContain("is not a number");
    assertThat(with.tables().get("effects").rows())
        .filteredOn(row -> row.getString(4).equals("fixed_effects"))
        .isEqualTo(
            without.tables().get("effects").rows().stream()
                .filter(row -> row.getString(4).equals("fixed_effects"))
                .toList())
        .isNotEmpty();
  }
}
