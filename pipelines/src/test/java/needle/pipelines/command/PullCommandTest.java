package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import needle.pipelines.ingest.Landing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PullCommandTest extends CommandTest {
  private static final String PASSWORD = "canary-of-a-password";
  private static PostgresServer database;

  @BeforeAll
  static void startDatabase() throws IOException {
    database = PostgresServer.start("needle", PASSWORD);
  }

  @AfterAll
  static void stopDatabase() throws IOException {
    database.close();
  }

  @BeforeEach
  void threeCourses() throws IOException {
    database.execute(
        """
        drop table if exists courses;
        create table courses (id int, learner text, hours numeric(6,2), done boolean, taken_on date,
          changed_at timestamptz, comment text);
        insert into courses values
          (1, 'u1', 1.50, true, '2025-01-02', '2025-01-02 10:00:00.123456+02', 'private one'),
          (2, 'Zoë "Z"', null, false, '2025-01-03', '2025-01-03 10:00:00Z', 'private two'),
          (3, E'line\\nbreak', 3, true, '2025-01-03', '2025-01-03 10:00:00Z', 'private three')""");
    declare("courses", courses("test_hr", database.port()));
  }

  private static String courses(String server, int port) {
    return """
        apiVersion: v3.1.0
        kind: DataContract
        id: hr_courses
        name: Courses
        version: 1.0.0
        status: active
        domain: hr
        description: {purpose: Courses that people took.}
        servers:
          - {server: landing, type: local, path: "hr/courses/*/*.jsonl", format: json}
          - {server: %s, type: postgresql, host: 127.0.0.1, port: %d, database: postgres, schema: public}
        schema:
          - name: hr_courses
            physicalName: courses
            properties:
              - {name: course_id, physicalName: /id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}
              - {name: learner, physicalName: /learner, logicalType: string}
              - {name: hours, physicalName: /hours, logicalType: number}
              - {name: done, physicalName: /done, logicalType: boolean}
              - {name: taken_on, physicalName: /taken_on, logicalType: date}
              - {name: changed_at, physicalName: /changed_at, logicalType: timestamp, required: true}
              - {name: comment, physicalName: /comment, logicalType: string, customProperties: [{property: personalData, value: drop}]}
        customProperties:
          - {property: watermark, value: changed_at}
        """
        .formatted(server, port);
  }

  private String accepted() {
    return text(
        tables().latest("bronze.hr_courses").where("_outcome = 'accepted'"),
        "course_id",
        "learner",
        "hours",
        "done",
        "taken_on",
        "changed_at");
  }

  private long duplicates() {
    return tables().latest("bronze.hr_courses").where("_outcome = 'duplicate'").count();
  }

  private List<Path> landed() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("landing"))) {
      return files.filter(f -> f.toString().endsWith(".jsonl.gz")).sorted().toList();
    }
  }

  private static final String FIRST_THREE =
      """
      1 | u1 | 1.5 | true | 2025-01-02 | 2025-01-02 08:00:00.123456
      2 | Zoë "Z" |  | false | 2025-01-03 | 2025-01-03 10:00:00.0
      3 | line
      break | 3.0 | true | 2025-01-03 | 2025-01-03 10:00:00.0""";

  @Test
  void pullsAllRowsFirstAndThenThoseThatAreNew() throws IOException {
    assertThat(here("pull", "--today", "2025-02-03")).as(() -> err()).isZero();
    assertThat(out()).contains("pulled 3 rows of public.courses", "hr/courses/2025-02-03/rows_");
    assertThat(here("ingest", "--no-pull")).isZero();
    assertThat(accepted()).isEqualTo(FIRST_THREE);
    assertThat(here("pull", "--today", "2025-03-03")).isZero();
    assertThat(out()).contains("pulled nothing of public.courses");
    assertThat(landed()).hasSize(1);
    // One row comes late with the watermark that was the highest, one with a higher.
    database.execute(
        "insert into courses values (4, 'u4', 4, true, '2025-01-03', '2025-01-03 10:00:00Z', ''),"
            + " (5, 'u5', 5, true, '2025-02-03', '2025-02-03 00:00:00Z', '')");
    assertThat(here("pull", "--today", "2025-03-03")).isZero();
    assertThat(out()).contains("pulled 4 rows");
    assertThat(here("ingest", "--no-pull")).isZero();
    assertThat(accepted())
        .isEqualTo(
            FIRST_THREE
                + "\n4 | u4 | 4.0 | true | 2025-01-03 | 2025-01-03 10:00:00.0"
                + "\n5 | u5 | 5.0 | true | 2025-02-03 | 2025-02-03 00:00:00.0");
    assertThat(duplicates()).isEqualTo(2);
  }

  @Test
  void aRowThatComesLateWithTheHighestWatermarkIsFoundWithoutAnyHigher() {
    assertThat(here("pull")).isZero();
    database.execute(
        "insert into courses values (4, 'u4', 4, true, null, '2025-01-03 10:00Z', '')");
    assertThat(here("pull")).isZero();
    assertThat(out()).contains("pulled 3 rows");
    assertThat(here("ingest")).isZero();
    assertThat(out()).contains("pulled nothing");
    assertThat(accepted()).contains("4 | u4");
  }

  @Test
  void aPullThatDiedIsRepeatedWithoutLossOrDouble() throws IOException {
    assertThat(here("pull")).isZero();
    // As it is when the process dies between the file and its manifest, or within the file.
    Path delivery = landed().get(0).getParent();
    Files.delete(delivery.resolve("_manifest.json"));
    Files.writeString(delivery.resolve(".rows_20250101T000000000.jsonl.gz.unfinished"), "garbage");
    assertThat(here("ingest", "--no-pull")).isZero();
    assertThat(here("ingest")).isZero();
    assertThat(out()).contains("pulled 3 rows");
    assertThat(landed()).hasSize(2);
    assertThat(accepted()).isEqualTo(FIRST_THREE);
    assertThat(duplicates()).isEqualTo(3);
    assertThat(here("pull")).isZero();
    assertThat(out()).contains("pulled nothing");
  }

  @Test
  void earlierRowsArePulledAgainOnRequest() {
    assertThat(here("pull")).isZero();
    assertThat(here("pull", "--since", "2025-01-03")).isZero();
    assertThat(out()).contains("pulled 2 rows");
    assertThat(here("pull", "--since", "yesteryear")).isEqualTo(2);
    assertThat(err()).contains("yesteryear", "remedy:");
  }

  @Test
  void whatLandsHoldsNoDroppedColumnAndIsPromisedByItsManifest() throws IOException {
    assertThat(here("pull")).isZero();
    Path file = landed().get(0);
    try (GZIPInputStream rows = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(rows.readAllBytes(), StandardCharsets.UTF_8))
          .contains("\"learner\":\"u1\"")
          .doesNotContain("private");
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 9));
    assertThat(here("ingest", "--no-pull")).isZero();
    assertThat(err()).contains("QUARANTINED hr/courses/");
  }

  @Test
  void aRunPullsFirstUnlessToldNotTo() throws IOException {
    declareShipped();
    deliver("hris/emp_job/2025-01-03/job.csv", "");
    // Nobody in this database exists, so the demo's key may serve.
    deliver(Landing.SIMULATED, "");
    String[] run = {
      "run", "--demo-key", "--tables", "bronze.hr_courses", "--period", "2025-01:2025-01"
    };
    assertThat(here(append(run, "--no-pull"))).isZero();
    assertThat(landed()).isEmpty();
    assertThat(here(run)).as(() -> err()).isZero();
    assertThat(accepted()).isEqualTo(FIRST_THREE);
    assertThat(filesThatHold(PASSWORD)).isEmpty();
    assertThat(session().sparkContext().getConf().toDebugString()).doesNotContain("canary");
  }

  private static String[] append(String[] args, String more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }

  private List<Path> filesThatHold(String secret) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              f -> {
                try {
                  return Files.readString(f, StandardCharsets.ISO_8859_1).contains(secret);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              })
          .toList();
    }
  }

  private void fails(String... words) {
    fails(2, words);
  }

  private void fails(int code, String... words) {
    assertThat(here("pull")).isEqualTo(code);
    assertThat(err()).contains(words).contains("cause:", "remedy:").doesNotContain("canary");
    assertThat(out()).doesNotContain("canary");
    assertThat(folder.resolve("landing")).doesNotExist();
  }

  @Test
  void whatTheDatabaseRefusesIsToldWithoutTheSecret() throws IOException {
    declare("courses", courses("test_wrong", database.port()));
    fails("test_wrong", "refuses the user or the password", "NEEDLE_JDBC_TEST_WRONG_USER");
    declare("courses", courses("test_unset", database.port()));
    fails("NEEDLE_JDBC_TEST_UNSET_USER is not set", "--no-pull");
    declare("courses", courses("test_hr", 1));
    fails(4, "jdbc:postgresql://127.0.0.1:1/postgres cannot be reached");
    declare(
        "courses",
        courses("test_hr", database.port())
            .replace("physicalName: courses", "physicalName: lessons"));
    fails("public.lessons", "there is no such table");
    declare(
        "courses",
        courses("test_hr", database.port()).replace("database: postgres", "database: nowhere"));
    fails("there is no such database");
    declare("courses", courses("test_hr", database.port()).replace("/hours", "/duration"));
    fails("it has no column [duration]", "changed_at");
    database.execute("update courses set changed_at = null where id = 2");
    declare("courses", courses("test_hr", database.port()));
    fails("1 row(s) have no", "changed_at");
  }

  @Test
  void aColumnThatCountsByItselfMayBeTheWatermark() throws IOException {
    database.execute(
        "drop table courses; create table courses (id bigserial, learner text, hours numeric, done"
            + " boolean, taken_on date, changed_at timestamptz default '2025-01-03', comment text);"
            + " insert into courses (learner) select 'u' || n from generate_series(1, 12) n");
    declare(
        "courses",
        courses("test_hr", database.port()).replace("value: changed_at", "value: course_id"));
    assertThat(here("pull")).as(() -> err()).isZero();
    assertThat(out()).contains("pulled 12 rows of public.courses up to 12");
    database.execute("insert into courses (learner) values ('u13')");
    assertThat(here("ingest")).isZero();
    assertThat(out())
        .contains("pulled 2 rows of public.courses up to 13", "14 read", "13 accepted");
  }

  @Test
  void anEmptyTableLandsNothing() {
    database.execute("delete from courses");
    assertThat(here("pull")).isZero();
    assertThat(out()).contains("pulled nothing");
  }

  @Test
  void contractsThatCannotBePulledAreFaulty() throws IOException {
    declare(
        "courses",
        courses("test_hr", 1)
            .replace("*.jsonl\", format: json", "*.csv\", format: csv")
            .replace("value: changed_at", "value: comment"));
    assertThat(here("pull")).isEqualTo(2);
    assertThat(err()).contains("watermark is 'comment'");
    declare(
        "courses",
        courses("test_hr", 1).replace("*.jsonl\", format: json", "*.csv\", format: csv"));
    assertThat(here("pull")).isEqualTo(2);
    assertThat(err()).contains("land as JSON lines", "*.csv does not match");
    declare("courses", completions("1.0.0"));
    assertThat(here("pull")).isEqualTo(2);
    assertThat(err()).contains("There is nothing to pull");
  }
}
