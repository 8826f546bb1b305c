package needle.pipelines.assess;

import java.util.Locale;

/**
 * What it cost to ingest a log of a learning system, as a section of docs/benchmarks.md.
 *
 * @param bytes size of the delivered files
 * @param plainSeconds Spark reading the same files as text columns and writing them to Delta
 * @param ingestSeconds {@code needle ingest}, from the survey of the files to the ledger
 * @param peakBytes most memory that the process ever held
 */
public record LogBenchmark(
    long events, long bytes, double plainSeconds, double ingestSeconds, long peakBytes) {

  /** The section. */
  public String markdown() {
    return String.format(
        Locale.ROOT,
        """
        ## A Moodle log of %,d events

        %,.0f MB; peak memory %,.0f MB. Ingest types every column, gives every record its outcome and counts all of them.

        | | seconds | events/s | rate, of the plain copy's |
        |---|--:|--:|--:|
        | plain copy: Spark reads the files and writes Delta | %.1f | %,.0f | 100%% |
        | `needle ingest` | %.1f | %,.0f | %.0f%% |
        """,
        events,
        bytes / 1e6,
        peakBytes / 1e6,
        plainSeconds,
        events / plainSeconds,
        ingestSeconds,
        events / ingestSeconds,
        100 * plainSeconds / ingestSeconds);
  }
}
