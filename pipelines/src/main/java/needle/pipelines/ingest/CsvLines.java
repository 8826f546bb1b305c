package needle.pipelines.ingest;

import com.univocity.parsers.csv.CsvParser;
import java.io.IOException;

/** CSV in which a record is a line. A stray quote spoils its own record and no other. */
final class CsvLines implements Records {
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
        values = lines.fault() == null ? parser.parseLine(lines.text()) : null;
        fault = lines.fault() == null ? format.fault(values) : lines.fault();
        return true;
      }
    }
    return false;
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
