package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.PublishedViews;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.parser.ParseException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code needle sql}: answers one query over the published tables. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = "Answer a query over every published table, named layer.table.")
public final class SqlCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "table, csv or json (default: ${DEFAULT-VALUE}).")
  private ResultFormat format;

  @Option(
      names = "--limit",
      defaultValue = "1000",
      description = "Most rows to print (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--staged", description = "Read the newest staged versions, published or not.")
  private boolean staged;

  @Parameters(
      paramLabel = "QUERY",
      description = "Such as \"select program_id, verdict from gold.training_effects\".")
  private String query;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle sql"), places.warehouse);
    PublishedViews views =
        new PublishedViews(delta, Declarations.read(places.config()).contracts(), staged);
    views.register(query);
    Dataset<Row> answer = answer(delta);
    var rows = answer.limit(limit + 1).collectAsList();
    boolean cut = rows.size() > limit;
    format.print(answer.schema(), cut ? rows.subList(0, limit) : rows, out);
    out.flush();
    if (cut) {
      spec.commandLine()
          .getErr()
          .println("more than " + limit + " rows: the rest was left out; raise --limit");
    }
    return 0;
  }

  private Dataset<Row> answer(DeltaTables delta) {
    try {
      return delta.spark().sql(query);
    } catch (Exception e) {
      if (e instanceof ParseException || e instanceof org.apache.spark.sql.AnalysisException) {
        throw new InvalidInput(
            "The query cannot be answered",
            e.getMessage().lines().findFirst().orElse("it is not SQL"),
            "`needle tables --columns` lists tables and columns");
      }
      throw e;
    }
  }
}
