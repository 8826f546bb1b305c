package needle.pipelines.draft;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQuery;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A way in which values can be written, and the type that loses nothing of them: leading zeros,
 * more digits than a number keeps, or a decimal comma make a text.
 *
 * @param logicalType as the standard names it
 * @param format of dates and times, as contracts have it; null for others
 */
record ValueShape(String logicalType, String format, Predicate<String> fits) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(0|[1-9][0-9]*)?(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
  private static final int DIGITS_OF_A_DOUBLE = 15;

  static final ValueShape FLAG = of("boolean", null, "(?i)true|false|yes|no");
  static final ValueShape WHOLE = of("integer", null, "[+-]?(0|[1-9][0-9]{0,17})");
  static final ValueShape DECIMAL = new ValueShape("number", null, ValueShape::isNumber);
  static final ValueShape EPOCH_SECONDS = epoch("epoch_seconds", 1);
  static final ValueShape EPOCH_MILLIS = epoch("epoch_millis", 1_000);
  static final ValueShape COMPACT_DATE = date("yyyyMMdd", "[0-9]{8}");
  static final ValueShape ISO_INSTANT =
      of(
          "timestamp",
          "iso_instant",
          "[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?"
              + "(Z|[+-][0-2][0-9]:?[0-5][0-9])?");
  static final ValueShape DECIMAL_COMMA =
      of("number", null, "[+-]?([0-9]{1,3}(\\.[0-9]{3})+|[0-9]+),[0-9]+");
  static final ValueShape EMAIL = of("string", null, "[^@\\s]+@[^@\\s]+\\.[^@\\s]+");
  static final ValueShape IP_ADDRESS =
      of("string", null, "([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}");

  /** Dates and times, the stricter pattern before the one that takes more. */
  static final List<ValueShape> TIMES =
      List.of(
          ISO_INSTANT,
          date("yyyy-MM-dd", "[0-9]{4}-.*"),
          date("yyyy/MM/dd", "[0-9]{4}/.*"),
          date("dd.MM.yyyy", "[0-9]{2}\\.[0-9]{2}\\..*"),
          date("d.M.yyyy", "[0-9]{1,2}\\..*"),
          date("MM/dd/yyyy", "[0-9]{2}/[0-9]{2}/.*"),
          date("dd/MM/yyyy", "[0-9]{2}/[0-9]{2}/.*"),
          date("M/d/yyyy", "[0-9]{1,2}/.*"),
          date("d/M/yyyy", "[0-9]{1,2}/.*"),
          date("MM-dd-yyyy", "[0-9]{2}-[0-9]{2}-.*"),
          date("dd-MM-yyyy", "[0-9]{2}-[0-9]{2}-.*"),
          date("dd-MMM-yyyy", "[0-9]{2}-[A-Z][a-z]{2}-.*"),
          time("dd.MM.yyyy HH:mm:ss"),
          time("dd.MM.yyyy HH:mm"),
          time("MM/dd/yyyy HH:mm:ss"),
          time("dd/MM/yyyy HH:mm:ss"),
          time("MM/dd/yyyy HH:mm"),
          time("dd/MM/yyyy HH:mm"),
          time("M/d/yyyy H:mm"),
          time("d/M/yyyy H:mm"),
          time("yyyy/MM/dd HH:mm:ss"));

  /** What is in doubt between two formats: which of two numbers is the day. Empty for others. */
  String withoutOrder() {
    return format == null
        ? ""
        : format.replaceAll("[dM]+([/.-])[dM]+", "?$1?").replaceAll("H+", "H");
  }

  private static ValueShape of(String logicalType, String format, String regex) {
    return new ValueShape(logicalType, format, Pattern.compile(regex).asMatchPredicate());
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && Character.isDigit(text.charAt(text.length() - 1))
        && NUMBER.matcher(text).matches()
        && text.replaceFirst("[eE].*", "").replaceAll("[^0-9]", "").replaceFirst("^0+", "").length()
            <= DIGITS_OF_A_DOUBLE;
  }

  // Between 1990 and 2100: other whole numbers are rather numbers.
  private static ValueShape epoch(String format, long perSecond) {
    long from = 631_152_000L * perSecond;
    long to = 4_102_444_800L * perSecond;
    return new ValueShape(
        "timestamp",
        format,
        text ->
            WHOLE.fits().test(text) && Long.parseLong(text) >= from && Long.parseLong(text) < to);
  }

  private static ValueShape date(String format, String regex) {
    DateTimeFormatter formatter = strict(format);
    Predicate<String> looks = Pattern.compile(regex).asMatchPredicate();
    return new ValueShape(
        "date", format, looks.and(text -> isPlausible(formatter, text, LocalDate::from)));
  }

  private static ValueShape time(String format) {
    DateTimeFormatter formatter = strict(format);
    return new ValueShape(
        "timestamp", format, text -> isPlausible(formatter, text, LocalDateTime::from));
  }

  private static DateTimeFormatter strict(String format) {
    return DateTimeFormatter.ofPattern(format.replace("yyyy", "uuuu"), Locale.US)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  private static boolean isPlausible(
      DateTimeFormatter formatter, String text, TemporalQuery<? extends TemporalAccessor> query) {
    try {
      int year = formatter.parse(text, query).get(ChronoField.YEAR);
      return year >= 1900 && year <= 9999;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
