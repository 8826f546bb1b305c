package needle.pipelines.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.sum;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.assess.Benchmark;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import org.apache.spark.sql.Row;

/**
 * A run as the DAG has it: layer after layer, then published.
 *
 * <p>The tables of a layer overlap, as in every run; a layer's seconds are its own.
 */
final class LayerWalk {
  private final Places places;
  private final Path landing;
  private final DeltaTables tables;
  private final PrintWriter progress;

  LayerWalk(Places places, Path landing, DeltaTables tables, PrintWriter progress) {
    this.places = places;
    this.landing = landing;
    this.tables = tables;
    this.progress = progress;
  }

  /** Runs what was delivered by now; what each layer cost. */
  Benchmark.Walk run(String runId) {
    long started = System.nanoTime();
    double cpuBefore = BenchCommand.cpuSeconds();
    List<String> always = always(places.config(), tables.warehouse(), runId);
    JobGraph graph = JobGraph.of(Declarations.read(places.config()).contracts(), Catalog.jobs());
    Map<String, Double> seconds = new HashMap<>();
    for (Layer layer : Layer.values()) {
      String made = tablesOf(layer, graph);
      if (!made.isEmpty()) {
        List<String> only =
            Stream.concat(
                    always.stream(),
                    Stream.of("--landing", landing.toString(), "--demo-key", "--tables", made))
                .toList();
        seconds.put(layer.schema(), BenchCommand.seconds(() -> step(new RunCommand(), only)));
      }
    }
    step(new PublishCommand(), always);
    return new Benchmark.Walk(
        stretches(runId, seconds),
        (System.nanoTime() - started) / 1e9,
        BenchCommand.cpuSeconds() - cpuBefore);
  }

  /** What both {@code run} and {@code publish} are told. */
  static List<String> always(Path config, String warehouse, String runId) {
    return List.of("--warehouse", warehouse, "--config", config.toString(), "--run-id", runId);
  }

  private static String tablesOf(Layer layer, JobGraph graph) {
    return graph.nodes().stream()
        .map(JobGraph.Node::table)
        .filter(t -> t.layer() == layer)
        .map(TableContract::qualifiedName)
        .collect(Collectors.joining(","));
  }

  private void step(Object verb, List<String> arguments) {
    Step.run(verb, progress, arguments.toArray(String[]::new));
  }

  private List<Benchmark.Stretch> stretches(String runId, Map<String, Double> seconds) {
    Map<String, Row> counted =
        tables
            .latest(RunLedger.TABLE.qualifiedName())
            .where(col("run_id").equalTo(runId))
            .where(col("entry").equalTo("TABLE").and(col("status").equalTo("ok")))
            .groupBy(substring_index(col("table_name"), ".", 1).as("layer"))
            .agg(count(lit(1)), sum("rows_read"), sum("rows_accepted"))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(r -> r.getString(0), Function.identity()));
    return Arrays.stream(Layer.values())
        .map(Layer::schema)
        .filter(counted::containsKey)
        .map(
            layer -> {
              Row r = counted.get(layer);
              return new Benchmark.Stretch(
                  layer, r.getLong(1), r.getLong(2), r.getLong(3), seconds.get(layer));
            })
        .toList();
  }
}
