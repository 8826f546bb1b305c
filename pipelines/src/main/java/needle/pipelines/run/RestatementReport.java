package needle.pipelines.run;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.try_divide;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.gold.KpiTrends;
import needle.gold.TrainingEffects;
import needle.kit.InvalidInput;
import needle.kit.TableContract;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.Publications.Publication;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What one run changes of what is published: as was reported when it was published, or, while it is
 * only staged, as it would be if it were published now.
 *
 * @param publishedAs the run's newest number among the publications; empty while it is only staged
 * @param cells one row per published figure that moved, and by how much
 * @param causes one row per table behind them
 */
public record RestatementReport(
    String runId, Optional<Long> publishedAs, Dataset<Row> cells, Dataset<Row> causes) {

  /** Of the newest run that restated anything. */
  public static Optional<RestatementReport> newest(DeltaTables tables) {
    if (!tables.exists(Restatements.TABLE.qualifiedName())) {
      return Optional.empty();
    }
    Dataset<Row> times =
        tables
            .latest(RunLedger.TABLE.qualifiedName())
            .groupBy("run_id")
            .agg(max("recorded_at").as("recorded_at"));
    return tables
        .latest(Restatements.TABLE.qualifiedName())
        .select("run_id")
        .distinct()
        .join(times, "run_id")
        .orderBy(col("recorded_at").desc(), col("run_id"))
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst()
        .map(r -> of(tables, r.getString(0)));
  }

  /** Of this run. */
  public static RestatementReport of(DeltaTables tables, String runId) {
    Optional<Long> number = numberOf(tables, runId);
    if (number.isPresent()) {
      return new RestatementReport(
          runId,
          number,
          withChange(stored(tables, Restatements.TABLE, runId)),
          stored(tables, Restatements.CAUSES, runId));
    }
    Restatements staged = new Restatements(tables, runId, inForce(tables), stagedBy(tables, runId));
    return new RestatementReport(runId, number, withChange(staged.cells()), staged.causes());
  }

  /** The report in numbers. */
  public Restatements.Summary summary() {
    return Restatements.Summary.of(cells, causes);
  }

  private static Optional<Long> numberOf(DeltaTables tables, String runId) {
    return new Publications(tables)
        .current()
        .flatMap(
            any ->
                Optional.ofNullable(
                        tables
                            .latest(Publications.TABLE.qualifiedName())
                            .where(col("run_id").equalTo(runId))
                            .agg(max("sequence"))
                            .first()
                            .get(0))
                    .map(Long.class::cast));
  }

  private static Publication inForce(DeltaTables tables) {
    return new Publications(tables)
        .current()
        .orElseThrow(
            () ->
                new InvalidInput(
                    "Nothing can be restated in " + tables.warehouse(),
                    "no run has been published there yet",
                    "run `needle run`, or point --warehouse at another folder"));
  }

  private static Map<String, Long> stagedBy(DeltaTables tables, String runId) {
    if (RunLedger.stampOf(tables, runId).isEmpty()) {
      throw new InvalidInput(
          "There is no run " + runId + " in " + tables.warehouse(),
          "its ledger has no such run",
          "`needle sql \"select distinct run_id from ops.run_ledger\"` lists the runs");
    }
    Map<String, Long> staged = RunLedger.stagedBy(tables, runId);
    List<String> missing =
        List.of(TrainingEffects.TABLE, KpiTrends.TABLE).stream()
            .map(TableContract::qualifiedName)
            .filter(t -> !staged.containsKey(t))
            .toList();
    if (!missing.isEmpty()) {
      throw new InvalidInput(
          "What run " + runId + " would restate cannot be told",
          "it is not published, and has not staged " + String.join(", ", missing),
          "run these tables with `needle run --run-id " + runId + " --tables …`, then ask again");
    }
    return staged;
  }

  // A warehouse whose only publication is its first has no reports yet.
  private static Dataset<Row> stored(DeltaTables tables, TableContract table, String runId) {
    return tables.exists(table.qualifiedName())
        ? tables.latest(table.qualifiedName()).where(col("run_id").equalTo(runId))
        : tables.spark().createDataFrame(List.of(), table.schema());
  }

  private static Dataset<Row> withChange(Dataset<Row> cells) {
    Column before = col("value_before");
    Column change = col("value_after").minus(before);
    return cells
        .withColumn("change", change)
        .withColumn("change_share", try_divide(change, abs(before)))
        .orderBy(
            col("program_id").isNull(),
            col("program_id"),
            col("kpi_id"),
            col("segment"),
            col("period_start"));
  }
}
