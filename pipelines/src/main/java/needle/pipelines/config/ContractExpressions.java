package needle.pipelines.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Rule;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.QueryPlanningTracker;
import org.apache.spark.sql.catalyst.analysis.Analyzer;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAlias;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whether the SQL of a contract can be computed of each of its rows: resolved as ingest will, over
 * the same columns, by Spark's own analysis, which needs no session.
 */
public final class ContractExpressions {
  private static final Set<String> OF_MANY_ROWS = Set.of("agg_funcs", "window_funcs");

  private static final Analyzer ANALYZER =
      new Analyzer(
          new SessionCatalog(
              new InMemoryCatalog(new SparkConf(false), new Configuration(false)),
              FunctionRegistry.builtin()));

  /**
   * @param what it is, for a fault
   * @param written as it is written
   * @param computed as ingest computes it
   */
  private record Sql(String what, String written, String computed) {}

  private ContractExpressions() {}

  /** Fails where a column or rule of the contracts cannot be computed, with all such faults. */
  public static void require(List<ExtractContract> contracts) {
    List<String> faults = new ArrayList<>();
    for (ExtractContract contract : contracts) {
      List<String> own = new ArrayList<>();
      check(contract.fields(), contract.rules(), own);
      own.forEach(fault -> faults.add(contract.id() + ": " + fault));
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size() + " fault(s) in the SQL of contracts",
          String.join("\n          ", faults),
          "correct transformLogic and implementation: they read one row and the columns of the"
              + " contract that they name");
    }
  }

  /**
   * Whether every row fills a column: it is required, or derived in a way that leaves none empty.
   */
  public static boolean isFilled(ExtractContract contract, String column) {
    Field field =
        contract.fields().stream().filter(f -> f.name().equals(column)).findFirst().orElseThrow();
    if (field.required() || !field.isDerived()) {
      return field.required();
    }
    StructType columns = columns(contract.fields().stream().filter(f -> !f.isDerived()));
    try {
      return !analysed(List.of(of(field)), columns).output().head().nullable();
    } catch (Exception e) {
      // What cannot be computed is told as such.
      return true;
    }
  }

  private static void check(List<Field> fields, List<Rule> rules, List<String> faults) {
    check(
        fields.stream().filter(Field::isDerived).map(ContractExpressions::of).toList(),
        columns(fields.stream().filter(f -> !f.isDerived())),
        faults);
    check(rules.stream().map(ContractExpressions::of).toList(), columns(fields.stream()), faults);
  }

  private static Sql of(Field field) {
    return new Sql(
        "the transformLogic of " + field.name(),
        field.derivedBy(),
        "cast((" + field.derivedBy() + "\n) as " + field.type().sparkType().sql() + ")");
  }

  private static Sql of(Rule rule) {
    return new Sql(
        "the rule '" + rule.description() + "'",
        rule.predicate(),
        "not coalesce((" + rule.predicate() + "\n), true)");
  }

  private static void check(List<Sql> expressions, StructType columns, List<String> faults) {
    List<Sql> ofOneRow = new ArrayList<>();
    for (Sql expression : expressions) {
      Set<String> ofManyRows = new TreeSet<>();
      findOfManyRows(parsed(expression.written()), ofManyRows);
      if (ofManyRows.isEmpty()) {
        ofOneRow.add(expression);
      } else {
        String why = "needs more than one row: " + String.join(", ", ofManyRows);
        faults.add(expression.what() + ", `" + expression.written() + "`, " + why);
      }
    }
    // Most contracts are right: one by one only where all at once are not.
    if (unresolved(ofOneRow, columns) == null) {
      return;
    }
    for (Sql expression : ofOneRow) {
      String why = unresolved(List.of(expression), columns);
      if (why != null) {
        faults.add(expression.what() + ", `" + expression.written() + "`, " + why);
      }
    }
  }

  // What is dropped is never landed, so no expression sees it.
  private static StructType columns(Stream<Field> fields) {
    StructType columns =
        new StructType()
            .add("_file", DataTypes.StringType)
            .add("_line", DataTypes.LongType)
            .add("_delivered_on", DataTypes.DateType);
    for (Field field : fields.filter(f -> !f.isDropped()).toList()) {
      columns = columns.add(field.name(), field.type().sparkType(), !field.required());
    }
    return columns;
  }

  private static Expression parsed(String sql) {
    return new CatalystSqlParser().parseExpression(sql);
  }

  private static void findOfManyRows(Expression node, Set<String> found) {
    if (node instanceof UnresolvedFunction call) {
      String name = call.nameParts().last().toLowerCase(Locale.ROOT);
      boolean isOfManyRows =
          FunctionRegistry.builtin()
              .lookupFunction(new FunctionIdentifier(name))
              .exists(f -> OF_MANY_ROWS.contains(f.getGroup()));
      if (isOfManyRows) {
        found.add(name + "()");
      }
    }
    CollectionConverters.asJava(node.children()).forEach(child -> findOfManyRows(child, found));
  }

  private static String unresolved(List<Sql> expressions, StructType columns) {
    try {
      analysed(expressions, columns);
      return null;
    } catch (Exception e) {
      // An AnalysisException, which no Scala method declares.
      return reason(e, columns);
    }
  }

  private static LogicalPlan analysed(List<Sql> expressions, StructType columns) {
    List<Attribute> empty =
        List.copyOf(CollectionConverters.asJava(DataTypeUtils.toAttributes(columns)));
    List<NamedExpression> selected = new ArrayList<>();
    expressions.forEach(
        e -> selected.add(new UnresolvedAlias(parsed(e.computed()), Option.empty())));
    return ANALYZER.executeAndCheck(
        new Project(
            CollectionConverters.asScala(selected).toSeq(),
            new LocalRelation(
                CollectionConverters.asScala(empty).toSeq(),
                CollectionConverters.asScala(List.<InternalRow>of()).toSeq(),
                false,
                Option.empty())),
        new QueryPlanningTracker(Option.empty()));
  }

  private static String reason(Exception e, StructType columns) {
    if (e instanceof AnalysisException unknown
        && unknown.getCondition().startsWith("UNRESOLVED_COLUMN")) {
      return "reads "
          + unknown.getMessageParameters().get("objectName")
          + ", which is none of its columns "
          + Stream.of(columns.fieldNames()).filter(c -> !c.startsWith("_")).toList();
    }
    return "cannot be computed: " + e.getMessage().lines().findFirst().orElse("");
  }
}
