package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.pipelines.SparkSessions;
import needle.pipelines.Version;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import needle.pipelines.run.JobRunner;
import needle.pipelines.run.Pseudonyms;
import needle.pipelines.run.Sources;
import needle.pipelines.run.WarehouseLock;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code needle rotate-key}: gives everybody a new pseudonym.
 *
 * <p>Bronze keeps ids as delivered, so everything above it is computed again under the new key and
 * published as one run. No figure changes.
 */
@Command(
    name = "rotate-key",
    mixinStandardHelpOptions = true,
    description = {
      "Give everybody a new pseudonym: compute all tables above bronze again under a new key.",
      "The new key is the one in $NEEDLE_PSEUDONYM_KEY_FILE or $NEEDLE_PSEUDONYM_KEY; the old one is"
          + " not needed."
    })
public final class RotateKeyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--vacuum",
      description =
          "Delete older versions of the tables that held the old pseudonyms at once. They can then"
              + " not be rolled back to.")
  private boolean vacuum;

  @Option(
      names = "--threads",
      defaultValue = "3",
      description = "Tables computed at a time (default: ${DEFAULT-VALUE}).")
  private int threads;

  private final Map<String, String> environment;

  public RotateKeyCommand() {
    this(System.getenv());
  }

  /** With another environment than the process's, for tests. */
  RotateKeyCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Pseudonyms renewed = Pseudonyms.from(environment);
    Declarations declared = Declarations.read(places.config());
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      rotate(renewed, declared, spec.commandLine().getOut());
    }
    return 0;
  }

  private void rotate(Pseudonyms renewed, Declarations declared, PrintWriter out) {
    Clock clock = Clock.systemUTC();
    Instant started = clock.instant();
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle rotate-key"), places.warehouse);
    Publications.Publication before = published(delta, renewed);
    long seed = RunLedger.stampOf(delta, before.runId()).map(RunLedger.Stamp::seed).orElse(1L);
    RunLedger ledger =
        new RunLedger(
            delta,
            new RunLedger.Stamp(
                "rotate-" + RunCommand.named(started),
                Version.code(),
                declared.hash(),
                renewed.keyVersion(),
                seed),
            clock);
    List<JobGraph.Node> above =
        JobGraph.of(declared.contracts(), Catalog.jobs()).nodes().stream()
            .filter(n -> n.table().layer() != Layer.BRONZE)
            .toList();
    try {
      new JobRunner(
              delta,
              Sources.of(delta),
              declared,
              ledger,
              before.period(),
              renewed,
              List.of(),
              clock,
              threads,
              false)
          .run(above, finished -> {});
      new Publications(delta).publish(ledger.stamp(), before.period(), ledger.staged(), clock);
      ledger.run("published", (clock.millis() - started.toEpochMilli()) / 1000.0, null);
      ledger.flush();
    } catch (RuntimeException e) {
      ledger.run("failed", (clock.millis() - started.toEpochMilli()) / 1000.0, e.getMessage());
      ledger.flush();
      throw e;
    }
    out.printf(
        "pseudonyms of key version %s replaced by those of %s in %d tables%n",
        before.keyVersion(), renewed.keyVersion(), above.size());
    olderVersions(delta, before, above, out);
  }

  private static Publications.Publication published(DeltaTables delta, Pseudonyms renewed) {
    Publications.Publication before =
        new Publications(delta)
            .current()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "There are no pseudonyms to replace in " + delta.warehouse(),
                        "no run has been published there yet",
                        "run `needle run` with the new key"));
    if (before.keyVersion().equals(renewed.keyVersion())) {
      throw new InvalidInput(
          "The key is not a new one",
          "what is published was made with the same key, version " + renewed.keyVersion(),
          "set " + Pseudonyms.KEY_FILE + " to a file with the new key");
    }
    return before;
  }

  private void olderVersions(
      DeltaTables delta,
      Publications.Publication before,
      List<JobGraph.Node> tables,
      PrintWriter out) {
    for (JobGraph.Node node : tables) {
      String table = node.table().qualifiedName();
      boolean names = node.table().layer() == Layer.SILVER || node.table().layer() == Layer.PANEL;
      Long last = before.tableVersions().get(table);
      if (!names || last == null) {
        continue;
      }
      if (vacuum) {
        delta.forgetOlderVersions(table);
        out.printf("  %-34s older versions deleted%n", table);
      } else {
        out.printf("  %-34s versions up to %d still hold old pseudonyms%n", table, last);
      }
    }
    if (!vacuum) {
      out.println(
          "They go when their retention ends (docs/operations.md); --vacuum deletes them now.");
    }
    if (hasEarlierKnowledge(delta)) {
      out.printf(
          "  %-34s made with the old key: delete it; `needle run --as-known-at` makes it again%n",
          RunCommand.AS_KNOWN_AT + "/");
    }
    out.flush();
  }

  private static boolean hasEarlierKnowledge(DeltaTables delta) {
    Path folder = new Path(delta.warehouse(), RunCommand.AS_KNOWN_AT);
    try {
      return folder.getFileSystem(delta.spark().sessionState().newHadoopConf()).exists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
