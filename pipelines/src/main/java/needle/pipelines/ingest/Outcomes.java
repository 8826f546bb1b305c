package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static needle.pipelines.ingest.BronzeIngest.SHA256;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructType;

/**
 * Where typed records go: accepted, rejected with a reason, or duplicate of an identical one that
 * was accepted before.
 */
final class Outcomes {
  /** Of an accepted record: a hash of its texts; identical records have the same. */
  static final String HASH = "_row_hash";

  private Outcomes() {}

  /**
   * Adds {@code _outcome} and {@code _row_hash}.
   *
   * @param typed records with {@code _reason}, which is empty for those that fit
   * @param held the rows that the table holds; none for a new table
   */
  static Dataset<Row> of(
      ExtractContract contract, Dataset<Row> typed, Optional<Dataset<Row>> held) {
    Column fit = col("_reason").isNull();
    Dataset<Row> hashed = typed.withColumn(HASH, when(fit, hash(contract)));
    // Rejected rows keep a key of their own, so that they are neither compared nor dropped.
    Column identity = coalesce(col(HASH), concat_ws("#", col("_file"), col("_line"), col(SHA256)));
    Column first =
        row_number()
            .over(Window.partitionBy(identity).orderBy("_delivered_on", "_file", "_line"))
            .equalTo(1);
    Dataset<Row> ranked = hashed.withColumn("_first", first);
    Dataset<Row> compared =
        held.map(
                h ->
                    ranked.join(
                        h.where(col(OUTCOME).equalTo(ACCEPTED)).select(col(HASH).as("_before")),
                        col(HASH).equalTo(col("_before")),
                        "left"))
            .orElseGet(() -> ranked.withColumn("_before", lit(null).cast("string")));
    Column isRepeated = col("_before").isNotNull().or(col("_first").unary_$bang());
    Column outcome =
        when(fit.unary_$bang(), REJECTED).when(isRepeated, DUPLICATE).otherwise(ACCEPTED);
    return compared.withColumn(OUTCOME, outcome).drop("_first", "_before");
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

  /** The columns that the bronze table keeps of each record. */
  static Dataset<Row> stored(ExtractContract contract, Dataset<Row> outcomes, String runId) {
    Column isAccepted = col(OUTCOME).equalTo(ACCEPTED);
    List<Column> columns = new ArrayList<>();
    contract.landedFields().forEach(f -> columns.add(when(isAccepted, col(f.name())).as(f.name())));
    List.of("_delivered_on", "_file", "_line", SHA256, OUTCOME, "_reason")
        .forEach(c -> columns.add(col(c)));
    columns.add(when(col(OUTCOME).equalTo(REJECTED), col("_raw")).as("_raw"));
    columns.add(when(isAccepted, col(HASH)).as(HASH));
    columns.add(lit(contract.version()).as("_contract_version"));
    columns.add(lit(runId).as("_run_id"));
    return outcomes.select(columns.toArray(Column[]::new));
  }

  /** Fails where the table was made by a contract with other columns. */
  static void checkShape(ExtractContract contract, StructType held) {
    List<String> now =
        contract.landedFields().stream()
            .map(f -> f.name() + " (" + f.type().sparkType().simpleString() + ")")
            .toList();
    List<String> then =
        Arrays.stream(held.fields())
            .filter(f -> !f.name().startsWith("_"))
            .map(f -> f.name() + " (" + f.dataType().simpleString() + ")")
            .toList();
    List<String> added = now.stream().filter(c -> !then.contains(c)).toList();
    List<String> gone = then.stream().filter(c -> !now.contains(c)).toList();
    if (!added.isEmpty() || !gone.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " has other columns than its contract",
          "the contract declares " + added + " where the table has " + gone,
          "if the contract is right, move the table's folder out of the warehouse and ingest again:"
              + " it is made anew from the landed files");
    }
  }
}
