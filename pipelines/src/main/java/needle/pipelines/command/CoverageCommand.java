package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import needle.estimate.Studies;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.assess.Coverage;
import needle.pipelines.assess.CoverageReport;
import needle.pipelines.assess.EstimatorTrials;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Questions;
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
    description =
        "Simulate companies, and panels for every estimator, under many seeds; compare what was found"
            + " with the truth.")
public final class CoverageCommand implements Callable<Integer> {
  /** A verdict that is nearly always the same needs fewer panels than a share of 95%. */
  private static final int VERDICTS = 4;

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

  @Option(
      names = "--estimators",
      split = ",",
      defaultValue = "all",
      description = "Estimators of a study file, all, or none (default: ${DEFAULT-VALUE}).")
  private List<String> estimators;

  @Option(
      names = "--repetitions",
      defaultValue = "200",
      description =
          "Panels for each question to an estimator, a quarter where its verdict alone is judged"
              + " (default: ${DEFAULT-VALUE}).")
  private int repetitions;

  @Option(
      names = "--out",
      description = "Markdown file to write; what is not judged anew stays in it.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    List<Question> questions = questions();
    Path file = out == null ? Files.createTempFile("needle-coverage", ".md") : out;
    CoverageReport report = CoverageReport.of(file);
    companies(report);
    estimators(questions, report);
    spec.commandLine().getOut().print(report.text());
    spec.commandLine().getOut().flush();
    return 0;
  }

  private List<Question> questions() {
    if (repetitions < 1) {
      throw new InvalidInput(
          "There are no repetitions to judge by",
          "--repetitions is " + repetitions,
          "give one or more, or --estimators none");
    }
    List<Question> all = Questions.all();
    List<String> names = all.stream().map(Question::estimator).distinct().toList();
    if (estimators.equals(List.of("all"))) {
      return all;
    }
    if (estimators.equals(List.of("none"))) {
      return List.of();
    }
    List<String> unknown = estimators.stream().filter(e -> !names.contains(e)).toList();
    if (!unknown.isEmpty()) {
      throw new InvalidInput(
          "There is no design for " + String.join(", ", unknown),
          "the estimators are " + String.join(", ", names),
          "choose some of these, all, or none");
    }
    return all.stream().filter(q -> estimators.contains(q.estimator())).toList();
  }

  private void estimators(List<Question> questions, CoverageReport report) throws IOException {
    EstimatorTrials trials = new EstimatorTrials(SparkSessions.open("needle coverage"));
    for (Question question : questions) {
      long started = System.nanoTime();
      int panels =
          question.truthfulness() == Truthfulness.ASSUMPTIONS_HOLD
              ? repetitions
              : Math.max(1, repetitions / VERDICTS);
      trials.report(question, panels, report);
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s %s: %.2f s per repetition%n",
              question.name(),
              question.truthfulness().words(),
              (System.nanoTime() - started) / 1e9 / panels);
      spec.commandLine().getOut().flush();
    }
  }

  private void companies(CoverageReport report) throws IOException {
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
      report.companies(text(coverage, seed));
    }
  }

  private String text(Coverage coverage, long companies) {
    return String.format(
        Locale.ROOT,
        "%d simulated companies of %,d employees and %d months, seeds 1 to %d.%n"
            + "The planted effects are read after the run, by this report alone.%n%n%s",
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
