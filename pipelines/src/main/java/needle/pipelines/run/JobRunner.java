package needle.pipelines.run;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import needle.kit.Job;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.kit.Waiting;
import needle.pipelines.Failure;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;

/**
 * Runs tables of the graph, each as soon as its inputs are there, several at a time.
 *
 * <p>Each table is staged as a new Delta version, held to its contract, and entered in the ledger.
 * Nothing that is staged is visible to readers before it is published.
 */
public final class JobRunner {
  /**
   * What a finished table did.
   *
   * @param changed rows written or deleted; empty when the table was made anew
   */
  public record Finished(
      String table, long rowsIn, long rowsOut, OptionalLong changed, double seconds) {}

  /** Hears of every finished table. */
  public interface Progress {
    void finished(Finished table);
  }

  private final DeltaTables tables;
  private final RunLedger ledger;
  private final RunInputs inputs;
  private final Map<String, Long> versions;
  private final Map<String, Long> rows = new ConcurrentHashMap<>();
  private final Map<String, List<LandedFile>> landed;
  private final Clock clock;
  private final int threads;
  private final boolean rebuild;
  private final RunLedger.Recipe recipe;
  private volatile boolean isEnding;

  public JobRunner(
      DeltaTables tables,
      Sources sources,
      Declarations declared,
      RunLedger ledger,
      Period period,
      Pseudonyms pseudonyms,
      List<LandedFile> files,
      Clock clock,
      int threads,
      boolean rebuild) {
    this.tables = tables;
    this.ledger = ledger;
    this.clock = clock;
    this.threads = threads;
    this.rebuild = rebuild;
    this.versions = new ConcurrentHashMap<>();
    new Publications(tables).current().ifPresent(p -> versions.putAll(p.tableVersions()));
    versions.putAll(ledger.staged());
    versions.putAll(sources.versions());
    this.landed = files.stream().collect(Collectors.groupingBy(LandedFile::extract));
    this.recipe = new RunLedger.Recipe(recipe(ledger.stamp(), pseudonyms), period);
    this.inputs = new RunInputs(tables, sources, declared, period, pseudonyms, versions);
  }

  /** The version of every table that this run read or made so far. */
  public Map<String, Long> versions() {
    return Map.copyOf(versions);
  }

  /** Runs these tables in order; the first failure stops the run, and is entered in the ledger. */
  public void run(List<JobGraph.Node> nodes, Progress progress) {
    ExecutorService pool = Executors.newFixedThreadPool(threads, JobRunner::daemon);
    try {
      runAll(nodes, progress, new ExecutorCompletionService<>(pool));
    } catch (Exception | Error e) {
      end(pool);
      ledger.flushAfter(e);
      throw e;
    }
    end(pool);
    ledger.flush();
  }

  // Whoever frees the warehouse's lock after this must know that no table is written any more.
  private void end(ExecutorService pool) {
    isEnding = true;
    pool.shutdownNow();
    try {
      while (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inputs.close();
  }

  private void runAll(
      List<JobGraph.Node> nodes, Progress progress, CompletionService<Finished> pool) {
    Map<String, JobGraph.Node> waiting = new TreeMap<>();
    nodes.stream()
        .filter(this::isDelivered)
        .forEach(n -> waiting.put(n.table().qualifiedName(), n));
    Set<String> running = new HashSet<>();
    while (!waiting.isEmpty() || !running.isEmpty()) {
      for (JobGraph.Node node : ready(nodes, waiting.keySet(), running)) {
        String table = node.table().qualifiedName();
        waiting.remove(table);
        running.add(table);
        pool.submit(stage(node));
      }
      Finished finished = Waiting.on(() -> pool.take().get());
      running.remove(finished.table());
      progress.finished(finished);
    }
  }

  // An extract that nobody delivers here has no table, and its readers get no rows of it.
  private boolean isDelivered(JobGraph.Node node) {
    return node.extract()
        .map(e -> landed.containsKey(e.id()) || tables.exists(e.table().qualifiedName()))
        .orElse(true);
  }

  private static List<JobGraph.Node> ready(
      List<JobGraph.Node> nodes, Set<String> waiting, Set<String> running) {
    List<JobGraph.Node> ready = new ArrayList<>();
    for (JobGraph.Node node : nodes) {
      boolean inputsDone =
          node.inputs().stream()
              .map(TableContract::qualifiedName)
              .noneMatch(i -> waiting.contains(i) || running.contains(i));
      if (waiting.contains(node.table().qualifiedName()) && inputsDone) {
        ready.add(node);
      }
    }
    return ready;
  }

  private Callable<Finished> stage(JobGraph.Node node) {
    return () -> {
      String table = node.table().qualifiedName();
      tables.spark().sparkContext().setJobDescription(table);
      long started = clock.millis();
      try {
        Finished finished =
            node.extract().isPresent() ? ingest(node.extract().get()) : compute(node, started);
        rows.put(table, finished.rowsOut());
        return finished;
      } catch (Exception | Error e) {
        // What is cut short because another table failed did not fail.
        if (!isEnding) {
          ledger.failed(table, Failure.of(e).cause());
        }
        throw e;
      }
    };
  }

  private Finished ingest(ExtractContract extract) {
    String table = extract.table().qualifiedName();
    BronzeIngest.Ingested ingested =
        new BronzeIngest(tables, ledger)
            .ingest(extract, landed.getOrDefault(extract.id(), List.of()));
    versions.put(table, ingested.version());
    return new Finished(
        table, ingested.read(), ingested.accepted(), ingested.changed(), ingested.seconds());
  }

  private Finished compute(JobGraph.Node node, long started) {
    Job job = node.job().orElseThrow();
    String table = job.output().qualifiedName();
    JobStage stage = new JobStage(tables, inputs, recipe);
    Map<String, Long> used = stage.used(job);
    JobStage.Made made = stage.make(job, basis(table));
    versions.put(table, made.version());
    long rowsIn = node.inputs().stream().mapToLong(this::rowsOf).sum();
    double seconds = secondsSince(started);
    ledger.made(
        table,
        new RunLedger.Made(made.version(), rowsIn, made.rows(), made.changed(), seconds),
        used,
        recipe);
    return new Finished(table, rowsIn, made.rows(), made.changed(), seconds);
  }

  // What this run made of it, or the run that made it last.
  private long rowsOf(TableContract input) {
    String table = input.qualifiedName();
    Long made = rows.get(table);
    return made != null
        ? made
        : Optional.ofNullable(ledger.bases().get(table)).map(RunLedger.Basis::rows).orElse(0L);
  }

  private Optional<RunLedger.Basis> basis(String table) {
    return rebuild ? Optional.empty() : Optional.ofNullable(ledger.bases().get(table));
  }

  // Whatever makes other rows from the same inputs makes another recipe.
  private static String recipe(RunLedger.Stamp stamp, Pseudonyms pseudonyms) {
    return String.join("/", stamp.codeVersion(), stamp.configHash(), pseudonyms.keyVersion());
  }

  private double secondsSince(long startedMillis) {
    return (clock.millis() - startedMillis) / 1000.0;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "needle-table");
    thread.setDaemon(true);
    return thread;
  }
}
