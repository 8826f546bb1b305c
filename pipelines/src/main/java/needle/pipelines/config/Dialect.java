package needle.pipelines.config;

import java.io.Serializable;
import java.util.List;

/**
 * How the records of a file are written.
 *
 * @param delimiter between the fields of a CSV record
 * @param quote around CSV fields that hold a delimiter
 * @param encoding of text files, as Java names it; anything else in a file is a fault
 * @param titleLines lines above a CSV header, such as the name of the report
 * @param headerRowsToSkip lines between a CSV header and the first record
 * @param multiline whether a quoted CSV field may hold line breaks; else a record is a line
 * @param timezone in which times without a zone are told
 * @param allowEmpty whether a file without records is a delivery
 * @param emptyTexts texts that mean an empty field, besides nothing at all
 * @param recordsAt JSON pointer to the array of records in a file that is one JSON value; empty
 *     where the file is the array
 */
public record Dialect(
    Format format,
    char delimiter,
    char quote,
    String encoding,
    int titleLines,
    int headerRowsToSkip,
    boolean multiline,
    String timezone,
    boolean allowEmpty,
    List<String> emptyTexts,
    String recordsAt)
    implements Serializable {

  /** How records are put into a file; text formats may be gzipped. */
  public enum Format {
    CSV,
    /** One JSON object per line. */
    JSON_LINES,
    /** One JSON array of objects. */
    JSON_ARRAY,
    PARQUET
  }

  /** Plain UTF-8 with the usual signs. */
  public static Dialect of(Format format) {
    return new Dialect(format, ',', '"', "UTF-8", 0, 0, false, "UTC", false, List.of(), "");
  }

  /** Whether every record names its own members, and no header does. */
  public boolean isJson() {
    return format == Format.JSON_LINES || format == Format.JSON_ARRAY;
  }

  /** Lines before the first record. */
  public int linesBeforeRecords() {
    return format == Format.CSV ? titleLines + 1 + headerRowsToSkip : 0;
  }
}
