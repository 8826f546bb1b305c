package needle.pipelines.ingest;

import java.io.Serializable;
import java.time.LocalDate;

/**
 * One delivered file.
 *
 * @param records lines that hold a record, counted independently of the parser
 */
public record LandedFile(
    String extract,
    String uri,
    String name,
    LocalDate deliveredOn,
    String sha256,
    long bytes,
    String firstLine,
    long records)
    implements Serializable {}
