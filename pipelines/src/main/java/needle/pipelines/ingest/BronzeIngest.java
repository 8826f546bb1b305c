package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.ColumnType;
import needle.kit.ContractViolation;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.lake.RunLedger.FileAccount;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads the new files of one extract into its bronze table.
 *
 * <p>Every record lands in the table with its outcome: accepted with typed columns, rejected with
 * its text and reason, or duplicate of the record of its key that was delivered before, in whatever
 * order the files are ingested. What a file held is withdrawn when it is delivered anew under its
 * name. So what the table accepts is a function of the files alone.
 *
 * <p>One delivery is one commit, on top of the newest version that the ledger knows to be good;
 * what a run left behind that died before its ledger row is undone and read again. Counts come from
 * the committed rows, so they hold whatever Spark retried.
 */
public final class BronzeIngest {
  /** Where a record went. */
  public static final String OUTCOME = "_outcome";

  /** Of an accepted record: the rules that it breaks and that only warn. */
  static final String WARNING = "_warning";

  public static final String ACCEPTED = "accepted";
  public static final String REJECTED = "rejected";
  public static final String DUPLICATE = "duplicate";

  /** Of what a file held before it was delivered anew under its name. */
  static final String WITHDRAWN = "withdrawn";

  /** How many records a delivery brought, and the version of the table that holds them. */
  public record Ingested(
      long version,
      long read,
      long accepted,
      long rejected,
      long duplicate,
      OptionalLong changed,
      double seconds) {}

  // A run ends at the first.
  private static final String ALL_REFUSED =
      "`needle ingest --dry-run` tells all such files at once";

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

  /**
   * The column by whose month accepted rows are stored: a date that is part of their key, where no
   * version stamp is. What a source restates under a stamp, such as a job record, may be of any
   * age.
   */
  public static Optional<String> datedBy(ExtractContract contract) {
    List<ExtractContract.Field> key =
        contract.fields().stream().filter(ExtractContract.Field::key).toList();
    return key.stream().anyMatch(f -> f.type() == ColumnType.INSTANT)
        ? Optional.empty()
        : key.stream()
            .filter(f -> f.type() == ColumnType.DATE)
            .map(ExtractContract.Field::name)
            .findFirst();
  }

  /** Ingests those of the files that the table does not hold yet. */
  public Ingested ingest(ExtractContract contract, List<LandedFile> files) {
    return ingest(
        contract, files, Optional.ofNullable(ledger.bases().get(contract.table().qualifiedName())));
  }

  /**
   * Makes the table anew, as one more version, from all files that were delivered for it. The
   * versions before, and what is published of them, stay as they are.
   */
  public Ingested rebuild(ExtractContract contract, List<LandedFile> files) {
    requireAllKnown(contract, files);
    requireAllReadable(contract, files);
    return ingest(contract, files, Optional.empty());
  }

  /** Fails where the table was made by a contract with other columns, or that derives others. */
  public void check(ExtractContract contract) {
    Optional.ofNullable(ledger.bases().get(contract.table().qualifiedName()))
        .ifPresent(b -> check(contract, b.version(), false));
  }

  private void check(ExtractContract contract, long version, boolean isAddedTo) {
    Dataset<Row> held = tables.at(contract.table().qualifiedName(), version);
    TableShape.check(contract, held);
    if (isAddedTo) {
      Derivations.unknown(contract, held.schema())
          .ifPresent(w -> ledger.warning(contract.table().qualifiedName(), w));
    }
  }

  // By content: a file may have been renamed since.
  private void requireAllKnown(ExtractContract contract, List<LandedFile> files) {
    Set<String> landed = files.stream().map(LandedFile::sha256).collect(Collectors.toSet());
    List<String> gone =
        known(contract).stream()
            .filter(known -> !landed.contains(RunLedger.sha256(known)))
            .map(RunLedger::name)
            .sorted()
            .toList();
    if (!gone.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " cannot be made anew",
          gone.size()
              + " of its files no longer lie in the landing folder as they were read, such as "
              + gone.get(0)
              + ": their rows would be lost",
          "put these files back; the ledger names them, `needle sql \"select file, file_sha256 from"
              + " ops.run_ledger where entry = 'FILE'\"`");
    }
  }

  private void requireAllReadable(ExtractContract contract, List<LandedFile> files) {
    Set<String> held = known(contract).stream().map(RunLedger::sha256).collect(Collectors.toSet());
    List<LandedFile> unreadable =
        files.stream().filter(f -> f.isUnreadable() && held.contains(f.sha256())).toList();
    if (!unreadable.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " cannot be made anew",
          unreadable.size()
              + " of its files cannot be read by the contract as it is now, such as "
              + unreadable.get(0).name()
              + " ("
              + unreadable.get(0).unreadable()
              + "): their rows would be lost",
          "correct the contract's format, or what stands beside the files, such as a manifest");
    }
  }

  private Set<String> known(ExtractContract contract) {
    return ledger.knownFiles().getOrDefault(contract.table().qualifiedName(), Set.of());
  }

  private Ingested ingest(
      ExtractContract contract, List<LandedFile> files, Optional<RunLedger.Basis> basis) {
    long started = ledger.millis();
    String table = contract.table().qualifiedName();
    Set<String> known = basis.isPresent() ? known(contract) : Set.of();
    List<LandedFile> unknown =
        files.stream()
            .filter(f -> !known.contains(RunLedger.fileKey(f.name(), f.sha256())))
            .toList();
    List<FileAccount> accounts =
        unknown.stream()
            .filter(LandedFile::isUnreadable)
            .map(BronzeIngest::putAside)
            .collect(Collectors.toCollection(ArrayList::new));
    List<LandedFile> fresh = unknown.stream().filter(f -> !f.isUnreadable()).toList();
    basis.ifPresent(b -> check(contract, b.version(), !fresh.isEmpty()));
    fresh.forEach(f -> checkFile(contract, f));
    long version;
    if (basis.isPresent() && fresh.isEmpty()) {
      version = basis.get().version();
    } else {
      version = write(contract, table, fresh, known, basis);
      accounts.addAll(accounts(contract, table, version, fresh, names(known)));
    }
    long read = accounts.stream().mapToLong(FileAccount::read).sum();
    long accepted = accounts.stream().mapToLong(FileAccount::accepted).sum();
    long rejected = accounts.stream().mapToLong(FileAccount::rejected).sum();
    long duplicate = accounts.stream().mapToLong(FileAccount::duplicate).sum();
    double seconds = (ledger.millis() - started) / 1000.0;
    OptionalLong changed = basis.isPresent() ? OptionalLong.of(read) : OptionalLong.empty();
    ledger.ingested(table, accounts, new RunLedger.Made(version, read, accepted, changed, seconds));
    return new Ingested(version, read, accepted, rejected, duplicate, changed, seconds);
  }

  // Not an accepted file without rows: it is tried again at every run until a good one takes its
  // place.
  private static FileAccount putAside(LandedFile file) {
    return new FileAccount(
        file.name(), file.sha256(), file.mark(), 0, 0, 0, 0, "quarantined", file.unreadable());
  }

  private long write(
      ExtractContract contract,
      String table,
      List<LandedFile> fresh,
      Set<String> known,
      Optional<RunLedger.Basis> basis) {
    Dataset<Row> typed = typed(contract, fresh);
    BronzeRows rows = new BronzeRows(contract, typed, ledger.stamp().runId());
    if (basis.isEmpty()) {
      return tables.replace(table, rows.first(), BronzeRows.partitionColumns(contract));
    }
    if (tables.version(table) != basis.get().version()) {
      tables.restore(table, basis.get().version());
    }
    // Files come in the order of delivery, but for one that was late: it may bring the first copy
    // of a record whose later copy was accepted.
    String last = known.stream().map(RunLedger::name).max(LandedFile.ORDER).orElse("");
    boolean isLate = LandedFile.ORDER.compare(fresh.get(0).name(), last) < 0;
    return rows.addTo(
        tables,
        table,
        fresh.stream().mapToLong(LandedFile::records).sum(),
        isLate,
        revised(fresh, known));
  }

  /** Of which held rows the file was delivered anew under its name; empty where none was. */
  static Optional<Column> revised(List<LandedFile> fresh, Set<String> known) {
    Set<String> names = names(known);
    return fresh.stream()
        .filter(f -> names.contains(f.name()))
        .map(f -> col("_file").equalTo(f.name()).and(col(BronzeRows.SHA256).notEqual(f.sha256())))
        .reduce(Column::or);
  }

  private static Set<String> names(Set<String> known) {
    return known.stream().map(RunLedger::name).collect(Collectors.toSet());
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
          "ask the source system for the file again, or set allowEmpty in the contract; "
              + ALL_REFUSED);
    }
    if (file.bytes() == 0 || contract.dialect().isJson()) {
      return;
    }
    List<String> missing =
        contract.asNamedIn(file.header()).readFields().stream()
            .filter(f -> !f.isDropped())
            .map(ExtractContract.Field::source)
            .filter(s -> !file.header().contains(s))
            .toList();
    Set<String> seen = new java.util.HashSet<>();
    List<String> twice =
        // Spreadsheets end their lines with separators of columns that have neither name nor value.
        file.header().stream().filter(h -> !h.isBlank() && !seen.add(h)).toList();
    if (!missing.isEmpty() || !twice.isEmpty()) {
      throw new InvalidInput(
          "The header of " + file.name() + " does not fit the contract " + contract.id(),
          (missing.isEmpty() ? "" : "missing column(s) " + missing + " ")
              + (twice.isEmpty() ? "" : "column(s) named twice " + twice + " ")
              + "in "
              + file.header(),
          "deliver the file with these columns and take this one away, map their new names with"
              + " physicalName in the contract and list the old ones as formerNames, or tell it how"
              + " many titleLines stand above them; "
              + ALL_REFUSED);
    }
  }

  private Dataset<Row> typed(ExtractContract contract, List<LandedFile> files) {
    Dataset<Row> texts = ExtractRows.of(tables.spark(), contract, files);
    return FileGates.pass(TypedColumns.of(texts, contract), contract);
  }

  private List<FileAccount> accounts(
      ExtractContract contract,
      String table,
      long version,
      List<LandedFile> files,
      Set<String> namesBefore) {
    Map<String, Row> counts =
        tables
            .inserted(table, version)
            .groupBy("_file", BronzeRows.SHA256)
            .agg(
                count(lit(1)),
                count_if(col(OUTCOME).equalTo(ACCEPTED)),
                count_if(col(OUTCOME).equalTo(REJECTED)),
                count_if(col(OUTCOME).equalTo(DUPLICATE)),
                count(col(WARNING)),
                collect_set(col(WARNING)))
            .collectAsList()
            .stream()
            .collect(
                Collectors.toMap(r -> RunLedger.fileKey(r.getString(0), r.getString(1)), r -> r));
    List<FileAccount> accounts = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    List<String> misfits = new ArrayList<>();
    for (LandedFile file : files) {
      Row row = counts.get(RunLedger.fileKey(file.name(), file.sha256()));
      long stored = row == null ? 0 : row.getLong(2);
      if (stored != file.records()) {
        lost.add(file.name() + " holds " + file.records() + " records, and " + stored + " arrived");
      }
      long rejected = row == null ? 0 : row.getLong(4);
      String warning =
          FileGates.warning(
              contract,
              file.records(),
              rejected,
              row == null ? 0 : row.getLong(6),
              row == null ? List.of() : row.getList(7));
      if (file.bytes() == 0 && !contract.dialect().isJson()) {
        warning = "it has no bytes, not even a header; the contract allows empty files";
      }
      if (namesBefore.contains(file.name())) {
        // A copy that broke off looks like this, too.
        String replaced =
            "it was read under this name before and holds something else now: what it held then is"
                + " withdrawn";
        warning = warning == null ? replaced : replaced + "; " + warning;
      }
      accounts.add(
          new FileAccount(
              file.name(),
              file.sha256(),
              file.mark(),
              file.records(),
              row == null ? 0 : row.getLong(3),
              rejected,
              row == null ? 0 : row.getLong(5),
              warning == null ? "ok" : "warning",
              warning));
      FileGates.misfit(contract, file.records(), rejected)
          .ifPresent(said -> misfits.add(file.name() + ": " + said));
    }
    if (!lost.isEmpty()) {
      ledger.lost(table, accounts, String.join("; ", lost));
      throw new ContractViolation(
          table + " does not account for every record",
          String.join("; ", lost),
          "the files changed while they were read, or the reader lost records: deliver them again and rerun");
    }
    if (!misfits.isEmpty()) {
      ledger.lost(table, accounts, String.join("; ", misfits));
      throw new ContractViolation(
          table + " cannot take what was delivered",
          String.join("; ", misfits),
          "correct the file or the contract, whose failAboveRejectedShare may allow more; "
              + ALL_REFUSED
              + ", with the reasons");
    }
    return accounts;
  }
}
