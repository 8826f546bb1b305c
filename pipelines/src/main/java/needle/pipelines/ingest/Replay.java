package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static needle.pipelines.ingest.BronzeIngest.SHA256;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import needle.kit.ContractViolation;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Reads rejected records again, from the landed file, under the contract as it is now.
 *
 * <p>A record that fits now becomes accepted, or a duplicate where an identical one was accepted
 * meanwhile; one that does not stays rejected, with the reason of now. A record whose key was
 * delivered again since, in another file, stays rejected: the correction counts. All of it is one
 * commit per table, and none where nothing would change, so replaying twice is replaying once.
 */
public final class Replay {
  /** How the rejected records of one file fared. */
  public record Replayed(
      String table, String file, long before, long accepted, long duplicate, long rejected) {}

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
    String table = contract.table().qualifiedName();
    if (!tables.exists(table)) {
      return List.of();
    }
    Dataset<Row> held = tables.latest(table);
    Outcomes.checkShape(contract, held.schema());
    List<ReplayFiles.HeldFile> rejected =
        ReplayFiles.withRejected(held).stream().filter(f -> chosen.test(f.file())).toList();
    List<LandedFile> files = new ReplayFiles(landing, contract).landed(rejected, held);
    if (files.isEmpty()) {
      return List.of();
    }
    Dataset<Row> changed = changed(contract, files, held).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return changed.isEmpty() ? List.of() : apply(contract, files, rejected, changed);
    } finally {
      changed.unpersist();
    }
  }

  private List<Replayed> apply(
      ExtractContract contract,
      List<LandedFile> files,
      List<ReplayFiles.HeldFile> rejected,
      Dataset<Row> changed) {
    String table = contract.table().qualifiedName();
    Map<String, Column> values = new HashMap<>();
    for (String column : changed.columns()) {
      values.put(column, col("now." + column));
    }
    tables
        .target(table)
        .as("held")
        .merge(
            changed.as("now"),
            col("held." + OUTCOME).equalTo(REJECTED).and(samePlace("held", "now")))
        .whenMatched()
        .update(values)
        .execute();
    return account(contract, tables.version(table), files, rejected);
  }

  /** The rejected rows of these files that become something else, as they become. */
  private Dataset<Row> changed(
      ExtractContract contract, List<LandedFile> files, Dataset<Row> held) {
    Dataset<Row> rejected =
        held.where(col(OUTCOME).equalTo(REJECTED))
            .select(
                col("_file"),
                col("_line"),
                col(SHA256),
                col("_reason").as("_reason_held"),
                col("_contract_version").as("_version_held"))
            .as("held");
    Dataset<Row> typed =
        FileGates.pass(
            TypedColumns.of(ExtractRows.of(tables.spark(), contract, files), contract), contract);
    Dataset<Row> again = typed.as("now").join(rejected, samePlace("held", "now"), "left_semi");
    Dataset<Row> outcomes =
        Outcomes.of(contract, corrected(contract, again, held), Optional.of(held));
    Column differs =
        col("now." + OUTCOME)
            .notEqual(REJECTED)
            .or(not(col("now._reason").eqNullSafe(col("held._reason_held"))))
            .or(not(col("now._contract_version").eqNullSafe(col("held._version_held"))));
    return Outcomes.stored(contract, outcomes, ledger.stamp().runId())
        .as("now")
        .join(rejected, samePlace("held", "now"))
        .where(differs)
        .select("now.*");
  }

  /** Gives a reason to records whose key was accepted with other values from another file since. */
  private static Dataset<Row> corrected(
      ExtractContract contract, Dataset<Row> typed, Dataset<Row> held) {
    List<String> key =
        contract.landedFields().stream().filter(Field::key).map(Field::name).toList();
    if (key.isEmpty()) {
      return typed;
    }
    Dataset<Row> accepted = held.where(col(OUTCOME).equalTo(ACCEPTED)).as("later");
    Column sameKey =
        key.stream()
            .map(k -> col("now." + k).equalTo(col("later." + k)))
            .reduce(Column::and)
            .orElseThrow();
    Column isLater =
        col("later._delivered_on")
            .geq(col("now._delivered_on"))
            .and(not(col("later." + SHA256).equalTo(col("now." + SHA256))))
            .and(not(col("later." + Outcomes.HASH).equalTo(col("now._hash_now"))));
    Dataset<Row> corrections =
        typed
            .withColumn("_hash_now", Outcomes.hash(contract))
            .as("now")
            .join(accepted, sameKey.and(isLater))
            .where(col("now._reason").isNull())
            .groupBy(col("now._file"), col("now._line"), col("now." + SHA256))
            .agg(
                min(struct(col("later._delivered_on"), col("later._file"), col("later._line")))
                    .as("_at"))
            .as("by");
    Column reason =
        when(
            col("by._at").isNotNull(),
            concat(
                lit("corrected and delivered again: "),
                col("by._at._file"),
                lit(", line "),
                col("by._at._line")));
    return typed
        .as("now")
        .join(corrections, samePlace("by", "now"), "left")
        .withColumn("_corrected", coalesce(col("now._reason"), reason))
        .select("now.*", "_corrected")
        .drop("_reason")
        .withColumnRenamed("_corrected", "_reason");
  }

  private static Column samePlace(String one, String other) {
    return List.of("_file", SHA256, "_line").stream()
        .map(c -> col(one + "." + c).equalTo(col(other + "." + c)))
        .reduce(Column::and)
        .orElseThrow();
  }

  private List<Replayed> account(
      ExtractContract contract,
      long version,
      List<LandedFile> files,
      List<ReplayFiles.HeldFile> rejected) {
    String table = contract.table().qualifiedName();
    Map<String, Row> counts =
        tables
            .at(table, version)
            .where(col(SHA256).isin(files.stream().map(LandedFile::sha256).toArray()))
            .groupBy("_file", SHA256)
            .agg(
                count_if(col(OUTCOME).equalTo(ACCEPTED)),
                count_if(col(OUTCOME).equalTo(REJECTED)),
                count_if(col(OUTCOME).equalTo(DUPLICATE)))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(r -> r.getString(0) + "@" + r.getString(1), r -> r));
    Map<String, ReplayFiles.HeldFile> before =
        rejected.stream().collect(Collectors.toMap(ReplayFiles.HeldFile::key, f -> f));
    List<Replayed> replayed = new ArrayList<>();
    for (LandedFile file : files) {
      String key = file.name() + "@" + file.sha256();
      Row now = counts.get(key);
      Replayed result =
          before.get(key).replayed(table, now.getLong(2), now.getLong(3), now.getLong(4));
      requireAll(table, file, now.getLong(2) + now.getLong(3) + now.getLong(4));
      ledger.replayed(
          table,
          file.name(),
          file.sha256(),
          file.records(),
          now.getLong(2),
          now.getLong(3),
          now.getLong(4),
          String.format(
              "of %d rejected records %d are accepted now, %d duplicates",
              result.before(), result.accepted(), result.duplicate()));
      replayed.add(result);
    }
    long read = replayed.stream().mapToLong(Replayed::before).sum();
    long accepted = replayed.stream().mapToLong(Replayed::accepted).sum();
    ledger.table(table, version, Map.of(), read, accepted, 0);
    return replayed;
  }

  private static void requireAll(String table, LandedFile file, long stored) {
    if (stored != file.records()) {
      throw new ContractViolation(
          table + " does not account for every record",
          file.name() + " holds " + file.records() + " records, and " + stored + " are stored",
          "move the table's folder out of the warehouse and ingest again");
    }
  }
}
