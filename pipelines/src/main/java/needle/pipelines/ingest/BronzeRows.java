package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import needle.kit.ColumnType;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.FewRows;
import needle.pipelines.lake.MergeSource;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Records with their outcomes, and how they enter the bronze table: those of a new delivery, or
 * rejected ones that are read again.
 *
 * <p>Identical records bear the same dates: a delivery is compared with records of the months and
 * days that it brings records of, not with all that was ever delivered. Files are sorted by such a
 * date, so that the others are not even read.
 */
final class BronzeRows {
  static final String SHA256 = "_sha256";

  /** Of an accepted record: a hash of its texts; identical records have the same. */
  static final String HASH = "_row_hash";

  private static final String DEMOTED = "_demoted";
  private static final List<String> PLACE = List.of("_delivered_on", "_file", "_line");

  private final ExtractContract contract;
  private final Dataset<Row> hashed;
  private final String runId;

  /**
   * @param typed typed records with {@code _reason}, which is empty for those that fit
   */
  BronzeRows(ExtractContract contract, Dataset<Row> typed, String runId) {
    this.contract = contract;
    this.runId = runId;
    this.hashed =
        typed
            .withColumn(HASH, when(col("_reason").isNull(), hash(contract)))
            .withColumn("_raw", when(col("_reason").isNotNull(), col("_raw")))
            .withColumn(Stored.MONTH, when(col("_reason").isNull(), month()));
  }

  /** The hash of a typed record's texts. */
  static Column hash(ExtractContract contract) {
    Column[] texts =
        contract.readFields().stream()
            .filter(f -> !f.isDropped())
            .map(f -> coalesce(col(TypedColumns.TEXT + f.name()), lit("\u0000")))
            .toArray(Column[]::new);
    return md5(concat_ws("\u0001", texts).cast("binary"));
  }

  static String[] partitionColumns(ExtractContract contract) {
    return BronzeIngest.datedBy(contract).isPresent()
        ? new String[] {OUTCOME, Stored.MONTH}
        : new String[] {OUTCOME};
  }

  /** The rows with their outcomes, for a table that holds none yet. */
  Dataset<Row> outcomes() {
    return ranked(hashed).withColumn(OUTCOME, outcome(not(col("_first"))));
  }

  /**
   * The rows with their outcomes beside those that a table holds, of which accepted ones may turn
   * out to be the later copies.
   *
   * @param records how many rows there are, at most
   */
  Dataset<Row> outcomes(Dataset<Row> held, long records) {
    Column isFirst = col("_first").and(col("_before").isNull().or(place().lt(col("_before"))));
    return ranked(hashed)
        .join(before(held, records), col(HASH).equalTo(col("_before_hash")), "left")
        .withColumn(OUTCOME, outcome(not(isFirst)));
  }

  /** The rows of a table's first delivery. */
  Dataset<Row> first() {
    return inOrder(stored(outcomes()));
  }

  /**
   * Adds the rows to a table in one commit; gives the new version.
   *
   * @param isLate whether some of the files were delivered before some that the table holds
   */
  long addTo(DeltaTables tables, String table, long records, boolean isLate) {
    hashed.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> outcomes = outcomes(tables.latest(table), records);
      return isLate
          ? merge(tables, table, outcomes)
          : tables.append(table, inOrder(stored(outcomes)), partitionColumns(contract));
    } finally {
      hashed.unpersist();
    }
  }

  // Where the accepted copies of the records stand.
  private Dataset<Row> before(Dataset<Row> held, long records) {
    Dataset<Row> hashes =
        hashed.select(col(HASH).as("_fresh_hash")).where(col("_fresh_hash").isNotNull());
    Dataset<Row> accepted = held.where(col(OUTCOME).equalTo(ACCEPTED));
    Optional<String> stamp = stamp();
    if (stamp.isPresent()) {
      Column when = col(stamp.get());
      Row fresh =
          hashed
              .where(col(HASH).isNotNull())
              .agg(min(when), max(when), collect_set(col(Stored.MONTH)))
              .first();
      accepted =
          accepted.where(
              fresh.isNullAt(0) ? lit(false) : when.between(lit(fresh.get(0)), lit(fresh.get(1))));
      if (BronzeIngest.datedBy(contract).isPresent()) {
        accepted = accepted.where(col(Stored.MONTH).isin(fresh.getList(2).toArray()));
      }
    }
    return accepted
        .select(
            col(HASH).as("_before_hash"), place().as("_before"), col(SHA256).as("_before_sha256"))
        .join(
            FewRows.sent(hashes, records),
            col("_before_hash").equalTo(col("_fresh_hash")),
            "left_semi");
  }

  /**
   * Merges rows into a table in one commit; gives the new version. New rows are inserted, rejected
   * ones that were read again are updated, and accepted ones of which one of these is an earlier
   * copy become its duplicates.
   *
   * @param outcomes of {@link #outcomes(Dataset, long)}
   */
  long merge(DeltaTables tables, String table, Dataset<Row> outcomes) {
    Dataset<Row> rows = stored(outcomes);
    Dataset<Row> later =
        outcomes
            .where(col(OUTCOME).equalTo(ACCEPTED).and(col("_before").isNotNull()))
            .select(
                col("_before._file").as("_file"),
                col("_before._line").as("_line"),
                col("_before_sha256").as(SHA256),
                lit(true).as(DEMOTED));
    Map<String, Column> asRead = new TreeMap<>();
    Arrays.stream(rows.columns()).forEach(c -> asRead.put(c, col("c." + c)));
    Map<String, Column> demoted = new TreeMap<>();
    contract.landedFields().forEach(f -> demoted.put(f.name(), lit(null)));
    demoted.put(HASH, lit(null));
    demoted.put(BronzeIngest.WARNING, lit(null));
    demoted.put(OUTCOME, lit(DUPLICATE));
    if (Arrays.asList(rows.columns()).contains(Stored.MONTH)) {
      demoted.put(Stored.MONTH, lit(null));
    }
    Column sameRecord =
        col("t." + OUTCOME)
            .equalTo(when(col("c." + DEMOTED), ACCEPTED).otherwise(REJECTED))
            .and(col("t._file").equalTo(col("c._file")))
            .and(col("t._line").equalTo(col("c._line")))
            .and(col("t." + SHA256).equalTo(col("c." + SHA256)));
    // Computed once: landed files may change between the passes of a merge.
    try (MergeSource source =
        MergeSource.of(rows.withColumn(DEMOTED, lit(false)).unionByName(later, true))) {
      tables
          .target(table)
          .as("t")
          .merge(source.rows().as("c"), sameRecord)
          .whenMatched(col("c." + DEMOTED))
          .update(demoted)
          .whenMatched()
          .update(asRead)
          .whenNotMatched(not(col("c." + DEMOTED)))
          .insert(asRead)
          .execute();
    }
    return tables.version(table);
  }

  // Rejected rows keep a key of their own, so that they are neither compared nor dropped.
  private static Dataset<Row> ranked(Dataset<Row> rows) {
    Column identity = coalesce(col(HASH), concat_ws("#", col("_file"), col("_line"), col(SHA256)));
    Column[] order = PLACE.stream().map(c -> col(c)).toArray(Column[]::new);
    return rows.withColumn(
        "_first", row_number().over(Window.partitionBy(identity).orderBy(order)).equalTo(1));
  }

  private static Column outcome(Column isRepeated) {
    return when(col("_reason").isNotNull(), REJECTED)
        .when(isRepeated, DUPLICATE)
        .otherwise(ACCEPTED);
  }

  private static Column place() {
    return struct(PLACE.stream().map(c -> col(c)).toArray(Column[]::new));
  }

  // What tells the records of a delivery from older ones: identical records have the same.
  private Optional<String> stamp() {
    Comparator<ExtractContract.Field> best =
        Comparator.comparing((ExtractContract.Field f) -> f.type() != ColumnType.INSTANT)
            .thenComparing(f -> !f.key());
    return contract.landedFields().stream()
        .filter(ExtractContract.Field::required)
        .filter(f -> f.type() == ColumnType.INSTANT || f.type() == ColumnType.DATE)
        .min(best)
        .map(ExtractContract.Field::name);
  }

  private Column month() {
    return BronzeIngest.datedBy(contract)
        .map(date -> Stored.month(col(date)))
        .orElse(lit(null).cast("date"));
  }

  private Dataset<Row> stored(Dataset<Row> rows) {
    Column isAccepted = col(OUTCOME).equalTo(ACCEPTED);
    List<Column> columns = new ArrayList<>();
    contract
        .landedFields()
        .forEach(
            f ->
                columns.add(
                    when(isAccepted, col(f.name())).as(f.name(), TableShape.of(contract, f))));
    List.of("_delivered_on", "_file", "_line", SHA256, OUTCOME, "_reason")
        .forEach(c -> columns.add(col(c)));
    columns.add(when(isAccepted, col(BronzeIngest.WARNING)).as(BronzeIngest.WARNING));
    columns.add(col("_raw"));
    columns.add(when(isAccepted, col(HASH)).as(HASH));
    columns.add(lit(contract.version()).as("_contract_version"));
    columns.add(lit(runId).as("_run_id"));
    if (BronzeIngest.datedBy(contract).isPresent()) {
      columns.add(when(isAccepted, col(Stored.MONTH)).as(Stored.MONTH));
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  // As files are written: by partition, and there by the date that a later delivery looks for.
  private Dataset<Row> inOrder(Dataset<Row> stored) {
    Column[] order =
        Stream.concat(Stream.of(partitionColumns(contract)), stamp().stream())
            .map(c -> col(c))
            .toArray(Column[]::new);
    return stored.sortWithinPartitions(order);
  }
}
