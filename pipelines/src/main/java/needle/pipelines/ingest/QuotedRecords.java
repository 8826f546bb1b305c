package needle.pipelines.ingest;

import java.io.IOException;
import java.io.Reader;

/**
 * Counts the records of a CSV text whose quoted fields may hold line breaks, by the quotes alone:
 * independent of the parser, so that the two can disagree.
 *
 * <p>A record of nothing but blanks and quotes is none. A quote opens a field only at the field's
 * beginning, as RFC 4180 has it. The first that stands elsewhere is reported, and so is what the
 * parser has no room for, or would take for the end of a record in one file and not in another.
 */
final class QuotedRecords {
  /** Characters of one field. */
  static final int LONGEST_FIELD = 1 << 20;

  private final char delimiter;
  private final char quote;
  private long records;
  private String fault;

  private boolean quoted;
  private boolean closed;
  private boolean fieldStarts = true;
  private boolean anything;
  private int fields = 1;
  private int length;
  private long line = 1;
  private boolean feeds;
  private long loneReturn;

  /**
   * @param text with plain {@link LineFeeds}
   */
  QuotedRecords(Reader text, char delimiter, char quote) throws IOException {
    this.delimiter = delimiter;
    this.quote = quote;
    for (int c = text.read(); c >= 0; c = text.read()) {
      readLine(c);
      if (++length > LONGEST_FIELD) {
        report("a field in line " + line + " is longer than " + LONGEST_FIELD + " characters");
      }
      anything |= c != quote && !Character.isWhitespace(c);
      if (quoted) {
        quoted = c != quote;
        closed = c == quote;
      } else {
        readUnquoted(c);
      }
    }
    records += anything ? 1 : 0;
    if (quoted) {
      reportQuote();
    }
    if (loneReturn > 0 && feeds) {
      report(
          "a carriage return without a line feed stands in line "
              + loneReturn
              + ", so where records end is uncertain");
    }
  }

  private void readLine(int c) {
    loneReturn = !quoted && c == '\r' ? line : loneReturn;
    feeds |= !quoted && c == '\n';
    line += c == '\n' ? 1 : 0;
  }

  private void readUnquoted(int c) {
    boolean ends = c == '\n' || c == '\r';
    if (c == quote) {
      // Two in a row inside quotes stand for one.
      quoted = fieldStarts || closed;
      anything |= closed;
      if (!quoted) {
        reportQuote();
      }
    } else if (closed && c != delimiter && !ends) {
      reportQuote();
    }
    closed = false;
    fieldStarts = c == delimiter || ends;
    if (fieldStarts) {
      length = 0;
      fields = ends ? 1 : fields + 1;
      if (fields > CsvFormat.MOST_COLUMNS) {
        report(
            "the record in line " + line + " has more than " + CsvFormat.MOST_COLUMNS + " fields");
      }
    }
    if (ends) {
      records += anything ? 1 : 0;
      anything = false;
    }
  }

  private void reportQuote() {
    report(
        "the quote in line "
            + line
            + " neither opens nor closes a field, so where records end is uncertain");
  }

  private void report(String found) {
    if (fault == null) {
      fault = found;
    }
  }

  long records() {
    return records;
  }

  /** Why the records cannot be told apart or taken in, with the line; null when they can. */
  String fault() {
    return fault;
  }
}
