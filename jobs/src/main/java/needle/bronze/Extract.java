package needle.bronze;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.INSTANT;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;

import needle.kit.ColumnType;
import needle.kit.Layer;
import needle.kit.TableContract;

/**
 * The columns of one bronze table that jobs rely on.
 *
 * <p>The extract's contract in {@code pipelines/contracts} says how a file is read; this says what
 * must come out of it. A run compares the two before it starts, so a contract that lost a column
 * fails with its name.
 */
final class Extract {
  private TableContract table;

  private Extract(TableContract table) {
    this.table = table;
  }

  /** Starts the list for {@code bronze.<id>}, with the columns that ingest adds to every row. */
  static Extract of(String id) {
    return new Extract(TableContract.table(Layer.BRONZE, id, "As delivered"))
        .dates(Delivery.DELIVERED_ON)
        .texts(Delivery.FILE)
        .wholes(Delivery.LINE);
  }

  Extract texts(String... names) {
    return with(TEXT, names);
  }

  Extract numbers(String... names) {
    return with(NUMBER, names);
  }

  Extract wholes(String... names) {
    return with(WHOLE, names);
  }

  Extract flags(String... names) {
    return with(FLAG, names);
  }

  Extract dates(String... names) {
    return with(DATE, names);
  }

  Extract instants(String... names) {
    return with(INSTANT, names);
  }

  TableContract table() {
    return table;
  }

  private Extract with(ColumnType type, String... names) {
    for (String name : names) {
      table = table.optional(name, type, "As delivered");
    }
    return this;
  }
}
