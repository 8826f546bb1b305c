package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accepted rows are never derived again, so a contract that derives otherwise is refused. */
class DerivationsTest extends CommandTest {
  private static final String HEADER = "learner,course,hours\n";
  private static final String WRONG = "hours * 60";
  private static final String RIGHT = "hours / 24";

  @BeforeEach
  void tableByTheFirstContract() throws IOException {
    declareDays("1.0.0", WRONG);
    deliver("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,12\nu2,SAL-1,x\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(days()).isEqualTo("u1 | 720.0");
  }

  private void declareDays(String version, String derivedBy, String... rules) throws IOException {
    declare(
        "completions",
        completions(version)
            .replace(
                "customProperties:",
                "      - {name: days, logicalType: number, transformLogic: \""
                    + derivedBy
                    + "\"}\n"
                    + (rules.length == 0 ? "" : "    quality:\n" + String.join("", rules))
                    + "customProperties:"));
  }

  private String days() {
    return text(
        tables().latest("bronze.lms_completions").where("_outcome = 'accepted'"),
        "learner",
        "days");
  }

  private void requireRefusal(String... command) {
    assertThat(here(command)).isEqualTo(2);
    assertThat(err())
        .contains(
            "bronze.lms_completions holds rows that were derived otherwise",
            "days was `hours * 60`, now `hours / 24`",
            "`needle ingest --source lms_completions --rebuild`");
  }

  @Test
  void anotherDerivationIsRefusedUntilTheTableIsMadeAnew() throws IOException {
    declareDays("1.1.0", RIGHT);
    requireRefusal("ingest");
    requireRefusal("replay");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u3,SAL-1,24\n");
    requireRefusal("ingest");
    requireRefusal("ingest", "--dry-run");
    assertThat(here("ingest", "--rebuild")).as(err()).isZero();
    assertThat(days()).isEqualTo("u1 | 0.5\nu3 | 1.0");
    assertThat(here("ingest")).as(err()).isZero();
    declareDays("1.2.0", WRONG);
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("days was `hours / 24`, now `hours * 60`");
  }

  @Test
  void aColumnThatIsReadNowWasDerived() throws IOException {
    declare(
        "completions",
        completions("1.1.0")
            .replace(
                "customProperties:",
                "      - {name: days, physicalName: days, logicalType: number}\ncustomProperties:"));
    deliver("lms/completions/2025-02-03/b.csv", "learner,course,hours,days\nu3,SAL-1,24,1\n");
    assertThat(here("ingest")).isEqualTo(2);
    assertThat(err()).contains("days was `hours * 60`, now read as it is");
  }

  @Test
  void whatDerivesNoColumnChangesFreely() throws IOException {
    declareDays(
        "2.0.0",
        "hours  *\n 60",
        "      - {type: custom, description: some, engine: needle, implementation: \"days > 0\"}\n");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u3,SAL-1,1\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(here("replay")).as(err()).isZero();
    assertThat(days()).isEqualTo("u1 | 720.0\nu3 | 60.0");
    assertThat(err()).doesNotContain("WARNING");
  }

  @Test
  void aTableThatWasMadeBeforeIsOnlyTold() throws IOException {
    forgetDerivations();
    declareDays("1.1.0", RIGHT);
    assertThat(here("ingest")).as(err()).isZero();
    for (String month : List.of("02", "03")) {
      deliver("lms/completions/2025-" + month + "-03/b.csv", HEADER + "u3,SAL-" + month + ",24\n");
      assertThat(here("ingest")).as(err()).isZero();
      assertThat(err()).contains("WARNING bronze.lms_completions", "made before", "--rebuild");
    }
    assertThat(here("ingest", "--rebuild")).as(err()).isZero();
    assertThat(days()).startsWith("u1 | 0.5");
    declareDays("1.2.0", WRONG);
    assertThat(here("ingest")).isEqualTo(2);
  }

  @Test
  void aRecordOnWhichTheSqlOfAContractFailsStopsNoOther() throws IOException {
    requireTried("*.csv\", format: csv");
    deliver("lms/completions/2025-02-03/b.csv", HEADER + "u1,one,1\nu2,1,2\nu3,20,3\n");
    assertThat(here("ingest")).as(err()).isZero();
    requireTwoRejected();
  }

  // No record of a Parquet file has a fault, which Spark knows beforehand.
  @Test
  void norInAFileThatNeedsNoParsing() throws IOException {
    requireTried("*.parquet\", format: parquet");
    Path written = folder.resolve("written");
    session()
        .sql(
            "select * from values ('u1','one',1D),('u2','1',2D),('u3','20',3D) as t(learner,course,hours)")
        .coalesce(1)
        .write()
        .parquet(written.toString());
    try (Stream<Path> files = Files.list(written)) {
      Path part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Path landed = folder.resolve("landing/lms/completions/2025-02-03/b.parquet");
      Files.createDirectories(landed.getParent());
      Files.copy(part, landed);
    }
    assertThat(here("ingest")).as(err()).isZero();
    requireTwoRejected();
  }

  // One expression in three places, which Spark would rather compute once, for all of them.
  private void requireTried(String format) throws IOException {
    String number = "cast(course as double)";
    declare(
        "completions",
        completions("1.0.0")
            .replace("*.csv\", format: csv", format)
            .replaceAll("lms_completions", "lms_levels")
            .replace(
                "customProperties:",
                ("      - {name: level, logicalType: number, transformLogic: \"%1$s\"}\n"
                        + "      - {name: twice, logicalType: number, transformLogic: \"2 * %1$s\"}\n"
                        + "    quality:\n"
                        + "      - {type: custom, description: below 9, engine: needle,"
                        + " implementation: \"%1$s < 9\"}\n"
                        + "customProperties:")
                    .formatted(number)));
    Files.deleteIfExists(folder.resolve("landing/lms/completions/2025-01-03/a.csv"));
  }

  private void requireTwoRejected() {
    String fails = "the transformLogic fails on this record";
    assertThat(text(tables().latest("bronze.lms_levels"), "_outcome", "twice", "_reason"))
        .isEqualTo(
            ("accepted | 2.0 |\n"
                    + "rejected |  | level: %1$s; twice: %1$s; its SQL fails: below 9\n"
                    + "rejected |  | not so: below 9")
                .formatted(fails));
  }

  private void forgetDerivations() throws IOException {
    Path log = folder.resolve("warehouse/bronze/lms_completions/_delta_log");
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().endsWith(".crc")) {
          Files.delete(file);
        } else {
          String text = Files.readString(file);
          assertThat(text).contains("needle.derivedBy");
          Files.writeString(file, text.replace("needle.derivedBy", "unknown"));
        }
      }
    }
    DeltaLog.clearCache();
  }
}
