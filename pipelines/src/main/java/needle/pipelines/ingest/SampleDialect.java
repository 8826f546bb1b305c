package needle.pipelines.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import needle.kit.InvalidInput;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import org.apache.hadoop.conf.Configuration;

/** How a sample file is written, told by its bytes. */
final class SampleDialect {
  private static final int HEAD = 1 << 18;
  private static final JsonMapper JSON = new JsonMapper();

  private final String uri;
  private final Configuration conf;

  private SampleDialect(String uri, Configuration conf) {
    this.uri = uri;
    this.conf = conf;
  }

  static Dialect of(String uri, Configuration conf) throws IOException {
    return new SampleDialect(uri, conf).dialect();
  }

  private Dialect dialect() throws IOException {
    byte[] first;
    try (InputStream bytes = bytes()) {
      first = FileBytes.peek(bytes);
    }
    if (new String(first, 0, Math.min(4, first.length), StandardCharsets.ISO_8859_1)
        .equals("PAR1")) {
      return Dialect.of(Format.PARQUET);
    }
    String encoding = encoding(first);
    String wrong = FileBytes.notOf(dialect(Format.CSV, encoding, ',', '"', 0, false, "UTC"), first);
    if (wrong != null) {
      throw new InvalidInput(
          "No contract can be drafted from " + uri, wrong, "give a file as the source exports it");
    }
    String head = head(encoding);
    if (head.isBlank()) {
      throw new InvalidInput(
          "No contract can be drafted from " + uri, "it is empty", "give a file with records");
    }
    return switch (head.strip().charAt(0)) {
      case '[' -> dialect(Format.JSON_ARRAY, encoding, ',', '"', 0, false, "UTC");
      case '{' -> jsonLines(head, encoding);
      default -> csv(head, encoding);
    };
  }

  private InputStream bytes() throws IOException {
    return FileBytes.unpacked(FileBytes.open(uri, conf));
  }

  private static Dialect dialect(
      Format format,
      String encoding,
      char delimiter,
      char quote,
      int headerRowsToSkip,
      boolean multiline,
      String zone) {
    return new Dialect(
        format,
        delimiter,
        quote,
        encoding,
        0,
        headerRowsToSkip,
        multiline,
        zone,
        false,
        List.of(),
        "");
  }

  private Dialect jsonLines(String head, String encoding) {
    String line = head.strip().lines().findFirst().orElseThrow();
    try {
      JSON.readTree(line);
    } catch (IOException e) {
      if (head.strip().contains("\n")) {
        throw new InvalidInput(
            "No contract can be drafted from " + uri,
            "it begins with a JSON object that ends on another line, so it is neither an object per"
                + " line nor an array of objects",
            "export one object per line, or the array that is inside");
      }
    }
    return dialect(Format.JSON_LINES, encoding, ',', '"', 0, false, "UTC");
  }

  private Dialect csv(String head, String encoding) throws IOException {
    CsvParserSettings settings = new CsvParserSettings();
    settings.detectFormatAutomatically(',', ';', '\t', '|');
    settings.setMaxCharsPerColumn(-1);
    settings.setMaxColumns(2_000);
    CsvParser detecting = new CsvParser(settings);
    detecting.beginParsing(new StringReader(head));
    var found = detecting.getDetectedFormat();
    detecting.stopParsing();
    Dialect plain =
        dialect(Format.CSV, encoding, found.getDelimiter(), found.getQuote(), 0, false, "UTC");
    String[] importIds = thirdRecord(plain, head);
    boolean isQualtrics =
        importIds != null
            && importIds.length > 0
            && String.valueOf(importIds[0]).contains("\"ImportId\"");
    return dialect(
        Format.CSV,
        encoding,
        plain.delimiter(),
        plain.quote(),
        isQualtrics ? 2 : 0,
        isMultiline(plain),
        isQualtrics ? zone(importIds) : "UTC");
  }

  private static String[] thirdRecord(Dialect dialect, String head) {
    CsvParser parser = CsvFormat.parser(dialect);
    parser.beginParsing(new StringReader(head));
    parser.parseNext();
    parser.parseNext();
    String[] third = parser.parseNext();
    parser.stopParsing();
    return third;
  }

  // Qualtrics says of its dates {"ImportId":"startDate","timeZone":"America/Denver"}.
  private static String zone(String[] importIds) throws IOException {
    for (String cell : importIds) {
      JsonNode zone = cell == null ? null : JSON.readTree(cell).get("timeZone");
      if (zone != null) {
        return zone.asText();
      }
    }
    return "UTC";
  }

  private boolean isMultiline(Dialect dialect) throws IOException {
    long lines = 0;
    try (TextLines text = new TextLines(bytes(), dialect.encoding(), 0)) {
      while (text.next()) {
        lines += text.text().isBlank() ? 0 : 1;
      }
    }
    try (Reader text = new LineFeeds(FileBytes.reader(bytes(), dialect))) {
      QuotedRecords quoted = new QuotedRecords(text, dialect.delimiter(), dialect.quote());
      return quoted.fault() == null && quoted.records() != lines;
    }
  }

  private String head(String encoding) throws IOException {
    try (Reader text = new InputStreamReader(bytes(), Charset.forName(encoding))) {
      char[] head = new char[HEAD];
      int length = 0;
      for (int n = 0; n >= 0 && length < HEAD; n = text.read(head, length, HEAD - length)) {
        length += n;
      }
      String found = new String(head, 0, length);
      return found.startsWith("\uFEFF") ? found.substring(1) : found;
    }
  }

  private String encoding(byte[] first) throws IOException {
    boolean wide =
        first.length > 1
            && ((first[0] & 0xff) == 0xff && (first[1] & 0xff) == 0xfe
                || (first[0] & 0xff) == 0xfe && (first[1] & 0xff) == 0xff);
    if (wide) {
      return "UTF-16";
    }
    for (String name : List.of("UTF-8", "windows-1252")) {
      if (decodes(name)) {
        return name;
      }
    }
    return "ISO-8859-1";
  }

  private boolean decodes(String encoding) throws IOException {
    try (Reader text =
        new InputStreamReader(
            bytes(),
            Charset.forName(encoding)
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT))) {
      text.transferTo(Writer.nullWriter());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
