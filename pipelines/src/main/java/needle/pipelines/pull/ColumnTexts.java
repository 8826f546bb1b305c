package needle.pipelines.pull;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;

/** A database row as texts that a contract's usual formats read: ISO dates and times, true, 1.5. */
final class ColumnTexts {
  private final String[] types;

  ColumnTexts(ResultSetMetaData columns) throws SQLException {
    types = new String[columns.getColumnCount()];
    for (int i = 0; i < types.length; i++) {
      types[i] = columns.getColumnTypeName(i + 1);
    }
  }

  String[] of(ResultSet row) throws SQLException {
    String[] texts = new String[types.length];
    for (int i = 0; i < types.length; i++) {
      texts[i] = text(row, i + 1);
    }
    return texts;
  }

  private String text(ResultSet row, int column) throws SQLException {
    Object value =
        switch (types[column - 1]) {
          case "timestamptz" -> row.getObject(column, OffsetDateTime.class);
          case "timestamp" -> row.getObject(column, LocalDateTime.class);
          case "bool" -> row.getObject(column, Boolean.class);
          default -> row.getString(column);
        };
    return value instanceof OffsetDateTime instant
        ? instant.toInstant().toString()
        : value == null ? null : value.toString();
  }
}
