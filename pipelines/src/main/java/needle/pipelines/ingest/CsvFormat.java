package needle.pipelines.ingest;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;

/** How the columns of one CSV file meet those of its contract: by header, in whatever order. */
final class CsvFormat {
  /** So many columns more than the header has are still counted; of a longer record, no more. */
  private static final int SURPLUS = 20;

  /** Fields of one record. */
  static final int MOST_COLUMNS = 2_000;

  private final Dialect dialect;
  private final boolean hidesColumns;
  private final List<String> header;
  private final int[] positions;
  private final boolean[] hidden;
  private final Set<String> empty;

  CsvFormat(ExtractContract declared, List<String> header) {
    ExtractContract contract = declared.asNamedIn(header);
    this.dialect = contract.dialect();
    this.header = header;
    List<ExtractContract.Field> fields = contract.readFields();
    this.positions =
        fields.stream().mapToInt(f -> f.isDropped() ? -1 : header.indexOf(f.source())).toArray();
    this.hidden = new boolean[header.size()];
    boolean hides = contract.dropsColumns();
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = !contract.mayKeep(header.get(i));
      hides |= hidden[i];
    }
    this.hidesColumns = hides;
    this.empty = new HashSet<>(dialect.emptyTexts());
  }

  /** The names in a CSV header line. */
  static List<String> header(Dialect dialect, String headerLine) {
    String[] names = parser(dialect).parseLine(headerLine);
    return names == null
        ? List.of()
        : Arrays.stream(names).map(n -> n == null ? "" : n.strip()).toList();
  }

  CsvParser parser() {
    return parser(dialect, header.size() + SURPLUS);
  }

  CsvParser multilineParser() {
    return parser(dialect);
  }

  static CsvParser parser(Dialect dialect) {
    return parser(dialect, MOST_COLUMNS);
  }

  private static CsvParser parser(Dialect dialect, int mostColumns) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(dialect.delimiter());
    settings.getFormat().setQuote(dialect.quote());
    settings.getFormat().setQuoteEscape(dialect.quote());
    settings.setLineSeparatorDetectionEnabled(true);
    settings.setMaxColumns(mostColumns);
    settings.setMaxCharsPerColumn(dialect.multiline() ? QuotedRecords.LONGEST_FIELD : -1);
    // What a person wrote does not belong into an error's text.
    settings.setErrorContentLength(0);
    settings.setCommentProcessingEnabled(false);
    settings.setNullValue(null);
    settings.setEmptyValue(null);
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    return new CsvParser(settings);
  }

  /** Whether a record is nothing but blanks and quotes, as {@link QuotedRecords} leaves it out. */
  boolean isBlank(String[] values) {
    return (values.length == 1 || Character.isWhitespace(dialect.delimiter()))
        && Arrays.stream(values).allMatch(v -> v == null || v.isBlank());
  }

  /** Why these values are no record; null when they are. */
  String fault(String[] values) {
    int found = values == null ? 0 : values.length;
    return found == header.size()
        ? null
        : found + " fields instead of the header's " + header.size();
  }

  /**
   * Whether a quote opens a field that goes on to the end of the line. As for the parser, a quote
   * opens a field only at its beginning, and after one that neither closes it nor is doubled the
   * field ends at the next delimiter.
   */
  boolean isLeftOpen(String line) {
    char quote = dialect.quote();
    if (line.indexOf(quote) < 0) {
      return false;
    }
    for (int start = 0; start < line.length(); ) {
      int end = start;
      if (line.charAt(start) == quote) {
        end = line.indexOf(quote, start + 1);
        while (end >= 0 && end + 1 < line.length() && line.charAt(end + 1) == quote) {
          end = line.indexOf(quote, end + 2);
        }
        if (end < 0) {
          return true;
        }
      }
      int delimiter = line.indexOf(dialect.delimiter(), end);
      if (delimiter < 0) {
        return false;
      }
      start = delimiter + 1;
    }
    return false;
  }

  /** Why a record of which the parser gave up counting the columns is none. */
  String tooManyFields() {
    return "more than "
        + (header.size() + SURPLUS)
        + " fields instead of the header's "
        + header.size();
  }

  /** The values in the order of the contract's read columns. */
  String[] fields(String[] values) {
    String[] fields = new String[positions.length];
    for (int i = 0; i < positions.length; i++) {
      String value = positions[i] < 0 ? null : values[positions[i]];
      fields[i] = value == null || value.isBlank() || empty.contains(value) ? null : value;
    }
    return fields;
  }

  /** The record's text without columns to hide; {@code values} is null when it has none. */
  String raw(String text, String[] values, String fault) {
    if (!hidesColumns) {
      return text;
    }
    if (fault != null || values == null) {
      return RejectedText.withheld(text);
    }
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      String value = hidden[i] || values[i] == null ? "" : values[i];
      kept.append(i == 0 ? "" : String.valueOf(dialect.delimiter())).append(quoted(value));
    }
    return kept.toString();
  }

  private String quoted(String value) {
    char quote = dialect.quote();
    boolean plain = value.indexOf(dialect.delimiter()) < 0 && value.indexOf(quote) < 0;
    return plain
        ? value
        : quote + value.replace(String.valueOf(quote), String.valueOf(quote) + quote) + quote;
  }
}
