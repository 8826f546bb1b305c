package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
    judge(contract, promises, counts(contract, rows, promises));
  }

  /**
   * Fails if the counts tell of a breach.
   *
   * @param counts rows, rows that break each promise, and one of the keys that stand twice
   */
  static void judge(TableContract contract, List<Promise> promises, Row counts) {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < promises.size(); i++) {
      if (counts.getLong(i + 1) > 0) {
        faults.add(
            counts.getLong(i + 1)
                + " of "
                + counts.getLong(0)
                + " rows break: "
                + promises.get(i).sentence());
      }
    }
    Row twice = counts.getStruct(promises.size() + 1);
    if (twice != null) {
      faults.add("one row per " + grain(contract) + ", but there are several for " + twice);
    }
    if (!faults.isEmpty()) {
      throw new ContractViolation(
          contract + " breaks its contract",
          String.join("; ", faults),
          "look at the staged rows with `needle sql --staged`, correct the input, run again; nothing was published");
    }
  }

  private static Row counts(TableContract contract, Dataset<Row> rows, List<Promise> promises) {
    if (contract.grain().isEmpty()) {
      List<Column> totals = new ArrayList<>();
      promises.forEach(p -> totals.add(coalesce(count_if(p.breach()), lit(0L))));
      totals.add(lit(null).cast("struct<key:string>"));
      return rows.agg(count(lit(1)), totals.toArray(Column[]::new)).first();
    }
    Column[] keys = contract.grain().stream().map(k -> col(k)).toArray(Column[]::new);
    Column[] perKey =
        promises.stream().map(p -> count_if(p.breach()).as(p.column())).toArray(Column[]::new);
    return rows.groupBy(keys)
        .agg(count(lit(1)).as(ROWS), perKey)
        .select(totals(promises, keys))
        .first();
  }

  /** What {@link #judge} needs to know, summed over counts per key. */
  static Column[] totals(List<Promise> promises, Column[] keys) {
    List<Column> totals = new ArrayList<>();
    totals.add(coalesce(sum(ROWS), lit(0L)));
    promises.forEach(p -> totals.add(coalesce(sum(p.column()), lit(0L))));
    totals.add(min(when(col(ROWS).gt(1), struct(keys))));
    return totals.toArray(Column[]::new);
  }

  private static String grain(TableContract contract) {
    return contract.grain().stream().collect(Collectors.joining(" × "));
  }
}
