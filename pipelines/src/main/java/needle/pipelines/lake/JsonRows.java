package needle.pipelines.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Rows as JSON objects: numbers and booleans as such, all else as text, empty cells as null. */
public final class JsonRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonRows() {}

  /** One object per row, its keys in the order of the columns. */
  public static List<Map<String, Object>> objects(List<Row> rows) {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        Object value = row.get(i);
        boolean plain = value == null || value instanceof Number || value instanceof Boolean;
        object.put(row.schema().fieldNames()[i], plain ? value : value.toString());
      }
      objects.add(object);
    }
    return objects;
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
