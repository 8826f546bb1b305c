package needle.pipelines.run;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import needle.gold.KpiTrends;
import needle.gold.SmallCells;
import needle.gold.TrainingEffects;
import needle.kit.Job;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.panel.KpiOutcomes;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications.Publication;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a run changes of what is already published, and the records because of which it does.
 *
 * <p>A cell is restated when the publication in force has it and the run has it differently. New
 * months and new programs restate nothing. Both tables hold published figures and counts of records
 * only, so they tell of nobody of whom the publications do not.
 */
public final class Restatements {
  public static final TableContract TABLE =
      TableContract.table(Layer.OPS, "restatements", "Published cells that a run changed")
          .column("run_id", TEXT, "The run")
          .column("published_run_id", TEXT, "The run that was in force")
          .column("table_name", TEXT, "The gold table")
          .column("kpi_id", TEXT, "KPI")
          .optional("program_id", TEXT, "Program; empty for trends")
          .optional("segment", TEXT, "Function; empty for effects")
          .optional("period_start", DATE, "Month; empty for effects")
          .optional("value_before", NUMBER, "Effect or KPI as published; empty when there was none")
          .optional("value_after", NUMBER, "As the run has it; empty when there is none")
          .optional("verdict_before", TEXT, "Verdict as published; empty for trends")
          .optional("verdict_after", TEXT, "Verdict of the run; empty for trends");

  public static final TableContract CAUSES =
      TableContract.table(
              Layer.OPS, "restatement_causes", "Changed records behind a run's restatements")
          .oneRowPer("run_id", "table_name")
          .column("run_id", TEXT, "The run")
          .column("table_name", TEXT, "The silver table, or panel.kpi_outcomes")
          .column("extracts", TEXT, "The extracts that it is read from")
          .optional("late", WHOLE, "New records of months that were published without them")
          .optional("restated", WHOLE, "Records that hold something else than was published")
          .optional("withdrawn", WHOLE, "Records that were voided or deleted")
          .optional(
              "person_months",
              WHOLE,
              "Published person-months that changed; empty but for panel.kpi_outcomes, and below"
                  + " 10")
          .optional(
              "made_anew", TEXT, "Why the table was made anew, if it was: no records are told");

  /** The report in numbers. */
  public record Summary(
      long cells,
      long effects,
      long verdicts,
      long late,
      long restated,
      long withdrawn,
      long madeAnew) {
    static Summary of(Dataset<Row> cells, Dataset<Row> causes) {
      Row moved =
          cells
              .agg(
                  count_if(lit(true)),
                  count_if(col("program_id").isNotNull()),
                  count_if(not(col("verdict_before").eqNullSafe(col("verdict_after")))))
              .first();
      Row records =
          causes
              .where(col("table_name").startsWith("silver."))
              .agg(
                  total("late"),
                  total("restated"),
                  total("withdrawn"),
                  count_if(col("made_anew").isNotNull()))
              .first();
      return new Summary(
          moved.getLong(0),
          moved.getLong(1),
          moved.getLong(2),
          records.getLong(0),
          records.getLong(1),
          records.getLong(2),
          records.getLong(3));
    }

    private static Column total(String column) {
      return coalesce(sum(column), lit(0L));
    }

    /** One line for the operator. */
    public String line() {
      if (cells == 0) {
        return "restated: none of the published figures moved";
      }
      String moved =
          String.format(
              "restated: %,d published figures moved, of them %,d effects and %,d verdicts; behind"
                  + " them %,d late, %,d restated and %,d withdrawn records",
              cells, effects, verdicts, late, restated, withdrawn);
      return madeAnew == 0
          ? moved
          : moved
              + String.format(", not counting those of %,d tables that were made anew", madeAnew);
    }
  }

  private static final double ROUNDING = 1e-9;

  private final DeltaTables tables;
  private final String runId;
  private final Publication before;
  private final Map<String, Long> staged;

  /**
   * @param before the publication in force
   * @param staged the versions that the run would publish
   */
  public Restatements(
      DeltaTables tables, String runId, Publication before, Map<String, Long> staged) {
    this.tables = tables;
    this.runId = runId;
    this.before = before;
    this.staged = staged;
  }

  /** Writes the report of the run, in place of one that it wrote before. */
  public Summary report() {
    write(TABLE, cells());
    write(CAUSES, causes());
    return Summary.of(ofRun(TABLE), ofRun(CAUSES));
  }

  /** One row per published figure that the run has differently. */
  Dataset<Row> cells() {
    Dataset<Row> moved = effects().unionByName(trends(), true);
    return moved.select(Stream.of(TABLE.columnNames()).map(n -> col(n)).toArray(Column[]::new));
  }

  /** One row per table whose changes are behind them. */
  Dataset<Row> causes() {
    return tables.spark().createDataFrame(changedTables(), CAUSES.schema());
  }

  private Dataset<Row> ofRun(TableContract table) {
    return tables.latest(table.qualifiedName()).where(col("run_id").equalTo(runId));
  }

  private void write(TableContract table, Dataset<Row> rows) {
    tables.replaceWhere(
        table.qualifiedName(),
        "run_id = '" + runId.replace("'", "''") + "'",
        tables.spark().createDataFrame(rows.javaRDD(), table.schema()).coalesce(1));
  }

  private Dataset<Row> effects() {
    return moved(
        TrainingEffects.TABLE, List.of("program_id", "kpi_id"), "estimate", Optional.of("verdict"));
  }

  private Dataset<Row> trends() {
    return moved(
        KpiTrends.TABLE, List.of("kpi_id", "segment", "period_start"), "value", Optional.empty());
  }

  private Dataset<Row> moved(
      TableContract table, List<String> keys, String value, Optional<String> verdict) {
    String name = table.qualifiedName();
    Column[] key = keys.stream().map(k -> col(k)).toArray(Column[]::new);
    Column verdicts = verdict.map(v -> col(v)).orElse(lit(null).cast("string"));
    Dataset<Row> then =
        tables
            .at(name, before.tableVersions().get(name))
            .select(struct(key).as("key"), col(value).as("b"), verdicts.as("vb"));
    Dataset<Row> now =
        tables
            .at(name, staged.get(name))
            .select(struct(key).as("key"), col(value).as("a"), verdicts.as("va"));
    Column isMoved = not(isSame(col("b"), col("a"))).or(not(col("vb").eqNullSafe(col("va"))));
    return then.join(now, "key")
        .where(isMoved)
        .select(
            lit(runId).as("run_id"),
            lit(before.runId()).as("published_run_id"),
            lit(name).as("table_name"),
            col("key.*"),
            col("b").as("value_before"),
            col("a").as("value_after"),
            col("vb").as("verdict_before"),
            col("va").as("verdict_after"));
  }

  // Sums of the same numbers in another order differ in their last digits.
  private static Column isSame(Column before, Column after) {
    Column close =
        abs(before.minus(after)).leq(greatest(abs(before), abs(after)).multiply(ROUNDING));
    return before.eqNullSafe(after).or(coalesce(close, lit(false)));
  }

  private List<Row> changedTables() {
    List<Row> rows = new ArrayList<>();
    for (Job job : Catalog.jobs()) {
      TableContract table = job.output();
      boolean isRead = job.inputs().stream().anyMatch(i -> i.layer() == Layer.BRONZE);
      if (isRead || table.equals(KpiOutcomes.TABLE)) {
        cause(job, table).ifPresent(rows::add);
      }
    }
    return rows;
  }

  private Optional<Row> cause(Job job, TableContract table) {
    String name = table.qualifiedName();
    Long then = before.tableVersions().get(name);
    Long now = staged.get(name);
    if (then == null || now == null || then.equals(now)) {
      return Optional.empty();
    }
    String extracts =
        String.join(
            ", ",
            job.inputs().stream()
                .filter(i -> i.layer() == Layer.BRONZE)
                .map(TableContract::name)
                .sorted()
                .toList());
    long after = Math.min(then, now);
    long upTo = Math.max(then, now);
    if (tables.isReplaced(name, after, upTo)) {
      return Optional.of(
          RowFactory.create(
              runId,
              name,
              extracts,
              null,
              null,
              null,
              null,
              "the code, a declaration or the key changed"));
    }
    Dataset<Row> changes = tables.changes(name, after, upTo);
    Column date = col(dateOf(table));
    Column wasPublished = date.leq(lit(before.period().end().toString()).cast("date"));
    if (table.equals(KpiOutcomes.TABLE)) {
      long months =
          changes.where(wasPublished).select("employee_id", "period_start").distinct().count();
      return Optional.of(
          RowFactory.create(
              runId,
              name,
              extracts,
              null,
              null,
              null,
              months < SmallCells.FEWEST_PEOPLE ? null : months,
              null));
    }
    Column kind = col("_change_type");
    Row counts =
        changes
            .agg(
                count_if(kind.equalTo("insert").and(wasPublished)),
                count_if(kind.equalTo("update_postimage")),
                count_if(kind.equalTo("delete")))
            .first();
    return Optional.of(
        RowFactory.create(
            runId,
            name,
            extracts,
            counts.getLong(0),
            counts.getLong(1),
            counts.getLong(2),
            null,
            null));
  }

  private static String dateOf(TableContract table) {
    return table
        .datedBy()
        .orElseGet(
            () ->
                table.columns().stream()
                    .filter(
                        c ->
                            c.type().equals(DataTypes.DateType)
                                || c.type().equals(DataTypes.TimestampType))
                    .map(TableContract.ColumnContract::name)
                    .findFirst()
                    .orElse("_commit_timestamp"));
  }
}
