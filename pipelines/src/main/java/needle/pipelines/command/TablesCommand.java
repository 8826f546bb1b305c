package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.kit.TableContract;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle tables}: every table, what it holds, and the published version. */
@Command(
    name = "tables",
    mixinStandardHelpOptions = true,
    description = "List every table, what it holds and its published version.")
public final class TablesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(names = "--columns", description = "Show the columns with type and meaning.")
  private boolean columns;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Declarations declared = Declarations.read(places.config());
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle tables"), places.warehouse);
    Map<String, Long> published =
        new Publications(delta)
            .current()
            .map(Publications.Publication::tableVersions)
            .orElse(Map.of());
    for (JobGraph.Node node : JobGraph.of(declared.contracts(), Catalog.jobs()).nodes()) {
      TableContract table = node.table();
      Long version = published.get(table.qualifiedName());
      out.printf(
          "%-34s %-14s %s%n",
          table, version == null ? "not published" : "version " + version, table.meaning());
      if (columns) {
        table
            .columns()
            .forEach(
                c ->
                    out.printf(
                        "    %-30s %-10s %s%n", c.name(), c.type().simpleString(), c.meaning()));
      }
    }
    return 0;
  }
}
