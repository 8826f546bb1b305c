package needle.pipelines.draft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<ValueShape, Exceptions> times = new LinkedHashMap<>();
  private final Exceptions noCompactDates = new Exceptions();
  private final Exceptions noNumbers = new Exceptions();
  private final Exceptions repeated = new Exceptions();
  private final Set<String> values = new HashSet<>();
  private boolean flag = true;
  private boolean whole = true;
  private boolean epochSeconds = true;
  private boolean epochMillis = true;
  private boolean decimalComma = true;
  private boolean email = true;
  private boolean ipAddress = true;
  private long rows;
  private long filled;
  private long numbers;
  private boolean zoneless;

  ColumnProfile(String name) {
    this.name = name;
    ValueShape.TIMES.forEach(t -> times.put(t, new Exceptions()));
  }

  void add(String text) {
    rows++;
    if (text == null) {
      return;
    }
    filled++;
    String value = text.strip();
    if (values.size() <= MOST_REMEMBERED && !values.add(text)) {
      repeated.add(text);
    }
    times.forEach((time, exceptions) -> exceptions.addUnless(time.fits(), value));
    times.values().removeIf(Exceptions::areTooMany);
    flag &= ValueShape.FLAG.fits().test(value);
    whole &= ValueShape.WHOLE.fits().test(value);
    noCompactDates.addUnless(ValueShape.COMPACT_DATE.fits(), value);
    epochSeconds &= ValueShape.EPOCH_SECONDS.fits().test(value);
    epochMillis &= ValueShape.EPOCH_MILLIS.fits().test(value);
    decimalComma &= ValueShape.DECIMAL_COMMA.fits().test(value);
    email &= ValueShape.EMAIL.fits().test(value);
    ipAddress &= ValueShape.IP_ADDRESS.fits().test(value);
    zoneless |= !value.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})");
    if (ValueShape.DECIMAL.fits().test(value)) {
      numbers++;
    } else {
      noNumbers.add(value);
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

  /** Whether all but few records fill it, each with a value of its own. */
  boolean isNearlyUnique() {
    return values.size() <= MOST_REMEMBERED && Exceptions.areFew(blanks() + repeated.count(), rows);
  }

  long blanks() {
    return rows - filled;
  }

  /** The values that an earlier record has as well. */
  Exceptions repeated() {
    return repeated;
  }

  boolean holdsEmails() {
    return filled > 0 && email;
  }

  boolean holdsIpAddresses() {
    return filled > 0 && ipAddress && likelyTimes().isEmpty() && numbers == 0;
  }

  /**
   * The type that every value has and that loses nothing, or a time that all but few values have;
   * empty for a text.
   */
  Optional<ValueShape> shape() {
    if (filled == 0) {
      return Optional.empty();
    }
    if (flag) {
      return Optional.of(ValueShape.FLAG);
    }
    List<ValueShape> likely = likelyTimes();
    if (!likely.isEmpty()) {
      return ambiguous().isEmpty() ? Optional.of(likely.get(0)) : Optional.empty();
    }
    boolean namedATime = TIME_NAME.matcher(name).find();
    if (namedATime && nearlyAllBut(noCompactDates)) {
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

  private boolean nearlyAllBut(Exceptions exceptions) {
    return exceptions.count() == 0 || Exceptions.areFew(exceptions.count(), filled);
  }

  // Those with the fewest exceptions, if these are few.
  private List<ValueShape> likelyTimes() {
    long fewest = times.values().stream().mapToLong(Exceptions::count).min().orElse(filled);
    return times.entrySet().stream()
        .filter(t -> t.getValue().count() == fewest && nearlyAllBut(t.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  // Formats that differ in which of two numbers is the day, of which every value fits several.
  private List<String> ambiguous() {
    List<ValueShape> likely = likelyTimes();
    List<String> alike =
        likely.stream()
            .filter(t -> t.withoutOrder().equals(likely.get(0).withoutOrder()))
            .map(ValueShape::format)
            .toList();
    Set<Boolean> dayFirst = alike.stream().map(f -> f.startsWith("d")).collect(Collectors.toSet());
    return dayFirst.size() > 1 ? alike.subList(0, 2) : List.of();
  }

  /**
   * What a person should check, in their words; empty where the values leave no doubt.
   *
   * @param personal whether the values are not to be shown
   */
  List<String> doubts(boolean personal) {
    List<String> doubts = new ArrayList<>();
    Optional<Exceptions> others =
        shape().map(s -> s == ValueShape.COMPACT_DATE ? noCompactDates : times.get(s));
    others
        .filter(o -> o.count() > 0)
        .ifPresent(
            o ->
                doubts.add(
                    o.count()
                        + " of "
                        + filled
                        + " values are not of this format"
                        + o.example(personal)
                        + "; their records are rejected: if that means empty, list it in"
                        + " emptyTexts"));
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
              + " values are numbers, and others not"
              + noNumbers.example(personal)
              + ": if that means empty, list it in emptyTexts");
    }
    return doubts;
  }
}
