package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static needle.pipelines.ingest.BronzeRows.SHA256;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import needle.kit.ContractViolation;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.lake.RunLedger.FileAccount;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Reads rejected records again, from the landed file, under the contract as it is now.
 *
 * <p>A record that fits now becomes what it would have been at its delivery: accepted, or the
 * duplicate of an identical one of its key that was delivered before it; an identical one that was
 * delivered after it becomes the duplicate. One that does not fit stays rejected, with the reason
 * of now. Where the key was delivered again since, that is the newer version.
 *
 * <p>All of it is one commit per table, on top of the newest version that the ledger knows to be
 * good, and none where nothing would change: replaying twice is replaying once.
 */
public final class Replay {
  /** How the rejected records of one file fared. */
  public record Replayed(
      String table, String file, long before, long accepted, long duplicate, long rejected) {}

  private static final String REASON_HELD = "_reason_held";
  private static final String VERSION_HELD = "_version_held";

  private final DeltaTables tables;
  private final RunLedger ledger;
  private final Landing landing;

  public Replay(DeltaTables tables, RunLedger ledger, Landing landing) {
    this.tables = tables;
    this.ledger = ledger;
    this.landing = landing;
  }

  /**
   * Replays the files of one extract.
   *
   * @param chosen tells by its name below the landing folder whether a file is replayed
   */
  public List<Replayed> replay(ExtractContract contract, Predicate<String> chosen) {
    long started = ledger.millis();
    String table = contract.table().qualifiedName();
    RunLedger.Basis basis = ledger.bases().get(table);
    if (basis == null) {
      return List.of();
    }
    Dataset<Row> held = tables.at(table, basis.version());
    TableShape.check(contract, held);
    List<ReplayFiles.HeldFile> rejected =
        ReplayFiles.withRejected(held).stream().filter(f -> chosen.test(f.file())).toList();
    List<LandedFile> files =
        new ReplayFiles(landing, contract).landed(rejected, ledger.knownFiles().get(table));
    if (files.isEmpty()) {
      return List.of();
    }
    Dataset<Row> again = again(contract, files, held).persist(StorageLevel.MEMORY_AND_DISK());
    BronzeRows rows = new BronzeRows(contract, again, ledger.stamp().runId());
    long records = rejected.stream().mapToLong(ReplayFiles.HeldFile::rejected).sum();
    RecordChanges changes = rows.beside(held, records, Optional.empty());
    Dataset<Row> changed =
        changes.fresh().where(differs(contract)).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      if (changed.isEmpty()) {
        return List.of();
      }
      if (tables.version(table) != basis.version()) {
        tables.restore(table, basis.version());
      }
      long version = rows.merge(tables, table, changes.with(changed));
      return account(table, version, started, changed.count(), files, rejected);
    } finally {
      changed.unpersist();
      again.unpersist();
    }
  }

  /** The rejected rows of these files, read again, with what they were rejected for. */
  private Dataset<Row> again(ExtractContract contract, List<LandedFile> files, Dataset<Row> held) {
    Dataset<Row> rejected =
        held.where(col(OUTCOME).equalTo(REJECTED))
            .select(
                col("_file").as("_file_held"),
                col("_line").as("_line_held"),
                col(SHA256).as("_sha256_held"),
                col("_reason").as(REASON_HELD),
                col("_contract_version").as(VERSION_HELD));
    Dataset<Row> typed =
        FileGates.pass(
            TypedColumns.of(ExtractRows.of(tables.spark(), contract, files), contract), contract);
    return typed
        .join(
            rejected,
            col("_file")
                .equalTo(col("_file_held"))
                .and(col("_line").equalTo(col("_line_held")))
                .and(col(SHA256).equalTo(col("_sha256_held"))))
        .drop("_file_held", "_line_held", "_sha256_held");
  }

  private static Column differs(ExtractContract contract) {
    return col(OUTCOME)
        .notEqual(REJECTED)
        .or(not(col("_reason").eqNullSafe(col(REASON_HELD))))
        .or(not(col(VERSION_HELD).eqNullSafe(lit(contract.version()))));
  }

  private List<Replayed> account(
      String table,
      long version,
      long started,
      long changed,
      List<LandedFile> files,
      List<ReplayFiles.HeldFile> rejected) {
    Map<String, ReplayFiles.HeldFile> now =
        ReplayFiles.in(
                tables
                    .at(table, version)
                    .where(col(SHA256).isin(files.stream().map(LandedFile::sha256).toArray())))
            .stream()
            .collect(Collectors.toMap(ReplayFiles.HeldFile::key, f -> f));
    Map<String, ReplayFiles.HeldFile> before =
        rejected.stream().collect(Collectors.toMap(ReplayFiles.HeldFile::key, f -> f));
    List<Replayed> replayed = new ArrayList<>();
    List<FileAccount> accounts = new ArrayList<>();
    for (LandedFile file : files) {
      String key = RunLedger.fileKey(file.name(), file.sha256());
      requireAll(table, file, now.get(key).records());
      Replayed result = before.get(key).replayed(table, now.get(key));
      accounts.add(account(file, now.get(key), result));
      replayed.add(result);
    }
    long read = replayed.stream().mapToLong(Replayed::before).sum();
    long accepted = replayed.stream().mapToLong(Replayed::accepted).sum();
    double seconds = (ledger.millis() - started) / 1000.0;
    ledger.ingested(
        table,
        accounts,
        new RunLedger.Made(version, read, accepted, OptionalLong.of(changed), seconds));
    return replayed;
  }

  private static FileAccount account(LandedFile file, ReplayFiles.HeldFile now, Replayed result) {
    return new FileAccount(
        file.name(),
        file.sha256(),
        file.mark(),
        file.records(),
        now.accepted(),
        now.rejected(),
        now.duplicate(),
        "replayed",
        String.format(
            "of %d rejected records %d are accepted now, %d duplicates",
            result.before(), result.accepted(), result.duplicate()));
  }

  private static void requireAll(String table, LandedFile file, long stored) {
    if (stored != file.records()) {
      throw new ContractViolation(
          table + " does not account for every record",
          file.name() + " holds " + file.records() + " records, and " + stored + " are stored",
          "`needle ingest --rebuild` makes the table anew from the landed files");
    }
  }
}
