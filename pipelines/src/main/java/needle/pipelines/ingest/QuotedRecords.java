package needle.pipelines.ingest;

import java.io.IOException;
import java.io.Reader;

/**
 * Counts the records of a CSV text whose quoted fields may hold line breaks, by the quotes alone:
 * independent of the parser, so that the two can disagree.
 *
 * <p>A quote opens a field only at the field's beginning, as RFC 4180 has it; the first that stands
 * elsewhere is reported.
 */
final class QuotedRecords {
  private long records;
  private long strayQuoteLine;

  QuotedRecords(Reader text, char delimiter, char quote) throws IOException {
    boolean quoted = false;
    boolean fieldStarts = true;
    boolean anything = false;
    boolean closed = false;
    long line = 1;
    for (int c = text.read(); c >= 0; c = text.read()) {
      if (c == '\n') {
        line++;
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
        stray(!quoted, line);
      } else if (closed && c != delimiter && !ends) {
        stray(true, line);
      }
      closed = false;
      fieldStarts = c == delimiter || ends;
      if (ends) {
        records += anything ? 1 : 0;
        anything = false;
      } else if (!Character.isWhitespace(c)) {
        anything = true;
      }
    }
    records += anything ? 1 : 0;
    stray(quoted, line);
  }

  private void stray(boolean found, long line) {
    if (found && strayQuoteLine == 0) {
      strayQuoteLine = line;
    }
  }

  long records() {
    return records;
  }

  /** The line of the first quote that breaks the rule; 0 when there is none. */
  long strayQuoteLine() {
    return strayQuoteLine;
  }
}
