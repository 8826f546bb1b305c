package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import needle.kit.TableContract;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * What differs between the rows that a table holds and the rows that are due, by the table's grain.
 *
 * <p>The same pass tells whether the rows that are due keep the contract. Applied in one commit:
 * rows that are due and not held are inserted, others updated, and held ones that are no longer due
 * deleted. Where nothing differs there is no commit, so a table that did not change keeps its
 * version.
 */
public final class ChangeSet implements AutoCloseable {
  private static final String GONE = "_gone";
  private static final String NEW = "_new";
  private static final String CHANGED = "_changed";

  private final TableContract contract;
  private final List<ContractGate.Promise> promises;
  private final Dataset<Row> compared;
  private final Row due;
  private final long inserted;
  private final long updated;
  private final long deleted;
  private final List<Date> heldMonths;

  private ChangeSet(
      TableContract contract, Dataset<Row> rows, List<ContractGate.Promise> promises) {
    this.contract = contract;
    this.promises = promises;
    // Not persisted: Delta refuses to merge from what the session's cache could hold otherwise.
    this.compared = rows.localCheckpoint(false, level(rows.sparkSession().sparkContext()));
    Row counts = compared.agg(struct(due(contract, promises)), changes()).first();
    this.due = counts.getStruct(0);
    this.inserted = counts.getLong(1);
    this.updated = counts.getLong(2);
    this.deleted = counts.getLong(3);
    this.heldMonths = counts.getList(4);
  }

  // On a cluster twice: what a lost executor held could not be computed again.
  private static StorageLevel level(SparkContext spark) {
    return spark.isLocal() ? StorageLevel.MEMORY_AND_DISK() : StorageLevel.MEMORY_AND_DISK_2();
  }

  /**
   * Compares two sets of rows of a table.
   *
   * @param held the rows that the table has now, or those of the part that was computed
   * @param due the rows that it should have
   */
  public static ChangeSet between(TableContract contract, Dataset<Row> held, Dataset<Row> due) {
    List<ContractGate.Promise> promises = ContractGate.promises(contract);
    Column[] keys = contract.grain().stream().map(k -> col(k)).toArray(Column[]::new);
    Column row =
        struct(Arrays.stream(contract.columnNames()).map(n -> col(n)).toArray(Column[]::new));
    Column none = lit(null).cast(contract.schema());
    Column[] breaches = new Column[promises.size()];
    Column[] kept = new Column[promises.size()];
    for (int i = 0; i < breaches.length; i++) {
      breaches[i] = promises.get(i).breach().as(breach(i));
      kept[i] = lit(false).as(breach(i));
    }
    Dataset<Row> both =
        side(due, keys, row, none, breaches).union(side(held, keys, none, row, kept));
    List<Column> perKey = new ArrayList<>();
    perKey.add(first("_held", true).as("_held"));
    perKey.add(count("_due").as("_rows"));
    for (int i = 0; i < breaches.length; i++) {
      perKey.add(count_if(col(breach(i))).as(breach(i)));
    }
    Column isChanged = not(col("_held").eqNullSafe(col("_due")));
    List<Column> told = new ArrayList<>();
    told.add(isChanged.as(CHANGED));
    told.add(when(isChanged.or(col("_rows").gt(1)), coalesce(col("_due"), col("_held"))).as("row"));
    told.add(col("_due").isNull().as(GONE));
    told.add(col("_held").isNull().as(NEW));
    told.add(when(isChanged, heldMonth(contract)).as("_month_held"));
    told.add(col("_rows"));
    for (int i = 0; i < breaches.length; i++) {
      told.add(col(breach(i)));
    }
    // Sent to where they are compared before they are sorted: sorted once.
    return new ChangeSet(
        contract,
        both.repartition(keys)
            .groupBy(keys)
            .agg(first("_due", true).as("_due"), perKey.toArray(Column[]::new))
            .select(told.toArray(Column[]::new)),
        promises);
  }

  private static Dataset<Row> side(
      Dataset<Row> rows, Column[] keys, Column due, Column held, Column[] breaches) {
    List<Column> columns = new ArrayList<>(Arrays.asList(keys));
    columns.add(due.as("_due"));
    columns.add(held.as("_held"));
    columns.addAll(Arrays.asList(breaches));
    return rows.select(columns.toArray(Column[]::new));
  }

  private static String breach(int promise) {
    return "_breach" + promise;
  }

  // Rows, breaches of each promise, and one of the keys that stand twice, if any does.
  private static Column[] due(TableContract contract, List<ContractGate.Promise> promises) {
    List<Column> totals = new ArrayList<>();
    totals.add(coalesce(sum("_rows"), lit(0L)));
    for (int i = 0; i < promises.size(); i++) {
      totals.add(coalesce(sum(breach(i)), lit(0L)));
    }
    Column[] keys = contract.grain().stream().map(k -> col("row." + k)).toArray(Column[]::new);
    totals.add(min(when(col("_rows").gt(1), struct(keys))));
    return totals.toArray(Column[]::new);
  }

  private static Column[] changes() {
    Column isKept = not(col(NEW)).and(not(col(GONE)));
    return new Column[] {
      count_if(col(NEW)),
      count_if(col(CHANGED).and(isKept)),
      count_if(col(GONE)),
      collect_set(col("_month_held"))
    };
  }

  private static Column heldMonth(TableContract contract) {
    return contract
        .datedBy()
        .map(date -> Stored.month(col("_held." + date)))
        .orElse(lit(null).cast("date"));
  }

  /** Fails if the rows that are due break the contract. */
  public void checkRows() {
    ContractGate.judge(contract, promises, due);
  }

  public boolean isEmpty() {
    return inserted + updated + deleted == 0;
  }

  public long inserted() {
    return inserted;
  }

  public long updated() {
    return updated;
  }

  public long deleted() {
    return deleted;
  }

  /** Makes the changes in one commit; gives the new version. */
  public long apply(DeltaTables tables) {
    String table = contract.qualifiedName();
    Dataset<Row> changes = compared.where(col(CHANGED));
    if (updated + deleted == 0) {
      return tables.append(
          table, Stored.rows(contract, changes.select("row.*")), Stored.partitionColumns(contract));
    }
    Dataset<Row> source =
        Stored.rows(contract, changes.select(col("row.*"), col(GONE)), col(GONE)).as("c");
    Map<String, String> values = new LinkedHashMap<>();
    for (String column : source.columns()) {
      if (!column.equals(GONE)) {
        values.put(column, "c." + column);
      }
    }
    tables
        .target(table)
        .as("t")
        .merge(source, sameRow())
        .whenMatched("c." + GONE)
        .delete()
        .whenMatched()
        .updateExpr(values)
        .whenNotMatched()
        .insertExpr(values)
        .execute();
    return tables.version(table);
  }

  // The months as literals, so that the merge opens no other partition.
  private Column sameRow() {
    Column same = lit(true);
    for (String key : contract.grain()) {
      same = same.and(col("t." + key).eqNullSafe(col("c." + key)));
    }
    if (contract.datedBy().isEmpty()) {
      return same;
    }
    return same.and(col("t." + Stored.MONTH).isin(heldMonths.toArray()));
  }

  @Override
  public void close() {
    if (compared.queryExecution().logical() instanceof LogicalRDD held) {
      held.rdd().unpersist(false);
    }
  }
}
