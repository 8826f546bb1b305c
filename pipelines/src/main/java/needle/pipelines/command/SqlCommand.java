package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.PublishedViews;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
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
    if (limit < 0) {
      throw new InvalidInput(
          "No query can be cut to " + limit + " rows", "--limit is negative", "give 0 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle sql"), places.warehouse);
    PublishedViews views =
        new PublishedViews(delta, Declarations.read(places.config()).contracts(), staged);
    views.register(query);
    Answer answer = answer(delta);
    boolean cut = answer.rows().size() > limit;
    format.print(answer.schema(), cut ? answer.rows().subList(0, limit) : answer.rows(), out);
    out.flush();
    if (cut) {
      spec.commandLine()
          .getErr()
          .println("more than " + limit + " rows: the rest was left out; raise --limit");
    }
    return 0;
  }

  private record Answer(StructType schema, List<Row> rows) {}

  private Answer answer(DeltaTables delta) {
    try {
      Dataset<Row> answer = delta.spark().sql(query);
      return new Answer(answer.schema(), answer.limit(limit + 1).collectAsList());
    } catch (Exception e) {
      // What Spark blames on the query, such as 1 / 0; a broken file is a SparkException.
      if (e instanceof SparkThrowable told
          && !(e instanceof SparkException)
          && told.getCondition() != null
          && !told.isInternalError()) {
        throw new InvalidInput(
            "The query cannot be answered",
            e.getMessage().lines().filter(l -> !l.isBlank()).findFirst().orElse("it is not SQL"),
            "`needle tables --columns` lists tables and columns");
      }
      throw e;
    }
  }
}
