package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.ContractViolation;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Holds a staged table to its contract: columns and types, filled columns, the grain, and every
 * check.
 */
public final class ContractGate {
  /** The column that counts the rows of a key. */
  static final String ROWS = "_rows";

  /** How many rows the key with the most has. */
  static final String MOST = "_most";

  private ContractGate() {}

  /** Fails unless the job's plan gives exactly the contract's columns, in any order. */
  public static void checkSchema(TableContract contract, StructType actual) {
    Map<String, String> promised = new TreeMap<>();
    contract.columns().forEach(c -> promised.put(c.name(), c.type().catalogString()));
    Map<String, String> found = new TreeMap<>();
    for (StructField field : actual.fields()) {
      found.put(field.name(), field.dataType().catalogString());
    }
    List<String> faults = new ArrayList<>();
    promised.forEach(
        (name, type) -> {
          if (!found.containsKey(name)) {
            faults.add("column " + name + " is missing");
          } else if (!sameType(type, found.get(name))) {
            faults.add("column " + name + " is " + found.get(name) + " instead of " + type);
          }
        });
    found.keySet().stream()
        .filter(name -> !promised.containsKey(name))
        .forEach(name -> faults.add("column " + name + " is not in the contract"));
    if (!faults.isEmpty()) {
      throw new ContractViolation(
          contract + " does not have the columns of its contract",
          String.join("; ", faults),
          "correct the job or its contract; nothing was published");
    }
  }

  private static boolean sameType(String promised, String found) {
    return promised.equals(found);
  }

  /**
   * A promise of a contract about its rows.
   *
   * @param breach true in a row that breaks it
   * @param column the column that counts the breaches of a key
   */
  record Promise(String sentence, Column breach, String column) {}

  /** What the contract promises of every row. */
  static List<Promise> promises(TableContract contract) {
    List<Promise> promises = new ArrayList<>();
    contract.columns().stream()
        .filter(TableContract.ColumnContract::required)
        .forEach(c -> add(promises, c.name() + " is filled in every row", col(c.name()).isNull()));
    contract
        .checks()
        .forEach(c -> add(promises, c.sentence(), not(coalesce(expr(c.predicate()), lit(false)))));
    return promises;
  }

  private static void add(List<Promise> promises, String sentence, Column breach) {
    promises.add(new Promise(sentence, breach, "_breach" + promises.size()));
  }

  /** Fails if any row breaks the contract; reads the table once. */
  public static void checkRows(TableContract contract, Dataset<Row> rows) {
    List<Promise> promises = promises(contract);
    judge(contract, promises, totals(contract, rows, promises));
  }

  /**
   * What there is to judge.
   *
   * @param breaches rows that break each promise
   * @param twice one of the keys that stand twice
   */
  record Totals(long rows, List<Long> breaches, Optional<Row> twice) {}

  /** Fails if the totals tell of a breach. */
  static void judge(TableContract contract, List<Promise> promises, Totals totals) {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < promises.size(); i++) {
      if (totals.breaches().get(i) > 0) {
        faults.add(
            totals.breaches().get(i)
                + " of "
                + totals.rows()
                + " rows break: "
                + promises.get(i).sentence());
      }
    }
    totals
        .twice()
        .ifPresent(
            key ->
                faults.add(
                    "one row per " + grain(contract) + ", but there are several for " + key));
    if (!faults.isEmpty()) {
      throw new ContractViolation(
          contract + " breaks its contract",
          String.join("; ", faults),
          "look at the staged rows with `needle sql --staged`, correct the input, run again; nothing was published");
    }
  }

  private static Totals totals(TableContract contract, Dataset<Row> rows, List<Promise> promises) {
    if (contract.grain().isEmpty()) {
      Column[] breaches = columns(promises, p -> count_if(p.breach()));
      Row sums = rows.agg(count(lit(1)).as(ROWS), breaches).first();
      return totals(sums, promises, Optional.empty());
    }
    Column[] keys = contract.grain().stream().map(k -> col(k)).toArray(Column[]::new);
    Dataset<Row> perKey =
        rows.groupBy(keys)
            .agg(count(lit(1)).as(ROWS), columns(promises, p -> count_if(p.breach())));
    Row sums = perKey.agg(coalesce(max(ROWS), lit(0L)).as(MOST), sums(promises)).first();
    boolean isTwice = sums.<Long>getAs(MOST) > 1;
    return totals(sums, promises, isTwice ? Optional.of(twice(perKey, keys)) : Optional.empty());
  }

  /** Of counts per key, in {@link #ROWS}, the first key with several. */
  static Row twice(Dataset<Row> perKey, Column... keys) {
    return perKey.where(col(ROWS).gt(1)).orderBy(keys).select(keys).first();
  }

  private static Column[] columns(List<Promise> promises, Function<Promise, Column> value) {
    return promises.stream().map(p -> value.apply(p).as(p.column())).toArray(Column[]::new);
  }

  /** Over counts per key: how many rows there are, and how many break each promise; named alike. */
  static Column[] sums(List<Promise> promises) {
    return Stream.concat(Stream.of(ROWS), promises.stream().map(Promise::column))
        .map(c -> coalesce(sum(c), lit(0L)).as(c))
        .toArray(Column[]::new);
  }

  private static Totals totals(Row sums, List<Promise> promises, Optional<Row> twice) {
    List<Long> breaches = promises.stream().map(p -> sums.<Long>getAs(p.column())).toList();
    return new Totals(sums.getAs(ROWS), breaches, twice);
  }

  private static String grain(TableContract contract) {
    return contract.grain().stream().collect(Collectors.joining(" × "));
  }
}
