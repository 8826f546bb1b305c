package needle.pipelines.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows as JSON objects: numbers and booleans as such, structs and maps as objects, arrays as
 * arrays, instants in UTC as ISO 8601 has them, all else as text, empty cells as null.
 */
public final class JsonRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonRows() {}

  /** One object per row, its keys in the order of the columns. */
  public static List<Map<String, Object>> objects(List<Row> rows) {
    return rows.stream().map(JsonRows::object).toList();
  }

  private static Map<String, Object> object(Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      object.put(row.schema().fieldNames()[i], value(row.get(i)));
    }
    return object;
  }

  /** A cell in the form in which JSON has it. */
  public static Object value(Object cell) {
    if (cell == null || cell instanceof Number || cell instanceof Boolean) {
      return cell;
    }
    if (cell instanceof Timestamp time) {
      return time.toInstant().toString();
    }
    if (cell instanceof Row struct) {
      return object(struct);
    }
    if (cell instanceof scala.collection.Map<?, ?> map) {
      Map<String, Object> object = new LinkedHashMap<>();
      CollectionConverters.asJava(map)
          .forEach((key, value) -> object.put(String.valueOf(value(key)), value(value)));
      return object;
    }
    if (cell instanceof scala.collection.Iterable<?> array) {
      List<Object> values = new ArrayList<>();
      CollectionConverters.asJava(array).forEach(v -> values.add(value(v)));
      return values;
    }
    return cell.toString();
  }

  /** Any value made of maps, lists, numbers and texts, as JSON. */
  public static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
