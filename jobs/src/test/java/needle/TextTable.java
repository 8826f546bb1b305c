package needle;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Rows written as a small table: a header that names the columns that matter, {@code |} between
 * cells, blank for empty.
 */
public final class TextTable {
  private TextTable() {}

  /** The rows in the shape of a contract; columns that the text leaves out are empty. */
  public static Dataset<Row> rows(SparkSession spark, TableContract contract, String text) {
    List<String> lines = text.strip().lines().toList();
    List<String> header = cells(lines.get(0));
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = cells(line);
      if (cells.size() != header.size()) {
        throw new IllegalArgumentException(
            "the line `" + line + "` does not fit the header " + header);
      }
      rows.add(
          RowFactory.create(
              contract.columns().stream()
                  .map(
                      c ->
                          header.contains(c.name())
                              ? value(cells.get(header.indexOf(c.name())), c.type())
                              : null)
                  .toArray()));
    }
    for (String column : header) {
      if (contract.find(column).isEmpty()) {
        throw new IllegalArgumentException(contract + " has no column " + column);
      }
    }
    return spark.createDataFrame(rows, contract.schema());
  }

  /** The named columns of some rows as sorted lines, for comparison with a text. */
  public static String text(Dataset<Row> rows, String... columns) {
    List<String> lines = new ArrayList<>();
    for (Row row : rows.selectExpr(columns).collectAsList()) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(row.isNullAt(i) ? "" : row.get(i).toString());
      }
      lines.add(String.join(" | ", cells).strip());
    }
    lines.sort(null);
    return String.join("\n", lines);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
  }

  private static Object value(String cell, DataType type) {
    if (cell.isEmpty()) {
      return null;
    }
    if (type.equals(DataTypes.DoubleType)) {
      return Double.valueOf(cell);
    }
    if (type.equals(DataTypes.LongType)) {
      return Long.valueOf(cell);
    }
    if (type.equals(DataTypes.BooleanType)) {
      return Boolean.valueOf(cell);
    }
    if (type.equals(DataTypes.DateType)) {
      return Date.valueOf(cell);
    }
    return type.equals(DataTypes.TimestampType) ? Timestamp.from(Instant.parse(cell)) : cell;
  }
}
