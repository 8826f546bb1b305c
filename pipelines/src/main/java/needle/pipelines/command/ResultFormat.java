package needle.pipelines.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      CsvWriter writer = new CsvWriter(new CsvWriterSettings());
      out.println(writer.writeRowToString((Object[]) schema.fieldNames()));
      for (Row row : rows) {
        Object[] cells = texts(row).stream().map(ResultFormat::harmless).toArray();
        out.println(writer.writeRowToString(cells));
      }
    }
  },
  JSON {
    @Override
    void print(StructType schema, List<Row> rows, PrintWriter out) {
      List<Map<String, Object>> objects = new ArrayList<>();
      for (Row row : rows) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < schema.size(); i++) {
          Object value = row.get(i);
          boolean plain = value == null || value instanceof Number || value instanceof Boolean;
          object.put(schema.fieldNames()[i], plain ? value : value.toString());
        }
        objects.add(object);
      }
      try {
        out.println(new ObjectMapper().writeValueAsString(objects));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
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
              : value instanceof Double d
                  ? String.format(Locale.ROOT, "%.6g", d)
                  : value.toString());
    }
    return texts;
  }

  // A spreadsheet would run a cell that begins like a formula; numbers keep their sign.
  private static String harmless(String cell) {
    boolean formula = !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0;
    return formula && !cell.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?") ? "'" + cell : cell;
  }
}
