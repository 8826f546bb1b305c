package needle.pipelines.lake;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import needle.kit.TableContract;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperationMetrics;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Changes rows of a table in one commit by writing the files anew that hold them.
 *
 * <p>A merge for whom it is known which rows change and where they lie: it searches for neither. As
 * after a merge, the table's feed of changes has each row as it was and as it became.
 */
final class FileRewrite {
  /** In changes: whether the row is no longer due. */
  static final String GONE = "_gone";

  /** In changes: whether the row was not there before. */
  static final String NEW = "_new";

  // What Delta's feed calls what was done to a row; empty in the table's own rows.
  private static final String DONE = "_change_type";
  private static final Column STAYS = lit(null).cast("string");

  private static final String MARK = "_mark_";

  /** How many rows a commit inserts, updates and deletes. */
  record Counts(long inserted, long updated, long deleted) {
    // Delta wants all of a merge's, of which those not counted here are zero.
    private Map<String, Long> metrics() {
      Map<String, Long> metrics = new HashMap<>();
      CollectionConverters.asJava(DeltaOperationMetrics.MERGE()).forEach(m -> metrics.put(m, 0L));
      metrics.put("operationNumSourceRows", inserted + updated + deleted);
      metrics.put("numSourceRows", inserted + updated + deleted);
      metrics.put("numTargetRowsInserted", inserted);
      metrics.put("numTargetRowsUpdated", updated);
      metrics.put("numTargetRowsDeleted", deleted);
      return metrics;
    }
  }

  private final TableContract contract;
  private final DeltaLog log;

  FileRewrite(TableContract contract, DeltaLog log) {
    this.contract = contract;
    this.log = log;
  }

  /**
   * Makes the changes in one commit; gives the new version.
   *
   * @param files of the newest version, those in which rows lie that change
   * @param held the rows of these files
   * @param changes the rows as they become, or as they were where they are no longer due
   */
  long commit(Collection<AddFile> files, Dataset<Row> held, Dataset<Row> changes, Counts counts) {
    Dataset<Row> rows = before(held, changes, counts).unionByName(after(changes));
    SparkSession spark = rows.sparkSession();
    return log.withNewTransaction(
        Option.empty(),
        Option.empty(),
        transaction -> {
          transaction.readWholeTable();
          List<Action> actions =
              new ArrayList<>(
                  CollectionConverters.asJava(transaction.writeFiles(spread(rows, files.size()))));
          files.forEach(f -> actions.add(f.remove()));
          transaction.registerSQLMetrics(spark, metrics(spark.sparkContext(), counts));
          return transaction.commit(
              CollectionConverters.<Action>asScala(actions).toSeq(), operation());
        });
  }

  // Rows of the files: those that stay, and those that change as they were.
  private Dataset<Row> before(Dataset<Row> held, Dataset<Row> changes, Counts counts) {
    List<Column> marks = new ArrayList<>();
    Column same = lit(true);
    for (String key : contract.grain()) {
      marks.add(col(key).as(MARK + key));
      same = same.and(col(key).eqNullSafe(col(MARK + key)));
    }
    marks.add(col(GONE));
    Dataset<Row> marked = changes.where(not(col(NEW))).select(marks.toArray(Column[]::new));
    Column done =
        when(col(GONE).isNull(), STAYS).when(col(GONE), "delete").otherwise("update_preimage");
    return held.join(FewRows.sent(marked, counts.updated() + counts.deleted()), same, "left_outer")
        .withColumn(DONE, done)
        .select(columns(held));
  }

  private static Column[] columns(Dataset<Row> held) {
    List<Column> columns = new ArrayList<>();
    Arrays.stream(held.columns()).forEach(c -> columns.add(col(c)));
    columns.add(col(DONE));
    return columns.toArray(Column[]::new);
  }

  // Each row that is due twice: for the table, and for its feed.
  private Dataset<Row> after(Dataset<Row> changes) {
    Column done = when(col(NEW), "insert").otherwise("update_postimage");
    return Stored.rows(
        contract,
        changes.where(not(col(GONE))).withColumn(DONE, explode(array(STAYS, done))),
        col(DONE));
  }

  // As many files as there were, but one task for each month: else each task writes all months.
  private Dataset<Row> spread(Dataset<Row> rows, int files) {
    return contract.datedBy().isPresent()
        ? rows.repartition(col(Stored.MONTH))
        : rows.coalesce(files);
  }

  private static scala.collection.immutable.Map<String, SQLMetric> metrics(
      SparkContext spark, Counts counts) {
    Map<String, SQLMetric> metrics = new HashMap<>();
    counts
        .metrics()
        .forEach(
            (name, rows) -> {
              SQLMetric metric = SQLMetrics.createMetric(spark, name);
              metric.set(rows);
              metrics.put(name, metric);
            });
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(metrics));
  }

  // What was done is what a merge does, and the commit says so.
  private static DeltaOperations.Merge operation() {
    Seq<DeltaOperations.MergePredicate> none =
        CollectionConverters.<DeltaOperations.MergePredicate>asScala(
                List.<DeltaOperations.MergePredicate>of())
            .toSeq();
    return new DeltaOperations.Merge(
        Option.empty(), Option.empty(), Option.empty(), Option.empty(), none, none, none);
  }
}
