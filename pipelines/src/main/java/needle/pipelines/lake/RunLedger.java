package needle.pipelines.lake;

import static needle.kit.ColumnType.INSTANT;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.kit.Layer;
import needle.kit.TableContract;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What every run did: per file the rows and where they went, per table its version, per run how it
 * ended.
 */
public final class RunLedger {
  /** What an entry is about. */
  public enum Entry {
    FILE,
    TABLE,
    RUN,
    WARNING
  }

  public static final TableContract TABLE =
      TableContract.table(Layer.OPS, "run_ledger", "What every run did, to the file")
          .column("run_id", TEXT, "The run")
          .column("entry", TEXT, "What the row is about: FILE, TABLE, RUN or WARNING")
          .optional("table_name", TEXT, "layer.table; empty for a run")
          .optional("file", TEXT, "File below the landing folder; empty but for FILE entries")
          .optional("file_sha256", TEXT, "Hash of the file's bytes")
          .optional("rows_read", WHOLE, "Records read")
          .optional("rows_accepted", WHOLE, "Records accepted into the table")
          .optional("rows_rejected", WHOLE, "Records kept aside with a reason")
          .optional("rows_duplicate", WHOLE, "Records identical to one delivered before")
          .optional(
              "table_version", WHOLE, "Delta version that holds the table's rows for this run")
          .optional("input_versions", TEXT, "Versions of the inputs, as table=version")
          .optional("seconds", NUMBER, "How long it took")
          .column("status", TEXT, "ok, failed, published or warning")
          .optional("message", TEXT, "What went wrong, or what to look at")
          .column("code_version", TEXT, "Version of the code that ran")
          .column("config_hash", TEXT, "Hash of contracts, KPIs and plans")
          .column(
              "key_version",
              TEXT,
              "Check value of the pseudonym key; the key is nowhere to be seen")
          .column("seed", WHOLE, "Seed of everything random")
          .column("recorded_at", INSTANT, "When the entry was written")
          .check(
              "entry <> 'FILE' or rows_read = rows_accepted + rows_rejected + rows_duplicate",
              "every record read is accepted, rejected or a duplicate");

  /** What the runs of one process have in common. */
  public record Stamp(
      String runId, String codeVersion, String configHash, String keyVersion, long seed) {}

  private final DeltaTables tables;
  private final Stamp stamp;
  private final Clock clock;
  private final List<Row> pending = new ArrayList<>();

  public RunLedger(DeltaTables tables, Stamp stamp, Clock clock) {
    this.tables = tables;
    this.stamp = stamp;
    this.clock = clock;
  }

  public Stamp stamp() {
    return stamp;
  }

  /** Where the records of one file went. */
  public synchronized void file(
      String table,
      String file,
      String sha256,
      long read,
      long accepted,
      long rejected,
      long duplicate) {
    pending.add(
        row(
            Entry.FILE,
            table,
            file,
            sha256,
            read,
            accepted,
            rejected,
            duplicate,
            null,
            null,
            null,
            "ok",
            null));
  }

  /** A staged table: its version and what it was made from. */
  public synchronized void table(
      String table,
      long version,
      Map<String, Long> inputs,
      long rowsIn,
      long rowsOut,
      double seconds) {
    List<String> versions =
        inputs.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted().toList();
    pending.add(
        row(
            Entry.TABLE,
            table,
            null,
            null,
            rowsIn,
            rowsOut,
            null,
            null,
            version,
            String.join(" ", versions),
            seconds,
            "ok",
            null));
  }

  /** A table that failed, with the message that the operator saw. */
  public synchronized void failed(String table, String message) {
    pending.add(
        row(
            Entry.TABLE,
            table,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "failed",
            message));
  }

  /** Something about a table that does not stop the run, and that somebody should look at. */
  public synchronized void warning(String table, String message) {
    pending.add(
        row(
            Entry.WARNING,
            table,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "warning",
            message));
  }

  /** How the run ended. */
  public synchronized void run(String status, double seconds, String message) {
    pending.add(
        row(
            Entry.RUN, null, null, null, null, null, null, null, null, null, seconds, status,
            message));
  }

  /** Writes what is pending in one commit. */
  public synchronized void flush() {
    if (!pending.isEmpty()) {
      tables.append(
          TABLE.qualifiedName(),
          tables.spark().createDataFrame(pending, TABLE.schema()).coalesce(1));
      pending.clear();
    }
  }

  /** The newest version that this run staged of each table, in this process or an earlier one. */
  public synchronized Map<String, Long> staged() {
    Map<String, Long> versions = new HashMap<>();
    if (tables.exists(TABLE.qualifiedName())) {
      tables
          .latest(TABLE.qualifiedName())
          .where(col("run_id").equalTo(stamp.runId()))
          .where(col("entry").equalTo(Entry.TABLE.name()).and(col("status").equalTo("ok")))
          .select("table_name", "table_version")
          .collectAsList()
          .forEach(r -> versions.merge(r.getString(0), r.getLong(1), Math::max));
    }
    return versions;
  }

  /** What the entries of a run have in common; empty for a run that is not known. */
  public static Optional<Stamp> stampOf(DeltaTables tables, String runId) {
    if (!tables.exists(TABLE.qualifiedName())) {
      return Optional.empty();
    }
    return tables
        .latest(TABLE.qualifiedName())
        .where(col("run_id").equalTo(runId))
        .select("run_id", "code_version", "config_hash", "key_version", "seed")
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst()
        .map(
            r ->
                new Stamp(
                    r.getString(0), r.getString(1), r.getString(2), r.getString(3), r.getLong(4)));
  }

  private Row row(
      Entry entry,
      String table,
      String file,
      String sha256,
      Long read,
      Long accepted,
      Long rejected,
      Long duplicate,
      Long version,
      String inputs,
      Double seconds,
      String status,
      String message) {
    return RowFactory.create(
        stamp.runId(),
        entry.name(),
        table,
        file,
        sha256,
        read,
        accepted,
        rejected,
        duplicate,
        version,
        inputs,
        seconds,
        status,
        message,
        stamp.codeVersion(),
        stamp.configHash(),
        stamp.keyVersion(),
        stamp.seed(),
        Timestamp.from(clock.instant()));
  }
}
