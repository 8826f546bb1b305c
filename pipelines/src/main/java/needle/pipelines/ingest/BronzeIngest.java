package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.apache.spark.sql.expressions.Window;

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

  private static final String HASH = "_row_hash";
  private static final String SHA256 = "_sha256";

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
    Dataset<Row> rows = outcomes(contract, typed(contract, fresh), table, exists);
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

  private static void checkFile(ExtractContract contract, LandedFile file) {
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

  private Dataset<Row> outcomes(
      ExtractContract contract, Dataset<Row> typed, String table, boolean exists) {
    Column[] texts =
        contract.readFields().stream()
            .filter(f -> !f.isDropped())
            .map(f -> coalesce(col(TypedColumns.TEXT + f.name()), lit("\u0000")))
            .toArray(Column[]::new);
    Column fit = col("_reason").isNull();
    Dataset<Row> hashed =
        typed.withColumn(HASH, when(fit, md5(concat_ws("\u0001", texts).cast("binary"))));
    // Rejected rows keep a key of their own, so that they are neither compared nor dropped.
    Column identity = coalesce(col(HASH), concat_ws("#", col("_file"), col("_line"), col(SHA256)));
    Column first =
        row_number()
            .over(Window.partitionBy(identity).orderBy("_delivered_on", "_file", "_line"))
            .equalTo(1);
    Dataset<Row> ranked = hashed.withColumn("_first", first);
    if (exists) {
      Dataset<Row> before =
          tables
              .latest(table)
              .where(col(OUTCOME).equalTo(ACCEPTED))
              .select(col(HASH).as("_before"));
      ranked = ranked.join(before, col(HASH).equalTo(col("_before")), "left");
    } else {
      ranked = ranked.withColumn("_before", lit(null).cast("string"));
    }
    Column outcome =
        when(fit.unary_$bang(), REJECTED)
            .when(col("_before").isNotNull().or(col("_first").unary_$bang()), DUPLICATE)
            .otherwise(ACCEPTED);
    Column isAccepted = col(OUTCOME).equalTo(ACCEPTED);
    List<Column> columns = new ArrayList<>();
    contract.landedFields().forEach(f -> columns.add(when(isAccepted, col(f.name())).as(f.name())));
    List.of("_delivered_on", "_file", "_line", SHA256, OUTCOME, "_reason")
        .forEach(c -> columns.add(col(c)));
    columns.add(when(col(OUTCOME).equalTo(REJECTED), col("_raw")).as("_raw"));
    columns.add(when(isAccepted, col(HASH)).as(HASH));
    columns.add(lit(contract.version()).as("_contract_version"));
    columns.add(lit(ledger.stamp().runId()).as("_run_id"));
    return ranked.withColumn(OUTCOME, outcome).select(columns.toArray(Column[]::new));
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
