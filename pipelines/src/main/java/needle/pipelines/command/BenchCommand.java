package needle.pipelines.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.sum;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import needle.pipelines.SparkSessions;
import needle.pipelines.assess.Benchmark;
import needle.pipelines.assess.LogBenchmark;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.JsonRows;
import needle.pipelines.simulate.MoodleLog;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code needle bench}: seconds per layer at one size, beside a plain scan of the same files; and
 * what the last month's delivery costs beside the build of all months before it. Or seconds that a
 * log takes to ingest, beside a plain copy of it.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Time each layer on a simulated company, beside a plain scan of its files; the ingest of a"
            + " log, beside a plain copy; or the answer to a study.")
public final class BenchCommand implements Callable<Integer> {
  private static final int SCANS = 3;

  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Size size;

  /** What is timed. */
  private static final class Size {
    @Option(names = "--employees", description = "Employees of the company.")
    private int employees;

    @Option(
        names = "--events",
        description = "Events of a learning system's log, ingested beside a plain copy of it.")
    private long events;

    @Option(
        names = "--study",
        description = "A study file, answered several times in one started session.")
    private Path study;
  }

  @Option(
      names = "--repeat",
      defaultValue = "3",
      description = "How often a study is answered (default: ${DEFAULT-VALUE}).")
  private int repeat;

  @Option(
      names = "--months",
      defaultValue = "36",
      description = "Months delivered (default: ${DEFAULT-VALUE}).")
  private int months;

  @Option(
      names = "--out",
      required = true,
      description = "Folder for the company and its tables, or the study's results; it stays.")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    PrintWriter progress = spec.commandLine().getErr();
    String report =
        size.study != null
            ? study(size.study, progress)
            : size.events > 0 ? log(size.events, progress) : company(size.employees, progress);
    spec.commandLine().getOut().print(report);
    spec.commandLine().getOut().flush();
    return 0;
  }

  // Seconds from a started session, as JSON: who compares with peers reads it.
  private String study(Path file, PrintWriter progress) throws IOException {
    double session = seconds(() -> SparkSessions.open("needle bench"));
    List<Double> wall = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (int i = 0; i < repeat; i++) {
      double before = cpuSeconds();
      wall.add(
          seconds(
              () ->
                  Step.run(
                      new EstimateCommand(),
                      progress,
                      file.toString(),
                      "--out",
                      folder.toString())));
      cpu.add(cpuSeconds() - before);
    }
    return JsonRows.text(
            Map.of(
                "session_seconds", session,
                "seconds", wall,
                "processor_seconds", cpu,
                "peak_bytes", peakBytes()))
        + "\n";
  }

  private String log(long events, PrintWriter progress) throws IOException {
    SparkSession spark = SparkSessions.open("needle bench");
    Path landing = folder.resolve("landing");
    MoodleLog.deliver(spark, landing, events);
    double before = seconds(() -> plainCopy(spark, landing, "copy"));
    double ingest =
        seconds(
            () ->
                Step.run(
                    new IngestCommand(),
                    progress,
                    "--source",
                    "lms.moodle_logstore",
                    "--landing",
                    landing.toString(),
                    "--warehouse",
                    folder.resolve("warehouse").toString(),
                    "--config",
                    places.config().toString()));
    double after = seconds(() -> plainCopy(spark, landing, "copy_after"));
    return new LogBenchmark(events, bytes(landing), Math.min(before, after), ingest, peakBytes())
        .markdown();
  }

  private void plainCopy(SparkSession spark, Path landing, String name) {
    spark
        .read()
        .option("header", "true")
        .option("recursiveFileLookup", "true")
        .csv(landing.toString())
        .write()
        .format("delta")
        .save(folder.resolve(name).toString());
  }

  private String company(int employees, PrintWriter progress) throws IOException {
    double simulated =
        seconds(
            () ->
                Step.run(
                    new SimulateCommand(),
                    progress,
                    "--employees",
                    Integer.toString(employees),
                    "--months",
                    Integer.toString(months),
                    "--out",
                    folder.toString()));
    Path landing = folder.resolve("landing");
    DeltaTables tables =
        new DeltaTables(SparkSessions.open("needle bench"), folder.resolve("warehouse").toString());
    double scan = plainScan(tables.spark(), landing);
    long bytes = bytes(landing);
    Path lastMonth = folder.resolve("last_month");
    String last = lastDelivery(landing);
    moveDeliveries(landing, last, lastMonth);
    LayerWalk walk = new LayerWalk(places, landing, tables, progress);
    Benchmark.Walk full = walk.run("full");
    moveDeliveries(lastMonth, last, landing);
    Benchmark.Walk month = walk.run("month");
    return new Benchmark(employees, months, bytes, simulated, scan, full, month, peakBytes())
        .markdown();
  }

  private static String lastDelivery(Path landing) throws IOException {
    try (Stream<Path> folders = Files.walk(landing, 3)) {
      return folders
          .filter(p -> landing.relativize(p).getNameCount() == 3)
          .map(p -> p.getFileName().toString())
          .max(String::compareTo)
          .orElseThrow();
    }
  }

  // Deliveries lie at <system>/<extract>/<date>.
  private static void moveDeliveries(Path from, String date, Path to) throws IOException {
    List<Path> deliveries;
    try (Stream<Path> folders = Files.walk(from, 3)) {
      deliveries = folders.filter(p -> p.endsWith(date)).toList();
    }
    for (Path delivery : deliveries) {
      Path target = to.resolve(from.relativize(delivery));
      Files.createDirectories(target.getParent());
      Files.move(delivery, target);
    }
  }

  // The median of a few, because the first one also warms the file cache.
  private static double plainScan(SparkSession spark, Path landing) {
    double[] seconds = new double[SCANS];
    for (int i = 0; i < SCANS; i++) {
      seconds[i] =
          seconds(
              () ->
                  spark
                      .read()
                      .option("recursiveFileLookup", "true")
                      .text(landing.toString())
                      .agg(sum(length(col("value"))))
                      .collectAsList());
    }
    Arrays.sort(seconds);
    return seconds[SCANS / 2];
  }

  static double seconds(Runnable work) {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e9;
  }

  static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }

  // Linux keeps the high-water mark of the whole process: heap, code, buffers.
  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return Runtime.getRuntime().totalMemory();
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }
}
