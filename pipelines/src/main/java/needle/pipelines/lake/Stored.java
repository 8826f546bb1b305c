package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.trunc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a table's rows lie in storage: the contract's columns, and for tables that are dated a
 * partition per month, so that a month's work opens a month's files.
 */
public final class Stored {
  /** The partition: first day of the month of the date that the contract names. */
  public static final String MONTH = "_month";

  private Stored() {}

  /** The rows as they are written. */
  public static Dataset<Row> rows(TableContract contract, Dataset<Row> rows, Column... more) {
    List<Column> columns = new ArrayList<>();
    contract.columns().forEach(c -> columns.add(col(c.name())));
    contract.datedBy().ifPresent(date -> columns.add(month(col(date)).as(MONTH)));
    columns.addAll(Arrays.asList(more));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** What the table is partitioned by. */
  public static String[] partitionColumns(TableContract contract) {
    return contract.datedBy().isPresent() ? new String[] {MONTH} : new String[0];
  }

  /** The first day of a date's month. */
  public static Column month(Column date) {
    return trunc(date, "month");
  }
}
