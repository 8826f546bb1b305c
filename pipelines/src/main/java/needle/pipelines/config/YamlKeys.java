package needle.pipelines.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that is wrong with a file's keys, each with its line: keys that nobody knows, with the known
 * one that is most like them, those that are missing, and values of another type.
 */
final class YamlKeys {
  private final ObjectMapper mapper;
  private final List<String> faults = new ArrayList<>();

  private YamlKeys(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** The faults in the file's keys and values, in its order; none where it is no YAML. */
  static List<String> faults(ObjectMapper mapper, String text, Class<?> shape) {
    YamlKeys keys = new YamlKeys(mapper);
    try (JsonParser parser = mapper.createParser(text)) {
      parser.nextToken();
      keys.value(parser, mapper.constructType(shape), "");
    } catch (IOException e) {
      return List.of();
    }
    return keys.faults;
  }

  private void value(JsonParser parser, JavaType type, String at) throws IOException {
    JavaType of = type != null && type.isReferenceType() ? type.getContentType() : type;
    JsonToken token = parser.currentToken();
    if (of == null) {
      parser.skipChildren();
    } else if (token == JsonToken.START_ARRAY && of.isCollectionLikeType()) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        value(parser, of.getContentType(), at + "[" + i + "]");
      }
    } else if (token == JsonToken.START_OBJECT && of.getRawClass().isRecord()) {
      record(parser, of, at);
    } else {
      whole(parser, of, at);
    }
  }

  // A value in which no keys are known: it can be read, or it cannot.
  private void whole(JsonParser parser, JavaType type, String at) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    JsonNode value = parser.readValueAsTree();
    try {
      mapper.readerFor(type).readValue(value);
    } catch (JsonProcessingException e) {
      faults.add("line " + line + (at.isEmpty() ? "" : " at " + at) + ": " + Yaml.said(e));
    }
  }

  private void record(JsonParser parser, JavaType type, String at) throws IOException {
    Map<String, BeanPropertyDefinition> known = new LinkedHashMap<>();
    mapper
        .getDeserializationConfig()
        .introspect(type)
        .findProperties()
        .forEach(p -> known.put(p.getName(), p));
    Set<String> given = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      int line = parser.currentTokenLocation().getLineNr();
      given.add(key);
      if (!known.containsKey(key)) {
        faults.add(
            "line "
                + line
                + ": there is no key "
                + within(at, key)
                + Nearest.of(key, known.keySet())
                    .map(near -> "; the nearest is " + near)
                    .orElse("; the keys are " + String.join(", ", known.keySet())));
      }
      parser.nextToken();
      BeanPropertyDefinition property = known.get(key);
      value(parser, property == null ? null : property.getPrimaryType(), within(at, key));
    }
    known.forEach(
        (key, property) -> {
          if (property.isRequired() && !given.contains(key)) {
            faults.add(within(at, key) + " is missing");
          }
        });
  }

  private static String within(String at, String key) {
    return at.isEmpty() ? key : at + "." + key;
  }
}
