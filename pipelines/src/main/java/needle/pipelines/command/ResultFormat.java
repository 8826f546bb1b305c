package needle.pipelines.command;

import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import needle.pipelines.lake.JsonRows;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** How query results are printed. */
enum ResultFormat {
  TABLE {
    @Override
    void print(StructType schema, List<Row> rows, PrintWriter out) {
      List<List<String>> lines = new ArrayList<>();
      lines.add(List.of(schema.fieldNames()));
      rows.forEach(r -> lines.add(texts(r)));
      int[] widths = new int[schema.size()];
      lines.forEach(
          l -> {
            for (int i = 0; i < widths.length; i++) {
              widths[i] = Math.max(widths[i], l.get(i).length());
            }
          });
      for (List<String> line : lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          text.append(String.format("%-" + (widths[i] + 2) + "s", line.get(i)));
        }
        out.println(text.toString().stripTrailing());
      }
    }
  },
  CSV {
    @Override
    void print(StructType schema, List<Row> rows, PrintWriter out) {
      CsvWriterSettings settings = new CsvWriterSettings();
      settings.setQuotationTriggers('"', ',', '\n', '\r');
      CsvWriter writer = new CsvWriter(settings);
      out.println(writer.writeRowToString((Object[]) schema.fieldNames()));
      for (Row row : rows) {
        Object[] cells = new Object[row.size()];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = row.isNullAt(i) ? "" : harmless(text(row.get(i)));
        }
        out.println(writer.writeRowToString(cells));
      }
    }
  },
  JSON {
    @Override
    void print(StructType schema, List<Row> rows, PrintWriter out) {
      out.println(JsonRows.text(JsonRows.objects(rows)));
    }
  };

  abstract void print(StructType schema, List<Row> rows, PrintWriter out);

  private static List<String> texts(Row row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      texts.add(
          value == null
              ? ""
              : value instanceof Double d ? String.format(Locale.ROOT, "%.6g", d) : text(value));
    }
    return texts;
  }

  // Structs, maps and arrays as JSON has them.
  private static String text(Object value) {
    Object plain = JsonRows.value(value);
    return plain instanceof Map || plain instanceof List ? JsonRows.text(plain) : plain.toString();
  }

  // A spreadsheet would run a cell that begins like a formula; numbers keep their sign.
  private static String harmless(String cell) {
    boolean formula = !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0;
    return formula && !cell.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?") ? "'" + cell : cell;
  }
}
