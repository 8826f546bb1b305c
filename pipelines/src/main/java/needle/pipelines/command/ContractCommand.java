package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.draft.ContractDraft;
import needle.pipelines.ingest.Sample;
import needle.pipelines.run.Catalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code needle contract}: drafts extract contracts from samples, and checks them. */
@Command(
    name = "contract",
    mixinStandardHelpOptions = true,
    description = "Draft an extract's contract from a sample file; check contracts.")
public final class ContractCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Draft a contract from a sample file, and say what to check.")
  int draft(
      @Parameters(
              paramLabel = "FILE",
              description = "CSV, JSON lines, a JSON array or Parquet; may be gzipped.")
          String file,
      @Option(
              names = "--id",
              description = "Name of the extract and its table (default: from the file's name).")
          String id,
      @Option(
              names = "--system",
              description = "Source system, such as lms (default: from the id).")
          String system,
      @Option(
              names = "--out",
              description = "YAML file to write, never an existing one (default: the terminal).")
          Path out)
      throws IOException {
    requireName("--id", id);
    requireName("--system", system);
    Sample sample = Sample.of(SparkSessions.open("needle contract"), file);
    String yaml = ContractDraft.of(sample, Optional.ofNullable(id), Optional.ofNullable(system));
    ExtractContract contract = Declarations.contract(yaml);
    if (out == null) {
      spec.commandLine().getOut().print(yaml);
      spec.commandLine().getOut().flush();
    } else {
      write(yaml, out);
    }
    PrintWriter err = spec.commandLine().getErr();
    long rejected = sample.rejectedBy(contract);
    err.printf(
        "drafted %s: %d columns, %d of the sample's %d records accepted; %d line(s) to check%n",
        contract.id(),
        contract.fields().size(),
        sample.records() - rejected,
        sample.records(),
        marked(yaml));
    err.flush();
    return 0;
  }

  private static void requireName(String option, String name) {
    if (name != null && !name.matches("[a-z][a-z0-9_]*")) {
      throw new InvalidInput(
          option + " cannot be " + name,
          "it names a table or a folder",
          "write lower-case letters, digits and _, beginning with a letter");
    }
  }

  private static void write(String yaml, Path out) throws IOException {
    if (Files.exists(out)) {
      throw new InvalidInput(
          "The file " + out + " exists",
          "a draft never replaces a contract",
          "give another name, or move the file away");
    }
    if (out.toAbsolutePath().getParent() != null) {
      Files.createDirectories(out.toAbsolutePath().getParent());
    }
    Files.writeString(out, yaml);
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description =
          "Report every fault of the contracts, and what jobs read that no contract supplies.")
  int check(
      @Mixin Places places,
      @Parameters(
              paramLabel = "FOLDER",
              arity = "0..1",
              description = "Folder of contracts (default: contracts of the configuration).")
          Path folder)
      throws IOException {
    Path contracts = folder == null ? places.config().resolve("contracts") : folder;
    List<ExtractContract> read = Declarations.contracts(contracts);
    ContractExpressions.require(read);
    Catalog.checkBronze(read);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%d contracts without fault; they supply all that jobs read%n", read.size());
    drafts(contracts)
        .forEach(
            (file, lines) ->
                out.printf("%s is a draft: %d line(s) still say CHECK%n", file, lines));
    out.flush();
    return 0;
  }

  // In the drafts' own mark, whatever the status says.
  private static Map<Path, Long> drafts(Path contracts) throws IOException {
    Map<Path, Long> drafts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(contracts)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        long lines = marked(Files.readString(file));
        if (lines > 0) {
          drafts.put(file, lines);
        }
      }
    }
    return drafts;
  }

  private static long marked(String yaml) {
    return yaml.lines().filter(l -> l.contains("# CHECK")).count();
  }
}
