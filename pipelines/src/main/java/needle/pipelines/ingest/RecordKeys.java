package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import needle.bronze.Delivery;
import needle.kit.ColumnType;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * What an extract's records are versions of: those of one key, and of one version stamp where there
 * is one. A record without a key, or with an empty part of it, is only like those with its texts.
 */
final class RecordKeys {
  /** A hash of the key of an accepted record; of a rejected one, its place. */
  static final String KEY = "_key";

  private final ExtractContract contract;
  private final Optional<Field> stamp;

  RecordKeys(ExtractContract contract) {
    this.contract = contract;
    Comparator<Field> best =
        Comparator.comparing((Field f) -> f.type() != ColumnType.INSTANT)
            .thenComparing(f -> !f.key());
    this.stamp =
        contract.landedFields().stream()
            .filter(Field::required)
            .filter(f -> f.type() == ColumnType.INSTANT || f.type() == ColumnType.DATE)
            .min(best);
  }

  /** The date that tells the records of a delivery from older ones. */
  Optional<String> stamp() {
    return stamp.map(Field::name);
  }

  /** Accepted rows with their key. */
  Dataset<Row> of(Dataset<Row> accepted) {
    return accepted.withColumn(KEY, key());
  }

  /** Typed rows with their key. */
  Dataset<Row> ofTyped(Dataset<Row> rows) {
    Column place = concat_ws("#", lit("p"), col("_file"), col("_line"), col(BronzeRows.SHA256));
    return rows.withColumn(KEY, when(col("_reason").isNull(), key()).otherwise(place));
  }

  /** The texts of the record of the same key that was delivered before. */
  static Column previous() {
    return lag(BronzeRows.HASH, 1).over(inOrderOfDelivery());
  }

  /**
   * Whether the record of the same key that was delivered before stands in the same file and
   * differs: of versions, a file that has no stamp to tell them by should hold one.
   */
  static Column contradictsItsFile() {
    return lag("_file", 1)
        .over(inOrderOfDelivery())
        .equalTo(col("_file"))
        .and(previous().notEqual(col(BronzeRows.HASH)));
  }

  private static WindowSpec inOrderOfDelivery() {
    return Window.partitionBy(KEY).orderBy(Delivery.order().toArray(Column[]::new));
  }

  private Column key() {
    List<Field> landed = contract.landedFields();
    List<Field> key = contract.fields().stream().filter(Field::key).toList();
    if (key.isEmpty() || !landed.containsAll(key)) {
      return col(BronzeRows.HASH);
    }
    List<Column> parts =
        Stream.concat(key.stream(), stamp.filter(this::isInstant).stream())
            .distinct()
            .map(f -> col(f.name()))
            .toList();
    Column isWhole = parts.stream().map(Column::isNotNull).reduce(Column::and).orElseThrow();
    Column[] texts = parts.stream().map(p -> p.cast("string")).toArray(Column[]::new);
    return when(isWhole, md5(concat_ws("\u0001", texts).cast("binary")))
        .otherwise(col(BronzeRows.HASH));
  }

  private boolean isInstant(Field field) {
    return field.type() == ColumnType.INSTANT;
  }

  /**
   * The accepted rows of a table that may have a key in common with others: versions of one key
   * bear the same month and stamp, if these are part of it. Files are sorted by the stamp, so that
   * the others are not even read.
   *
   * @param fresh typed rows
   */
  Dataset<Row> like(Dataset<Row> fresh, Dataset<Row> held) {
    Dataset<Row> accepted = held.where(col(OUTCOME).equalTo(ACCEPTED));
    Optional<Field> shared = stamp.filter(f -> f.key() || isInstant(f));
    if (shared.isEmpty()) {
      return accepted;
    }
    Column when = col(shared.get().name());
    Row between =
        fresh
            .where(col(BronzeRows.HASH).isNotNull())
            .agg(min(when), max(when), collect_set(col(Stored.MONTH)))
            .first();
    Column isBetween =
        between.isNullAt(0) ? lit(false) : when.between(lit(between.get(0)), lit(between.get(1)));
    return BronzeIngest.datedBy(contract).isPresent()
        ? accepted.where(isBetween.and(col(Stored.MONTH).isin(between.getList(2).toArray())))
        : accepted.where(isBetween);
  }
}
