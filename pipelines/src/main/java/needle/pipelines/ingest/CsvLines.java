package needle.pipelines.ingest;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import java.io.IOException;

/** CSV in which a record is a line. A stray quote spoils its own record and no other. */
final class CsvLines implements Records {
  // The parser takes the rest of the line for the field, without the quote.
  private static final String OPEN_QUOTE = "a quoted field does not end";

  private final TextLines lines;
  private final CsvFormat format;
  private final CsvParser parser;
  private String[] values;
  private String fault;

  /**
   * @param toSkip lines before the first record
   */
  CsvLines(TextLines lines, CsvFormat format, int toSkip) throws IOException {
    this.lines = lines;
    this.format = format;
    this.parser = format.parser();
    for (int i = 0; i < toSkip && lines.next(); i++) {
      continue;
    }
  }

  @Override
  public boolean next() throws IOException {
    while (lines.next()) {
      if (!lines.text().isBlank()) {
        values = null;
        fault = lines.fault();
        if (fault == null) {
          parse();
        }
        return true;
      }
    }
    return false;
  }

  private void parse() {
    try {
      values = parser.parseLine(lines.text());
      fault = format.isLeftOpen(lines.text()) ? OPEN_QUOTE : format.fault(values);
    } catch (TextParsingException e) {
      // A line can be wrong for this parser in no other way.
      fault = format.tooManyFields();
    }
  }

  @Override
  public long line() {
    return lines.number();
  }

  @Override
  public String[] fields() {
    return format.fields(values);
  }

  @Override
  public String fault() {
    return fault;
  }

  @Override
  public String raw() {
    return format.raw(lines.text(), values, fault);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
