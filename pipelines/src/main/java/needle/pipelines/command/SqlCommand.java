package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.kit.TableContract;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.Nearest;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.PublishedViews;
import needle.pipelines.run.Catalog;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoDir;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import scala.jdk.javaapi.CollectionConverters;

/** {@code needle sql}: answers one query over the published tables. */
@CommandLine.Command(
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
  public Integer call() throws ParseException {
    if (limit < 0) {
      throw new InvalidInput(
          "No query can be cut to " + limit + " rows", "--limit is negative", "give 0 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle sql"), places.warehouse);
    PublishedViews views =
        new PublishedViews(delta, Declarations.read(places.config()).contracts(), staged);
    Answer answer = answer(delta, views);
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

  private void requireQuestion(SparkSession spark) throws ParseException {
    LogicalPlan parsed =
        ((org.apache.spark.sql.classic.SparkSession) spark)
            .sessionState()
            .sqlParser()
            .parsePlan(query);
    if (!isQuestion(parsed)) {
      throw new InvalidInput(
          "`needle sql` answers questions only",
          "this would write, drop or set something",
          "ask with select, show, describe or explain; tables are made by `needle run`");
    }
  }

  private static boolean isQuestion(LogicalPlan part) {
    if (part.getClass().getSimpleName().matches("(Show|Describe|Explain).*")) {
      return true;
    }
    return !(part instanceof Command
            || part instanceof ParsedStatement
            || part instanceof InsertIntoDir)
        && CollectionConverters.asJava(part.children()).stream().allMatch(SqlCommand::isQuestion);
  }

  // A table that there is not, or of which nothing is published.
  private String missing(SparkThrowable told) {
    if (!told.getCondition().equals("TABLE_OR_VIEW_NOT_FOUND")) {
      return "";
    }
    List<String> tables =
        Catalog.tables(Declarations.read(places.config()).contracts()).stream()
            .map(TableContract::qualifiedName)
            .toList();
    return PublishedViews.named(query).stream()
        .map(
            name ->
                tables.contains(name)
                    ? "there is no " + name + " yet; "
                    : Nearest.question(name, tables))
        .collect(Collectors.joining());
  }

  private record Answer(StructType schema, List<Row> rows) {}

  private Answer answer(DeltaTables delta, PublishedViews views) throws ParseException {
    try {
      requireQuestion(delta.spark());
      views.register(query);
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
            missing(told) + "`needle tables --columns` lists tables and columns");
      }
      throw e;
    }
  }
}
