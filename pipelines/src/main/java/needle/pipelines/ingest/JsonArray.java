package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;

/**
 * A JSON array, read element by element; an element that is no object is a faulty record. The array
 * is the file, or stands in it where a pointer leads.
 */
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

  JsonArray(Reader text, String at, JsonFields format) throws IOException {
    this.parser = JSON.createParser(text);
    this.format = format;
    this.holdsArray = isFound(parser, at);
  }

  // Moves to the array's beginning; false where the file is empty.
  private static boolean isFound(JsonParser parser, String at) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      return false;
    }
    for (JsonPointer left = JsonPointer.compile(at); !left.matches(); left = left.tail()) {
      token = member(parser, left.getMatchingProperty());
    }
    if (token != JsonToken.START_ARRAY) {
      throw new IOException(
          at.isEmpty()
              ? "the file is not a JSON array but begins with " + token
              : "there is no JSON array at " + at);
    }
    return true;
  }

  private static JsonToken member(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      for (String found = parser.nextFieldName(); found != null; found = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (found.equals(name)) {
          return value;
        }
        parser.skipChildren();
      }
    }
    return null;
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

  /** Counts the elements without building them; fails where the file goes on or breaks off. */
  static long count(Reader text, String at) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      if (!isFound(parser, at)) {
        return 0;
      }
      long elements = 0;
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token == null) {
          throw new IOException("the JSON array does not end");
        }
        elements++;
        parser.skipChildren();
      }
      requireNothingBehind(parser);
      return elements;
    }
  }

  private static void requireNothingBehind(JsonParser parser) throws IOException {
    boolean isOver = parser.getParsingContext().inRoot();
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (isOver) {
        throw new IOException("something follows the JSON value");
      }
      isOver = parser.getParsingContext().inRoot();
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
    return format.raw(record.toString(), record, fault);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
