package needle.pipelines.command;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.kit.Period;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import needle.pipelines.run.KeyVersions;
import needle.pipelines.run.WarehouseLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle publish}: makes all tables that a run has staged visible together. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = "Make all tables that a run has staged visible together.")
public final class PublishCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--run-id",
      required = true,
      description = "The run; an earlier one is rolled back to.")
  private String runId;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Clock clock = Clock.systemUTC();
    Declarations declared = Declarations.read(places.config());
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      DeltaTables delta = new DeltaTables(SparkSessions.open("needle publish"), places.warehouse);
      RunLedger.Stamp stamp = RunLedger.stampOf(delta, runId).orElseThrow(() -> nothingToPublish());
      RunLedger ledger = new RunLedger(delta, stamp, clock);
      Map<String, Long> staged = ledger.staged();
      requireWhole(JobGraph.of(declared.contracts(), Catalog.jobs()), staged);
      KeyVersions.requireOne(delta, stamp);
      Period covered = RunLedger.periodOf(delta, runId).orElseThrow(() -> nothingToPublish());
      Publications.Publication published = RunCommand.publish(delta, ledger, covered, clock, out);
      ledger.run("published", 0, null);
      ledger.flush();
      out.printf("published run %s as number %d%n", runId, published.sequence());
    }
    return 0;
  }

  private void requireWhole(JobGraph graph, Map<String, Long> staged) {
    if (staged.isEmpty()) {
      throw nothingToPublish();
    }
    List<String> missing =
        graph.nodes().stream()
            .filter(n -> n.table().layer() != Layer.BRONZE)
            .map(n -> n.table().qualifiedName())
            .filter(t -> !new HashMap<>(staged).containsKey(t))
            .toList();
    if (!missing.isEmpty()) {
      throw new InvalidInput(
          "Run " + runId + " is not complete",
          "it has not staged " + String.join(", ", missing),
          "run these tables with `needle run --run-id " + runId + " --tables …`, then publish");
    }
  }

  private InvalidInput nothingToPublish() {
    return new InvalidInput(
        "Run " + runId + " has nothing to publish",
        "the ledger of " + places.warehouse + " names no table that it staged",
        "`needle sql \"select distinct run_id from ops.run_ledger\"` lists the runs");
  }
}
