package needle.pipelines.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.kit.Job;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.config.ExtractContract;

/**
 * Which table is made from which; derived from the jobs' own inputs and outputs, never written
 * down.
 */
public final class JobGraph {
  /**
   * A table and what makes it: an extract's contract, or a job.
   *
   * @param inputs the tables that it is made from; of an input that several extracts supply, all
   */
  public record Node(
      TableContract table,
      Optional<ExtractContract> extract,
      Optional<Job> job,
      List<TableContract> inputs) {}

  private final Map<String, Node> nodes = new LinkedHashMap<>();

  private JobGraph(List<Node> ordered) {
    ordered.forEach(n -> nodes.put(n.table().qualifiedName(), n));
  }

  /** The graph of these extracts and jobs, each table after its inputs. */
  public static JobGraph of(List<ExtractContract> extracts, List<Job> jobs) {
    Map<String, Node> all = new LinkedHashMap<>();
    Stream.concat(
            extracts.stream()
                .map(e -> new Node(e.table(), Optional.of(e), Optional.empty(), List.of())),
            jobs.stream()
                .map(
                    j ->
                        new Node(
                            j.output(), Optional.empty(), Optional.of(j), inputs(j, extracts))))
        .sorted(
            Comparator.comparing((Node n) -> n.table().layer())
                .thenComparing(n -> n.table().name()))
        .forEach(
            n -> {
              if (all.put(n.table().qualifiedName(), n) != null) {
                throw new IllegalStateException("two jobs make " + n.table());
              }
            });
    List<Node> ordered = new ArrayList<>();
    Set<String> done = new LinkedHashSet<>();
    all.keySet().forEach(name -> visit(name, all, done, new LinkedHashSet<>(), ordered));
    return new JobGraph(ordered);
  }

  private static List<TableContract> inputs(Job job, List<ExtractContract> extracts) {
    return job.inputs().stream()
        .flatMap(
            input ->
                input.layer() == Layer.BRONZE
                    ? extracts.stream()
                        .filter(e -> e.supplies().equals(input.name()))
                        .map(ExtractContract::table)
                    : Stream.of(input))
        .toList();
  }

  private static void visit(
      String name, Map<String, Node> all, Set<String> done, Set<String> path, List<Node> ordered) {
    if (done.contains(name)) {
      return;
    }
    if (!path.add(name)) {
      throw new IllegalStateException("the jobs form a circle: " + path + " → " + name);
    }
    Node node = all.get(name);
    if (node == null) {
      throw new IllegalStateException(
          "nothing makes " + name + ", which is read on the way " + path);
    }
    node.inputs().forEach(i -> visit(i.qualifiedName(), all, done, path, ordered));
    path.remove(name);
    done.add(name);
    ordered.add(node);
  }

  /** Every table, each after its inputs. */
  public List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** The nodes of these tables, in order; an unknown name is an error. */
  public List<Node> select(Set<String> tables) {
    List<String> unknown = tables.stream().filter(t -> !nodes.containsKey(t)).sorted().toList();
    if (!unknown.isEmpty()) {
      throw new InvalidInput(
          "There is no table " + String.join(", ", unknown),
          "no contract or job makes it",
          "`needle graph` lists all tables");
    }
    return nodes.values().stream().filter(n -> tables.contains(n.table().qualifiedName())).toList();
  }

  /** A table and all tables that it is made from, directly or not. */
  public Set<String> upTo(String table) {
    return nodes.keySet().stream()
        .filter(t -> t.equals(table) || dependsOn(table, t))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Whether one table is made, directly or not, from another. */
  public boolean dependsOn(String table, String input) {
    return nodes.get(table).inputs().stream()
        .map(TableContract::qualifiedName)
        .anyMatch(i -> i.equals(input) || dependsOn(i, input));
  }
}
