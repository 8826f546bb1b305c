package needle.pipelines.draft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the values of one column have in common. */
final class ColumnProfile {
  /** Beyond so many values a column is not told to be unique. */
  private static final int MOST_REMEMBERED = 500_000;

  private static final double NEARLY_ALL = 0.9;
  private static final Pattern TIME_NAME =
      Pattern.compile(
          "(^|_)(date|time|timestamp|day|at|on|dt|created|modified|updated|datum)(_|$)|time|date");

  private final String name;
  private final List<ValueShape> times = new ArrayList<>(ValueShape.TIMES);
  private final Set<String> values = new HashSet<>();
  private boolean flag = true;
  private boolean whole = true;
  private boolean compactDate = true;
  private boolean epochSeconds = true;
  private boolean epochMillis = true;
  private boolean decimalComma = true;
  private boolean email = true;
  private boolean ipAddress = true;
  private long rows;
  private long filled;
  private long numbers;
  private String notANumber;
  private boolean zoneless;

  ColumnProfile(String name) {
    this.name = name;
  }

  void add(String text) {
    rows++;
    if (text == null) {
      return;
    }
    filled++;
    String value = text.strip();
    if (values.size() <= MOST_REMEMBERED) {
      values.add(text);
    }
    times.removeIf(t -> !t.fits().test(value));
    flag &= ValueShape.FLAG.fits().test(value);
    whole &= ValueShape.WHOLE.fits().test(value);
    compactDate &= ValueShape.COMPACT_DATE.fits().test(value);
    epochSeconds &= ValueShape.EPOCH_SECONDS.fits().test(value);
    epochMillis &= ValueShape.EPOCH_MILLIS.fits().test(value);
    decimalComma &= ValueShape.DECIMAL_COMMA.fits().test(value);
    email &= ValueShape.EMAIL.fits().test(value);
    ipAddress &= ValueShape.IP_ADDRESS.fits().test(value);
    zoneless |= !value.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})");
    if (ValueShape.DECIMAL.fits().test(value)) {
      numbers++;
    } else if (notANumber == null) {
      notANumber = value;
    }
  }

  String name() {
    return name;
  }

  boolean isFilled() {
    return filled == rows;
  }

  boolean isUnique() {
    return isFilled() && values.size() == rows;
  }

  boolean holdsEmails() {
    return filled > 0 && email;
  }

  boolean holdsIpAddresses() {
    return filled > 0 && ipAddress && times.isEmpty() && numbers == 0;
  }

  /** The type that every value has and that loses nothing; empty for a text. */
  Optional<ValueShape> shape() {
    if (filled == 0) {
      return Optional.empty();
    }
    if (flag) {
      return Optional.of(ValueShape.FLAG);
    }
    if (!times.isEmpty()) {
      return ambiguous().isEmpty() ? Optional.of(times.get(0)) : Optional.empty();
    }
    boolean namedATime = TIME_NAME.matcher(name).find();
    if (namedATime && compactDate) {
      return Optional.of(ValueShape.COMPACT_DATE);
    }
    if (namedATime && epochMillis) {
      return Optional.of(ValueShape.EPOCH_MILLIS);
    }
    if (namedATime && epochSeconds) {
      return Optional.of(ValueShape.EPOCH_SECONDS);
    }
    if (whole) {
      return Optional.of(ValueShape.WHOLE);
    }
    return numbers == filled ? Optional.of(ValueShape.DECIMAL) : Optional.empty();
  }

  // Formats that differ in which of two numbers is the day, of which every value fits several.
  private List<String> ambiguous() {
    List<String> alike =
        times.stream()
            .filter(t -> t.withoutOrder().equals(times.get(0).withoutOrder()))
            .map(ValueShape::format)
            .toList();
    Set<Boolean> dayFirst = alike.stream().map(f -> f.startsWith("d")).collect(Collectors.toSet());
    return dayFirst.size() > 1 ? alike.subList(0, 2) : List.of();
  }

  /** What a person should check, in their words; empty where the values leave no doubt. */
  List<String> doubts() {
    List<String> doubts = new ArrayList<>();
    if (filled == 0) {
      doubts.add("empty throughout the sample, so its type is unknown");
    } else if (!ambiguous().isEmpty()) {
      doubts.add(
          "every value fits "
              + ambiguous().get(0)
              + " and "
              + ambiguous().get(1)
              + ": left a text until you make it a date with the right format");
    } else if (shape().filter(s -> s == ValueShape.ISO_INSTANT).isPresent() && zoneless
        || shape()
            .filter(s -> s.logicalType().equals("timestamp") && s.format().contains("H"))
            .isPresent()) {
      doubts.add("without a zone, so told in the custom property timezone: check it");
    } else if (decimalComma) {
      doubts.add("numbers with a decimal comma: left a text, from which transformLogic can derive");
    } else if (shape().isEmpty() && numbers >= NEARLY_ALL * filled && numbers < filled) {
      doubts.add(
          numbers
              + " of "
              + filled
              + " values are numbers, and others not, such as '"
              + shortened(notANumber)
              + "': if that means empty, list it in emptyTexts");
    }
    return doubts;
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(20, text.length())).replaceAll("\\p{Cntrl}", " ");
  }
}
