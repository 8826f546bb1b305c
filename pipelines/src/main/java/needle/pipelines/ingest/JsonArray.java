package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;

/** One JSON array, read element by element; an element that is no object is a faulty record. */
final class JsonArray implements Records {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final JsonParser parser;
  private final JsonFields format;
  private final boolean holdsArray;
  private JsonNode record;
  private long element;

  JsonArray(Reader text, JsonFields format) throws IOException {
    this.parser = JSON.createParser(text);
    this.format = format;
    JsonToken first = parser.nextToken();
    if (first != null && first != JsonToken.START_ARRAY) {
      throw new IOException("the file is not a JSON array but begins with " + first);
    }
    this.holdsArray = first != null;
  }

  @Override
  public boolean next() throws IOException {
    JsonToken token = holdsArray ? parser.nextToken() : null;
    if (token == null || token == JsonToken.END_ARRAY) {
      return false;
    }
    element++;
    record = parser.readValueAsTree();
    return true;
  }

  /** Counts the elements without building them; fails where the array is not closed. */
  static long count(Reader text) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return 0;
      }
      long elements = 0;
      for (token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
        if (token == null) {
          throw new IOException("the JSON array does not end");
        }
        elements++;
        parser.skipChildren();
      }
      return elements;
    }
  }

  // Several elements may stand on one line.
  @Override
  public long line() {
    return element;
  }

  @Override
  public String[] fields() {
    return format.of(record);
  }

  @Override
  public String fault() {
    return record.isObject() ? null : "the element is not a JSON object";
  }

  @Override
  public String raw() {
    return format.drops() ? format.raw(record) : record.toString();
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
