package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.pipelines.Main;
import needle.pipelines.lake.DeltaTables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Command lines in a folder of their own, with contracts that each test declares. */
abstract class CommandTest extends SparkTest {
  @TempDir Path folder;
  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void emptyConfiguration() throws IOException {
    for (String part : new String[] {"contracts", "kpis", "plans"}) {
      Files.createDirectories(folder.resolve("config").resolve(part));
    }
  }

  /** Runs a command line and gives its exit code. */
  int needle(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  /** Runs it in the test's folders. */
  int here(String... args) {
    return in(folder.toString(), args);
  }

  /** Runs it with the landing folder and the warehouse in some place. */
  int in(String place, String... args) {
    return needle(
        Stream.concat(
                Arrays.stream(args),
                Stream.of(
                    "--landing",
                    place + "/landing",
                    "--warehouse",
                    place + "/warehouse",
                    "--config",
                    folder.resolve("config").toString()))
            .toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  DeltaTables tables() {
    return new DeltaTables(session(), folder.resolve("warehouse").toString());
  }

  void declare(String name, String yaml) throws IOException {
    Files.writeString(folder.resolve("config/contracts").resolve(name + ".yaml"), yaml);
  }

  /** All contracts that Needle ships, without which nothing supplies what jobs read. */
  void declareShipped() throws IOException {
    try (Stream<Path> shipped = Files.walk(Path.of("../pipelines/contracts"))) {
      for (Path contract : shipped.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        declare(contract.getFileName().toString(), Files.readString(contract));
      }
    }
  }

  Path deliver(String file, String content) throws IOException {
    Path path = folder.resolve("landing").resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }

  /** The contract of course completions, with more custom properties. */
  static String completions(String version, String... custom) {
    return """
        apiVersion: v3.1.0
        kind: DataContract
        id: lms_completions
        name: Completions
        version: %s
        status: active
        domain: lms
        description: {purpose: Completed courses.}
        slaProperties: [{property: frequency, value: 31, unit: d}]
        servers:
          - {server: landing, type: local, path: "lms/completions/*/*.csv", format: csv, delimiter: ","}
        schema:
          - name: lms_completions
            properties:
              - {name: learner, physicalName: learner, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
              - {name: course, physicalName: course, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 2}
              - {name: hours, physicalName: hours, logicalType: number}
        customProperties:
          - {property: timezone, value: UTC}
        """
            .formatted(version)
        + String.join("", Stream.of(custom).map(c -> "  - " + c + "\n").toList());
  }
}
