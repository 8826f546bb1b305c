package needle.pipelines.ingest;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;

/**
 * One delivered file, after one pass over its bytes.
 *
 * @param name below the landing folder
 * @param sha256 of the bytes as delivered
 * @param modifiedAt milliseconds since 1970, as the filesystem has it
 * @param header the column names that a CSV or Parquet file gives itself; empty for JSON
 * @param records counted independently of the parser
 * @param parts where readers may start; several for a large plain file of lines
 * @param unreadable why the file as a whole cannot be trusted; null when it can
 */
public record LandedFile(
    String extract,
    String uri,
    String name,
    LocalDate deliveredOn,
    String sha256,
    long bytes,
    long modifiedAt,
    List<String> header,
    long records,
    List<Part> parts,
    String unreadable)
    implements Serializable {
  /**
   * Names below the landing folder in order of delivery, as {@link needle.bronze.Delivery#order}
   * has their rows.
   */
  static final Comparator<String> ORDER =
      Comparator.comparing(LandedFile::date)
          .thenComparing(name -> name.split("\\.", 2)[0])
          .thenComparing(Comparator.naturalOrder());

  /** The delivery folder's name in a file's. */
  private static String date(String name) {
    String[] path = name.split("/");
    return path.length < 2 ? "" : path[path.length - 2];
  }

  /**
   * When a file was delivered, by its name below the landing folder. In whatever folder: a
   * contract's path may have been another when it was taken.
   */
  public static LocalDate dayOf(String name) {
    return LocalDate.parse(date(name));
  }

  /**
   * A stretch of whole lines.
   *
   * @param start offset of its first byte
   * @param end offset behind its last byte
   * @param linesBefore lines of the file before it
   */
  public record Part(long start, long end, long linesBefore) implements Serializable {}

  /** Whether it goes to quarantine as a whole. */
  public boolean isUnreadable() {
    return unreadable != null;
  }

  /** Whether there is any record in it. */
  public boolean hasRecords() {
    return records > 0;
  }

  /** Tells an extract's file from others, and from what it was before it was written anew. */
  public String mark() {
    return mark(extract, name, bytes, modifiedAt);
  }

  static String mark(String extract, String name, long bytes, long modifiedAt) {
    return extract + ":" + name + "@" + bytes + "@" + modifiedAt;
  }
}
