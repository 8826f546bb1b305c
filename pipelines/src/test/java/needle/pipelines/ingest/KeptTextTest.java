package needle.pipelines.ingest;

import static needle.pipelines.ingest.Texts.OPEN;
import static needle.pipelines.ingest.Texts.contract;
import static needle.pipelines.ingest.Texts.personal;
import static needle.pipelines.ingest.Texts.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.PersonalData;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a record's text may be kept, should it be rejected, and which bytes are no text. */
class KeptTextTest {
  private static final Dialect MULTILINE =
      new Dialect(Format.CSV, ',', '"', "UTF-8", 0, 0, true, "UTC", false, List.of(), "");

  @TempDir Path folder;

  private List<Row> rows(ExtractContract contract, String text) throws IOException {
    return rows(contract, text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Row> rows(ExtractContract contract, byte[] bytes) throws IOException {
    return Texts.rows(contract, Files.write(folder.resolve("x"), bytes));
  }

  private static List<String> raw(List<Row> rows) {
    return rows.stream().map(r -> r.getString(4)).toList();
  }

  private static List<String> faults(List<Row> rows) {
    return rows.stream().map(r -> r.getString(5)).toList();
  }

  private static ExtractContract ofPeople(Dialect dialect, String slash) {
    return contract(
        dialect,
        OPEN,
        personal("who", slash + "who", PersonalData.PSEUDONYMISE),
        read("score", slash + "score", ColumnType.WHOLE, null));
  }

  @Test
  void ofPeopleOnlyTheNamedColumnsAreKept() throws IOException {
    String csv = "who,phone,score\nu1,555-1,3\nu2,555-2,\"7\"\nu3,555-3\n";
    for (Dialect dialect : List.of(Dialect.of(Format.CSV), MULTILINE)) {
      List<String> kept = raw(rows(ofPeople(dialect, ""), csv));
      assertThat(kept.subList(0, 2)).containsExactly("u1,,3", "u2,,7");
      assertThat(kept.get(2))
          .startsWith("withheld, because it may hold what the contract drops or does not name")
          .doesNotContain("555");
    }
    String object = "{\"phone\":\"555\",\"score\":3,\"who\":\"u1\"}";
    for (Format format : List.of(Format.JSON_LINES, Format.JSON_ARRAY)) {
      String text = format == Format.JSON_ARRAY ? "[" + object + "]" : object;
      assertThat(raw(rows(ofPeople(Dialect.of(format), "/"), text)))
          .containsExactly("{\"who\":\"u1\",\"score\":3}");
    }
  }

  @Test
  void aTextThatTellsOfNobodyIsKeptAsItIs() throws IOException {
    ExtractContract plain =
        contract(Dialect.of(Format.CSV), OPEN, read("a", "a", ColumnType.WHOLE, null));
    assertThat(raw(rows(plain, "a,b\n1, 2\n3\n"))).containsExactly("1, 2", "3");
    ExtractContract json =
        contract(Dialect.of(Format.JSON_LINES), OPEN, read("a", "/a", ColumnType.WHOLE, null));
    assertThat(raw(rows(json, "{\"b\": 1}\n[\n"))).containsExactly("{\"b\": 1}", "[");
  }

  @Test
  void whatLiesWithinANamedMemberIsDroppedAll() throws IOException {
    ExtractContract nested =
        contract(
            Dialect.of(Format.JSON_LINES),
            OPEN,
            read("actor", "/actor", ColumnType.TEXT, null),
            personal("name", "/actor/name", PersonalData.DROP),
            read("verb", "/verb/id", ColumnType.TEXT, null),
            read("first", "/parts/0/id", ColumnType.TEXT, null));
    assertThat(
            raw(
                rows(
                    nested,
                    "{\"actor\":{\"name\":\"Ann\",\"id\":1},\"verb\":{\"id\":\"v\",\"by\":\"Ann\"},"
                        + "\"parts\":[{\"id\":\"p\",\"by\":\"Ann\"}],\"note\":\"Ann\"}")))
        .containsExactly(
            "{\"actor\":{\"id\":1},\"verb\":{\"id\":\"v\"},\"parts\":{\"0\":{\"id\":\"p\"}}}");
  }

  @Test
  void bytesThatAreNoTextSpoilTheirRecordAlone() throws IOException {
    byte[] array =
        "[{\"who\":\"B\u00fcro\",\"score\":1},{\"who\":\"u2\",\"score\":2}]"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(faults(rows(ofPeople(Dialect.of(Format.JSON_ARRAY), "/"), array)))
        .containsExactly(TextLines.NO_TEXT, null);
    byte[] csv = "who,score\nB\u00fcro,1\nu2,2\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(faults(rows(ofPeople(MULTILINE, ""), csv))).containsExactly(TextLines.NO_TEXT, null);
    assertThat(
            faults(
                rows(
                    ofPeople(Dialect.of(Format.JSON_LINES), "/"),
                    "{\"who\":\"a\\u0000b\",\"score\":1}\n{\"who\":\"u2\"}")))
        .containsExactly(TextLines.NO_TEXT, null);
  }

  private static Dialect answer(String recordsAt) {
    return new Dialect(
        Format.JSON_ARRAY, ',', '"', "UTF-8", 0, 0, false, "UTC", false, List.of(), recordsAt);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/d/results  | {'d':{'results':[{'score':1},{'score':2}],'__next':'x'}} |",
        "/statements | {'more':'','statements':[{'score':1},{'score':2}]} |",
        "/d/results  | {'d':{'result':[]}} | there is no JSON array at /d/results",
        "/d/results  | {'d':[1]} | there is no JSON array at /d/results",
        "/d/results  | [] | there is no JSON array at /d/results",
        "/d          | {'d':[{}]} {} | something follows the JSON value",
        "/d          | {'d':[{}] | it is no JSON from line 1 on",
      })
  void recordsStandWhereTheContractSays(String at, String text, String unreadable)
      throws IOException {
    Path file = Files.writeString(folder.resolve("x"), text.replace('\'', '"'));
    String found = Texts.survey(file, answer(at)).unreadable();
    if (unreadable == null) {
      assertThat(found).isNull();
      assertThat(Texts.rows(ofPeople(answer(at), "/"), file).stream().map(r -> r.get(7)))
          .containsExactly("1", "2");
    } else {
      assertThat(found).endsWith(unreadable);
    }
  }

  @Test
  void whatFollowsAnArrayIsNotLost() throws IOException {
    Path file = Files.writeString(folder.resolve("x"), "[{}]\n[{}]\n");
    assertThat(Texts.survey(file, answer("")).unreadable())
        .endsWith("something follows the JSON value");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws IOException {
    assertThat(rows(ofPeople(Dialect.of(Format.JSON_ARRAY), "/"), "\uFEFF[{\"score\":1}]"))
        .hasSize(1);
  }

  @Test
  void blankLinesAndHashesAreWhatTheyAreWhereFieldsHoldLineBreaks() throws IOException {
    List<Row> rows = rows(ofPeople(MULTILINE, ""), "who,score\n  \n#u1,1\n\"u\n2\",2\n  \n");
    assertThat(rows.stream().map(r -> r.getString(6))).containsExactly("#u1", "u\n2");
    assertThat(faults(rows)).containsOnlyNulls();
    assertThat(rows(ofPeople(Dialect.of(Format.CSV), ""), "who,score\n#u1,1\n").get(0).get(6))
        .isEqualTo("#u1");
  }
}
