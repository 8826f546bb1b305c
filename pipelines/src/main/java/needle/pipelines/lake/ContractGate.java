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
   */
  record Promise(String sentence, Column breach) {}

  /** What the contract promises of every row. */
  static List<Promise> promises(TableContract contract) {
    List<Promise> promises = new ArrayList<>();
    contract.columns().stream()
        .filter(TableContract.ColumnContract::required)
        .forEach(
            c ->
                promises.add(
                    new Promise(c.name() + " is filled in every row", col(c.name()).isNull())));
    contract
        .checks()
        .forEach(
            check ->
                promises.add(
                    new Promise(
                        check.sentence(), not(coalesce(expr(check.predicate()), lit(false))))));
    return promises;
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
    List<Column> totals = new ArrayList<>();
    if (contract.grain().isEmpty()) {
      promises.forEach(p -> totals.add(coalesce(count_if(p.breach()), lit(0L))));
      totals.add(lit(null).cast("struct<key:string>"));
      return rows.agg(count(lit(1)), totals.toArray(Column[]::new)).first();
    }
    Column[] keys = contract.grain().stream().map(k -> col(k)).toArray(Column[]::new);
    List<Column> perKey = new ArrayList<>();
    for (int i = 0; i < promises.size(); i++) {
      perKey.add(count_if(promises.get(i).breach()).as("_breach" + i));
      totals.add(coalesce(sum("_breach" + i), lit(0L)));
    }
    totals.add(min(when(col("_rows").gt(1), struct(keys))));
    return rows.groupBy(keys)
        .agg(count(lit(1)).as("_rows"), perKey.toArray(Column[]::new))
        .agg(coalesce(sum("_rows"), lit(0L)), totals.toArray(Column[]::new))
        .first();
  }

  private static String grain(TableContract contract) {
    return contract.grain().stream().collect(Collectors.joining(" × "));
  }
}
