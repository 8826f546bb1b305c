package needle.pipelines.config;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What Needle adds to the standard: named values, each read once; the rest are faults. */
final class CustomProperties {
  private final Map<String, Object> values = new HashMap<>();
  private final Set<String> known = new TreeSet<>();
  private final List<String> faults;

  CustomProperties(List<ContractFile.CustomProperty> properties, List<String> faults) {
    this.faults = faults;
    for (ContractFile.CustomProperty custom :
        properties == null ? List.<ContractFile.CustomProperty>of() : properties) {
      if (values.put(custom.property(), custom.value()) != null) {
        faults.add("custom property " + custom.property() + " is given twice");
      }
    }
  }

  String text(String property, String whenAbsent) {
    return value(property, whenAbsent, String.class);
  }

  /** A share between 0 and 1; the default may be anything. */
  double share(String property, double whenAbsent) {
    Number share = value(property, whenAbsent, Number.class);
    if (values.containsKey(property) && !(share.doubleValue() >= 0 && share.doubleValue() <= 1)) {
      faults.add(property + " is " + share + ", and must lie between 0 and 1");
    }
    return share.doubleValue();
  }

  /** How the files at that server are written. */
  Dialect dialect(ContractFile.Server landing) {
    Dialect.Format format = format(landing);
    boolean csv = format == Dialect.Format.CSV;
    return new Dialect(
        format,
        csv && landing.delimiter() != null ? single("delimiter", landing.delimiter()) : ',',
        single("quote", text("quote", "\"")),
        encoding(),
        titleLines(),
        value("headerRowsToSkip", 0, Integer.class),
        value("multiline", false, Boolean.class),
        zone(),
        value("allowEmpty", false, Boolean.class),
        texts("emptyTexts"),
        recordsAt(format));
  }

  private String recordsAt(Dialect.Format format) {
    String pointer = text("recordsAt", "");
    if (!pointer.isEmpty() && format != Dialect.Format.JSON_ARRAY) {
      faults.add("recordsAt leads to an array: it goes with format json and delimiter array");
    }
    if (!pointer.isEmpty() && !pointer.matches("(/[^/]+)+")) {
      faults.add("recordsAt is " + pointer + ", and a JSON pointer is like /d/results");
    }
    return pointer;
  }

  private int titleLines() {
    int lines = value("titleLines", 0, Integer.class);
    if (lines < 0) {
      faults.add("titleLines is " + lines + ", and counts the lines above the header");
    }
    if (lines > 0 && value("multiline", false, Boolean.class)) {
      faults.add("titleLines are lines: they cannot be told where fields hold line breaks");
    }
    return lines;
  }

  /** Adds a fault for every property that nobody asked for. */
  void reportUnknown() {
    values.keySet().stream()
        .filter(property -> !known.contains(property))
        .sorted()
        .forEach(p -> faults.add("custom property " + p + " is unknown; known are " + known));
  }

  private Dialect.Format format(ContractFile.Server landing) {
    String format = landing.format() == null ? "" : landing.format().toLowerCase(Locale.ROOT);
    boolean array = "array".equals(landing.delimiter());
    switch (format) {
      case "csv":
        return Dialect.Format.CSV;
      case "json":
        if (landing.delimiter() != null && !array && !landing.delimiter().equals("new_line")) {
          faults.add("the delimiter of json is new_line or array, and not " + landing.delimiter());
        }
        return array ? Dialect.Format.JSON_ARRAY : Dialect.Format.JSON_LINES;
      case "parquet":
        return Dialect.Format.PARQUET;
      default:
        faults.add("servers.format is " + format + ", and Needle reads csv, json and parquet");
        return Dialect.Format.CSV;
    }
  }

  private char single(String what, String text) {
    if (text.length() != 1) {
      faults.add("the " + what + " '" + text + "' must be one character");
      return ',';
    }
    return text.charAt(0);
  }

  private String encoding() {
    String name = text("encoding", "UTF-8");
    try {
      return Charset.forName(name).name();
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      faults.add("encoding " + name + " is unknown; write UTF-8, ISO-8859-1, windows-1252, UTF-16");
      return "UTF-8";
    }
  }

  private String zone() {
    String zone = text("timezone", "UTC");
    try {
      return ZoneId.of(zone).getId();
    } catch (DateTimeException e) {
      faults.add("timezone " + zone + " is not a zone id such as Europe/Berlin");
      return "UTC";
    }
  }

  /** A list of texts, empty where it is absent. */
  List<String> texts(String property) {
    List<?> list = value(property, List.of(), List.class);
    return list.stream().map(String::valueOf).toList();
  }

  private <T> T value(String property, T whenAbsent, Class<T> type) {
    known.add(property);
    Object value = values.get(property);
    if (value == null) {
      return whenAbsent;
    }
    if (!type.isInstance(value)) {
      faults.add(
          property
              + " is "
              + value
              + ", and must be a "
              + type.getSimpleName().toLowerCase(Locale.ROOT));
      return whenAbsent;
    }
    return type.cast(value);
  }
}
