package needle.pipelines.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.InvalidInput;

/**
 * Strict YAML: an unknown key, a missing key or a wrong type is a fault, and all files' faults are
 * told at once.
 */
public final class Yaml {
  private static final ObjectMapper MAPPER =
      YAMLMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private Yaml() {}

  /** Reads every {@code .yaml} file below a folder, sorted by path. */
  public static <T, R> List<R> readAll(
      Path folder, Class<T> shape, String kind, BiFunction<T, List<String>, R> toValue) {
    List<Path> files = yamlFiles(folder, kind);
    List<String> faults = new ArrayList<>();
    List<R> values = new ArrayList<>();
    for (Path file : files) {
      String where = folder.relativize(file).toString();
      String text = "";
      try {
        text = Files.readString(file);
        List<String> own = new ArrayList<>();
        R value = toValue.apply(MAPPER.readValue(text, shape), own);
        own.forEach(fault -> faults.add(where + ": " + fault));
        values.add(value);
      } catch (JsonProcessingException e) {
        faults.add(where + explain(e, text, shape));
      } catch (IOException e) {
        faults.add(where + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size() + " fault(s) in the " + kind + " files of " + folder,
          String.join("\n          ", faults),
          "correct these lines; every key is described in docs/configuration.md");
    }
    return values;
  }

  /** Reads a text. */
  static <T, R> R readText(
      String text, Class<T> shape, String kind, BiFunction<T, List<String>, R> toValue) {
    List<String> faults = new ArrayList<>();
    R value = null;
    try {
      value = toValue.apply(MAPPER.readValue(text, shape), faults);
    } catch (JsonProcessingException e) {
      faults.add(kind + explain(e, text, shape));
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size() + " fault(s) in the " + kind,
          String.join("\n          ", faults),
          "correct these lines; every key is described in docs/configuration.md");
    }
    return value;
  }

  /** Reads one file that stands for itself. */
  public static <T> T read(Path file, Class<T> shape, String kind) {
    String text = "";
    try {
      text = Files.readString(file);
      return MAPPER.readValue(text, shape);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          "The " + kind + " file " + file + " is wrong",
          file.getFileName() + explain(e, text, shape),
          "correct what is named");
    } catch (IOException e) {
      throw new InvalidInput(
          "The " + kind + " file " + file + " cannot be read",
          e.getMessage(),
          "give the path of a file that exists");
    }
  }

  static List<Path> yamlFiles(Path folder, String kind) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInput(
          "There is no folder of " + kind + " files at " + folder,
          "it does not exist or is not a folder",
          "give the folder that holds contracts, kpis and plans with --config");
    }
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(f -> f.toString().endsWith(".yaml"))
          .sorted()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw new InvalidInput(
          "Cannot list " + folder, e.getMessage(), "check the folder's permissions");
    }
  }

  private static String explain(JsonProcessingException e, String text, Class<?> shape) {
    if (e instanceof JsonMappingException && !(e.getCause() instanceof JsonParseException)) {
      List<String> keys = YamlKeys.faults(MAPPER, text, shape);
      if (!keys.isEmpty()) {
        return " " + String.join("\n          ", keys);
      }
    }
    if (e instanceof JsonParseException || e.getCause() instanceof JsonParseException) {
      List<String> lines = text.lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).matches(" *\\t.*")) {
          return " line " + (i + 1) + ": YAML allows no tabs; indent with spaces";
        }
      }
    }
    return explain(e);
  }

  private static String explain(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String line = at == null ? "" : " line " + at.getLineNr();
    String path =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining(".", " at ", ""))
            : "";
    return line + path + ": " + said(e);
  }

  // What Jackson says of Java's types means nothing to who writes the file.
  static String said(JsonProcessingException e) {
    if (e instanceof MismatchedInputException mismatch
        && !(e instanceof PropertyBindingException)
        && mismatch.getTargetType() != null) {
      Class<?> due = mismatch.getTargetType();
      if (mismatch instanceof InvalidFormatException found && due.isEnum()) {
        return found.getValue()
            + " is none of "
            + Stream.of(due.getEnumConstants())
                .map(c -> c.toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
      }
      if (Collection.class.isAssignableFrom(due)) {
        return "must be a list, such as [a, b]";
      }
      if (Map.class.isAssignableFrom(due) || due.isRecord()) {
        return "must hold keys with values, such as {key: value}";
      }
      if (Number.class.isAssignableFrom(due) || due.isPrimitive() && due != boolean.class) {
        return "must be a number";
      }
    }
    return e.getOriginalMessage().lines().findFirst().orElse("unreadable");
  }
}
