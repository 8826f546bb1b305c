package needle.pipelines.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import needle.kit.TableContract;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The SQL that a configuration file may contain: columns, literals, operators and a short list of
 * functions.
 *
 * <p>Checked over the parsed tree, because Spark would run {@code reflect()}, a subquery or a file
 * read as gladly.
 */
public final class SqlAllowList {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "sum",
          "count",
          "min",
          "max",
          "avg",
          "abs",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "round",
          "ln",
          "exp",
          "lower",
          "upper",
          "trim",
          "length",
          "year",
          "month",
          "quarter",
          "if",
          "isnull",
          "isnotnull",
          "try_divide",
          "between",
          "concat",
          "concat_ws",
          "substring",
          "substring_index",
          "split_part",
          "replace",
          "regexp_extract",
          "regexp_replace",
          "lpad",
          "element_at",
          "split",
          "to_date",
          "try_to_timestamp",
          "to_timestamp",
          "date_add",
          "date_format",
          "datediff",
          "trunc",
          "last_day",
          "timestamp_seconds",
          "timestamp_millis",
          "make_date",
          "get_json_object",
          "sha2");

  private SqlAllowList() {}

  /** Adds a fault for text that is not SQL and for everything that is not on the list. */
  public static void check(String sql, List<String> faults) {
    checked(sql, faults);
  }

  /** The same for text over a table's rows, and for every column that the table does not have. */
  static void check(String sql, TableContract table, List<String> faults) {
    checked(sql, faults)
        .ifPresent(
            parsed -> names(parsed).distinct().forEach(name -> checkColumn(name, table, faults)));
  }

  // The text as a tree; empty where it has a fault.
  private static Optional<Expression> checked(String sql, List<String> faults) {
    Expression parsed;
    try {
      parsed = new CatalystSqlParser().parseExpression(sql);
    } catch (Exception e) {
      faults.add("`" + sql + "` is not a SQL expression");
      return Optional.empty();
    }
    int before = faults.size();
    visit(parsed, sql, faults);
    return faults.size() == before ? Optional.of(parsed) : Optional.empty();
  }

  /** Adds a fault for a column that a table does not have. */
  static void checkColumn(String name, TableContract table, List<String> faults) {
    List<String> known = List.of(table.columnNames());
    if (known.stream().noneMatch(name::equalsIgnoreCase)) {
      faults.add(
          "there is no column "
              + name
              + " in "
              + table.qualifiedName()
              + "; "
              + Nearest.question(name, known)
              + "it has "
              + String.join(", ", known));
    }
  }

  private static Stream<String> names(Expression node) {
    return node instanceof UnresolvedAttribute attribute
        ? Stream.of(attribute.nameParts().head())
        : CollectionConverters.asJava(node.children()).stream().flatMap(SqlAllowList::names);
  }

  private static void visit(Expression node, String sql, List<String> faults) {
    if (node instanceof PlanExpression<?>) {
      faults.add(
          "`" + sql + "` contains a subquery; only columns, literals and functions are allowed");
      return;
    }
    if (node instanceof UnresolvedFunction call) {
      String name =
          String.join(".", CollectionConverters.asJava(call.nameParts())).toLowerCase(Locale.ROOT);
      if (!FUNCTIONS.contains(name)) {
        faults.add(
            "`"
                + sql
                + "` calls "
                + name
                + "(); allowed are "
                + FUNCTIONS.stream().sorted().toList());
      }
    }
    CollectionConverters.asJava(node.children()).forEach(child -> visit(child, sql, faults));
  }
}
