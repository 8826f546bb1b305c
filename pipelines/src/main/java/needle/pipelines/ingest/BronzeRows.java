package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static needle.pipelines.ingest.BronzeIngest.WITHDRAWN;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import needle.bronze.Delivery;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.FewRows;
import needle.pipelines.lake.MergeSource;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Records with their outcomes, and how they enter the bronze table: those of a new delivery, or
 * rejected ones that are read again.
 *
 * <p>A record is a duplicate where the one of its key that was delivered before it is identical.
 * One that brings back what another came between is accepted again: it holds.
 */
final class BronzeRows {
  static final String SHA256 = "_sha256";

  /** Of a record that is not rejected: a hash of its texts; identical records have the same. */
  static final String HASH = "_row_hash";

  /** What is said of a record that its file holds twice, and not alike. */
  static final String CONTRADICTION =
      "its file has another record of this key that differs, and the last one holds";

  private static final String EMPTIED = "_emptied";
  private static final List<String> PLACE = List.of("_delivered_on", "_file", "_line", SHA256);

  private final ExtractContract contract;
  private final RecordKeys keys;
  private final Dataset<Row> keyed;
  private final String runId;

  /**
   * @param typed typed records with {@code _reason}, which is empty for those that fit
   */
  BronzeRows(ExtractContract contract, Dataset<Row> typed, String runId) {
    this.contract = contract;
    this.keys = new RecordKeys(contract);
    this.runId = runId;
    this.keyed =
        keys.ofTyped(
            typed
                .withColumn(HASH, when(col("_reason").isNull(), hash(contract)))
                .withColumn("_raw", when(col("_reason").isNotNull(), col("_raw")))
                .withColumn(Stored.MONTH, when(col("_reason").isNull(), month())));
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
    return judged(keyed, RecordKeys.previous());
  }

  /** The rows of a table's first delivery. */
  Dataset<Row> first() {
    return inOrder(stored(outcomes()));
  }

  /**
   * Adds the rows to a table in one commit; gives the new version.
   *
   * @param isLate whether some of the files were delivered before some that the table holds
   * @param isRevised of which held rows the file was delivered anew under its name
   */
  long addTo(
      DeltaTables tables, String table, long records, boolean isLate, Optional<Column> isRevised) {
    keyed.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> held = tables.latest(table);
      return isLate || isRevised.isPresent()
          ? merge(tables, table, beside(held, records, isRevised))
          : tables.append(table, inOrder(stored(after(held, records))), partitionColumns(contract));
    } finally {
      keyed.unpersist();
    }
  }

  // What was delivered after all that a table holds: none of its rows changes.
  private Dataset<Row> after(Dataset<Row> held, long records) {
    Column place = struct(Delivery.order().toArray(Column[]::new));
    Dataset<Row> newest =
        keys.of(keys.like(keyed, held))
            .join(FewRows.sent(own(), records), RecordKeys.KEY)
            .groupBy(col(RecordKeys.KEY).as("_held_key"))
            .agg(max_by(col(HASH), place).as("_held"));
    return judged(
        keyed.join(newest, col(RecordKeys.KEY).equalTo(col("_held_key")), "left"),
        coalesce(RecordKeys.previous(), col("_held")));
  }

  private Dataset<Row> own() {
    return keyed.where(col(HASH).isNotNull()).select(RecordKeys.KEY).distinct();
  }

  /**
   * What becomes of the rows, and of those that a table holds, wherever they stand in the order of
   * delivery.
   *
   * @param isRevised of which held rows the file was delivered anew under its name
   */
  RecordChanges beside(Dataset<Row> held, long records, Optional<Column> isRevised) {
    Dataset<Row> withdrawn =
        held.where(isRevised.orElse(lit(false)).and(col(OUTCOME).notEqual(WITHDRAWN)));
    Dataset<Row> touched =
        isRevised.isEmpty()
            ? FewRows.sent(own(), records)
            : own()
                .union(
                    keys.of(withdrawn.where(col(OUTCOME).equalTo(ACCEPTED))).select(RecordKeys.KEY))
                .distinct();
    Dataset<Row> candidates =
        isRevised.isEmpty() ? keys.like(keyed, held) : held.where(col(OUTCOME).equalTo(ACCEPTED));
    Dataset<Row> accepted = keys.of(candidates).join(touched, RecordKeys.KEY);
    Dataset<Row> repeated =
        held.where(col(OUTCOME).equalTo(DUPLICATE))
            .join(accepted.select(HASH, RecordKeys.KEY).distinct(), HASH);
    Dataset<Row> standing =
        at(accepted)
            .union(at(repeated))
            .where(not(isRevised.orElse(lit(false))))
            .withColumnRenamed(OUTCOME, RecordChanges.WAS);
    Dataset<Row> all = judged(keyed.unionByName(standing, true), RecordKeys.previous());
    return new RecordChanges(
        all.where(col(RecordChanges.WAS).isNull()),
        all.where(col(RecordChanges.WAS).notEqual(col(OUTCOME))),
        withdrawn,
        accepted);
  }

  private static Dataset<Row> at(Dataset<Row> rows) {
    return rows.select(
        Stream.concat(PLACE.stream(), Stream.of(HASH, RecordKeys.KEY, OUTCOME))
            .map(c -> col(c))
            .toArray(Column[]::new));
  }

  /**
   * Merges rows into a table in one commit; gives the new version. New rows are inserted, rejected
   * ones that were read again are updated; held rows that became duplicates, or were withdrawn,
   * keep their place alone, and duplicates that hold again get their values back.
   */
  long merge(DeltaTables tables, String table, RecordChanges changes) {
    Dataset<Row> fresh = stored(changes.fresh());
    Dataset<Row> rows =
        fresh
            .withColumn(RecordChanges.WAS, lit(REJECTED))
            .unionByName(stored(restored(changes)).withColumn(RecordChanges.WAS, lit(DUPLICATE)))
            .withColumn(EMPTIED, lit(false));
    Map<String, Column> asRead = new TreeMap<>();
    fresh.schema().foreach(f -> asRead.put(f.name(), col("c." + f.name())));
    Map<String, Column> emptied = new TreeMap<>();
    contract.landedFields().forEach(f -> emptied.put(f.name(), lit(null)));
    emptied.put(BronzeIngest.WARNING, lit(null));
    emptied.put(OUTCOME, col("c." + OUTCOME));
    if (asRead.containsKey(Stored.MONTH)) {
      emptied.put(Stored.MONTH, lit(null));
    }
    Column sameRecord =
        Stream.of("_file", "_line", SHA256)
            .map(c -> col("t." + c).equalTo(col("c." + c)))
            .reduce(col("t." + OUTCOME).equalTo(col("c." + RecordChanges.WAS)), Column::and);
    // Computed once: landed files may change between the passes of a merge.
    try (MergeSource source = MergeSource.of(rows.unionByName(emptied(changes), true))) {
      tables
          .target(table)
          .as("t")
          .merge(source.rows().as("c"), sameRecord)
          .whenMatched(col("c." + EMPTIED))
          .update(emptied)
          .whenMatched()
          .update(asRead)
          .whenNotMatched(not(col("c." + EMPTIED)))
          .insert(asRead)
          .execute();
    }
    return tables.version(table);
  }

  // Held rows that nothing but their place is left of.
  private static Dataset<Row> emptied(RecordChanges changes) {
    Column[] columns =
        Stream.of("_file", "_line", SHA256, OUTCOME, RecordChanges.WAS)
            .map(c -> col(c))
            .toArray(Column[]::new);
    return changes
        .moved()
        .where(col(OUTCOME).equalTo(DUPLICATE))
        .select(columns)
        .union(
            changes
                .withdrawn()
                .withColumn(RecordChanges.WAS, col(OUTCOME))
                .withColumn(OUTCOME, lit(WITHDRAWN))
                .select(columns))
        .withColumn(EMPTIED, lit(true));
  }

  // Duplicates that hold again: identical records have the same values.
  private Dataset<Row> restored(RecordChanges changes) {
    Dataset<Row> places =
        changes
            .moved()
            .where(col(OUTCOME).equalTo(ACCEPTED))
            .select(
                Stream.concat(PLACE.stream(), Stream.of(HASH, OUTCOME))
                    .map(c -> col(c))
                    .toArray(Column[]::new));
    return changes
        .accepted()
        .drop(PLACE.toArray(String[]::new))
        .drop(OUTCOME)
        .dropDuplicates(HASH)
        .join(places, HASH);
  }

  private static Dataset<Row> judged(Dataset<Row> rows, Column previous) {
    Column outcome =
        when(col("_reason").isNotNull(), REJECTED)
            .when(previous.equalTo(col(HASH)), DUPLICATE)
            .otherwise(ACCEPTED);
    Column warning =
        coalesce(
            col(BronzeIngest.WARNING), when(RecordKeys.contradictsItsFile(), lit(CONTRADICTION)));
    // Together, so that one pass over the window tells both.
    return rows.withColumns(Map.of(OUTCOME, outcome, BronzeIngest.WARNING, warning));
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
    columns.add(col(HASH));
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
        Stream.concat(Stream.of(partitionColumns(contract)), keys.stamp().stream())
            .map(c -> col(c))
            .toArray(Column[]::new);
    return stored.sortWithinPartitions(order);
  }
}
