package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.Nearest;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.DataDictionary;
import needle.pipelines.run.JobGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

  @Option(names = "--markdown", description = "Write the data dictionary instead.")
  private boolean markdown;

  @Parameters(
      paramLabel = "TABLE",
      arity = "0..1",
      description = "Only this one, such as gold.training_effects.")
  private String only;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Declarations declared = Declarations.read(places.config());
    JobGraph graph = JobGraph.of(declared.contracts(), Catalog.jobs());
    if (markdown) {
      out.print(DataDictionary.markdown(graph));
      out.flush();
      return 0;
    }
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle tables"), places.warehouse);
    Map<String, Long> published =
        new Publications(delta)
            .current()
            .map(Publications.Publication::tableVersions)
            .orElse(Map.of());
    List<TableContract> all = asked(Catalog.tables(declared.contracts()));
    int widest = all.stream().mapToInt(t -> t.qualifiedName().length()).max().orElse(1);
    for (TableContract table : all) {
      Long version = published.get(table.qualifiedName());
      boolean isKept = table.layer() == Layer.OPS && delta.exists(table.qualifiedName());
      out.printf(
          "%-" + widest + "s %-14s %s%n",
          table,
          version != null ? "version " + version : isKept ? "of all runs" : "not published",
          table.meaning());
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

  private List<TableContract> asked(List<TableContract> all) {
    if (only == null) {
      return all;
    }
    List<TableContract> found = all.stream().filter(t -> t.qualifiedName().equals(only)).toList();
    if (found.isEmpty()) {
      throw new InvalidInput(
          "There is no table " + only,
          "no contract or job makes it",
          Nearest.question(only, all.stream().map(TableContract::qualifiedName).toList())
              + "`needle tables` lists all");
    }
    return found;
  }
}
