package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.ContractViolation;
import needle.kit.InvalidInput;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads the new files of one extract into its bronze table.
 *
 * <p>Every record lands in the table with its outcome: accepted with typed columns, rejected with
 * its text and reason, or duplicate of a record delivered before. Counts come from the committed
 * rows, so they hold whatever Spark retried.
 */
public final class BronzeIngest {
  /** Where a record went. */
  public static final String OUTCOME = "_outcome";

  public static final String ACCEPTED = "accepted";
  public static final String REJECTED = "rejected";
  public static final String DUPLICATE = "duplicate";

  /** How many records a delivery brought, and the version of the table that holds them. */
  public record Ingested(long version, long read, long accepted) {}

  static final String SHA256 = "_sha256";

  private final DeltaTables tables;
  private final RunLedger ledger;

  public BronzeIngest(DeltaTables tables, RunLedger ledger) {
    this.tables = tables;
    this.ledger = ledger;
  }

  /** The accepted rows of a bronze table's stored rows. */
  public static Dataset<Row> accepted(Dataset<Row> stored, ExtractContract contract) {
    return stored
        .where(col(OUTCOME).equalTo(ACCEPTED))
        .select(
            Set.of(contract.table().columnNames()).stream()
                .sorted()
                .map(n -> col(n))
                .toArray(Column[]::new));
  }

  /** The rejected rows of a bronze table's stored rows: file, line, text and reason. */
  public static Dataset<Row> rejected(Dataset<Row> stored) {
    return stored
        .where(col(OUTCOME).equalTo(REJECTED))
        .select(
            "_file", "_line", "_delivered_on", "_reason", "_raw", "_contract_version", "_run_id");
  }

  /** Ingests those of the files that the table does not hold yet. */
  public Ingested ingest(ExtractContract contract, List<LandedFile> files) {
    String table = contract.table().qualifiedName();
    boolean exists = tables.exists(table);
    Set<String> known = exists ? knownFiles(table) : Set.of();
    List<LandedFile> unknown =
        files.stream().filter(f -> !known.contains(key(f.name(), f.sha256()))).toList();
    unknown.stream().filter(LandedFile::isUnreadable).forEach(f -> putAside(table, f));
    List<LandedFile> fresh = unknown.stream().filter(f -> !f.isUnreadable()).toList();
    fresh.forEach(f -> checkFile(contract, f));
    if (fresh.isEmpty() && exists) {
      return new Ingested(tables.version(table), 0, 0);
    }
    Optional<Dataset<Row>> before = exists ? Optional.of(tables.latest(table)) : Optional.empty();
    before.ifPresent(b -> Outcomes.checkShape(contract, b.schema()));
    Dataset<Row> outcomes = Outcomes.of(contract, typed(contract, fresh), before);
    Dataset<Row> rows = Outcomes.stored(contract, outcomes, ledger.stamp().runId());
    long version = tables.append(table, rows, OUTCOME);
    return account(contract, version, fresh);
  }

  // Not an accepted file without rows: it is tried again at every run until a good one takes its
  // place.
  private void putAside(String table, LandedFile file) {
    ledger.quarantined(table, file.name(), file.sha256(), file.unreadable());
  }

  private Set<String> knownFiles(String table) {
    return tables.latest(table).select("_file", SHA256).distinct().collectAsList().stream()
        .map(r -> key(r.getString(0), r.getString(1)))
        .collect(Collectors.toSet());
  }

  private static String key(String file, String sha256) {
    return file + "@" + sha256;
  }

  static void checkFile(ExtractContract contract, LandedFile file) {
    if (!file.hasRecords() && !contract.dialect().allowEmpty()) {
      throw new InvalidInput(
          "The delivered file " + file.name() + " is empty",
          "it has "
              + file.bytes()
              + " bytes and no record, and the contract "
              + contract.id()
              + " does not allow empty files",
          "ask the source system for the file again, or set allowEmpty in the contract");
    }
    if (file.bytes() == 0 || isJson(contract)) {
      return;
    }
    List<String> missing =
        contract.readFields().stream()
            .filter(f -> !f.isDropped())
            .map(ExtractContract.Field::source)
            .filter(s -> !file.header().contains(s))
            .toList();
    Set<String> seen = new java.util.HashSet<>();
    List<String> twice = file.header().stream().filter(h -> !seen.add(h)).toList();
    if (!missing.isEmpty() || !twice.isEmpty()) {
      throw new InvalidInput(
          "The header of " + file.name() + " does not fit the contract " + contract.id(),
          (missing.isEmpty() ? "" : "missing column(s) " + missing + " ")
              + (twice.isEmpty() ? "" : "column(s) named twice " + twice + " ")
              + "in "
              + file.header(),
          "deliver the file with these columns, or map their new names with physicalName in the contract");
    }
  }

  private static boolean isJson(ExtractContract contract) {
    Dialect.Format format = contract.dialect().format();
    return format == Dialect.Format.JSON_LINES || format == Dialect.Format.JSON_ARRAY;
  }

  private Dataset<Row> typed(ExtractContract contract, List<LandedFile> files) {
    Dataset<Row> texts = ExtractRows.of(tables.spark(), contract, files);
    return FileGates.pass(TypedColumns.of(texts, contract), contract);
  }

  private Ingested account(ExtractContract contract, long version, List<LandedFile> files) {
    String table = contract.table().qualifiedName();
    Map<String, Row> counts =
        tables
            .at(table, version)
            .where(col(SHA256).isin(files.stream().map(LandedFile::sha256).toArray()))
            .groupBy("_file", SHA256)
            .agg(
                count(lit(1)),
                count_if(col(OUTCOME).equalTo(ACCEPTED)),
                count_if(col(OUTCOME).equalTo(REJECTED)),
                count_if(col(OUTCOME).equalTo(DUPLICATE)))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(r -> key(r.getString(0), r.getString(1)), r -> r));
    long read = 0;
    long accepted = 0;
    List<String> lost = new ArrayList<>();
    for (LandedFile file : files) {
      Row row = counts.get(key(file.name(), file.sha256()));
      long stored = row == null ? 0 : row.getLong(2);
      long fit = row == null ? 0 : row.getLong(3);
      if (stored != file.records()) {
        lost.add(file.name() + " holds " + file.records() + " records, and " + stored + " arrived");
      }
      long rejected = row == null ? 0 : row.getLong(4);
      ledger.file(
          table,
          file.name(),
          file.sha256(),
          file.records(),
          fit,
          rejected,
          row == null ? 0 : row.getLong(5),
          FileGates.warning(contract, file.records(), rejected));
      read += file.records();
      accepted += fit;
    }
    if (!lost.isEmpty()) {
      throw new ContractViolation(
          table + " does not account for every record",
          String.join("; ", lost),
          "the files changed while they were read, or the reader lost records: deliver them again and rerun");
    }
    return new Ingested(version, read, accepted);
  }
}
