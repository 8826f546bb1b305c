package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.TableContract;
import needle.pipelines.lake.ContractGate.Promise;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

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
  private final List<Promise> promises;
  private final MergeSource compared;
  private final Row due;
  private final long inserted;
  private final long updated;
  private final long deleted;
  private final List<Date> heldMonths;

  private ChangeSet(TableContract contract, List<Promise> promises, Dataset<Row> rows) {
    this.contract = contract;
    this.promises = promises;
    this.compared = MergeSource.of(rows);
    Column due = struct(ContractGate.totals(promises, keys(contract, "row.")));
    Row counts = compared.rows().agg(due, changes()).first();
    this.due = counts.getStruct(0);
    this.inserted = counts.getLong(1);
    this.updated = counts.getLong(2);
    this.deleted = counts.getLong(3);
    this.heldMonths = counts.getList(4);
  }

  /**
   * Compares two sets of rows of a table.
   *
   * @param held the rows that the table has now, or those of the part that was computed
   * @param due the rows that it should have
   */
  public static ChangeSet between(TableContract contract, Dataset<Row> held, Dataset<Row> due) {
    List<Promise> promises = ContractGate.promises(contract);
    Column[] keys = keys(contract, "");
    Column row = struct(Stream.of(contract.columnNames()).map(n -> col(n)).toArray(Column[]::new));
    Column none = lit(null).cast(contract.schema());
    Dataset<Row> dueSide = side(due, keys, row, none, each(promises, Promise::breach));
    Dataset<Row> heldSide = side(held, keys, none, row, each(promises, p -> lit(false)));
    List<Column> perKey = each(promises, p -> count_if(col(p.column())));
    perKey.add(first("_held", true).as("_held"));
    perKey.add(count("_due").as(ContractGate.ROWS));
    // Sent to where they are compared before they are sorted: sorted once.
    Dataset<Row> paired =
        dueSide
            .union(heldSide)
            .repartition(keys)
            .groupBy(keys)
            .agg(first("_due", true).as("_due"), perKey.toArray(Column[]::new));
    return new ChangeSet(contract, promises, paired.select(told(contract, promises)));
  }

  private static Column[] keys(TableContract contract, String within) {
    return contract.grain().stream().map(k -> col(within + k)).toArray(Column[]::new);
  }

  private static List<Column> each(List<Promise> promises, Function<Promise, Column> value) {
    return promises.stream()
        .map(p -> value.apply(p).as(p.column()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static Dataset<Row> side(
      Dataset<Row> rows, Column[] keys, Column due, Column held, List<Column> breaches) {
    List<Column> columns = new ArrayList<>(Arrays.asList(keys));
    columns.add(due.as("_due"));
    columns.add(held.as("_held"));
    columns.addAll(breaches);
    return rows.select(columns.toArray(Column[]::new));
  }

  // Of a row that stays as it is no more than that it was there.
  private static Column[] told(TableContract contract, List<Promise> promises) {
    Column isChanged = not(col("_held").eqNullSafe(col("_due")));
    Column isTwice = col(ContractGate.ROWS).gt(1);
    List<Column> told = each(promises, p -> col(p.column()));
    told.add(isChanged.as(CHANGED));
    told.add(when(isChanged.or(isTwice), coalesce(col("_due"), col("_held"))).as("row"));
    told.add(col("_due").isNull().as(GONE));
    told.add(col("_held").isNull().as(NEW));
    told.add(when(isChanged, heldMonth(contract)).as("_month_held"));
    told.add(col(ContractGate.ROWS));
    return told.toArray(Column[]::new);
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
    Dataset<Row> changes = compared.rows().where(col(CHANGED));
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
    compared.close();
  }
}
