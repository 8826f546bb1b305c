package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import needle.estimate.Studies;
import needle.pipelines.SparkSessions;
import needle.pipelines.assess.Coverage;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle coverage}: how often planted effects lie inside their intervals. */
@Command(
    name = "coverage",
    mixinStandardHelpOptions = true,
    description = "Simulate companies under many seeds; compare what was found with the truth.")
public final class CoverageCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--seeds",
      defaultValue = "20",
      description = "Companies (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--employees",
      defaultValue = "2000",
      description = "Employees of each (default: ${DEFAULT-VALUE}).")
  private int employees;

  @Option(
      names = "--months",
      defaultValue = "36",
      description = "Months of each (default: ${DEFAULT-VALUE}).")
  private int months;

  @Option(names = "--out", description = "Markdown file to write besides the terminal.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    Coverage coverage = new Coverage();
    for (long seed = 1; seed <= seeds; seed++) {
      long started = System.nanoTime();
      Path folder = Files.createTempDirectory("needle-coverage");
      try {
        assess(seed, folder, coverage);
      } finally {
        delete(folder);
      }
      terminal.printf(
          Locale.ROOT,
          "seed %d of %d: %.0f s, %.1f%% inside so far%n",
          seed,
          seeds,
          (System.nanoTime() - started) / 1e9,
          100 * coverage.share());
      terminal.flush();
      // An hour's work is not lost with its last company.
      if (out != null) {
        Files.writeString(out, report(coverage, seed));
      }
    }
    terminal.print(report(coverage, seeds));
    terminal.flush();
    return 0;
  }

  private String report(Coverage coverage, long companies) {
    return String.format(
        Locale.ROOT,
        "# Coverage%n%nMade by `make coverage`: %d simulated companies of %,d employees and %d months, seeds 1"
            + " to %d.%nThe planted effects are read after the run, by this report alone.%n%n%s",
        companies,
        employees,
        months,
        companies,
        coverage.markdown());
  }

  private void assess(long seed, Path folder, Coverage coverage) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String warehouse = folder.resolve("warehouse").toString();
    Step.run(
        new SimulateCommand(),
        nowhere,
        "--employees",
        Integer.toString(employees),
        "--months",
        Integer.toString(months),
        "--seed",
        Long.toString(seed),
        "--out",
        folder.toString());
    Step.run(
        new RunCommand(),
        nowhere,
        "--landing",
        folder.resolve("landing").toString(),
        "--warehouse",
        warehouse,
        "--config",
        places.config().toString(),
        "--demo-key",
        "--tables",
        whatStudiesNeed());
    DeltaTables tables = new DeltaTables(SparkSessions.open("needle coverage"), warehouse);
    Dataset<Row> truth =
        tables
            .spark()
            .read()
            .option("header", "true")
            .csv(folder.resolve("truth/effects.csv").toString())
            .selectExpr(
                "program_id", "kpi_id", "cast(true_effect as double) true_effect", "true_verdict");
    tables
        .latest(Studies.TABLE.qualifiedName())
        .join(truth, new String[] {"program_id", "kpi_id"})
        .orderBy("program_id", "kpi_id")
        .collectAsList()
        .forEach(row -> coverage.add(trial(seed, row)));
  }

  // What comes after an estimate cannot change it.
  private String whatStudiesNeed() {
    JobGraph graph = JobGraph.of(Declarations.read(places.config()).contracts(), Catalog.jobs());
    return String.join(",", graph.upTo(Studies.TABLE.qualifiedName()));
  }

  private static Coverage.Trial trial(long seed, Row row) {
    return new Coverage.Trial(
        seed,
        row.getAs("program_id"),
        row.getAs("kpi_id"),
        row.<Double>getAs("true_effect"),
        row.getAs("true_verdict"),
        row.getAs("estimate"),
        row.getAs("ci_low"),
        row.getAs("ci_high"),
        row.getAs("verdict"),
        row.getAs("reasons"));
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
