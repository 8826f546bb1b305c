package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;

/** One JSON array, read element by element; an element that is no object is a faulty record. */
final class JsonArray implements Records {
  // Behind a text that is too long the parser does not find the next element.
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonParser parser;
  private final JsonFields format;
  private final boolean holdsArray;
  private JsonNode record;
  private String fault;
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
    read();
    return true;
  }

  // A number beyond any size is found when its value is made, behind which the element goes on.
  private void read() throws IOException {
    JsonStreamContext array = context(parser);
    try {
      record = parser.readValueAsTree();
      fault = record.isObject() ? null : "the element is not a JSON object";
    } catch (JsonProcessingException | NumberFormatException e) {
      record = null;
      fault = "the element has a value that cannot be read";
      while (parser.getParsingContext() != array) {
        parser.nextToken();
      }
    }
  }

  // That of the array, though its element may have begun.
  private static JsonStreamContext context(JsonParser parser) {
    JsonStreamContext context = parser.getParsingContext();
    return parser.currentToken().isStructStart() ? context.getParent() : context;
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
    return fault;
  }

  @Override
  public String raw() {
    if (record == null) {
      return "not kept, because it cannot be read";
    }
    if (!format.drops()) {
      return record.toString();
    }
    return fault == null ? format.raw(record) : RejectedText.withheld(record.toString());
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
