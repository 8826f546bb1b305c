package needle.pipelines.pull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract.Pull;
import org.postgresql.Driver;

/**
 * The table that a contract pulls from, as one transaction sees it: what is asked and what is read
 * belong together, whatever others write meanwhile.
 */
final class SourceTable implements AutoCloseable {
  private static final int ROWS_AT_A_TIME = 5_000;

  /** The highest watermark, as text that the server reads back exactly, and its number of rows. */
  record Top(String watermark, long rows) {}

  private final Pull pull;
  private final Connection connection;
  private final String watermark;
  private String watermarkType;

  private SourceTable(Pull pull, Connection connection, String watermark) {
    this.pull = pull;
    this.connection = connection;
    this.watermark = quoted(watermark);
  }

  /**
   * Logs in, and checks that the table has these columns.
   *
   * @param watermark the column's name in the database
   */
  static SourceTable open(
      Pull pull, String watermark, List<String> columns, Credentials credentials) {
    try {
      Connection connection = new Driver().connect(pull.url(), credentials.properties());
      SourceTable table = new SourceTable(pull, connection, watermark);
      try {
        table.begin();
        table.checkColumns(watermark, columns);
        return table;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw DatabaseFault.of(pull, e);
    }
  }

  private void begin() throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement settings = connection.createStatement()) {
      settings.execute("set time zone 'UTC'");
    }
  }

  private void checkColumns(String watermarkColumn, List<String> columns) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("select * from " + table() + " where false")) {
      ResultSetMetaData found = none.getMetaData();
      Map<String, String> types = new LinkedHashMap<>();
      for (int i = 1; i <= found.getColumnCount(); i++) {
        types.put(found.getColumnName(i), found.getColumnTypeName(i));
      }
      List<String> missing = columns.stream().filter(c -> !types.containsKey(c)).toList();
      if (!missing.isEmpty()) {
        throw new InvalidInput(
            "The table " + pull.table() + " does not fit its contract",
            "it has no column " + missing + "; it has " + types.keySet(),
            "map the columns' names with physicalName in the contract");
      }
      watermarkType = withoutSequence(types.get(watermarkColumn));
    }
  }

  // The driver names a column that counts by itself after that; values have the type beneath.
  private static String withoutSequence(String type) {
    return switch (type) {
      case "smallserial" -> "int2";
      case "serial" -> "int4";
      case "bigserial" -> "int8";
      default -> type;
    };
  }

  /** The highest watermark in the table; null for an empty one. A row without is an error. */
  Top top() {
    try (Statement statement = connection.createStatement()) {
      long without =
          number(statement, "select count(*) from " + table() + " where " + watermark + " is null");
      if (without > 0) {
        throw new InvalidInput(
            "The watermark of " + pull.table() + " has gaps",
            without + " row(s) have no " + watermark + ", so they would never be pulled",
            "fill it in the source, or name a column that every row has as watermark");
      }
      try (ResultSet row =
          statement.executeQuery("select max(" + watermark + ")::text from " + table())) {
        row.next();
        String top = row.getString(1);
        return top == null ? null : new Top(top, rowsAt(top));
      }
    } catch (SQLException e) {
      throw DatabaseFault.of(pull, e);
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private long rowsAt(String value) throws SQLException {
    String sql = "select count(*) from " + table() + " where " + watermark + " = " + parameter();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, value);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The highest of these watermarks, compared as the server compares them. */
  String highest(List<String> watermarks) {
    String sql = "select max(w::" + watermarkType + ")::text from unnest(?::text[]) w";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", watermarks.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw DatabaseFault.of(pull, e);
    }
  }

  /** Hears of every row: the values of the columns, in their order. */
  interface Sink {
    void row(String[] values);
  }

  /**
   * Reads the rows from a watermark on, itself included: others may have come with it since.
   *
   * @param from null for all rows
   */
  void read(List<String> columns, String from, Sink sink) {
    String selected = columns.stream().map(SourceTable::quoted).collect(Collectors.joining(", "));
    String sql =
        "select "
            + selected
            + " from "
            + table()
            + (from == null ? "" : " where " + watermark + " >= " + parameter())
            + " order by "
            + watermark;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(ROWS_AT_A_TIME);
      if (from != null) {
        statement.setString(1, from);
      }
      try (ResultSet rows = statement.executeQuery()) {
        ColumnTexts texts = new ColumnTexts(rows.getMetaData());
        while (rows.next()) {
          sink.row(texts.of(rows));
        }
      }
    } catch (SQLException e) {
      throw DatabaseFault.of(pull, e);
    }
  }

  private String parameter() {
    return "cast(cast(? as text) as " + watermarkType + ")";
  }

  private String table() {
    return Arrays.stream(pull.table().split("\\."))
        .map(SourceTable::quoted)
        .collect(Collectors.joining("."));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw DatabaseFault.of(pull, e);
    }
  }
}
