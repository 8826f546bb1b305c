package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import needle.pipelines.config.ExtractContract;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The records of one file, one at a time: where each stands, its text, and its fields as the
 * contract names them.
 *
 * <p>A record is a line. So a stray quote spoils its own record and no other, and every record has
 * a line number.
 */
final class ExtractFile implements Iterator<Row>, AutoCloseable {
  private static final int LONGEST_RAW_TEXT = 4_000;
  private static final char REPLACEMENT = '\uFFFD';

  private final ExtractContract contract;
  private final LandedFile file;
  private final BufferedReader lines;
  private final RecordParser parser;
  private long line;
  private String next;

  ExtractFile(ExtractContract contract, LandedFile file, InputStream bytes) {
    this.contract = contract;
    this.file = file;
    this.lines = lines(bytes, file.name());
    this.parser =
        contract.format() == ExtractContract.Format.CSV
            ? new CsvRecords(contract, file.firstLine())
            : new JsonRecords(contract);
    for (int skipped = 0; skipped < parser.headerLines(); skipped++) {
      read();
    }
    advance();
  }

  /** Lines of UTF-8 text; gzip is unpacked. */
  static BufferedReader lines(InputStream bytes, String name) {
    try {
      InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names in a CSV header line, without a byte-order mark. */
  static List<String> header(ExtractContract contract, String firstLine) {
    String[] names = csvParser(contract).parseLine(firstLine.replace("\uFEFF", ""));
    return names == null
        ? List.of()
        : Arrays.stream(names).map(n -> n == null ? "" : n.strip()).toList();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Row next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    Object[] fields = new Object[contract.fields().size()];
    String fault =
        next.indexOf(REPLACEMENT) >= 0 || next.indexOf('\0') >= 0
            ? "the line is not valid UTF-8 text"
            : parser.parse(next, fields);
    String raw = next.length() <= LONGEST_RAW_TEXT ? next : next.substring(0, LONGEST_RAW_TEXT);
    Object[] row = new Object[fields.length + 6];
    row[0] = file.name();
    row[1] = line;
    row[2] = Date.valueOf(file.deliveredOn());
    row[3] = file.sha256();
    row[4] = raw;
    row[5] = fault;
    System.arraycopy(fields, 0, row, 6, fields.length);
    advance();
    return RowFactory.create(row);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void advance() {
    do {
      next = read();
    } while (next != null && next.isBlank());
    if (next == null) {
      close();
    }
  }

  private String read() {
    try {
      line++;
      return lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(file.name() + " line " + line + ": " + e.getMessage(), e);
    }
  }

  /** Fills the fields from one line; gives the reason when it cannot. */
  private interface RecordParser {
    int headerLines();

    String parse(String line, Object[] fields);
  }

  private static CsvParser csvParser(ExtractContract contract) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(contract.delimiter());
    settings.setMaxColumns(2_000);
    settings.setMaxCharsPerColumn(-1);
    settings.setNullValue(null);
    settings.setEmptyValue(null);
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    return new CsvParser(settings);
  }

  private static final class CsvRecords implements RecordParser {
    private final CsvParser parser;
    private final int[] positions;
    private final int width;
    private final int headerLines;

    CsvRecords(ExtractContract contract, String firstLine) {
      this.parser = csvParser(contract);
      List<String> header = header(contract, firstLine);
      this.width = header.size();
      this.positions =
          contract.fields().stream().mapToInt(f -> header.indexOf(f.source())).toArray();
      this.headerLines = 1 + contract.headerRowsToSkip();
    }

    @Override
    public int headerLines() {
      return headerLines;
    }

    @Override
    public String parse(String line, Object[] fields) {
      String[] values = parser.parseLine(line);
      if (values == null || values.length != width) {
        return (values == null ? 0 : values.length) + " fields instead of the header's " + width;
      }
      for (int i = 0; i < positions.length; i++) {
        fields[i] = positions[i] < 0 || isBlank(values[positions[i]]) ? null : values[positions[i]];
      }
      return null;
    }

    private static boolean isBlank(String value) {
      return value == null || value.isBlank();
    }
  }

  private static final class JsonRecords implements RecordParser {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String[] pointers;

    JsonRecords(ExtractContract contract) {
      this.pointers =
          contract.fields().stream().map(ExtractContract.Field::source).toArray(String[]::new);
    }

    @Override
    public int headerLines() {
      return 0;
    }

    @Override
    public String parse(String line, Object[] fields) {
      try {
        JsonNode record = JSON.readTree(line);
        if (!record.isObject()) {
          return "the line is not a JSON object";
        }
        for (int i = 0; i < pointers.length; i++) {
          JsonNode value = record.at(pointers[i]);
          boolean absent = value.isMissingNode() || value.isNull();
          fields[i] = absent ? null : value.isValueNode() ? value.asText() : value.toString();
        }
        return null;
      } catch (JsonProcessingException e) {
        return "the line is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("");
      }
    }
  }
}
