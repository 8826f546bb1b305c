package needle.gold;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import needle.estimate.Studies;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What each program changed in each KPI it was meant to move, with its doubt and the verdict. */
public final class TrainingEffects implements Job {
  private static final List<String> FIGURES =
      List.of(
          "estimate",
          "std_error",
          "ci_low",
          "ci_high",
          "ci80_low",
          "ci80_high",
          "ci50_low",
          "ci50_high",
          "p_value",
          "q_value",
          "baseline");

  public static final TableContract TABLE = contract();

  private static TableContract contract() {
    TableContract table =
        table(GOLD, "training_effects", "What each program changed in each of its KPIs")
            .oneRowPer("program_id", "kpi_id")
            .column("program_id", TEXT, "Program")
            .column("kpi_id", TEXT, "KPI")
            .column("kpi_title", TEXT, "Title of the KPI")
            .column("unit", TEXT, "Unit of the KPI and of the effect")
            .column("direction", TEXT, "Which way is good: up, down or ambiguous")
            .column("is_primary", FLAG, "Whether the plan names it as the program's own KPI")
            .column("verdict", TEXT, "works, no_effect, harms or cant_tell")
            .column("grade", TEXT, "Strength of evidence: strong, moderate, weak or none")
            .optional(
                "reasons", TEXT, "Why, as comma-separated codes; docs/method.md explains them")
            .column("method", TEXT, "Estimator; none when no estimator can serve the KPI honestly")
            .optional(
                "estimand",
                TEXT,
                "What the estimate is of: att, the average effect on the trained");
    for (String figure : FIGURES) {
      table =
          table.optional(
              figure,
              NUMBER,
              "Empty when there is no estimate, or when it is about fewer than 10 people");
    }
    return table
        .optional("treated", WHOLE, "People trained in the study; empty below 10")
        .optional(
            "control",
            WHOLE,
            "People compared with; empty below 10. Of durations, who was trained later counts"
                + " here and among the treated")
        .optional("clusters", WHOLE, "Teams: the independent pieces that the doubt rests on")
        .column(
            "smallest_effect_of_interest",
            NUMBER,
            "The smallest change that would matter, from the plan")
        .column("sentence", TEXT, "The finding in words")
        .check(
            "verdict in ('works', 'no_effect', 'harms', 'cant_tell')", "a verdict is one of four")
        .check("verdict = 'cant_tell' or estimate is not null", "a verdict stands on an estimate")
        .check(
            "ci_low is null or (ci_low <= estimate and estimate <= ci_high)",
            "an interval holds its estimate");
  }

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Studies.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column people = coalesce(col("treated"), lit(0L));
    Dataset<Row> studies = in.rows(Studies.TABLE);
    for (String figure : FIGURES) {
      studies = studies.withColumn(figure, SmallCells.unlessFew(col(figure), people));
    }
    return studies
        .withColumn("sentence", Sentences.finding())
        .withColumn(
            "control",
            SmallCells.unlessFew(SmallCells.unlessFew(col("control"), col("control")), people))
        .withColumn("treated", SmallCells.unlessFew(col("treated"), people))
        .select(
            java.util.Arrays.stream(TABLE.columnNames()).map(n -> col(n)).toArray(Column[]::new));
  }
}
