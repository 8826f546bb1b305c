package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.kit.ContractViolation;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Gates;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What too many rejected records in one file lead to, as its contract's gates say. */
final class FileGates {
  private static final int RULES = 3;
  private static final double MOST_REJECTED = 0.5;
  private static final long FEWEST_TO_JUDGE = 20;

  private FileGates() {}

  /**
   * Stops the run, before anything is written, where a file breaks the failing gate; rejects the
   * fit records, too, of a file that breaks the quarantine gate. Reads the files twice where one of
   * these gates is on.
   */
  static Dataset<Row> pass(Dataset<Row> typed, ExtractContract contract) {
    return pass(typed, contract, contract.gates());
  }

  /** As if the contract had these gates. */
  static Dataset<Row> pass(Dataset<Row> typed, ExtractContract contract, Gates gates) {
    double least = Math.min(gates.quarantineAbove(), gates.failAbove());
    if (least >= 1) {
      return typed;
    }
    Dataset<Row> result = typed;
    for (Row file : spoiled(typed, least)) {
      String said = words(file.getLong(1), file.getLong(2));
      double share = file.getLong(1) / (double) file.getLong(2);
      if (share > gates.failAbove()) {
        throw new ContractViolation(
            contract.table() + " cannot take " + file.getString(0),
            said + " are unfit, and the contract's failAboveRejectedShare is " + gates.failAbove(),
            "correct the file or the contract; `needle ingest --dry-run` shows the reasons; nothing was written");
      }
      Column inFile = col("_file").equalTo(file.getString(0));
      String reason = "the file is in quarantine: " + said + " are unfit";
      result = result.withColumn("_reason", coalesce(col("_reason"), when(inFile, lit(reason))));
    }
    return result;
  }

  /**
   * What to say of a file that does not belong to its contract, of which no gate says so: more than
   * half of at least twenty records are rejected. What would be taken of it, often nothing, is no
   * month.
   */
  static Optional<String> misfit(ExtractContract contract, long records, long rejected) {
    boolean isMisfit =
        !contract.gates().areDeclared()
            && records >= FEWEST_TO_JUDGE
            && share(rejected, records) > MOST_REJECTED;
    return isMisfit
        ? Optional.of(
            words(rejected, records)
                + " are unfit, more than half, and the contract sets no gate for that")
        : Optional.empty();
  }

  private static List<Row> spoiled(Dataset<Row> typed, double share) {
    return typed
        .groupBy("_file")
        .agg(count_if(col("_reason").isNotNull()).as("_unfit"), count(lit(1)).as("_records"))
        .where(col("_unfit").gt(col("_records").multiply(share)))
        .orderBy("_file")
        .collectAsList();
  }

  /**
   * What to say of a file of which that many records were rejected, or accepted in spite of rules
   * that only warn; null for nothing.
   *
   * @param rules the rules that accepted records break
   */
  static String warning(
      ExtractContract contract, long records, long rejected, long doubtful, List<String> rules) {
    String said = rejections(contract, records, rejected);
    if (doubtful == 0) {
      return said;
    }
    String some =
        rules.stream().sorted().limit(RULES).collect(Collectors.joining(", or "))
            + (rules.size() > RULES ? ", or more" : "");
    String doubts = words(doubtful, records) + " were accepted with a warning: " + some;
    return said == null ? doubts : said + "; " + doubts;
  }

  private static String rejections(ExtractContract contract, long records, long rejected) {
    double share = share(rejected, records);
    if (share <= contract.gates().warnAbove()) {
      return null;
    }
    boolean quarantined = rejected == records && share > contract.gates().quarantineAbove();
    return words(rejected, records)
        + (quarantined
            ? " are in quarantine, because more than the contract's quarantineAboveRejectedShare of "
                + contract.gates().quarantineAbove()
                + " are unfit; "
                + contract.table()
                + "__rejected has the reasons, and `needle replay` takes the records once file and"
                + " contract fit"
            : " were rejected");
  }

  static double share(long rejected, long records) {
    return records == 0 ? 0 : rejected / (double) records;
  }

  private static String words(long some, long all) {
    return String.format(Locale.ROOT, "%d of %d records (%.1f%%)", some, all, 100.0 * some / all);
  }
}
