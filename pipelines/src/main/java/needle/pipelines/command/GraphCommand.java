package needle.pipelines.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle graph}: which table is made from which. */
@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description = "Show which table is made from which.")
public final class GraphCommand implements Callable<Integer> {
  /** How to write it. */
  enum Format {
    TEXT,
    JSON
  }

  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Override
  public Integer call() throws JsonProcessingException {
    Declarations declared = Declarations.read(places.config());
    JobGraph graph = JobGraph.of(declared.contracts(), Catalog.jobs());
    if (format == Format.JSON) {
      spec.commandLine().getOut().println(json(graph));
    } else {
      graph
          .nodes()
          .forEach(
              n ->
                  spec.commandLine()
                      .getOut()
                      .printf("%-34s ← %s%n", n.table(), String.join(", ", names(n))));
    }
    return 0;
  }

  /** The graph as the DAG reads it. */
  public static String json(JobGraph graph) throws JsonProcessingException {
    List<Map<String, Object>> tables =
        graph.nodes().stream()
            .map(
                n -> {
                  Map<String, Object> table = new LinkedHashMap<>();
                  table.put("table", n.table().qualifiedName());
                  table.put("layer", n.table().layer().schema());
                  n.extract().map(ExtractContract::system).ifPresent(s -> table.put("system", s));
                  table.put("inputs", names(n));
                  table.put("meaning", n.table().meaning());
                  return table;
                })
            .toList();
    return new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValueAsString(Map.of("tables", tables));
  }

  private static List<String> names(JobGraph.Node node) {
    return node.inputs().stream().map(TableContract::qualifiedName).sorted().toList();
  }
}
