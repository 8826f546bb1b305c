package needle.pipelines.ingest;

import java.io.IOException;
import java.io.Reader;

/**
 * Counts the records of a CSV text whose quoted fields may hold line breaks, by the quotes alone:
 * independent of the parser, so that the two can disagree.
 *
 * <p>A quote opens a field only at the field's beginning, as RFC 4180 has it. The first that stands
 * elsewhere is reported, and so is what the parser has no room for.
 */
final class QuotedRecords {
  /** Characters of one field. */
  static final int LONGEST_FIELD = 1 << 20;

  private long records;
  private String fault;

  QuotedRecords(Reader text, char delimiter, char quote) throws IOException {
    boolean quoted = false;
    boolean fieldStarts = true;
    boolean anything = false;
    boolean closed = false;
    long line = 1;
    int fields = 1;
    int length = 0;
    for (int c = text.read(); c >= 0; c = text.read()) {
      if (c == '\n') {
        line++;
      }
      if (++length > LONGEST_FIELD) {
        report("a field in line " + line + " is longer than " + LONGEST_FIELD + " characters");
      }
      if (quoted) {
        if (c == quote) {
          quoted = false;
          closed = true;
        }
        continue;
      }
      boolean ends = c == '\n' || c == '\r';
      if (c == quote) {
        // Two in a row inside quotes stand for one.
        quoted = fieldStarts || closed;
        if (!quoted) {
          reportQuote(line);
        }
      } else if (closed && c != delimiter && !ends) {
        reportQuote(line);
      }
      closed = false;
      fieldStarts = c == delimiter || ends;
      if (fieldStarts) {
        length = 0;
        fields = ends ? 1 : fields + 1;
        if (fields > CsvFormat.MOST_COLUMNS) {
          report(
              "the record in line "
                  + line
                  + " has more than "
                  + CsvFormat.MOST_COLUMNS
                  + " fields");
        }
      }
      if (ends) {
        records += anything ? 1 : 0;
        anything = false;
      } else if (!Character.isWhitespace(c)) {
        anything = true;
      }
    }
    records += anything ? 1 : 0;
    if (quoted) {
      reportQuote(line);
    }
  }

  private void reportQuote(long line) {
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
