package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.Landing;
import needle.pipelines.ingest.Replay;
import needle.pipelines.lake.RunLedger;
import org.junit.jupiter.api.Test;

class ReplayCommandTest extends CommandTest {
  private static final String HEADER = "learner,course,hours\n";
  private static final String FIXED = "{property: emptyTexts, value: [\"n/a\"]}";

  private String stored() {
    return text(
        tables().latest("bronze.lms_completions"),
        "_file",
        "_line",
        "_outcome",
        "learner",
        "hours",
        "_reason",
        "_contract_version");
  }

  private String replays() {
    return text(
        tables().latest("ops.run_ledger").where("status = 'replayed'"),
        "run_id",
        "file",
        "rows_read",
        "rows_accepted",
        "rows_rejected",
        "rows_duplicate",
        "message");
  }

  private void ingest(String version, String... custom) throws IOException {
    declare("completions", completions(version, custom));
    assertThat(here("ingest")).isZero();
  }

  @Test
  void recordsThatFitTheFixedContractAreAcceptedAndOthersKeepTheReasonOfNow() throws IOException {
    deliver(
        "lms/completions/2025-01-03/a.csv",
        HEADER + "u1,SAL-1,2\nu2,SAL-1,n/a\nu2,SAL-1,n/a\nu3,SAL-1,many\n,SAL-1,n/a\n");
    ingest("1.0.0");
    assertThat(here("replay")).isZero();
    assertThat(out()).contains("no rejected record fits");
    assertThat(replays()).isEmpty();
    declare("completions", completions("1.1.0", FIXED));
    assertThat(here("replay", "--source", "lms.completions", "--run-id", "fix")).isZero();
    assertThat(out()).contains("of 4 rejected records 1 are accepted now, 1 duplicates, 2 still");
    String file = "lms/completions/2025-01-03/a.csv";
    String expected =
        """
        %1$s | 2 | accepted | u1 | 2.0 |  | 1.0.0
        %1$s | 3 | accepted | u2 |  |  | 1.1.0
        %1$s | 4 | duplicate |  |  |  | 1.1.0
        %1$s | 5 | rejected |  |  | hours: 'many' is not a number | 1.1.0
        %1$s | 6 | rejected |  |  | learner is empty | 1.1.0"""
            .formatted(file);
    assertThat(stored()).isEqualTo(expected);
    assertThat(replays())
        .isEqualTo(
            "fix | "
                + file
                + " | 5 | 2 | 2 | 1 | of 4 rejected records 1 are accepted now, 1 duplicates");
    long version = tables().version("bronze.lms_completions");
    assertThat(here("replay")).isZero();
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version);
    assertThat(here("ingest")).isZero();
    assertThat(stored()).isEqualTo(expected);
    assertThat(replays().lines()).hasSize(1);
  }

  @Test
  void whatWasCorrectedAndDeliveredAgainIsTheNewerVersion() throws IOException {
    deliver(
        "lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,n/a\nu2,SAL-1,n/a\nu3,SAL-1,n/a\n");
    ingest("1.0.0");
    // One is corrected; another comes again as it was, after the fix.
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u1,SAL-1,8\n");
    ingest("1.0.0");
    deliver("lms/completions/2025-03-03/c.csv", HEADER + "u2,SAL-1,n/a\n");
    ingest("1.1.0", FIXED);
    assertThat(here("replay")).isZero();
    assertThat(
            text(
                tables().latest("bronze.lms_completions").where("_outcome <> 'accepted'"),
                "_delivered_on",
                "_line",
                "_outcome",
                "_reason"))
        .isEqualTo("2025-03-03 | 2 | duplicate |");
    assertThat(
            text(
                tables().latest("bronze.lms_completions").where("_outcome = 'accepted'"),
                "_delivered_on",
                "learner",
                "hours"))
        .isEqualTo(
            """
            2025-01-03 | u1 |
            2025-01-03 | u2 |
            2025-01-03 | u3 |
            2025-02-03 | u1 | 8.0""");
    long version = tables().version("bronze.lms_completions");
    assertThat(here("replay")).isZero();
    assertThat(tables().version("bronze.lms_completions")).isEqualTo(version);
  }

  @Test
  void anEarlierVersionOfARecordDoesNotKeepItsUpdateOut() throws IOException {
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u1,SAL-1,n/a\n");
    ingest("1.0.0");
    declare("completions", completions("1.1.0", FIXED));
    assertThat(here("replay")).isZero();
    assertThat(stored()).contains("b.csv | 2 | accepted | u1");
  }

  @Test
  void aFileInQuarantineIsTakenOnceItsContractFits() throws IOException {
    String gate = "{property: quarantineAboveRejectedShare, value: 0.5}";
    deliver(
        "lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,n/a\nu3,SAL-1,n/a\n");
    ingest("1.0.0", gate);
    assertThat(stored()).doesNotContain("accepted");
    declare("completions", completions("1.1.0", gate, FIXED));
    assertThat(here("replay")).isZero();
    assertThat(stored().lines()).hasSize(3).allMatch(l -> l.contains("| accepted |"));
  }

  @Test
  void onlyTheChosenFilesAreReplayed() throws IOException {
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,n/a\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,n/a\n");
    ingest("1.0.0");
    declare("completions", completions("1.1.0", FIXED));
    assertThat(here("replay", "--file", "lms/*/2025-02-03/*")).isZero();
    assertThat(stored()).contains("a.csv | 2 | rejected", "b.csv | 2 | accepted");
    assertThat(here("replay", "--file", "[")).isEqualTo(2);
    assertThat(err()).contains("pattern", "remedy:");
  }

  @Test
  void aFileThatIsGoneOrChangedIsNamedAndNothingIsWritten() throws IOException {
    Path gone = deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,n/a\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,n/a\n");
    deliver("lms/completions/2025-03-03/c.csv", HEADER + "u3,SAL-1,n/a\n");
    ingest("1.0.0");
    declare("completions", completions("1.1.0", FIXED));
    Files.delete(gone);
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,7\n");
    String before = stored();
    assertThat(here("replay")).isEqualTo(2);
    assertThat(err())
        .contains("2 file(s)", "a.csv is gone", "b.csv has other bytes", "archive", "--file");
    assertThat(stored()).isEqualTo(before);
    // Once the corrected file is ingested, the one that it replaces needs no replay.
    assertThat(here("ingest")).isZero();
    assertThat(here("replay", "--file", "lms/*/2025-0[23]-03/*")).isZero();
    assertThat(stored()).contains("c.csv | 2 | accepted", "b.csv | 2 | accepted | u2 | 7.0");
  }

  @Test
  void aDialectThatCutsTheFileAnewIsRefused() throws IOException {
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,n/a\nu2,SAL-1,1\n");
    ingest("1.0.0");
    declare("completions", completions("1.1.0", FIXED, "{property: headerRowsToSkip, value: 1}"));
    assertThat(here("replay")).isEqualTo(2);
    assertThat(err()).contains("holds 1 records by the contract as it is now, and held 2");
  }

  @Test
  void elementsOfAnArrayOnOneLineAreToldApart() throws IOException {
    String array =
        completions("1.0.0")
            .replace(
                "*.csv\", format: csv, delimiter: \",\"",
                "*.json\", format: json, delimiter: array")
            .replaceAll("physicalName: (\\w+)", "physicalName: /$1");
    declare("completions", array);
    deliver(
        "lms/completions/2025-01-03/a.json",
        "[{\"learner\":\"u1\",\"course\":\"C\",\"hours\":\"n/a\"},{\"learner\":\"u2\",\"course\":\"C\",\"hours\":\"n/a\"}]");
    assertThat(here("ingest")).isZero();
    declare("completions", array.replace("1.0.0", "1.1.0") + "  - " + FIXED + "\n");
    assertThat(here("replay")).isZero();
    assertThat(stored()).contains("| 1 | accepted | u1", "| 2 | accepted | u2");
  }

  @Test
  void aReplayThatDiedBeforeItsLedgerEntryIsUndoneAndDoneAgain() throws IOException {
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,n/a\n");
    ingest("1.0.0");
    declare("completions", completions("1.1.0", FIXED));
    List<ExtractContract> contracts = Declarations.read(folder.resolve("config")).contracts();
    RunLedger neverWritten =
        new RunLedger(
            tables(),
            new RunLedger.Stamp("dead", "test", "test", RunLedger.WITHOUT_KEY, 1),
            Clock.systemUTC());
    Landing landing = new Landing(session(), folder.resolve("landing").toString());
    new Replay(tables(), neverWritten, landing).replay(contracts.get(0), file -> true);
    assertThat(stored()).doesNotContain("rejected");
    assertThat(here("replay")).isZero();
    assertThat(out()).contains("of 1 rejected records 1 are accepted now");
    assertThat(replays().lines()).hasSize(1);
    // The replayed version is what the next delivery is added to.
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u2,SAL-1,n/a\nu3,SAL-1,4\n");
    assertThat(here("ingest")).isZero();
    assertThat(
            text(tables().latest("bronze.lms_completions"), "_delivered_on", "_outcome", "learner"))
        .isEqualTo(
            """
            2025-01-03 | accepted | u1
            2025-01-03 | accepted | u2
            2025-02-03 | accepted | u3
            2025-02-03 | duplicate |""");
  }

  @Test
  void beforeAnyIngestThereIsNothingToReplay() throws IOException {
    declare("completions", completions("1.0.0"));
    assertThat(here("replay")).isZero();
    assertThat(out()).contains("no rejected record fits");
  }
}
