package needle.pipelines.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What a run's ledger holds that nobody may overlook. */
public final class Alerts {
  private Alerts() {}

  /**
   * One line per file with a warning or in quarantine, and per extract that is late.
   *
   * @param since when this process began; what an earlier try of the run saw may be mended by now
   */
  public static List<String> of(DeltaTables tables, String runId, Instant since) {
    String ledger = RunLedger.TABLE.qualifiedName();
    if (!tables.exists(ledger)) {
      return List.of();
    }
    return tables
        .latest(ledger)
        .where(col("run_id").equalTo(runId).and(col("recorded_at").geq(lit(since))))
        .where(col("status").isin("warning", "quarantined", "late"))
        .select(col("status"), coalesce(col("file"), col("table_name")).as("about"), col("message"))
        .distinct()
        .orderBy(col("status"), col("about"))
        .collectAsList()
        .stream()
        .map(
            r ->
                r.getString(0).toUpperCase(Locale.ROOT)
                    + " "
                    + r.getString(1)
                    + ": "
                    + r.getString(2))
        .toList();
  }
}
