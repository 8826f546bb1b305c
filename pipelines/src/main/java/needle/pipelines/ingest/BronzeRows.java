package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * The records of a delivery with their outcomes, and how they enter the bronze table.
 *
 * <p>Identical records have the same key, so the same month where the key has a date: a delivery is
 * compared with the months that it brings records of, not with all that was ever delivered.
 */
final class BronzeRows {
  static final String SHA256 = "_sha256";

  private static final String HASH = "_row_hash";
  private static final String DEMOTED = "_demoted";
  private static final List<String> PLACE = List.of("_delivered_on", "_file", "_line");
  private static final long SENT_TO_EVERY_TASK = 1_000_000;

  private final ExtractContract contract;
  private final Dataset<Row> hashed;
  private final String runId;

  /**
   * @param typed typed records with {@code _reason}, which is empty for those that fit
   */
  BronzeRows(ExtractContract contract, Dataset<Row> typed, String runId) {
    this.contract = contract;
    this.runId = runId;
    Column[] texts =
        contract.fields().stream()
            .map(f -> coalesce(col(TypedColumns.TEXT + f.name()), lit("\u0000")))
            .toArray(Column[]::new);
    this.hashed =
        typed
            .withColumn(
                HASH, when(col("_reason").isNull(), md5(concat_ws("\u0001", texts).cast("binary"))))
            .withColumn(Stored.MONTH, when(col("_reason").isNull(), month()));
  }

  static String[] partitionColumns(ExtractContract contract) {
    return BronzeIngest.datedBy(contract).isPresent()
        ? new String[] {OUTCOME, Stored.MONTH}
        : new String[] {OUTCOME};
  }

  /** The rows of a table's first delivery. */
  Dataset<Row> first() {
    return stored(ranked(hashed).withColumn(OUTCOME, outcome(not(col("_first")))));
  }

  /**
   * Adds the rows to a table in one commit; gives the new version.
   *
   * @param isLate whether some of the files were delivered before some that the table holds
   */
  long addTo(DeltaTables tables, String table, long records, boolean isLate) {
    Dataset<Row> fresh = hashed.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> compared =
          ranked(fresh)
              .join(
                  before(tables, table, fresh, records),
                  col(HASH).equalTo(col("_before_hash")),
                  "left");
      Column isFirst = col("_first").and(col("_before").isNull().or(place().lt(col("_before"))));
      Dataset<Row> rows = stored(compared.withColumn(OUTCOME, outcome(not(isFirst))));
      return isLate
          ? mergeInto(tables, table, rows, compared.where(isFirst))
          : tables.append(table, rows, partitionColumns(contract));
    } finally {
      fresh.unpersist();
    }
  }

  // Where the accepted copies of the fresh records stand.
  private Dataset<Row> before(DeltaTables tables, String table, Dataset<Row> fresh, long records) {
    Dataset<Row> hashes =
        fresh.select(col(HASH).as("_fresh_hash")).where(col("_fresh_hash").isNotNull());
    Dataset<Row> accepted = tables.latest(table).where(col(OUTCOME).equalTo(ACCEPTED));
    if (BronzeIngest.datedBy(contract).isPresent()) {
      List<Date> months = fresh.agg(collect_set(col(Stored.MONTH))).first().getList(0);
      accepted = accepted.where(col(Stored.MONTH).isin(months.toArray()));
    }
    return accepted
        .select(
            col(HASH).as("_before_hash"), place().as("_before"), col(SHA256).as("_before_sha256"))
        .join(
            records <= SENT_TO_EVERY_TASK ? broadcast(hashes) : hashes,
            col("_before_hash").equalTo(col("_fresh_hash")),
            "left_semi");
  }

  // Inserts the rows, and makes accepted ones duplicates where a fresh copy was delivered before.
  private long mergeInto(
      DeltaTables tables, String table, Dataset<Row> rows, Dataset<Row> accepted) {
    Dataset<Row> later =
        accepted
            .where(col("_before").isNotNull())
            .select(
                col("_before._file").as("_file"),
                col("_before._line").as("_line"),
                col("_before_sha256").as(SHA256),
                lit(true).as(DEMOTED));
    Dataset<Row> source = rows.withColumn(DEMOTED, lit(false)).unionByName(later, true).as("c");
    Map<String, Column> inserted = new TreeMap<>();
    Arrays.stream(rows.columns()).forEach(c -> inserted.put(c, col("c." + c)));
    Map<String, Column> demoted = new TreeMap<>();
    contract.fields().forEach(f -> demoted.put(f.name(), lit(null)));
    demoted.put(HASH, lit(null));
    demoted.put(OUTCOME, lit(DUPLICATE));
    if (Arrays.asList(rows.columns()).contains(Stored.MONTH)) {
      demoted.put(Stored.MONTH, lit(null));
    }
    Column sameRecord =
        col("c." + DEMOTED)
            .and(col("t." + OUTCOME).equalTo(ACCEPTED))
            .and(col("t._file").equalTo(col("c._file")))
            .and(col("t._line").equalTo(col("c._line")))
            .and(col("t." + SHA256).equalTo(col("c." + SHA256)));
    tables
        .target(table)
        .as("t")
        .merge(source, sameRecord)
        .whenMatched()
        .update(demoted)
        .whenNotMatched(not(col("c." + DEMOTED)))
        .insert(inserted)
        .execute();
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

  private Column month() {
    return BronzeIngest.datedBy(contract)
        .map(date -> Stored.month(col(date)))
        .orElse(lit(null).cast("date"));
  }

  private Dataset<Row> stored(Dataset<Row> rows) {
    Column isAccepted = col(OUTCOME).equalTo(ACCEPTED);
    List<Column> columns = new ArrayList<>();
    contract.fields().forEach(f -> columns.add(when(isAccepted, col(f.name())).as(f.name())));
    List.of("_delivered_on", "_file", "_line", SHA256, OUTCOME, "_reason")
        .forEach(c -> columns.add(col(c)));
    columns.add(when(col(OUTCOME).equalTo(REJECTED), col("_raw")).as("_raw"));
    columns.add(when(isAccepted, col(HASH)).as(HASH));
    columns.add(lit(contract.version()).as("_contract_version"));
    columns.add(lit(runId).as("_run_id"));
    if (BronzeIngest.datedBy(contract).isPresent()) {
      columns.add(when(isAccepted, col(Stored.MONTH)).as(Stored.MONTH));
    }
    return rows.select(columns.toArray(Column[]::new));
  }
}
