package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.univocity.parsers.common.TextParsingException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import needle.pipelines.config.Dialect;
import needle.pipelines.ingest.LandedFile.Part;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.Type;

/**
 * One pass over the bytes of a file, before anything is parsed: their hash, the header, how many
 * records there are, and whether the bytes are what they should be.
 */
final class FileSurvey {
  /** Readers of a large file may start at every so many bytes. */
  private static final long PART = 8L << 20;

  private final Dialect dialect;
  private List<String> header = List.of();
  private long records;
  private List<Part> parts = List.of();
  private String unreadable;

  private FileSurvey(Dialect dialect) {
    this.dialect = dialect;
  }

  /** What a file at a place holds. */
  record Found(
      String sha256, List<String> header, long records, List<Part> parts, String unreadable) {}

  /** Reads the file once. */
  static Found of(String uri, Dialect dialect, Configuration conf) throws IOException {
    FileSurvey survey = new FileSurvey(dialect);
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (DigestInputStream bytes = new DigestInputStream(FileBytes.open(uri, conf), digest)) {
      // Whoever reads the text may close it; the hash needs every byte, read or not.
      survey.read(new Uncloseable(bytes));
      survey.readToTheEnd(bytes);
    }
    if (dialect.format() == Dialect.Format.PARQUET) {
      survey.readParquet(uri, conf);
    }
    return new Found(
        HexFormat.of().formatHex(digest.digest()),
        survey.header,
        survey.records,
        survey.parts,
        survey.unreadable);
  }

  private void read(InputStream bytes) throws IOException {
    if (dialect.format() == Dialect.Format.PARQUET) {
      return;
    }
    try {
      InputStream buffered = new java.io.BufferedInputStream(bytes, 1 << 16);
      boolean packed = FileBytes.isGzip(FileBytes.peek(buffered));
      InputStream plain = FileBytes.unpacked(buffered);
      unreadable = FileBytes.notOf(dialect, FileBytes.peek(plain));
      if (unreadable == null) {
        count(plain, packed);
      }
    } catch (TextParsingException e) {
      unreadable = "its header has more than " + CsvFormat.MOST_COLUMNS + " fields";
    } catch (JsonProcessingException e) {
      // Its own words would quote the file.
      unreadable =
          damaged(
              "it is no JSON"
                  + (e.getLocation() == null
                      ? ""
                      : " from line " + e.getLocation().getLineNr() + " on"));
    } catch (IOException e) {
      // A cut or damaged gzip, or text that breaks off: none of it can be trusted.
      unreadable = damaged(e);
    }
  }

  private static String damaged(Exception e) {
    String how = e instanceof EOFException ? "it ends too early" : e.getMessage();
    return damaged(how == null ? e.getClass().getSimpleName() : how);
  }

  private static String damaged(String how) {
    return "its bytes are damaged or cut off: " + how;
  }

  // A filesystem that keeps checksums of its own refuses the bytes that do not match them.
  private void readToTheEnd(InputStream bytes) {
    try {
      bytes.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      unreadable = damaged(e);
    }
  }

  // Reads every page, so that its checksum is verified; Spark would take a flipped bit for a value.
  private void readParquet(String uri, Configuration conf) {
    try (ParquetFileReader file =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(new Path(URI.create(uri)), conf),
            HadoopReadOptions.builder(conf).usePageChecksumVerification().build())) {
      List<Type> columns = file.getFileMetaData().getSchema().getFields();
      header = columns.stream().map(Type::getName).toList();
      records = file.getRecordCount();
      unreadable = ParquetColumns.notReadable(columns);
      while (file.readNextRowGroup() != null) {
        continue;
      }
    } catch (IOException | RuntimeException e) {
      unreadable = damaged(e);
    }
  }

  private void count(InputStream plain, boolean packed) throws IOException {
    switch (dialect.format()) {
      case JSON_ARRAY ->
          records = JsonArray.count(FileBytes.reader(plain, dialect), dialect.recordsAt());
      case CSV, JSON_LINES -> {
        if (dialect.multiline()) {
          countQuoted(plain);
        } else {
          countLines(plain, packed);
        }
      }
      case PARQUET -> throw new IllegalStateException("Parquet is counted by its own reader");
    }
  }

  private void countQuoted(InputStream plain) throws IOException {
    FirstLine text = new FirstLine(new LineFeeds(FileBytes.reader(plain, dialect)));
    QuotedRecords counted = new QuotedRecords(text, dialect.delimiter(), dialect.quote());
    header = CsvFormat.header(dialect, text.line());
    records = Math.max(0, counted.records() - dialect.linesBeforeRecords());
    unreadable = counted.fault();
  }

  private void countLines(InputStream plain, boolean packed) throws IOException {
    boolean splits = !packed && dialect.encoding().equals("UTF-8");
    List<Part> found = new ArrayList<>();
    long start = 0;
    long linesBefore = 0;
    try (TextLines lines = new TextLines(plain, dialect.encoding(), 0)) {
      while (lines.next()) {
        if (lines.number() == dialect.titleLines() + 1 && dialect.format() == Dialect.Format.CSV) {
          header = CsvFormat.header(dialect, lines.text());
        }
        if (lines.number() > dialect.linesBeforeRecords() && !lines.text().isBlank()) {
          records++;
        }
        if (splits && lines.consumed() - start >= PART) {
          found.add(new Part(start, lines.consumed(), linesBefore));
          start = lines.consumed();
          linesBefore = lines.number();
        }
      }
      found.add(new Part(start, Long.MAX_VALUE, linesBefore));
    }
    parts = List.copyOf(found);
  }

  private static final class Uncloseable extends FilterInputStream {
    Uncloseable(InputStream bytes) {
      super(bytes);
    }

    @Override
    public void close() {
      // the survey closes it, after the last byte
    }
  }
}
