package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.Test;

class ContractCommandTest extends CommandTest {
  private Path sample(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  // The drafts stay, for the standard's own tool to check.
  private ExtractContract draft(Path sample, String... options) throws IOException {
    String[] args = new String[options.length + 3];
    args[0] = "contract";
    args[1] = "new";
    args[2] = sample.toString();
    System.arraycopy(options, 0, args, 3, options.length);
    assertThat(needle(args)).as(() -> err()).isZero();
    Files.createDirectories(Path.of("target/drafts"));
    Files.writeString(Path.of("target/drafts", sample.getFileName() + ".yaml"), out());
    return Declarations.contract(out());
  }

  /** Name, type, format and what becomes of it, per column. */
  private static String columns(ExtractContract contract) {
    return String.join(
        "\n",
        contract.fields().stream()
            .map(
                f ->
                    String.join(
                        " ",
                        f.name(),
                        f.type().name(),
                        f.type().name().matches("DATE|INSTANT") ? f.format() : "-",
                        f.personalData().name(),
                        f.key() ? "key" : "-"))
            .toList());
  }

  @Test
  void draftsWhatTheValuesShowAndIngestsTheSample() throws IOException {
    Path sample =
        sample(
            "completions_2025-12.csv",
            """
            Employee ID;courseCode;Completed On;Score;Passed;Cost centre;Hours;Updated;Work E-Mail;Date of Birth;Gender;Last Name
            00017;SAL-1;2025-11-30;1;true;0042;1.5;2025-12-01T08:00:00Z;a@example.com;1980-01-01;f;Müller
            00018;SAL-1;2025-11-29;2;false;0043;2;2025-12-01T08:00:01Z;b@example.com;1981-01-01;m;Mayer
            00019;SAL-2;2025-11-30;3;true;0042;n/a;2025-12-01T08:00:02Z;c@example.com;1982-01-01;f;Meier
            """);
    ExtractContract contract = draft(sample, "--system", "lms");
    assertThat(columns(contract))
        .isEqualTo(
            """
            employee_id TEXT - PSEUDONYMISE key
            course_code TEXT - KEEP -
            completed_on DATE yyyy-MM-dd KEEP -
            score WHOLE - KEEP -
            passed FLAG - KEEP -
            cost_centre TEXT - KEEP -
            hours TEXT - KEEP -
            updated INSTANT iso_instant KEEP -
            work_e_mail TEXT - PSEUDONYMISE -
            date_of_birth TEXT - DROP -
            gender TEXT - DROP -
            last_name TEXT - DROP -""");
    assertThat(contract.id()).isEqualTo("lms_completions");
    assertThat(contract.folder()).isEqualTo("lms/completions");
    assertThat(contract.filePattern()).isEqualTo("*.csv");
    assertThat(contract.dialect().delimiter()).isEqualTo(';');
    assertThat(contract.fields().get(2).source()).isEqualTo("Completed On");
    assertThat(out())
        .contains("# CHECK: looks like a birth date", "# CHECK: looks like the id of a person");
    assertThat(err()).contains("3 of the sample's 3 records accepted");
    declare("lms_completions", out().replace("status: draft", "status: active"));
    deliver("lms/completions/2025-12-03/completions.csv", Files.readString(sample));
    assertThat(here("ingest")).isZero();
    assertThat(
            text(
                tables().latest("bronze.lms_completions"),
                "_outcome",
                "employee_id",
                "completed_on",
                "score",
                "hours"))
        .isEqualTo(
            """
            accepted | 00017 | 2025-11-30 | 1 | 1.5
            accepted | 00018 | 2025-11-29 | 2 | 2
            accepted | 00019 | 2025-11-30 | 3 | n/a""");
    assertThat(tables().latest("bronze.lms_completions").columns()).doesNotContain("gender");
  }

  @Test
  void peopleAreSeenInTheNamesOfLocalisedExports() throws IOException {
    Path sample =
        sample(
            "abschluesse.csv",
            """
            Mitarbeiter-Nr.;Nachname;Vorgesetzter ID;Beschäftigten-Nr;Matricule;Emp ID;Kurs;Personalkosten;Temp
            100;Müller;900;1;7;e1;SAL-1;5;20
            101;Mayer;901;2;8;e2;SAL-2;6;21
            """);
    assertThat(columns(draft(sample, "--system", "lms")).lines().map(l -> l.split(" ")))
        .extracting(l -> l[0] + " " + l[3])
        .containsExactly(
            "mitarbeiter_nr PSEUDONYMISE",
            "nachname DROP",
            "vorgesetzter_id PSEUDONYMISE",
            "beschaftigten_nr PSEUDONYMISE",
            "matricule PSEUDONYMISE",
            "emp_id PSEUDONYMISE",
            "kurs KEEP",
            "personalkosten KEEP",
            "temp KEEP");
  }

  @Test
  void nothingIsWidenedSilently() throws IOException {
    ExtractContract contract =
        draft(
            sample(
                "extract.csv",
                """
                zip,long_number,precise,comma,american,european,either,compact_date,compact,stamp,created_epoch,mostly
                01234,123456789012345678,0.12345678901234567,"1,5",12/31/2025,31/12/2025,01/02/2025,20251231,20251231,2025-12-31 10:00,1735689600,1
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,2
                12345,2,1.5,"2,5",01/02/2025,01/02/2025,03/04/2025,20250101,20250101,2025-12-31 11:00,1735689601,n/a
                """),
            "--id",
            "crm_extract");
    assertThat(columns(contract))
        .isEqualTo(
            """
            zip TEXT - KEEP -
            long_number WHOLE - KEEP -
            precise TEXT - KEEP -
            comma TEXT - KEEP -
            american DATE MM/dd/yyyy KEEP -
            european DATE dd/MM/yyyy KEEP -
            either TEXT - KEEP -
            compact_date DATE yyyyMMdd KEEP -
            compact WHOLE - KEEP -
            stamp INSTANT iso_instant KEEP -
            created_epoch INSTANT epoch_seconds KEEP -
            mostly TEXT - KEEP -""");
    assertThat(out())
        .contains("# CHECK: every value fits MM/dd/yyyy and dd/MM/yyyy")
        .contains("# CHECK: without a zone")
        .contains("# CHECK: numbers with a decimal comma")
        .contains("# CHECK: 9 of 10 values are numbers, and others not, such as 'n/a'")
        .contains("# CHECK: no column, and no pair");
    assertThat(err()).contains("10 of the sample's 10 records accepted");
  }

  @Test
  void fewExceptionsDoNotHideADateOrAKey() throws IOException {
    StringBuilder rows =
        new StringBuilder("title,Completion ID,finished,updateDate,Learner ID,learnerDate\n");
    for (int i = 1; i <= 60; i++) {
      String id = i == 20 ? "c7" : "c" + i;
      String finished = i == 9 ? "unknown" : i % 2 == 0 ? "13/05/2025" : "01/02/2025";
      String updated = i == 9 ? "00000000" : "20250501";
      String person = i == 9 ? "Jane Doe" : "2025-05-01";
      rows.append("t%d,%s,%s,%s,p%d,%s\n".formatted(i / 4, id, finished, updated, i % 5, person));
    }
    ExtractContract contract =
        draft(
            sample("e.csv", rows.toString().replace("learnerDate", "employee_id")),
            "--id",
            "lms_e");
    assertThat(columns(contract))
        .isEqualTo(
            """
            title TEXT - KEEP -
            completion_id TEXT - KEEP key
            finished DATE dd/MM/yyyy KEEP -
            update_date DATE yyyyMMdd KEEP -
            learner_id TEXT - PSEUDONYMISE -
            employee_id DATE yyyy-MM-dd PSEUDONYMISE -""");
    assertThat(out())
        .contains(
            "# CHECK: completion_id told all but 1 of the sample's 60 records apart: 0 are blank,"
                + " 1 repeat an earlier one, such as 'c7'",
            "# CHECK: 1 of 60 values are not of this format, such as 'unknown'",
            "# CHECK: 1 of 60 values are not of this format, such as '00000000'",
            "# CHECK: 1 of 60 values are not of this format; their records")
        .doesNotContain("Jane");
    assertThat(err()).contains("59 of the sample's 60 records accepted");
  }

  @Test
  void blanksInAKeyAreToldAndWhatRepeatsMoreOftenIsNone() throws IOException {
    StringBuilder rows = new StringBuilder("id,number\n");
    for (int i = 1; i <= 50; i++) {
      rows.append(i == 3 ? "" : "r" + i).append(",x").append(i % 47).append('\n');
    }
    assertThat(columns(draft(sample("e.csv", rows.toString()), "--id", "lms_e")))
        .isEqualTo("id TEXT - KEEP key\nnumber TEXT - KEEP -");
    assertThat(out())
        .contains("id told all but 1 of the sample's 50 records apart: 1 are blank, 0");
    String noKey = rows.toString().replace("r4,", "r5,").replace("r6,", "r5,");
    assertThat(columns(draft(sample("e.csv", noKey), "--id", "lms_e")))
        .isEqualTo("id TEXT - KEEP -\nnumber TEXT - KEEP -");
  }

  @Test
  void theTwoExtraRowsOfQualtricsAreSkippedAndItsZoneTaken() throws IOException {
    ExtractContract contract =
        draft(
            sample(
                "survey.csv",
                """
                StartDate,IPAddress,ResponseId,Q1,Q2_comment
                "Start Date","IP Address","Response ID","How satisfied
                were you?","Anything else?"
                "{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""ipAddress""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"
                2025-11-30 10:00:00,10.0.0.1,R_1,5,"very
                good"
                2025-11-30 11:00:00,10.0.0.2,R_2,4,
                """),
            "--id",
            "lms_survey");
    assertThat(contract.dialect().headerRowsToSkip()).isEqualTo(2);
    assertThat(contract.dialect().multiline()).isTrue();
    assertThat(contract.dialect().timezone()).isEqualTo("America/Denver");
    assertThat(columns(contract))
        .isEqualTo(
            """
            start_date INSTANT iso_instant KEEP -
            ip_address TEXT - DROP -
            response_id TEXT - KEEP key
            q1 WHOLE - KEEP -
            q2_comment TEXT - DROP -""");
    assertThat(err()).contains("2 of the sample's 2 records accepted");
  }

  @Test
  void encodingsDelimitersAndGzipAreToldByTheBytes() throws IOException {
    Path latin = folder.resolve("people.txt.gz");
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(latin))) {
      gzip.write("site\tgröße\nKöln\t1\nBonn\t2\n".getBytes(Charset.forName("windows-1252")));
    }
    ExtractContract contract = draft(latin, "--id", "hris_people");
    assertThat(contract.dialect().delimiter()).isEqualTo('\t');
    assertThat(contract.dialect().encoding()).isEqualTo("windows-1252");
    assertThat(contract.filePattern()).isEqualTo("*.txt");
    assertThat(contract.fields().get(1).name()).isEqualTo("grosse");
    assertThat(contract.fields().get(1).source()).isEqualTo("größe");
    Path wide = folder.resolve("wide.csv");
    Files.write(wide, "\uFEFFid|n\nx|1\ny|2\n".getBytes(StandardCharsets.UTF_16LE));
    contract = draft(wide, "--id", "hris_wide");
    assertThat(contract.dialect().encoding()).isEqualTo("UTF-16");
    assertThat(contract.dialect().delimiter()).isEqualTo('|');
    assertThat(columns(contract)).isEqualTo("id TEXT - KEEP key\nn WHOLE - KEEP -");
    contract = draft(sample("one.csv", "course\nA 1\nB, 2\n".replace(",", "")), "--id", "lms_one");
    assertThat(columns(contract)).isEqualTo("course TEXT - KEEP key");
  }

  @Test
  void jsonIsDraftedByPointerFromLinesAndArrays() throws IOException {
    String first =
        "{\"id\":\"a\",\"actor\":{\"account\":{\"name\":\"u1\"}},\"score\":0.5,\"tags\":[1]}";
    String second = "{\"id\":\"b\",\"actor\":{\"mbox\":\"mailto:x@example.com\"},\"done\":true}";
    String expected =
        """
        id TEXT - KEEP key
        actor_account_name TEXT - PSEUDONYMISE -
        score NUMBER - KEEP -
        tags TEXT - KEEP -
        actor_mbox TEXT - PSEUDONYMISE -
        done FLAG - KEEP -""";
    ExtractContract lines = draft(sample("s.jsonl", first + "\n" + second + "\n"), "--id", "lms_s");
    assertThat(lines.dialect().format()).isEqualTo(Dialect.Format.JSON_LINES);
    assertThat(columns(lines)).isEqualTo(expected);
    assertThat(lines.fields().stream().map(Field::source)).contains("/actor/account/name");
    ExtractContract array =
        draft(sample("s.json", "[" + first + ",\n " + second + "]"), "--id", "lms_s");
    assertThat(array.dialect().format()).isEqualTo(Dialect.Format.JSON_ARRAY);
    assertThat(columns(array)).isEqualTo(expected);
    assertThat(err()).contains("2 of the sample's 2 records accepted");
  }

  @Test
  void parquetIsDraftedFromItsColumns() throws IOException {
    Path parquet = folder.resolve("parquet");
    session()
        .sql(
            "select 'w1' workerId, date'2025-01-31' hireDate, 1.5D hours, true active,"
                + " timestamp'2025-01-31 10:00:00' changedAt")
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(parquet.toString());
    Path file;
    try (var files = Files.list(parquet)) {
      file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    assertThat(columns(draft(file, "--id", "hris_worker")))
        .isEqualTo(
            """
            worker_id TEXT - PSEUDONYMISE key
            hire_date DATE yyyy-MM-dd KEEP -
            hours NUMBER - KEEP -
            active FLAG - KEEP -
            changed_at INSTANT iso_instant KEEP -""");
  }

  @Test
  void aPairOfColumnsMayTellRecordsApart() throws IOException {
    ExtractContract contract =
        draft(
            sample(
                "hours.csv",
                """
                batch,hours,employee_number,work_date
                1,8,100,2025-01-01
                1,8,100,2025-01-02
                2,8,101,2025-01-01
                """),
            "--id",
            "safety_hours");
    assertThat(contract.fields().stream().filter(Field::key).map(Field::name))
        .containsExactlyInAnyOrder("employee_number", "work_date");
  }

  @Test
  void whatCannotBeDraftedIsSaidWithTheRemedy() throws IOException {
    assertThat(needle("contract", "new", folder.resolve("none.csv").toString())).isEqualTo(2);
    assertThat(err()).contains("There is no file", "remedy:");
    assertThat(needle("contract", "new", sample("empty.csv", "").toString())).isEqualTo(2);
    assertThat(err()).contains("it is empty", "remedy:");
    assertThat(needle("contract", "new", sample("header.csv", "a,b\n").toString())).isEqualTo(2);
    assertThat(err()).contains("it holds no record", "remedy:");
    assertThat(needle("contract", "new", sample("page.csv", "<html></html>").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("web page", "remedy:");
    assertThat(needle("contract", "new", sample("title.csv", "Report,,\na,b,c\n").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("does not name every column once", "titleLines");
    assertThat(needle("contract", "new", sample("sheet.csv", "a,b,c,,\n1,2,3,,\n").toString()))
        .as(err())
        .isZero();
    assertThat(needle("contract", "new", sample("twice.csv", "a,a\n1,2\n").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("does not name every column once", "remedy:");
    assertThat(needle("contract", "new", sample("pretty.json", "{\n\"a\":\n1}\n").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("neither an object per line", "remedy:");
    Path good = sample("good.csv", "a,b\n1,2\n");
    assertThat(needle("contract", "new", good.toString(), "--id", "Bad-Name")).isEqualTo(2);
    assertThat(err()).contains("Bad-Name", "remedy:");
    Path out = folder.resolve("drafts/good.yaml");
    assertThat(needle("contract", "new", good.toString(), "--out", out.toString())).isZero();
    assertThat(Files.readString(out)).contains("id: good");
    assertThat(needle("contract", "new", good.toString(), "--out", out.toString())).isEqualTo(2);
    assertThat(err()).contains("exists", "remedy:");
  }

  @Test
  void whatADraftAsksForIsNotForgotten() throws IOException {
    Path sample = Files.writeString(folder.resolve("levels.csv"), "id,day\n1,31.12.2024\n2,n/a\n");
    Path out = folder.resolve("drafts/levels.yaml");
    assertThat(needle("contract", "new", sample.toString(), "--out", out.toString())).isZero();
    try (Stream<Path> files = Files.walk(Path.of("../pipelines/contracts"))) {
      for (Path shipped : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        Files.copy(shipped, out.resolveSibling(shipped.getFileName()));
      }
    }
    assertThat(needle("contract", "check", out.getParent().toString())).as(err()).isZero();
    assertThat(out())
        .contains(out + " is a draft:", "still say CHECK")
        .containsOnlyOnce("is a draft");
  }

  @Test
  void theShippedContractsAreWithoutFault() {
    assertThat(needle("contract", "check", "../pipelines/contracts")).isZero();
    assertThat(out()).contains("contracts without fault");
    assertThat(needle("contract", "check", "--config", "../pipelines")).isZero();
  }

  @Test
  void allFaultsOfAllContractsAreTold() throws IOException {
    declare("one", completions("1.0.0").replace("logicalType: number", "logicalType: words"));
    declare("two", completions("1.0.0", "{property: nonsense, value: 1}"));
    assertThat(needle("contract", "check", folder.resolve("config/contracts").toString()))
        .isEqualTo(2);
    assertThat(err())
        .contains("2 fault(s)", "one.yaml", "words", "two.yaml", "nonsense", "remedy:");
    declare("one", completions("1.0.0"));
    declare("two", completions("1.0.0"));
    assertThat(needle("contract", "check", folder.resolve("config/contracts").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("lms_completions is declared in more than one file");
  }

  @Test
  void formerNamesThatMeanNothingAreFaults() throws IOException {
    String named =
        completions("1.0.0")
            .replace(
                "{name: hours, physicalName: hours,",
                "{name: hours, physicalName: hours, customProperties: [{property: formerNames,"
                    + " value: [course]}],");
    declare("one", named);
    declare(
        "two", named.replace("format: csv, delimiter: \",\"", "format: json, delimiter: array"));
    assertThat(needle("contract", "check", folder.resolve("config/contracts").toString()))
        .isEqualTo(2);
    assertThat(err())
        .contains("column hours has the former name course, which another column has")
        .contains("column hours has formerNames, which are for headers");
  }

  @Test
  void whatJobsReadAndNobodySuppliesIsTold() throws IOException {
    declare("one", completions("1.0.0"));
    assertThat(needle("contract", "check", folder.resolve("config/contracts").toString()))
        .isEqualTo(2);
    assertThat(err()).contains("reads bronze.hris_emp_job, which no contract supplies");
  }
}
