package needle.pipelines.lake;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.INSTANT;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.Layer;
import needle.kit.Period;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
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
          .optional(
              "file_mark",
              TEXT,
              "Name, size and time of modification: whoever finds them unchanged need not read the file")
          .optional("rows_read", WHOLE, "Records read")
          .optional("rows_accepted", WHOLE, "Records accepted into the table")
          .optional("rows_rejected", WHOLE, "Records kept aside with a reason")
          .optional("rows_duplicate", WHOLE, "Records identical to one delivered before")
          .optional(
              "table_version", WHOLE, "Delta version that holds the table's rows for this run")
          .optional("input_versions", TEXT, "Versions of the inputs, as table=version")
          .optional(
              "recipe",
              TEXT,
              "Hash of all that makes the table beside its inputs: code, declarations, key")
          .optional("period_start", DATE, "First day that the table was made for")
          .optional("period_end", DATE, "Last day that the table was made for")
          .optional("rows_changed", WHOLE, "Rows written or deleted; empty when made anew")
          .optional("seconds", NUMBER, "How long it took")
          .column(
              "status",
              TEXT,
              "ok, failed, published or warning; of a file ok, warning, quarantined or replayed; of a"
                  + " table whose delivery is overdue, late")
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

  /**
   * What the runs of one process have in common.
   *
   * @param keyVersion check value of the pseudonym key; {@link #WITHOUT_KEY} where nobody is
   *     pseudonymised
   */
  public record Stamp(
      String runId, String codeVersion, String configHash, String keyVersion, long seed) {}

  /** The key version of work that stops at bronze. */
  public static final String WITHOUT_KEY = "none";

  /** What a table was made from and by, beside its input versions. */
  public record Recipe(String hash, Period period) {}

  /**
   * A version of a table that passed its gate: {@code version} holds exactly what its recipe makes
   * from its inputs' versions.
   */
  public record Basis(long version, Map<String, Long> inputs, Recipe recipe, long rows) {}

  /**
   * Where the records of one file went.
   *
   * @param status ok, warning, quarantined for a file of which nothing was taken, or replayed
   * @param message what to say of it; empty when ok
   */
  public record FileAccount(
      String file,
      String sha256,
      String mark,
      long read,
      long accepted,
      long rejected,
      long duplicate,
      String status,
      String message) {}

  /** What a table's making did. */
  public record Made(
      long version, long rowsIn, long rowsOut, OptionalLong rowsChanged, double seconds) {}

  private static final String QUARANTINED = "quarantined";
  private static final String REPLAYED = "replayed";
  private static final Object[] GOOD = {"ok", "warning", REPLAYED};

  private final DeltaTables tables;
  private final Stamp stamp;
  private final Clock clock;
  private final List<Row> pending = new ArrayList<>();
  private Map<String, Basis> bases;
  private Map<String, Set<String>> knownFiles;

  public RunLedger(DeltaTables tables, Stamp stamp, Clock clock) {
    this.tables = tables;
    this.stamp = stamp;
    this.clock = clock;
  }

  public Stamp stamp() {
    return stamp;
  }

  /**
   * A bronze table with the files that it took in or whose rejected records were read again, in one
   * commit with each other: a file is known exactly when the version that holds its rows is.
   */
  public synchronized void ingested(String table, List<FileAccount> files, Made made) {
    files.forEach(f -> pending.add(file(table, f, f.status(), f.message())));
    pending.add(table(table, made, Map.of(), Optional.empty()));
  }

  /** Files whose records are not all accounted for; the table's version does not count. */
  public synchronized void lost(String table, List<FileAccount> files, String message) {
    files.forEach(f -> pending.add(file(table, f, "failed", message)));
  }

  /** An extract whose next delivery is overdue. */
  public synchronized void late(String table, String message) {
    say(Entry.TABLE, "late", table, message);
  }

  /** A staged table: its version and what it was made from. */
  public synchronized void made(String table, Made made, Map<String, Long> inputs, Recipe recipe) {
    pending.add(table(table, made, inputs, Optional.of(recipe)));
  }

  /** A table that failed, with the message that the operator saw. */
  public synchronized void failed(String table, String message) {
    say(Entry.TABLE, "failed", table, message);
  }

  /** Something about a table that does not stop the run, and that somebody should look at. */
  public synchronized void warning(String table, String message) {
    say(Entry.WARNING, "warning", table, message);
  }

  private void say(Entry entry, String status, String table, String message) {
    pending.add(row(new Cells(entry, status).set("table_name", table).set("message", message)));
  }

  /** How the run ended. */
  public synchronized void run(String status, double seconds, String message) {
    pending.add(row(new Cells(Entry.RUN, status).set("seconds", seconds).set("message", message)));
  }

  private Row file(String table, FileAccount f, String status, String message) {
    return row(
        new Cells(Entry.FILE, status)
            .set("table_name", table)
            .set("file", f.file())
            .set("file_sha256", f.sha256())
            .set("file_mark", f.mark())
            .set("rows_read", f.read())
            .set("rows_accepted", f.accepted())
            .set("rows_rejected", f.rejected())
            .set("rows_duplicate", f.duplicate())
            .set("message", message));
  }

  private Row table(String table, Made made, Map<String, Long> inputs, Optional<Recipe> recipe) {
    Cells cells =
        new Cells(Entry.TABLE, "ok")
            .set("table_name", table)
            .set("rows_read", made.rowsIn())
            .set("rows_accepted", made.rowsOut())
            .set("table_version", made.version())
            .set("input_versions", text(inputs))
            .set("seconds", made.seconds());
    made.rowsChanged().ifPresent(n -> cells.set("rows_changed", n));
    recipe.ifPresent(
        r ->
            cells
                .set("recipe", r.hash())
                .set("period_start", Date.valueOf(r.period().start()))
                .set("period_end", Date.valueOf(r.period().end())));
    return row(cells);
  }

  private static String text(Map<String, Long> versions) {
    return versions.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static Map<String, Long> versions(String text) {
    return Stream.of(text.split(" "))
        .filter(part -> !part.isEmpty())
        .map(part -> part.split("="))
        .collect(Collectors.toMap(p -> p[0], p -> Long.parseLong(p[1])));
  }

  /** Writes what is pending in one commit. */
  public synchronized void flush() {
    if (!pending.isEmpty()) {
      tables.append(
          TABLE.qualifiedName(),
          tables.spark().createDataFrame(pending, TABLE.schema()).coalesce(1));
      pending.clear();
      bases = null;
      knownFiles = null;
    }
  }

  /**
   * Writes what is pending of a run that failed. Where even that fails, it does not hide why the
   * run did.
   */
  public void flushAfter(Throwable failure) {
    try {
      flush();
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  /** The time, in milliseconds, by the clock that dates the entries. */
  public long millis() {
    return clock.millis();
  }

  /** The newest version that this run staged of each table, in this process or an earlier one. */
  public Map<String, Long> staged() {
    return stagedBy(tables, stamp.runId());
  }

  /** The newest version that a run staged of each table. */
  public static Map<String, Long> stagedBy(DeltaTables tables, String runId) {
    Map<String, Long> versions = new HashMap<>();
    entries(tables, Entry.TABLE)
        .where(col("run_id").equalTo(runId))
        .select("table_name", "table_version")
        .collectAsList()
        .forEach(r -> versions.merge(r.getString(0), r.getLong(1), Math::max));
    return versions;
  }

  /** What the entries of a run have in common; empty for a run that is not known. */
  public static Optional<Stamp> stampOf(DeltaTables tables, String runId) {
    if (!tables.exists(TABLE.qualifiedName())) {
      return Optional.empty();
    }
    return tables
        .latest(TABLE.qualifiedName())
        .where(col("run_id").equalTo(runId).and(col("key_version").notEqual(WITHOUT_KEY)))
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

  /** What a run covers: the longest that a table of it was made for. */
  public static Optional<Period> periodOf(DeltaTables tables, String runId) {
    return entries(tables, Entry.TABLE)
        .where(col("run_id").equalTo(runId).and(col("period_start").isNotNull()))
        .orderBy(col("period_end").desc(), col("period_start"))
        .select("period_start", "period_end")
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst()
        .map(r -> new Period(r.getDate(0).toLocalDate(), r.getDate(1).toLocalDate()));
  }

  /**
   * The newest version of each table that passed its gate, in whatever run. What a table holds
   * beyond it was left by a run that died or failed, and counts for nothing.
   */
  public synchronized Map<String, Basis> bases() {
    if (bases == null) {
      bases = readBases();
    }
    return bases;
  }

  private Map<String, Basis> readBases() {
    Map<String, Basis> newest = new HashMap<>();
    entries(tables, Entry.TABLE)
        .groupBy("table_name")
        .agg(max_by(struct("*"), struct("table_version", "recorded_at")).as("newest"))
        .select("newest.*")
        .collectAsList()
        .forEach(r -> newest.put(r.getAs("table_name"), basis(r)));
    // Somebody may have removed a table's folder.
    newest.entrySet().removeIf(e -> !isThere(e.getKey(), e.getValue().version()));
    return newest;
  }

  private boolean isThere(String table, long version) {
    return tables.exists(table) && tables.version(table) >= version;
  }

  private static Basis basis(Row row) {
    Date start = row.getAs("period_start");
    Recipe recipe =
        start == null
            ? null
            : new Recipe(
                row.getAs("recipe"),
                new Period(start.toLocalDate(), row.<Date>getAs("period_end").toLocalDate()));
    return new Basis(
        row.getAs("table_version"),
        versions(row.getAs("input_versions")),
        recipe,
        row.getAs("rows_accepted"));
  }

  /**
   * The files that a bronze table holds, as name@hash, as they were last delivered; those of failed
   * versions are not among them.
   */
  public synchronized Map<String, Set<String>> knownFiles() {
    if (knownFiles == null) {
      knownFiles = readKnownFiles();
    }
    return knownFiles;
  }

  private Map<String, Set<String>> readKnownFiles() {
    Map<String, Set<String>> known = new HashMap<>();
    filesHeld()
        .select("table_name", "file", "held.file_sha256")
        .collectAsList()
        .forEach(
            r ->
                known
                    .computeIfAbsent(r.getString(0), t -> new HashSet<>())
                    .add(fileKey(r.getString(1), r.getString(2))));
    return known;
  }

  /** How a file is known: by its name and content. */
  public static String fileKey(String file, String sha256) {
    return file + "@" + sha256;
  }

  /** The name in a file's key. */
  public static String name(String fileKey) {
    return fileKey.substring(0, fileKey.lastIndexOf('@'));
  }

  /** The hash in a file's key. */
  public static String sha256(String fileKey) {
    return fileKey.substring(fileKey.lastIndexOf('@') + 1);
  }

  /** The marks of all files that the bases of bronze tables hold. */
  public Set<String> seenFiles() {
    return filesHeld()
        .where(col("table_name").isin(bases().keySet().toArray()))
        .select("held.file_mark")
        .collectAsList()
        .stream()
        .map(r -> r.getString(0))
        .collect(Collectors.toSet());
  }

  /** When the files that were delivered anew under their names were last taken, by name. */
  public Map<String, Instant> revisedFiles() {
    return entries(
            tables, Entry.FILE, col("status").isin(GOOD).and(col("status").notEqual(REPLAYED)))
        .groupBy("table_name", "file")
        .agg(count_distinct(col("file_sha256")).as("contents"), max("recorded_at"))
        .where(col("contents").gt(1))
        .collectAsList()
        .stream()
        .collect(
            Collectors.toMap(
                r -> r.getString(1), r -> r.getTimestamp(3).toInstant(), RunLedger::later));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  // Content by its newest entry: a table that was made anew may have put aside what was read
  // before. Of a file that was delivered anew under its name, the newest content.
  private Dataset<Row> filesHeld() {
    return entries(
            tables, Entry.FILE, col("status").isin(GOOD).or(col("status").equalTo(QUARANTINED)))
        .groupBy("table_name", "file", "file_sha256")
        .agg(
            max_by(struct("status", "file_mark"), col("recorded_at")).as("newest"),
            max("recorded_at").as("at"))
        .where(col("newest.status").isin(GOOD))
        .groupBy("table_name", "file")
        .agg(max_by(struct(col("file_sha256"), col("newest.file_mark")), col("at")).as("held"));
  }

  private static Dataset<Row> entries(DeltaTables tables, Entry entry) {
    return entries(tables, entry, col("status").isin(GOOD));
  }

  private static Dataset<Row> entries(DeltaTables tables, Entry entry, Column status) {
    if (!tables.exists(TABLE.qualifiedName())) {
      return tables.spark().createDataFrame(List.of(), TABLE.schema());
    }
    return tables
        .latest(TABLE.qualifiedName())
        .where(col("entry").equalTo(entry.name()).and(status));
  }

  /** The cells of an entry by their column's name; those not set are empty. */
  private static final class Cells {
    private final Map<String, Object> cells = new HashMap<>();

    Cells(Entry entry, String status) {
      set("entry", entry.name()).set("status", status);
    }

    Cells set(String column, Object value) {
      cells.put(column, value);
      return this;
    }
  }

  private Row row(Cells entry) {
    entry
        .set("run_id", stamp.runId())
        .set("code_version", stamp.codeVersion())
        .set("config_hash", stamp.configHash())
        .set("key_version", stamp.keyVersion())
        .set("seed", stamp.seed())
        .set("recorded_at", Timestamp.from(clock.instant()));
    return RowFactory.create(Stream.of(TABLE.columnNames()).map(entry.cells::get).toArray());
  }
}
