package needle.pipelines.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Date;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The records of one part of a text file as rows: where each stands, its text, and its fields as
 * the contract names them.
 */
final class ExtractFile implements Iterator<Row>, AutoCloseable {
  private static final int FIXED = 6;

  private final LandedFile file;
  private final Date deliveredOn;
  private final Records records;
  private final int columns;
  private final boolean[] kept;
  private boolean ready;
  private boolean done;

  private ExtractFile(ExtractContract contract, LandedFile file, Records records) {
    this.file = file;
    this.deliveredOn = Date.valueOf(file.deliveredOn());
    this.records = records;
    List<ExtractContract.Field> fields = contract.readFields();
    this.kept = new boolean[fields.size()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      kept[i] = !fields.get(i).isDropped();
      count += kept[i] ? 1 : 0;
    }
    this.columns = count;
  }

  /** The columns of the rows: place, text and fault of the record, then the contract's texts. */
  static StructType schema(ExtractContract contract) {
    StructType schema =
        new StructType()
            .add("_file", DataTypes.StringType)
            .add("_line", DataTypes.LongType)
            .add("_delivered_on", DataTypes.DateType)
            .add("_sha256", DataTypes.StringType)
            .add("_raw", DataTypes.StringType)
            .add("_fault", DataTypes.StringType);
    for (ExtractContract.Field field : contract.readFields()) {
      if (!field.isDropped()) {
        schema = schema.add(TypedColumns.TEXT + field.name(), DataTypes.StringType);
      }
    }
    return schema;
  }

  /** The records that begin in that part of the file. */
  static ExtractFile open(
      ExtractContract contract, LandedFile file, LandedFile.Part part, Configuration conf) {
    try {
      FSDataInputStream bytes = FileBytes.open(file.uri(), conf);
      return new ExtractFile(contract, file, records(contract, file, part, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(file.name() + ": " + e.getMessage(), e);
    }
  }

  private static Records records(
      ExtractContract contract, LandedFile file, LandedFile.Part part, FSDataInputStream bytes)
      throws IOException {
    Dialect dialect = contract.dialect();
    if (dialect.format() == Dialect.Format.JSON_ARRAY) {
      return new JsonArray(
          FileBytes.reader(FileBytes.unpacked(bytes), dialect),
          dialect.recordsAt(),
          new JsonFields(contract));
    }
    if (dialect.format() == Dialect.Format.CSV && dialect.multiline()) {
      return new CsvMultiline(
          new LineFeeds(FileBytes.reader(FileBytes.unpacked(bytes), dialect)),
          new CsvFormat(contract, file.header()),
          dialect.linesBeforeRecords());
    }
    bytes.seek(part.start());
    InputStream plain = part.start() == 0 ? FileBytes.unpacked(bytes) : bytes;
    if (part.end() < Long.MAX_VALUE) {
      plain =
          BoundedInputStream.builder()
              .setInputStream(plain)
              .setMaxCount(part.end() - part.start())
              .get();
    }
    TextLines lines = new TextLines(plain, dialect.encoding(), part.linesBefore());
    if (dialect.format() == Dialect.Format.JSON_LINES) {
      return new JsonLines(lines, new JsonFields(contract));
    }
    int toSkip = part.start() == 0 ? dialect.linesBeforeRecords() : 0;
    return new CsvLines(lines, new CsvFormat(contract, file.header()), toSkip);
  }

  @Override
  public boolean hasNext() {
    if (!ready && !done) {
      try {
        ready = records.next();
        done = !ready;
      } catch (IOException e) {
        throw new UncheckedIOException(file.name() + ": " + e.getMessage(), e);
      }
      if (done) {
        close();
      }
    }
    return ready;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    String fault = records.fault();
    String[] fields = fault == null ? records.fields() : null;
    if (fields != null && Arrays.stream(fields).anyMatch(TextLines::isNoText)) {
      fault = TextLines.NO_TEXT;
    }
    Object[] row = new Object[FIXED + columns];
    row[0] = file.name();
    row[1] = records.line();
    row[2] = deliveredOn;
    row[3] = file.sha256();
    row[4] = RejectedText.of(records.raw());
    row[5] = fault;
    if (fault == null) {
      int column = FIXED;
      for (int i = 0; i < fields.length; i++) {
        if (kept[i]) {
          row[column++] = fields[i];
        }
      }
    }
    return RowFactory.create(row);
  }

  @Override
  public void close() {
    try {
      records.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
