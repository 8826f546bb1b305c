package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;

import java.sql.Date;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What differs between the rows that a table holds and the rows that are due, by the table's grain.
 *
 * <p>Applied in one commit: rows that are due and not held are inserted, others updated, and held
 * ones that are no longer due deleted. Where nothing differs there is no commit, so a table that
 * did not change keeps its version.
 */
public final class ChangeSet implements AutoCloseable {
  private static final String GONE = "_gone";
  private static final String NEW = "_new";

  private final TableContract contract;
  private final Dataset<Row> changes;
  private final long inserted;
  private final long updated;
  private final long deleted;
  private final List<Date> heldMonths;

  private ChangeSet(TableContract contract, Dataset<Row> changes) {
    this.contract = contract;
    this.changes = changes.persist(StorageLevel.MEMORY_AND_DISK());
    Row counts =
        this.changes
            .agg(
                count_if(col(NEW)),
                count_if(not(col(NEW)).and(not(col(GONE)))),
                count_if(col(GONE)),
                collect_set(col("_month_held")))
            .first();
    this.inserted = counts.getLong(0);
    this.updated = counts.getLong(1);
    this.deleted = counts.getLong(2);
    this.heldMonths = counts.getList(3);
  }

  /**
   * Compares two sets of rows of a table.
   *
   * @param held the rows that the table has now, or those of the part that was computed
   * @param due the rows that it should have, one per grain
   */
  public static ChangeSet between(TableContract contract, Dataset<Row> held, Dataset<Row> due) {
    Column[] all = columns(contract);
    Dataset<Row> before = held.select(struct(all).as("held"));
    Dataset<Row> after = due.select(struct(all).as("due"));
    Column sameRow =
        contract.grain().stream()
            .map(k -> col("held." + k).eqNullSafe(col("due." + k)))
            .reduce(Column::and)
            .orElseThrow();
    return new ChangeSet(
        contract,
        before
            .join(after, sameRow, "full_outer")
            .where(not(col("held").eqNullSafe(col("due"))))
            .select(
                coalesce(col("due"), col("held")).as("row"),
                col("due").isNull().as(GONE),
                col("held").isNull().as(NEW),
                heldMonth(contract).as("_month_held")));
  }

  private static Column heldMonth(TableContract contract) {
    return contract
        .datedBy()
        .map(date -> Stored.month(col("held." + date)))
        .orElse(lit(null).cast("date"));
  }

  private static Column[] columns(TableContract contract) {
    return Arrays.stream(contract.columnNames()).map(n -> col(n)).toArray(Column[]::new);
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
    changes.unpersist();
  }
}
