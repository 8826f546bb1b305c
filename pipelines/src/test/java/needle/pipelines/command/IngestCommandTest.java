package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestCommandTest extends CommandTest {
  private static final String HEADER = "learner,course,hours\n";

  private String accounts() {
    return text(
        tables().latest("ops.run_ledger").where("entry = 'FILE'"),
        "file",
        "status",
        "rows_read",
        "rows_accepted",
        "rows_rejected",
        "rows_duplicate");
  }

  @Test
  void stagesTheChosenExtractsAndNothingElse() throws IOException {
    declare("completions", completions("1.0.0"));
    declare("other", completions("1.0.0").replace("completions", "scores"));
    deliver("lms/completions/2025-01-03/c.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,3\n");
    deliver("lms/scores/2025-01-03/s.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest", "--source", "lms.completions")).isZero();
    assertThat(out()).contains("bronze.lms_completions", "2 read", "2 accepted", "`needle run`");
    assertThat(accounts()).isEqualTo("lms/completions/2025-01-03/c.csv | ok | 2 | 2 | 0 | 0");
    assertThat(tables().exists("bronze.lms_scores")).isFalse();
    assertThat(tables().exists("ops.publications")).isFalse();
    assertThat(here("ingest", "--source", "lms_completions,lms/scores")).isZero();
    assertThat(tables().latest("bronze.lms_scores").count()).isEqualTo(1);
    assertThat(tables().latest("bronze.lms_completions").count()).isEqualTo(2);
  }

  @Test
  void anotherShapeIsRefusedThoughNothingWasDelivered() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/c.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    assertThat(here("ingest")).isZero();
    assertThat(out()).contains("found nothing new").doesNotContain("ingested");
    declare(
        "completions",
        completions("1.1.0")
            .replace(
                "customProperties:",
                "      - {name: status, physicalName: status, logicalType: string}\ncustomProperties:"));
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err())
        .contains(
            "bronze.lms_completions has other columns than its contract",
            "only the contract has status (string)",
            "`needle ingest --source lms_completions --rebuild`");
  }

  @Test
  void whatAFileSaysDoesNotCommandTheTerminal() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/c.csv", "learner,course,\u001b[31mred\u0007\nu1,SAL-1,2\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err())
        .contains("\uFFFD[31mred\uFFFD", "`needle ingest --dry-run` tells all such files at once")
        .doesNotContain("\u001b", "\u0007");
  }

  @Test
  void anUnknownSourceIsNamedWithThoseThatThereAre() throws IOException {
    declare("completions", completions("1.0.0"));
    assertThat(here("ingest", "--source", "lms.complesions")).isEqualTo(2);
    assertThat(err()).contains("lms.complesions", "did you mean lms_completions?", "remedy:");
  }

  @Test
  void aDryRunTellsWhatWouldHappenAndWritesNothing() throws IOException {
    declare(
        "completions",
        completions("1.0.0", "{property: quarantineAboveRejectedShare, value: 0.5}"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    long version = tables().version("bronze.lms_completions");
    deliver(
        "lms/completions/2025-02-03/b.csv",
        "learner,course,hours,extra\nu1,SAL-1,2,x\nu2,SAL-1,n/a,x\nu3,SAL-1,4,x\nu4,SAL-1,n/a,x\nu5,SAL-1,5,x\n,SAL-1,5,x\nu6,SAL-1,6,x\n");
    deliver("lms/completions/2025-03-03/page.csv", "<html><body>Log in</body></html>\n");
    deliver("lms/completions/2025-04-03/bad.csv", HEADER + "u7,SAL-1,x\nu8,SAL-1,y\nu9,SAL-1,1\n");
    String before = accounts();
    assertThat(here("ingest", "--dry-run")).isZero();
    assertThat(out())
        .contains("bronze.lms_completions: 4 file(s), 1 of them known")
        .contains("new         lms/completions/2025-02-03/b.csv")
        .contains("7 read: 3 accepted, 3 rejected, 1 duplicate")
        .contains("2 × hours: 'n/a' is not a number")
        .contains("1 × learner is empty")
        .contains("line 3: u2,SAL-1,n/a,x")
        .contains("that the contract does not know: extra")
        .contains("quarantined lms/completions/2025-03-03/page.csv", "web page")
        .contains("quarantined lms/completions/2025-04-03/bad.csv")
        .contains("3 of 3 records (100.0%) are in quarantine")
        .contains("dry run: 1 file(s) would be read; nothing was written");
    assertThat(accounts()).isEqualTo(before);
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version);
  }

  @Test
  void aDryRunGroupsByReasonAndColumnWhateverTheValues() throws IOException {
    declare("completions", completions("1.0.0"));
    StringBuilder rows = new StringBuilder(HEADER);
    for (int i = 1; i <= 8; i++) {
      rows.append("u").append(i).append(",SAL-1,").append(i).append("h\n");
    }
    deliver("lms/completions/2025-01-03/a.csv", rows + ",SAL-1,'it' is not a number\n,SAL-1,7\n");
    assertThat(here("ingest", "--dry-run")).isZero();
    assertThat(out().lines().map(String::strip))
        .containsSubsequence(
            "records  10 read: 0 accepted, 10 rejected, 0 duplicate",
            "rejects  8 × hours: a value is not a number",
            "such as  line 2: u1,SAL-1,1h",
            "rejects  1 × learner is empty; hours: ''it' is not a number' is not a number",
            "such as  line 10: ,SAL-1,'it' is not a number",
            "rejects  1 × learner is empty",
            "such as  line 11: ,SAL-1,7")
        .doesNotContain("for other reasons");
  }

  @Test
  void aDryRunShowsNothingOfAPerson() throws IOException {
    declare(
        "completions",
        completions("1.0.0")
            .replace(
                "{name: hours, physicalName: hours, logicalType: number}",
                "{name: hours, physicalName: hours, logicalType: number}\n"
                    + "      - {name: badge, physicalName: badge, logicalType: integer,"
                    + " classification: personal, customProperties: [{property: personalData,"
                    + " value: pseudonymise}]}"));
    deliver(
        "lms/completions/2025-01-03/a.csv",
        "learner,course,hours,badge\nu1,SAL-1,2,Jane\nu2,SAL-1,2,Joan\nu3,SAL-1,x,4\n");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out().lines().map(String::strip))
        .containsSubsequence(
            "rejects  2 × badge: a value is not a whole number",
            "such as  line 2, not shown: the contract has columns of people",
            "rejects  1 × hours: 'x' is not a number",
            "such as  line 4, not shown: the contract has columns of people");
    assertThat(out()).doesNotContain("Jane", "Joan");
  }

  @Test
  void aDryRunQuotesNothingOfBrokenJson() throws IOException {
    String contract =
        completions("1.0.0")
            .replace("*.csv\", format: csv, delimiter: \",\"", "*.jsonl\", format: json")
            .replace("physicalName: learner", "physicalName: /learner")
            .replace("physicalName: course", "physicalName: /course")
            .replace("physicalName: hours", "physicalName: /hours");
    declare("completions", contract);
    deliver("lms/completions/2025-01-03/a.jsonl", "{\"learner\":Jane}\n{\"learner\":Joan}\n");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out()).contains("rejects  2 × the line is not JSON\n", "line 1: {\"learner\":Jane}");
    declare(
        "completions",
        contract.replaceFirst(
            "logicalType: string, ",
            "logicalType: string, classification: personal, customProperties: [{property:"
                + " personalData, value: pseudonymise}], "));
    deliver("lms/completions/2025-01-03/a.jsonl", "{\"learner\":Jane}\n");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out()).contains("rejects  1 × the line is not JSON\n").doesNotContain("Jane");
  }

  @Test
  void aDryRunOfANewWarehouseDoesNotMakeIt() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest", "--dry-run")).isZero();
    assertThat(out()).contains("1 read: 1 accepted, 0 rejected, 0 duplicate");
    assertThat(Files.exists(folder.resolve("warehouse"))).isFalse();
  }

  @Test
  void aDryRunSaysWhatWouldStopTheRun() throws IOException {
    declare("completions", completions("1.0.0", "{property: failAboveRejectedShare, value: 0.5}"));
    deliver("lms/completions/2025-01-03/a.csv", "learner,hours\nu1,2\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u1,SAL-1,x\nu2,SAL-1,y\nu3,SAL-1,1\n");
    assertThat(here("ingest", "--dry-run")).isEqualTo(2);
    assertThat(out())
        .contains("refused     lms/completions/2025-01-03/a.csv", "missing column(s) [course]")
        .contains("refused     lms/completions/2025-02-03/b.csv")
        .contains("2 of 3 records are unfit, and failAboveRejectedShare is 0.5")
        .contains("and 2 would stop the run");
  }

  @Test
  void aDryRunTellsAFileThatMostlyDoesNotFitThoughNoGateIsSet() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,x\n".repeat(20));
    assertThat(here("ingest", "--dry-run")).isEqualTo(2);
    assertThat(out())
        .contains("refused     lms/completions/2025-01-03/a.csv")
        .contains(
            "20 of 20 records (100.0%) are unfit, more than half, and the contract sets no gate");
    assertThat(here("ingest")).isNotZero();
    assertThat(err()).contains("cannot take what was delivered", "failAboveRejectedShare");
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
  }

  @Test
  void aRevisionIsToldFromANewFile() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,3\n");
    assertThat(here("ingest", "--dry-run")).isZero();
    assertThat(out())
        .contains("revision    lms/completions/2025-01-03/a.csv")
        .contains("2 read: 2 accepted, 0 rejected, 0 duplicate");
  }

  @Test
  void ofJsonTheUnknownMembersAndTheColumnsThatNobodyFillsAreTold() throws IOException {
    declare(
        "completions",
        completions("1.0.0")
            .replace("*.csv\", format: csv, delimiter: \",\"", "*.jsonl\", format: json")
            .replace("physicalName: learner", "physicalName: /who/id")
            .replace("physicalName: course", "physicalName: /course")
            .replace("physicalName: hours", "physicalName: /hours"));
    deliver(
        "lms/completions/2025-01-03/a.jsonl",
        "{\"who\":{\"id\":\"u1\"},\"course\":\"SAL-1\",\"grade\":5}\n");
    assertThat(here("ingest", "--dry-run")).isZero();
    assertThat(out())
        .contains("that the contract does not know: grade")
        .contains("that the file does not have: /hours");
  }

  @Test
  void filesInQuarantineAndWithWarningsAreToldLoudly() throws IOException {
    declare(
        "completions",
        completions("1.0.0", "{property: quarantineAboveRejectedShare, value: 0.5}"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,x\nu3,SAL-1,3\n");
    deliver("lms/completions/2025-01-03/bad.csv", HEADER + "u7,SAL-1,x\nu8,SAL-1,y\nu9,SAL-1,1\n");
    deliver("lms/completions/2025-01-03/page.csv", "<!DOCTYPE html><p>Log in\n");
    assertThat(here("ingest")).isZero();
    assertThat(err().lines())
        .containsExactly(
            "QUARANTINED lms/completions/2025-01-03/page.csv: it is a web page or XML, such as a login or error page saved under the extract's name",
            "WARNING lms/completions/2025-01-03/a.csv: 1 of 3 records (33.3%) were rejected",
            "WARNING lms/completions/2025-01-03/bad.csv: 3 of 3 records (100.0%) are in quarantine, because more than the contract's quarantineAboveRejectedShare of 0.5 are unfit; bronze.lms_completions__rejected has the reasons, and `needle replay` takes the records once file and contract fit");
  }

  /** As spreadsheets end their lines. */
  @Test
  void columnsWithoutANameAreNone() throws IOException {
    declare("lms", completions("1.0.0", "{property: titleLines, value: 0}"));
    deliver("lms/completions/2025-12-03/a.csv", "learner,course,hours,,\nu1,c1,1,,\nu2,c1,x,,\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(text(tables().latest("bronze.lms_completions"), "_line", "_outcome", "learner"))
        .isEqualTo("2 | accepted | u1\n3 | rejected |");
    deliver("lms/completions/2025-12-04/b.csv", "learner,course,hours,course\nu3,c1,1,c2\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("column(s) named twice [course]");
  }

  @Test
  void titlesAboveTheHeaderAreSkipped() throws IOException {
    declare(
        "lms",
        completions(
            "1.0.0", "{property: titleLines, value: 2}", "{property: headerRowsToSkip, value: 1}"));
    deliver(
        "lms/completions/2025-12-03/a.csv",
        "Completions of the year\n\nlearner,course,hours\nwho,what,how long\nu1,c1,1\nu2,c1,x\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(text(tables().latest("bronze.lms_completions"), "_line", "_outcome", "learner"))
        .isEqualTo("5 | accepted | u1\n6 | rejected |");
    declare("lms", completions("1.0.0", "{property: titleLines, value: 0}"));
    deliver("lms/completions/2025-12-04/b.csv", "Report\n\nlearner,course,hours\nu3,c1,1\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("missing column(s)", "titleLines");
    declare(
        "lms",
        completions(
            "1.0.0", "{property: titleLines, value: -1}", "{property: multiline, value: true}"));
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("titleLines is -1, and counts the lines above the header");
    declare(
        "lms",
        completions(
            "1.0.0", "{property: titleLines, value: 1}", "{property: multiline, value: true}"));
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("titleLines are lines");
    declare("lms", completions("1.0.0", "{property: recordsAt, value: results}"));
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err())
        .contains("recordsAt leads to an array: it goes with format json and delimiter array")
        .contains("recordsAt is results, and a JSON pointer is like /d/results");
  }

  @Test
  void nothingIsReadUnderADraft() throws IOException {
    declare("lms", completions("1.0.0").replace("status: active", "status: draft"));
    deliver("lms/completions/2025-12-03/a.csv", "learner,course,hours\nu1,c1,1\n");
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out()).contains("lms/completions/2025-12-03/a.csv");
    declareShipped();
    String[] run = {"run", "--demo-key", "--tables", "bronze.lms_completions"};
    for (String[] line : List.of(new String[] {"ingest"}, new String[] {"replay"}, run)) {
      assertThat(here(line)).as(line[0]).isEqualTo(2);
      assertThat(err()).contains("Nothing is read under a draft: lms_completions", "remedy:");
    }
  }

  @Test
  void aDeliveryThatIsOverdueIsToldAndKeptInTheLedger() throws IOException {
    declare("completions", completions("1.0.0"));
    declare("other", completions("1.0.0").replace("completions", "scores"));
    deliver("lms/completions/2025-01-03/c.csv", HEADER + "u1,SAL-1,2\n");
    deliver("lms/scores/2025-01-03/s.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    assertThat(err()).isEmpty();
    deliver("lms/scores/2025-02-08/s.csv", HEADER + "u2,SAL-1,2\n");
    assertThat(here("ingest", "--source", "lms.completions")).isZero();
    assertThat(err())
        .contains(
            "LATE bronze.lms_completions", "2025-01-03, 36 days before 2025-02-08", "every 31");
    assertThat(text(tables().latest("ops.run_ledger").where("status = 'late'"), "table_name"))
        .isEqualTo("bronze.lms_completions");
    assertThat(here("ingest", "--today", "2025-03-11")).isZero();
    assertThat(err().lines().map(l -> l.substring(0, l.indexOf(':'))))
        .containsExactly("LATE bronze.lms_completions");
    assertThat(here("ingest", "--today", "2025-03-12")).isZero();
    assertThat(err()).contains("LATE bronze.lms_scores");
  }

  @Test
  void aFileThatCannotBeReadIsNoDeliveryAndOneThatWasTakenStaysOne() throws IOException {
    declare("completions", completions("1.0.0"));
    declare("other", completions("1.0.0").replace("completions", "scores"));
    Path taken = deliver("lms/completions/2025-01-03/c.csv", HEADER + "u1,SAL-1,2\n");
    deliver("lms/scores/2025-01-03/s.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    // A mount that did not come up, and a page that asks to log in instead of the file.
    Files.delete(taken);
    deliver("lms/scores/2025-02-03/s.csv", "<html><body>Log in</body></html>\n");
    assertThat(here("ingest", "--today", "2025-02-03")).isZero();
    assertThat(err()).doesNotContain("LATE");
    assertThat(here("ingest", "--today", "2025-02-07")).isZero();
    assertThat(err())
        .contains("LATE bronze.lms_completions: its newest delivery is of 2025-01-03")
        .contains("LATE bronze.lms_scores: its newest delivery is of 2025-01-03");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lms/c", "lms/completed_courses"})
  void anExtractMayMoveToAnotherFolder(String moved) throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-02-03/c.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    declare("completions", completions("1.1.0").replace("lms/completions", moved));
    deliver(moved + "/2025-01-03/c.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,2\n");
    assertThat(here("ingest", "--today", "2025-03-20")).as(err()).isZero();
    assertThat(err()).contains("LATE bronze.lms_completions: its newest delivery is of 2025-02-03");
    // Of identical records the one that was delivered first, in whatever folder.
    assertThat(
            text(
                tables().latest("bronze.lms_completions").where("_outcome = 'accepted'"),
                "learner",
                "_delivered_on"))
        .isEqualTo("u1 | 2025-01-03\nu2 | 2025-01-03");
  }

  @Test
  void aRepeatedRunTellsWhatItSeesNowAndNotWhatItsEarlierTrySaw() throws IOException {
    declare("completions", completions("1.0.0"));
    Path page = deliver("lms/completions/2025-01-03/c.csv", "<html><body>Log in</body></html>\n");
    assertThat(here("ingest", "--run-id", "night")).isZero();
    assertThat(err()).contains("QUARANTINED lms/completions/2025-01-03/c.csv");
    assertThat(here("ingest", "--run-id", "night")).isZero();
    assertThat(err()).contains("QUARANTINED lms/completions/2025-01-03/c.csv");
    Files.writeString(page, HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest", "--run-id", "night")).isZero();
    assertThat(err()).isEmpty();
    assertThat(tables().latest("bronze.lms_completions").count()).isEqualTo(1);
  }

  private void loseADataFile() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("warehouse/bronze/lms_completions"))) {
      Path lost =
          files
              .filter(f -> f.toString().contains("_outcome=accepted"))
              .filter(f -> f.toString().endsWith(".parquet"))
              .findFirst()
              .orElseThrow();
      Files.delete(lost);
    }
  }

  @Test
  void aTableThatLostAFileIsMadeAnewAsOneMoreVersion() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,x\n");
    assertThat(here("ingest")).isZero();
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u1,SAL-1,2\nu3,SAL-1,4\n");
    assertThat(here("ingest")).isZero();
    long version = tables().version("bronze.lms_completions");
    List<Row> before = rows();
    loseADataFile();
    assertThatThrownBy(this::rows).hasStackTraceContaining("does not exist");
    assertThat(here("ingest", "--rebuild", "--source", "lms.completions")).isZero();
    assertThat(out()).contains("4 read", "2 accepted", "1 rejected", "1 duplicate", "--staged");
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version + 1);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(here("ingest")).isZero();
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version + 1);
  }

  /** A column that is never landed is known by its old name, too. */
  @Test
  void filesFromBeforeAColumnWasRenamedAreReadAsBefore() throws IOException {
    String personal =
        "      - {name: mail, physicalName: mail, logicalType: string, customProperties:"
            + " [{property: personalData, value: drop}]}\ncustomProperties:";
    declare("completions", completions("1.0.0").replace("customProperties:", personal));
    deliver(
        "lms/completions/2025-01-03/a.csv",
        "learner,course,hours,mail\nu1,SAL-1,2,ann@example.org\n,SAL-1,2,bob@example.org\n");
    assertThat(here("ingest")).as(err()).isZero();
    List<Row> before = rows();
    deliver(
        "lms/completions/2025-02-03/b.csv",
        "learner,course,Hours spent,E-mail\nu2,SAL-1,3,cid@example.org\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("missing column(s) [hours]", "list the old ones as formerNames");
    declare(
        "completions",
        completions("1.0.1")
            .replace("customProperties:", personal)
            .replace(
                "{name: hours, physicalName: hours,",
                "{name: hours, physicalName: Hours spent, customProperties: [{property:"
                    + " formerNames, value: [hours]}],")
            .replace(
                "{name: mail, physicalName: mail, logicalType: string, customProperties: [",
                "{name: mail, physicalName: E-mail, logicalType: string, customProperties:"
                    + " [{property: formerNames, value: [mail]}, "));
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(rows()).hasSize(3).containsAll(before);
    List<Row> all = rows();
    assertThat(here("ingest", "--rebuild")).as(err()).isZero();
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(all);
    assertThat(
            text(tables().latest("bronze.lms_completions").where("_outcome = 'rejected'"), "_raw"))
        .doesNotContain("bob@example.org");
  }

  private List<Row> rows() {
    return tables()
        .latest("bronze.lms_completions")
        .select("learner", "course", "hours", "_outcome", "_file", "_line", "_reason")
        .collectAsList();
  }

  @Test
  void aTableIsNotMadeAnewWithoutTheFilesThatItHolds() throws IOException {
    declare("completions", completions("1.0.0"));
    Path file = deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    long version = tables().version("bronze.lms_completions");
    Files.delete(file);
    assertThat(here("ingest", "--rebuild")).isEqualTo(2);
    assertThat(err())
        .contains("bronze.lms_completions cannot be made anew", "2025-01-03/a.csv", "remedy:");
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version);
  }

  @Test
  void norWithoutOneThatCannotBeReadAnyMore() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    long version = tables().version("bronze.lms_completions");
    Path manifest =
        deliver(
            "lms/completions/2025-01-03/_manifest.json",
            "{\"files\": [{\"name\": \"a.csv\", \"bytes\": 3}]}");
    assertThat(here("ingest", "--rebuild")).isEqualTo(2);
    assertThat(err())
        .contains("bronze.lms_completions cannot be made anew", "2025-01-03/a.csv", "remedy:");
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version);
    Files.delete(manifest);
    assertThat(here("ingest", "--rebuild")).as(err()).isZero();
    assertThat(tables().latest("bronze.lms_completions").count()).isEqualTo(2);
  }

  @Test
  void aContractOfAnotherShapeIsTakenWithARebuild() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    assertThat(here("ingest")).isZero();
    declare(
        "completions", completions("2.0.0").replace("logicalType: number", "logicalType: string"));
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,two\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err())
        .contains("has other columns", "hours (string)", "hours (double)")
        .contains("`needle ingest --source lms_completions --rebuild`");
    assertThat(here("ingest", "--rebuild")).isZero();
    assertThat(
            text(tables().latest("bronze.lms_completions").orderBy("learner"), "learner", "hours"))
        .isEqualTo("u1 | 2\nu2 | two");
  }

  @Test
  void aFileWithoutBytesIsToldWhereEmptyOnesAreAllowed() throws IOException {
    declare("completions", completions("1.0.0", "{property: allowEmpty, value: true}"));
    deliver("lms/completions/2025-01-03/a.csv", "");
    deliver("lms/completions/2025-02-03/b.csv", HEADER);
    assertThat(here("ingest")).isZero();
    assertThat(err().lines())
        .containsExactly(
            "WARNING lms/completions/2025-01-03/a.csv: it has no bytes, not even a header; the"
                + " contract allows empty files");
  }
}
