package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON in which a record is an object on a line of its own. */
final class JsonLines implements Records {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(JsonNode.class);

  /** How the fault begins of a line that the parser cannot read; what it says follows. */
  static final String NOT_JSON = "the line is not JSON";

  private final TextLines lines;
  private final JsonFields format;
  private JsonNode record;
  private String fault;

  JsonLines(TextLines lines, JsonFields format) {
    this.lines = lines;
    this.format = format;
  }

  @Override
  public boolean next() throws IOException {
    while (lines.next()) {
      if (!lines.text().isBlank()) {
        record = null;
        fault = lines.fault() == null ? parse(lines.text()) : lines.fault();
        return true;
      }
    }
    return false;
  }

  private String parse(String line) {
    try {
      record = JSON.readValue(line);
      return record.isObject() ? null : "the line is not a JSON object";
    } catch (JsonProcessingException e) {
      return NOT_JSON
          + ": "
          + (format.tellsOfPeople()
              ? place(e)
              : e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (NumberFormatException e) {
      return NOT_JSON + ": it has a number beyond any size";
    }
  }

  // In words that quote nothing.
  private static String place(JsonProcessingException e) {
    return "it cannot be read"
        + (e.getLocation() == null
            ? ""
            : " from character " + e.getLocation().getColumnNr() + " on");
  }

  @Override
  public long line() {
    return lines.number();
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
    return format.raw(lines.text(), record, fault);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
