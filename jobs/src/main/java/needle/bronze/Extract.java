package needle.bronze;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.INSTANT;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final String id;
  private final Map<String, ColumnType> columns = new LinkedHashMap<>();
  private final Set<String> filled = new HashSet<>();

  private Extract(String id) {
    this.id = id;
  }

  /** Starts the list for {@code bronze.<id>}, with the columns that every row has of itself. */
  static Extract of(String id) {
    return new Extract(id)
        .dates(Delivery.DELIVERED_ON)
        .texts(Delivery.FILE, Delivery.EXTRACT)
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

  /** Columns that every row fills, because rows of silver are told apart by them or need them. */
  Extract filled(String... names) {
    filled.addAll(List.of(names));
    return this;
  }

  TableContract table() {
    TableContract table = TableContract.table(Layer.BRONZE, id, "As delivered");
    for (Map.Entry<String, ColumnType> column : columns.entrySet()) {
      table =
          filled.contains(column.getKey())
              ? table.column(column.getKey(), column.getValue(), "As delivered")
              : table.optional(column.getKey(), column.getValue(), "As delivered");
    }
    return table;
  }

  private Extract with(ColumnType type, String... names) {
    for (String name : names) {
      columns.put(name, type);
    }
    return this;
  }
}
