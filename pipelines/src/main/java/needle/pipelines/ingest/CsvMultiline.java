package needle.pipelines.ingest;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import java.io.IOException;
import java.io.Reader;

/**
 * CSV in which quoted fields may hold line breaks.
 *
 * <p>A stray quote can swallow records here, so the file is trusted only when {@link QuotedRecords}
 * counts as many.
 */
final class CsvMultiline implements Records {
  private final CsvFormat format;
  private final CsvParser parser;
  private String[] values;
  private long line;

  /**
   * @param toSkip records before the first that counts, the header among them
   */
  CsvMultiline(Reader text, CsvFormat format, int toSkip) throws IOException {
    this.format = format;
    this.parser = format.multilineParser();
    parser.beginParsing(text);
    for (int i = 0; i < toSkip && next(); i++) {
      continue;
    }
  }

  @Override
  public final boolean next() throws IOException {
    try {
      do {
        line = parser.getContext().currentLine() + 1;
        values = parser.parseNext();
      } while (values != null && format.isBlank(values));
      return values != null;
    } catch (TextParsingException e) {
      throw new IOException(
          "a quoted field does not end: " + e.getMessage().lines().findFirst().orElse(""), e);
    }
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public String[] fields() {
    return format.fields(values);
  }

  @Override
  public String fault() {
    return format.fault(values);
  }

  @Override
  public String raw() {
    return format.raw(String.join(",", values), values, fault());
  }

  @Override
  public void close() {
    parser.stopParsing();
  }
}
