package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
  private static final String GONE = FileRewrite.GONE;
  private static final String NEW = FileRewrite.NEW;
  private static final String CHANGED = "_changed";

  private final TableContract contract;
  private final List<Promise> promises;
  private final MergeSource compared;
  private final long inserted;
  private final long updated;
  private final long deleted;
  private final Set<Long> heldIn;
  private final long rows;
  private final List<Long> breaches;
  private final boolean isTwice;

  private ChangeSet(TableContract contract, List<Promise> promises, Dataset<Row> rows) {
    this.contract = contract;
    this.promises = promises;
    this.compared = MergeSource.of(rows);
    List<Row> perFile =
        compared
            .rows()
            .groupBy(DeltaTables.HELD_IN)
            .agg(max(ContractGate.ROWS).as(ContractGate.MOST), sums())
            .collectAsList();
    this.heldIn =
        perFile.stream()
            .map(r -> r.<Long>getAs(DeltaTables.HELD_IN))
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    this.isTwice = perFile.stream().anyMatch(r -> r.<Long>getAs(ContractGate.MOST) > 1);
    this.inserted = sum(perFile, NEW);
    this.updated = sum(perFile, CHANGED);
    this.deleted = sum(perFile, GONE);
    this.rows = sum(perFile, ContractGate.ROWS);
    this.breaches = promises.stream().map(p -> sum(perFile, p.column())).toList();
  }

  private static long sum(List<Row> perFile, String column) {
    return perFile.stream().mapToLong(r -> r.<Long>getAs(column)).sum();
  }

  // Sums alone: with anything else in it the aggregation would not be compiled.
  private Column[] sums() {
    Column isKept = not(col(NEW)).and(not(col(GONE)));
    Stream<Column> changes =
        Stream.of(
            count_if(col(NEW)).as(NEW),
            count_if(col(CHANGED).and(isKept)).as(CHANGED),
            count_if(col(GONE)).as(GONE));
    return Stream.concat(changes, Arrays.stream(ContractGate.sums(promises)))
        .toArray(Column[]::new);
  }

  /**
   * Compares two sets of rows of a table.
   *
   * @param held the rows that the table has now, or those of the part that was computed; see {@link
   *     DeltaTables#held}
   * @param due the rows that it should have
   */
  public static ChangeSet between(TableContract contract, Dataset<Row> held, Dataset<Row> due) {
    List<Promise> promises = ContractGate.promises(contract);
    Column[] keys = keys(contract, "");
    Column row = struct(Stream.of(contract.columnNames()).map(n -> col(n)).toArray(Column[]::new));
    Column none = lit(null).cast(contract.schema());
    Dataset<Row> dueSide =
        side(due, keys, row, none, lit(null).cast("bigint"), each(promises, Promise::breach));
    Dataset<Row> heldSide =
        side(held, keys, none, row, col(DeltaTables.HELD_IN), each(promises, p -> lit(false)));
    List<Column> perKey = each(promises, p -> count_if(col(p.column())));
    perKey.add(first("_held", true).as("_held"));
    perKey.add(first(DeltaTables.HELD_IN, true).as(DeltaTables.HELD_IN));
    perKey.add(count("_due").as(ContractGate.ROWS));
    // Sent to where they are compared before they are sorted: sorted once.
    Dataset<Row> paired =
        dueSide
            .union(heldSide)
            .repartition(keys)
            .groupBy(keys)
            .agg(first("_due", true).as("_due"), perKey.toArray(Column[]::new));
    return new ChangeSet(contract, promises, paired.select(told(promises)));
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
      Dataset<Row> rows,
      Column[] keys,
      Column due,
      Column held,
      Column heldIn,
      List<Column> breaches) {
    List<Column> columns = new ArrayList<>(Arrays.asList(keys));
    columns.add(due.as("_due"));
    columns.add(held.as("_held"));
    columns.add(heldIn.as(DeltaTables.HELD_IN));
    columns.addAll(breaches);
    return rows.select(columns.toArray(Column[]::new));
  }

  // Of a row that stays as it is no more than that it was there.
  private static Column[] told(List<Promise> promises) {
    Column isChanged = not(col("_held").eqNullSafe(col("_due")));
    Column isTwice = col(ContractGate.ROWS).gt(1);
    List<Column> told = each(promises, p -> col(p.column()));
    told.add(isChanged.as(CHANGED));
    told.add(when(isChanged.or(isTwice), coalesce(col("_due"), col("_held"))).as("row"));
    told.add(col("_due").isNull().as(GONE));
    told.add(col("_held").isNull().as(NEW));
    told.add(when(isChanged, col(DeltaTables.HELD_IN)).as(DeltaTables.HELD_IN));
    told.add(col(ContractGate.ROWS));
    return told.toArray(Column[]::new);
  }

  /** Fails if the rows that are due break the contract. */
  public void checkRows() {
    Optional<Row> twice =
        isTwice
            ? Optional.of(ContractGate.twice(compared.rows(), keys(contract, "row.")))
            : Optional.empty();
    ContractGate.judge(contract, promises, new ContractGate.Totals(rows, breaches, twice));
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
    return tables.change(
        contract,
        changes.select(col("row.*"), col(GONE), col(NEW)),
        heldIn,
        new FileRewrite.Counts(inserted, updated, deleted));
  }

  @Override
  public void close() {
    compared.close();
  }
}
