package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import needle.pipelines.SparkSessions;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.RestatementReport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle restatements}: which published figures a run moved, and why. */
@Command(
    name = "restatements",
    mixinStandardHelpOptions = true,
    description = {
      "Show which published figures a run moved, by how much, and the late, restated and withdrawn"
          + " records behind it, by table.",
      "Of a run that is staged and not published: which it would move."
    })
public final class RestatementsCommand implements Callable<Integer> {
  private static final String[] CELLS = {
    "program_id",
    "kpi_id",
    "segment",
    "period_start",
    "value_before",
    "value_after",
    "change",
    "change_share",
    "verdict_before",
    "verdict_after"
  };
  private static final String[] CAUSES = {
    "table_name", "extracts", "late", "restated", "withdrawn", "person_months", "made_anew"
  };

  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--run-id",
      description = "The run, published or staged (default: the newest that restated anything).")
  private String runId;

  @Option(
      names = "--format",
      defaultValue = "table",
      description =
          "table, csv or json (default: ${DEFAULT-VALUE}); csv and json have the figures, or with"
              + " --causes what is behind them.")
  private ResultFormat format;

  @Option(names = "--causes", description = "Show only the tables and records behind them.")
  private boolean causes;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    DeltaTables delta =
        new DeltaTables(SparkSessions.open("needle restatements"), places.warehouse);
    Optional<RestatementReport> found =
        runId == null
            ? RestatementReport.newest(delta)
            : Optional.of(RestatementReport.of(delta, runId));
    if (found.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("no run has restated a published figure in " + places.warehouse);
    } else if (format == ResultFormat.TABLE) {
      tell(found.get(), out);
    } else {
      print(found.get(), out);
    }
    out.flush();
    return 0;
  }

  private void tell(RestatementReport report, PrintWriter out) {
    out.println(
        report
            .publishedAs()
            .map(n -> "run " + report.runId() + ", published as number " + n)
            .orElse(
                "run " + report.runId() + ", staged and not published: if it were published now"));
    out.println(report.summary().line());
    if (!causes && !report.cells().isEmpty()) {
      out.println();
      table(report.cells(), CELLS, out);
    }
    if (!report.causes().isEmpty()) {
      out.println();
      table(report.causes().orderBy("table_name"), CAUSES, out);
    }
  }

  private static void table(Dataset<Row> rows, String[] columns, PrintWriter out) {
    Dataset<Row> shown = rows.select(columns[0], Arrays.copyOfRange(columns, 1, columns.length));
    ResultFormat.TABLE.print(shown.schema(), shown.collectAsList(), out);
  }

  private void print(RestatementReport report, PrintWriter out) {
    Dataset<Row> shown =
        (causes ? report.causes().orderBy("table_name") : report.cells())
            .withColumn("is_published", functions.lit(report.publishedAs().isPresent()));
    List<Row> rows = shown.collectAsList();
    format.print(shown.schema(), rows, out);
  }
}
