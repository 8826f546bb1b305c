package needle.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.pipelines.run.WarehouseLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest extends SparkTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path folder;
  private String warehouse;

  @BeforeEach
  void emptyWarehouse() {
    warehouse = folder.resolve("warehouse").toString();
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }

  private int needle(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private int inOurFolders(String... args) {
    return needle(
        Stream.concat(
                Stream.of(args), Stream.of("--warehouse", warehouse, "--config", "../pipelines"))
            .toArray(String[]::new));
  }

  static List<String> verbs() {
    return List.copyOf(Main.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbExplainsItself(String verb) {
    assertThat(needle(verb, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: needle " + verb).contains("--help");
  }

  @Test
  void anEmptyFolderIsYourInputsFault() throws IOException {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    int code = inOurFolders("run", "--demo-key", "--landing", landing.toString());
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("error:", "cause:", "remedy:", landing.toString())
        .doesNotContain("\tat ");
  }

  @Test
  void aRunWithoutAKeyForPseudonymsIsRefused() throws IOException {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    assertThat(inOurFolders("run", "--landing", landing.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("NEEDLE_PSEUDONYM_KEY", "remedy:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run --demo-key", "publish --run-id r"})
  void everyVerbThatWritesIsTurnedAwayWhileAnotherDoes(String verb) {
    try (WarehouseLock lock = WarehouseLock.take(warehouse)) {
      assertThat(inOurFolders(verb.split(" "))).as(err.toString()).isEqualTo(4);
    }
    assertThat(err.toString()).contains("is busy", "cause:", "remedy:").doesNotContain("\tat ");
    assertThat(Path.of(warehouse, "ops")).doesNotExist();
  }

  @Test
  void theDemosKeyIsRefusedForPeopleWhoExist() throws IOException {
    Path landing = folder.resolve("landing");
    Path delivery = Files.createDirectories(landing.resolve("lms/account/2024-02-03"));
    Files.writeString(
        delivery.resolve("account.csv"), "username,employeeNumber,email,active,modifiedAt\n");
    assertThat(inOurFolders("run", "--demo-key", "--landing", landing.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("The demo's key protects nobody", "these people exist", "remedy:");
  }

  @Test
  void theMatchRateAlarmNeedsAShare() {
    assertThat(inOurFolders("run", "--demo-key", "--match-rate-drop", "5")).isEqualTo(2);
    assertThat(err.toString()).contains("The match-rate alarm cannot be set to 5.0", "remedy:");
  }

  @Test
  void aRotationNeedsTheNewKey() {
    assertThat(inOurFolders("rotate-key")).isEqualTo(2);
    assertThat(err.toString()).contains("NEEDLE_PSEUDONYM_KEY", "remedy:");
  }

  @Test
  void anUnknownTableIsNamedWithTheRemedy() throws IOException {
    assertThat(inOurFolders("run", "--demo-key", "--tables", "gold.nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("gold.nonsense", "remedy:");
  }

  @Test
  void aMistypedPeriodIsNamedWithTheRemedy() throws IOException {
    int code = inOurFolders("run", "--demo-key", "--period", "last year", "--landing", ".");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("last year", "2023-01:2025-12");
  }

  @Test
  void oneTableIsShownAlone() {
    assertThat(inOurFolders("tables", "--columns", "gold.findings")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("gold.findings", "program_id")
        .doesNotContain("gold.programs");
    assertThat(inOurFolders("tables", "gold.finding")).isEqualTo(2);
    assertThat(err.toString())
        .contains("There is no table gold.finding", "did you mean gold.findings?");
  }

  @Test
  void aMistypedTableIsNamedWithTheOneThatMayBeMeant() {
    assertThat(inOurFolders("sql", "--staged", "select * from gold.finding")).isEqualTo(2);
    assertThat(err.toString()).contains("did you mean gold.findings?");
    err.getBuffer().setLength(0);
    assertThat(inOurFolders("sql", "--staged", "select * from gold.findings")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no gold.findings yet");
  }

  @Test
  void whatWillBeKnownIsNotKnownYet() {
    assertThat(inOurFolders("run", "--demo-key", "--as-known-at", "9999-01-01")).isEqualTo(2);
    assertThat(err.toString()).contains("Nobody knows yet", "9999-01-01", "remedy:");
    assertThat(inOurFolders("run", "--demo-key", "--as-known-at", "30.06.2025")).isEqualTo(2);
    assertThat(err.toString()).contains("'30.06.2025' is not a date such as 2025-06-30");
  }

  @Test
  void aRunThatNeverWasCannotBePublished() {
    assertThat(inOurFolders("publish", "--run-id", "never")).isEqualTo(2);
    assertThat(err.toString()).contains("Run never has nothing to publish", "lists the runs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table stolen using parquet location '%s' as select 1 as a",
        "insert overwrite directory '%s' using csv select 1",
        "with a as (select 1) insert overwrite directory '%s' using csv select * from a",
        "from (select 1 as a) insert overwrite directory '%s' using csv select a",
        "begin insert overwrite directory '%s' using csv select 1; end",
        "drop view if exists gold.findings",
        "delete from delta.`%s`",
        "set spark.sql.ansi.enabled=false"
      })
  void aQueryWritesNothing(String query) {
    Path target = folder.resolve("target");
    assertThat(inOurFolders("sql", query.formatted(target))).isEqualTo(2);
    assertThat(err.toString()).contains("`needle sql` answers questions only", "remedy:");
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"show functions", "explain select 1", "values (1)", "select (select 1)"})
  void aQuestionMayBeAskedInOtherWords(String query) {
    assertThat(inOurFolders("sql", query)).as(err.toString()).isZero();
  }

  @Test
  void aQueryBeforeAnythingIsPublishedSaysSo() {
    assertThat(inOurFolders("sql", "select * from gold.findings")).isEqualTo(2);
    assertThat(err.toString()).contains("Nothing is published", "make demo");
  }

  @Test
  void aQueryThatIsNotSqlSaysSo() {
    assertThat(inOurFolders("sql", "selekt 1")).isEqualTo(2);
    assertThat(err.toString()).contains("Syntax error");
    assertThat(err.toString()).contains("cannot be answered", "remedy:");
  }

  @Test
  void answersComeAsTableCsvOrJson() {
    String query = "select 'a,b' as name, 1.5D as value, cast(null as string) as nothing";
    assertThat(inOurFolders("sql", "--format", "csv", query)).isZero();
    assertThat(out.toString().lines()).containsExactly("name,value,nothing", "\"a,b\",1.5,");
    out.getBuffer().setLength(0);
    assertThat(inOurFolders("sql", "--format", "json", query)).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("[{\"name\":\"a,b\",\"value\":1.5,\"nothing\":null}]");
    out.getBuffer().setLength(0);
    assertThat(inOurFolders("sql", query)).isZero();
    assertThat(out.toString().lines().map(String::strip))
        .containsExactly("name  value    nothing", "a,b   1.50000");
  }

  @Test
  void whatIsNestedIsJsonWithinACell() {
    String query =
        "select array(1, 2) as list, map('a', 1.5D) as map, named_struct('x', 'y') as struct";
    assertThat(inOurFolders("sql", "--format", "json", query)).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("[{\"list\":[1,2],\"map\":{\"a\":1.5},\"struct\":{\"x\":\"y\"}}]");
    out.getBuffer().setLength(0);
    assertThat(inOurFolders("sql", "--format", "csv", query)).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "list,map,struct", "\"[1,2]\",\"{\"\"a\"\":1.5}\",\"{\"\"x\"\":\"\"y\"\"}\"");
  }

  @Test
  void timesSayThatTheyAreUtc() {
    TimeZone machine = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("America/Denver"));
    try {
      String query =
          "select timestamp'2024-06-04 06:00:00.5Z' as at, date'2024-06-04' as day,"
              + " array(timestamp'2024-06-04 06:00:00Z') as all";
      assertThat(inOurFolders("sql", query)).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("2024-06-04T06:00:00.500Z", " 2024-06-04 ", "[\"2024-06-04T06:00:00Z\"]");
      out.getBuffer().setLength(0);
      assertThat(inOurFolders("sql", "--format", "csv", query)).isZero();
      assertThat(out.toString().lines())
          .containsExactly(
              "at,day,all",
              "2024-06-04T06:00:00.500Z,2024-06-04,\"[\"\"2024-06-04T06:00:00Z\"\"]\"");
    } finally {
      TimeZone.setDefault(machine);
    }
  }

  @Test
  void aSpreadsheetRunsNothingOfWhatIsPrinted() {
    String query = "select '=cmd()' as evil, '-5' as number";
    assertThat(inOurFolders("sql", "--format", "csv", query)).isZero();
    assertThat(out.toString().lines()).containsExactly("evil,number", "'=cmd(),-5");
  }

  @Test
  void whatWasLeftOutIsSaid() {
    assertThat(inOurFolders("sql", "--limit", "2", "select * from range(3)")).isZero();
    assertThat(out.toString().lines()).hasSize(3);
    assertThat(err.toString()).contains("more than 2 rows");
  }

  @Test
  void needlesOwnFailureIsExitCodeOneAndShowsItsTraceOnRequest() {
    CommandLine broken = Main.commandLine().addSubcommand("break", new Broken());
    broken.setErr(new PrintWriter(err, true));
    assertThat(broken.execute("break")).isEqualTo(1);
    assertThat(err.toString()).contains("IllegalStateException: gears", "remedy:");
    assertThat(err.toString()).doesNotContain("\tat ");
    assertThat(broken.execute("--verbose", "break")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void whatSparkWrappedAroundAFailureIsTakenOff() {
    Exception full = new IOException("No space left on device\n\tat somewhere");
    Failure failure = Failure.of(new IllegalStateException("job aborted", new Error("task", full)));
    assertThat(failure.cause())
        .isEqualTo(
            "the disk is full, or a file may not grow: IOException: No space left on device");
    assertThat(failure.remedy()).startsWith("make room");
    assertThat(Failure.of(new IllegalStateException()).cause())
        .isEqualTo("IllegalStateException: it says nothing more");
  }

  @Test
  void aFileThatTheWarehouseLostHasARemedy() {
    for (String said :
        new String[] {
          "File file:/w/bronze/x/part-00001-a.c000.snappy.parquet does not exist",
          "[DELTA_VERSION_NOT_FOUND] Cannot time travel Delta table to version 3."
        }) {
      Failure failure = Failure.of(new IllegalStateException("job", new IOException(said)));
      assertThat(failure.cause()).startsWith("the warehouse has lost a file").endsWith(said);
      assertThat(failure.remedy()).contains("--rebuild");
    }
    assertThat(Failure.of(new IOException("File file:/landing/x.csv does not exist")).remedy())
        .contains("--verbose");
  }

  @Test
  void whatMayNotBeReadIsWrongInput() {
    Failure failure =
        Failure.of(
            new IllegalStateException(
                "job", new java.io.FileNotFoundException("/landing/x.csv (Permission denied)")));
    assertThat(failure.isOfInput()).isTrue();
    assertThat(failure.cause()).contains("may not read", "/landing/x.csv");
    assertThat(failure.remedy()).contains("right");
    assertThat(Failure.of(new IOException("gears")).isOfInput()).isFalse();
    CommandLine broken = Main.commandLine().addSubcommand("deny", new Denied());
    broken.setErr(new PrintWriter(err, true));
    assertThat(broken.execute("deny")).isEqualTo(2);
  }

  @CommandLine.Command(name = "deny")
  private static final class Denied implements java.util.concurrent.Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      throw new IOException(new java.nio.file.AccessDeniedException("/landing"));
    }
  }

  @CommandLine.Command(name = "break")
  private static final class Broken implements java.util.concurrent.Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("gears");
    }
  }

  @Test
  void helpIsAVerbToo() {
    assertThat(needle("help")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("Usage: needle ", "restatements");
    out.getBuffer().setLength(0);
    assertThat(needle("help", "run")).isZero();
    assertThat(out.toString()).contains("Usage: needle run", "--as-known-at");
    assertThat(needle("help", "trian")).isEqualTo(2);
    assertThat(err.toString()).contains("trian", "remedy:");
  }

  @Test
  void anUnknownVerbIsYourInputsFault() {
    assertThat(needle("trian")).isEqualTo(2);
    assertThat(err.toString()).contains("trian");
  }

  @Test
  void aDashboardOfNothingIsRefused() {
    assertThat(inOurFolders("dashboard")).isEqualTo(2);
    assertThat(err.toString()).contains("nothing to show", "remedy:");
  }

  @Test
  void theTablesAreListedWithTheirMeaning() {
    assertThat(inOurFolders("tables", "--columns")).isZero();
    assertThat(out.toString())
        .contains("gold.training_effects", "not published", "smallest_effect_of_interest")
        .contains("ops.run_ledger", "What every run did");
  }
}
