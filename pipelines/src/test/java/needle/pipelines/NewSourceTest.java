package needle.pipelines;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.Pseudonyms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other systems than the ones that silver was written for, and one that Needle has never heard of,
 * need contracts and no Java.
 */
class NewSourceTest extends SparkTest {
  private static final String LERNWELT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: lms_lernwelt
      name: Lernwelt
      version: 1.0.0
      status: active
      domain: lms
      description: {purpose: Abschlüsse der Lernwelt.}
      servers:
        - {server: landing, type: local, path: lms/lernwelt/*/abschluesse*.csv, format: csv, delimiter: ";"}
      schema:
        - name: lms_lernwelt
          properties:
            - {name: certificate, physicalName: Nachweis-Nr., logicalType: string, required: true, primaryKey: true}
            - {name: student_id, physicalName: Teilnehmer, logicalType: string, required: true}
            - {name: learner_system, logicalType: string, transformLogic: "'hris_user'"}
            - {name: component_id, physicalName: Kursnummer, logicalType: string, required: true}
            - {name: title, physicalName: Kurstitel, logicalType: string}
            - {name: state, physicalName: Status, logicalType: string, required: true}
            - {name: completed_on, physicalName: Abgeschlossen am, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}
            - {name: hours_text, physicalName: Dauer (Std.), logicalType: string}
            - {name: completion_status_id, logicalType: string, transformLogic: "if(state = 'bestanden', 'COMPL', 'INCOMPL')"}
            - {name: completion_date, logicalType: timestamp, transformLogic: cast(completed_on as timestamp)}
            - {name: assigned_at, logicalType: timestamp, transformLogic: "null"}
            - {name: started_at, logicalType: timestamp, transformLogic: "null"}
            - {name: student_component_id, logicalType: string, transformLogic: "concat('lernwelt:', certificate)"}
            - {name: status, logicalType: string, transformLogic: "'Active'"}
            - {name: total_hours, logicalType: number, transformLogic: "try_cast(replace(hours_text, ',', '.') as double)"}
            - {name: last_update_timestamp, logicalType: timestamp, transformLogic: "null"}
      customProperties:
        - {property: supplies, value: lms_learning_history}
        - {property: encoding, value: ISO-8859-1}
        - {property: timezone, value: Europe/Berlin}
      """;

  private static final String ABSCHLUESSE =
      """
      Teilnehmer;Kursnummer;Kurstitel;Status;Abgeschlossen am;Dauer (Std.);Nachweis-Nr.
      u100234;SAL-310;"Beratendes Verkaufen; Stufe 3";bestanden;10.01.2024;2,5;77001
      u100301;SAL-310;Prüfungsvorbereitung;bestanden;11.01.2024;1,0;77002
      u100234;QUA-100;Löten;begonnen;;;77003
      u100301;QUA-100;Löten;bestanden;31.02.2024;2,5;77004
      """;

  private static final Path FIXTURES = Path.of("src/test/resources/extracts");

  @TempDir Path folder;

  private void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private void deliver(String... extracts) throws IOException {
    for (String extract : extracts) {
      copy(FIXTURES.resolve(extract), folder.resolve("landing").resolve(extract));
    }
  }

  private void write(String file, byte[] bytes) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
  }

  private void run(Path config, String... tables) throws IOException {
    // These people do not exist, as those of the simulated company, so the demo's key may serve.
    write("landing/" + Landing.SIMULATED, new byte[0]);
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(
                "run",
                "--demo-key",
                "--period=2024-01:2024-01",
                "--landing=" + folder.resolve("landing"),
                "--warehouse=" + folder.resolve("warehouse"),
                "--config=" + config,
                "--tables=" + String.join(",", tables));
    assertThat(code).as(err.toString()).isZero();
  }

  private DeltaTables warehouse() {
    return new DeltaTables(session(), folder.resolve("warehouse").toString());
  }

  private String person(String employeeNumber) {
    return session()
        .range(1)
        .select(Pseudonyms.forTheDemo().of(lit("person:" + employeeNumber)))
        .first()
        .getString(0);
  }

  @Test
  void aContractAloneBringsItsCompletionsToTheRightPeople() throws IOException {
    for (String part : List.of("contracts", "kpis", "plans")) {
      copy(Path.of(part), folder.resolve("config").resolve(part));
    }
    write("config/contracts/lms/lernwelt.yaml", LERNWELT.getBytes(StandardCharsets.UTF_8));
    deliver("hris/emp_employment");
    write(
        "landing/lms/lernwelt/2024-02-05/abschluesse_januar.csv",
        ABSCHLUESSE.getBytes(StandardCharsets.ISO_8859_1));

    run(
        folder.resolve("config"),
        "bronze.hris_emp_employment",
        "bronze.lms_lernwelt",
        "bronze.lms_docebo_completions",
        "silver.identities",
        "silver.learning_records");

    DeltaTables tables = warehouse();
    assertThat(
            text(
                tables.latest("bronze.lms_lernwelt").where("_outcome = 'accepted'"),
                "certificate",
                "title",
                "completed_on"))
        .isEqualTo(
            """
            77001 | Beratendes Verkaufen; Stufe 3 | 2024-01-10
            77002 | Prüfungsvorbereitung | 2024-01-11
            77003 | Löten |""");
    assertThat(text(BronzeIngest.rejected(tables.latest("bronze.lms_lernwelt")), "_reason"))
        .isEqualTo("completed_on: '31.02.2024' is not a date of the contract's format");
    assertThat(
            text(
                tables.latest("silver.learning_records"),
                "course_id",
                "hours",
                "source",
                "employee_id"))
        .isEqualTo(
            String.join(
                "\n",
                "SAL-310 | 1.0 | lms_lernwelt | " + person("100301"),
                "SAL-310 | 2.5 | lms_lernwelt | " + person("100234")));
    assertThat(tables.exists("bronze.lms_docebo_completions"))
        .as("nobody delivers Docebo here, so it has no table")
        .isFalse();
  }

  @Test
  void aCompanyOfOtherSystemsReachesSilver() throws IOException {
    deliver(
        "hris/workday_worker_history",
        "hris/workday_worker_position_history",
        "lms/docebo_completions",
        "crm/hubspot_deal",
        "crm/hubspot_owner",
        "crm/zendesk_ticket",
        "crm/zendesk_ticket_metrics",
        "crm/zendesk_user",
        "safety/safetyculture_issues",
        "safety/ita_case_upload",
        "safety/ita_300a_upload");

    run(
        Path.of("."),
        "bronze.hris_workday_worker",
        "bronze.hris_workday_employee_id",
        "bronze.hris_workday_termination",
        "bronze.hris_workday_position",
        "bronze.lms_docebo_completions",
        "bronze.crm_hubspot_deal",
        "bronze.crm_hubspot_owner",
        "bronze.crm_zendesk_ticket",
        "bronze.crm_zendesk_ticket_metrics",
        "bronze.crm_zendesk_user",
        "bronze.safety_safetyculture_issues",
        "bronze.safety_ita_case_upload",
        "bronze.safety_ita_300a_upload",
        "silver.identities",
        "silver.employments",
        "silver.job_records",
        "silver.employment_history",
        "silver.learning_records",
        "silver.sales",
        "silver.service_cases",
        "silver.near_misses",
        "silver.incidents",
        "silver.establishment_years");

    String account = person("100234");
    String agent = person("100301");
    assertThat(silver("employments", "employee_id", "hired_on", "left_on", "is_voluntary_exit"))
        .containsExactlyInAnyOrder(
            account + " | 2020-03-02 |  | false",
            agent + " | 2021-05-03 | 2024-01-12 | true",
            person("100302") + " | 2023-09-01 |  | false",
            person("100303") + " | 2019-02-01 | 2023-12-29 | false");
    assertThat(silver("employment_history", "employee_id", "valid_from", "site_id", "fte"))
        .containsExactlyInAnyOrder(
            account + " | 2020-03-02 | Berlin | 1.0",
            account + " | 2023-10-01 | Berlin | 0.8",
            agent + " | 2021-05-03 | Lagos | 1.0");
    assertThat(silver("learning_records", "if(hours > 0, course_id, '')", "hours", "employee_id"))
        .contains("SAL-310 | 2.5 | " + account);
    assertThat(silver("sales", "opportunity_id", "is_won", "amount_usd", "employee_id"))
        .as("the owner is an employee by the address, which Zendesk knows, too")
        .containsExactly("hubspot:9001 | true | 12500.5 | " + account);
    assertThat(silver("service_cases", "case_id", "closed_on", "is_reopened", "employee_id"))
        .containsExactly("zendesk:35436 | 2024-01-10 | true | " + account);
    assertThat(silver("near_misses", "report_id", "reported_on", "employee_id"))
        .containsExactly("b7f1-1 | 2024-01-10 | " + account, "b7f1-2 | 2024-01-12 |");
    assertThat(
            silver("incidents", "establishment_id", "case_number", "is_lost_time", "employee_id"))
        .containsExactly(
            "Needle Works S0001 | 2023/1 | true |", "Needle Works S0001 | 2023/2 | false |");
    assertThat(silver("establishment_years", "establishment_id", "filing_year", "recordable_cases"))
        .containsExactly("Needle Works S0001 | 2023 | 4");
  }

  private List<String> silver(String table, String... columns) {
    return text(warehouse().latest("silver." + table), columns).lines().toList();
  }
}
