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
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.Pseudonyms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A learning system that Needle has never heard of needs a contract, and no Java. */
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
            - {name: component_id, physicalName: Kursnummer, logicalType: string, required: true}
            - {name: title, physicalName: Kurstitel, logicalType: string}
            - {name: state, physicalName: Status, logicalType: string, required: true}
            - {name: completed_on, physicalName: Abgeschlossen am, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}
            - {name: hours_text, physicalName: Dauer (Std.), logicalType: string}
            - {name: completion_status_id, logicalType: string, transformLogic: "if(state = 'bestanden', 'COMPL', 'INCOMPL')"}
            - {name: completion_date, logicalType: timestamp, transformLogic: cast(completed_on as timestamp)}
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

  private void write(String file, byte[] bytes) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
  }

  private void run(String... tables) {
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
                "--config=" + folder.resolve("config"),
                "--tables=" + String.join(",", tables));
    assertThat(code).as(err.toString()).isZero();
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
    copy(
        Path.of("src/test/resources/extracts/hris/emp_employment"),
        folder.resolve("landing/hris/emp_employment"));
    write(
        "landing/lms/lernwelt/2024-02-05/abschluesse_januar.csv",
        ABSCHLUESSE.getBytes(StandardCharsets.ISO_8859_1));

    run(
        "bronze.hris_emp_employment",
        "bronze.lms_lernwelt",
        "bronze.lms_docebo_completions",
        "silver.identities",
        "silver.learning_records");

    DeltaTables tables = new DeltaTables(session(), folder.resolve("warehouse").toString());
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
            text(tables.latest("silver.learning_records"), "course_id", "hours", "employee_id"))
        .isEqualTo(
            String.join(
                "\n",
                "SAL-310 | 1.0 | " + person("100301"),
                "SAL-310 | 2.5 | " + person("100234")));
    assertThat(tables.exists("bronze.lms_docebo_completions"))
        .as("nobody delivers Docebo here, so it has no table")
        .isFalse();
  }
}
