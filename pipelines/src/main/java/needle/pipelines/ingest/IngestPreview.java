package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/** What an ingest of delivered files would do; reads them, and writes nothing. */
public final class IngestPreview {
  private static final int REASONS = 5;

  // In place of a reason, of accepted records that no rule warns about.
  private static final String FIT = "";

  // The reason without any value, and with those that tell of nobody.
  private static final String KIND = "_kind";
  private static final String TOLD = "_told";

  /** What would become of a file. */
  public enum Fate {
    /** It was read before, byte by byte the same. */
    KNOWN,
    /** It is read. */
    NEW,
    /** It is read: a file of its name was read before, with other bytes. */
    REVISION,
    /** None of it is taken. */
    QUARANTINED,
    /** It stops the run, which then writes nothing. */
    REFUSED
  }

  /**
   * A reason for rejecting records, how often it is met, and the first such record.
   *
   * @param reason with the value where all records have the same, unless it tells of a person
   * @param raw the record's text; null where the contract has columns that tell of people
   */
  public record Reason(String reason, long records, long line, String raw) {}

  /**
   * One file.
   *
   * @param why it is refused, quarantined or warned about; null for a file that nobody need look at
   * @param unknown columns that the contract does not have
   * @param missing columns of the contract that the file does not have
   */
  public record FilePreview(
      String file,
      Fate fate,
      String why,
      long read,
      long accepted,
      long rejected,
      long duplicate,
      List<Reason> reasons,
      List<String> unknown,
      List<String> missing) {}

  private final DeltaTables tables;
  private final RunLedger ledger;

  public IngestPreview(DeltaTables tables, RunLedger ledger) {
    this.tables = tables;
    this.ledger = ledger;
  }

  /** What would become of each file, in order of delivery. */
  public List<FilePreview> of(ExtractContract contract, List<LandedFile> files) {
    String table = contract.table().qualifiedName();
    Optional<Dataset<Row>> held =
        Optional.ofNullable(ledger.bases().get(table)).map(b -> tables.at(table, b.version()));
    held.ifPresent(h -> TableShape.check(contract, h));
    Set<String> known =
        held.isPresent() ? ledger.knownFiles().getOrDefault(table, Set.of()) : Set.of();
    Map<LandedFile, FilePreview> told = new HashMap<>();
    List<LandedFile> fresh = new ArrayList<>();
    for (LandedFile file : files) {
      Optional<FilePreview> unread = unread(contract, file, known);
      unread.ifPresent(preview -> told.put(file, preview));
      if (unread.isEmpty()) {
        fresh.add(file);
      }
    }
    told.putAll(read(contract, fresh, held, known));
    return files.stream().map(told::get).toList();
  }

  private static Optional<FilePreview> unread(
      ExtractContract contract, LandedFile file, Set<String> known) {
    if (known.contains(RunLedger.fileKey(file.name(), file.sha256()))) {
      return Optional.of(without(file, Fate.KNOWN, null));
    }
    if (file.isUnreadable()) {
      return Optional.of(without(file, Fate.QUARANTINED, file.unreadable()));
    }
    try {
      BronzeIngest.checkFile(contract, file);
      return Optional.empty();
    } catch (InvalidInput e) {
      return Optional.of(without(file, Fate.REFUSED, e.problem() + ": " + e.reason()));
    }
  }

  private static FilePreview without(LandedFile file, Fate fate, String why) {
    return new FilePreview(
        file.name(), fate, why, file.records(), 0, 0, 0, List.of(), List.of(), List.of());
  }

  private Map<LandedFile, FilePreview> read(
      ExtractContract contract,
      List<LandedFile> fresh,
      Optional<Dataset<Row>> held,
      Set<String> known) {
    if (fresh.isEmpty()) {
      return Map.of();
    }
    Gates gates = contract.gates();
    Dataset<Row> typed =
        FileGates.pass(
                TypedColumns.of(ExtractRows.of(tables.spark(), contract, fresh), contract),
                contract,
                new Gates(gates.warnAbove(), gates.quarantineAbove(), Gates.OFF))
            .withColumn(KIND, coalesce(TypedColumns.reason(contract, f -> false), col("_reason")))
            .withColumn(
                TOLD, coalesce(TypedColumns.reason(contract, f -> !isPersonal(f)), col("_reason")))
            // Compared with the table's rows, the expressions of a wide contract would be planned
            // over and over.
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return read(contract, fresh, typed, held, known);
    } finally {
      typed.unpersist();
    }
  }

  private Map<LandedFile, FilePreview> read(
      ExtractContract contract,
      List<LandedFile> fresh,
      Dataset<Row> typed,
      Optional<Dataset<Row>> held,
      Set<String> known) {
    Gates gates = contract.gates();
    ColumnsOfFile columns = new ColumnsOfFile(contract, typed);
    BronzeRows rows = new BronzeRows(contract, typed, ledger.stamp().runId());
    long records = fresh.stream().mapToLong(LandedFile::records).sum();
    Map<String, Map<String, List<Reason>>> outcomes =
        reasons(
            held.map(h -> rows.beside(h, records, BronzeIngest.revised(fresh, known)).fresh())
                .orElseGet(rows::outcomes),
            contract.readFields().stream().noneMatch(IngestPreview::isPersonal));
    Map<LandedFile, FilePreview> told = new HashMap<>();
    for (LandedFile file : fresh) {
      Map<String, List<Reason>> went = outcomes.getOrDefault(file.name(), Map.of());
      long rejected = records(went, REJECTED);
      Optional<String> misfit = FileGates.misfit(contract, file.records(), rejected);
      boolean fails = FileGates.share(rejected, file.records()) > gates.failAbove();
      boolean isQuarantined =
          rejected == file.records()
              && FileGates.share(rejected, file.records()) > gates.quarantineAbove();
      Fate read = isRevision(file, known) ? Fate.REVISION : Fate.NEW;
      told.put(
          file,
          new FilePreview(
              file.name(),
              fails || misfit.isPresent() ? Fate.REFUSED : isQuarantined ? Fate.QUARANTINED : read,
              misfit.orElseGet(() -> why(contract, file, went, fails)),
              file.records(),
              records(went, ACCEPTED),
              rejected,
              records(went, DUPLICATE),
              went.getOrDefault(REJECTED, List.of()).stream()
                  .filter(r -> r.reason() != null)
                  .limit(REASONS)
                  .toList(),
              columns.unknownIn(file),
              columns.missingIn(file)));
    }
    return told;
  }

  // What is dropped is in no text that is kept.
  private static boolean isPersonal(ExtractContract.Field field) {
    return field.personalData() == ExtractContract.PersonalData.PSEUDONYMISE;
  }

  private static boolean isRevision(LandedFile file, Set<String> known) {
    return known.stream().anyMatch(k -> k.startsWith(file.name() + "@"));
  }

  private static String why(
      ExtractContract contract, LandedFile file, Map<String, List<Reason>> went, boolean fails) {
    List<Reason> warnings =
        went.getOrDefault(ACCEPTED, List.of()).stream()
            .filter(r -> !FIT.equals(r.reason()))
            .toList();
    long rejected = records(went, REJECTED);
    return fails
        ? rejected
            + " of "
            + file.records()
            + " records are unfit, and failAboveRejectedShare is "
            + contract.gates().failAbove()
        : FileGates.warning(
            contract,
            file.records(),
            rejected,
            warnings.stream().mapToLong(Reason::records).sum(),
            warnings.stream().map(Reason::reason).filter(Objects::nonNull).toList());
  }

  private static long records(Map<String, List<Reason>> went, String outcome) {
    return went.getOrDefault(outcome, List.of()).stream().mapToLong(Reason::records).sum();
  }

  // Of each file and outcome the commonest reasons, and one more for all others together. Reasons
  // that differ in values only are one.
  private static Map<String, Map<String, List<Reason>>> reasons(
      Dataset<Row> outcomes, boolean showsRecords) {
    Column warning = coalesce(col(BronzeIngest.WARNING), lit(FIT));
    Column isAccepted = col(OUTCOME).equalTo(ACCEPTED);
    Dataset<Row> ranked =
        outcomes
            .withColumn(KIND, when(isAccepted, warning).otherwise(col(KIND)))
            .withColumn(TOLD, when(isAccepted, warning).otherwise(col(TOLD)))
            .withColumn("_raw", showsRecords ? col("_raw") : lit(null).cast("string"))
            .groupBy(col("_file"), col(OUTCOME), col(KIND))
            .agg(
                count(lit(1)).as("_records"),
                min(struct("_line", "_raw")).as("_at"),
                when(min(TOLD).equalTo(max(TOLD)), min(TOLD)).otherwise(col(KIND)).as("_reason"))
            .drop(KIND)
            .withColumn(
                "_rank",
                row_number()
                    .over(
                        Window.partitionBy("_file", OUTCOME)
                            .orderBy(
                                col("_reason").equalTo(FIT).desc_nulls_last(),
                                col("_records").desc(),
                                col("_at._line"))));
    Dataset<Row> few = ranked.where(col("_rank").leq(REASONS)).drop("_rank");
    Dataset<Row> others =
        ranked
            .where(col("_rank").gt(REASONS))
            .groupBy("_file", OUTCOME)
            .agg(sum("_records").as("_records"))
            .withColumn("_reason", lit(null).cast("string"));
    Map<String, Map<String, List<Reason>>> found = new HashMap<>();
    few.unionByName(others, true)
        .orderBy(col("_file"), col("_records").desc(), col("_at._line"))
        .collectAsList()
        .forEach(
            r ->
                found
                    .computeIfAbsent(r.getAs("_file"), f -> new HashMap<>())
                    .computeIfAbsent(r.getAs(OUTCOME), o -> new ArrayList<>())
                    .add(reason(r)));
    return found;
  }

  private static Reason reason(Row row) {
    Row at = row.getAs("_at");
    return new Reason(
        row.getAs("_reason"),
        row.<Long>getAs("_records"),
        at == null ? 0 : at.<Long>getAs("_line"),
        at == null ? null : at.getAs("_raw"));
  }
}
