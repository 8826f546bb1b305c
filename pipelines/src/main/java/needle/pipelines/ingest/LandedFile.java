package needle.pipelines.ingest;

import java.io.Serializable;
import java.time.LocalDate;

/**
 * One delivered file.
 *
 * @param modifiedAt milliseconds since 1970, as the filesystem has it
 * @param records lines that hold a record, counted independently of the parser
 */
public record LandedFile(
    String extract,
    String uri,
    String name,
    LocalDate deliveredOn,
    String sha256,
    long bytes,
    long modifiedAt,
    String firstLine,
    long records)
    implements Serializable {

  /** Tells a file from others, and from what it was before it was written anew. */
  public String mark() {
    return mark(name, bytes, modifiedAt);
  }

  static String mark(String name, long bytes, long modifiedAt) {
    return name + "@" + bytes + "@" + modifiedAt;
  }
}
