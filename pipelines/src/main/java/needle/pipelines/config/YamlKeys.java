package needle.pipelines.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
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
 * The keys of a file that nobody knows, each with its line and the known one that is most like it,
 * and those that are missing.
 */
final class YamlKeys {
  private final ObjectMapper mapper;
  private final List<String> faults = new ArrayList<>();

  private YamlKeys(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** The faults in the file's keys, in its order; none where others are wrong. */
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
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        value(
            parser,
            of != null && of.isContainerType() ? of.getContentType() : null,
            at + "[" + i + "]");
      }
    } else if (parser.currentToken() == JsonToken.START_OBJECT) {
      if (of != null && of.getRawClass().isRecord()) {
        record(parser, of, at);
      } else {
        parser.skipChildren();
      }
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
