package needle.gold;

import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.estimate.EffectEstimate;
import needle.estimate.Studies;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The event study of each program and KPI: the effect by periods since training, with the periods
 * before as a check.
 */
public final class EffectCurves implements Job {
  public static final TableContract TABLE =
      table(GOLD, "effect_curves", "Effects by periods since training")
          .oneRowPer("program_id", "kpi_id", "event_time")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("event_time", WHOLE, "Periods since training; negative before it")
          .column("grain", TEXT, "Length of a period: month or quarter")
          .column("phase", TEXT, "before, anticipation or after")
          .optional("estimate", NUMBER, "Effect; empty below 10 people")
          .optional(
              "ci_low",
              NUMBER,
              "95% interval of this period alone; empty where the trained come from"
                  + " fewer than 10 teams")
          .optional("ci_high", NUMBER, "95% interval of this period alone")
          .optional("band_low", NUMBER, "95% band that holds for all periods at once")
          .optional("band_high", NUMBER, "95% band that holds for all periods at once")
          .optional("treated", WHOLE, "People trained who are observed then; empty below 10");

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
    Column phase =
        when(col("event_time").geq(0), "after")
            .when(col("event_time").geq(col("anticipation").multiply(-1)), "anticipation")
            .otherwise("before");
    return in.rows(Studies.TABLE)
        .select(
            col("program_id"),
            col("kpi_id"),
            lower(col("grain")).as("grain"),
            col("anticipation"),
            explode(col("effects")).as("e"))
        .where(col("e.aggregation").equalTo("event_time"))
        .withColumn("event_time", col("e.event_time"))
        .select(
            col("program_id"),
            col("kpi_id"),
            col("event_time"),
            col("grain"),
            phase.as("phase"),
            figure("estimate"),
            bound("ci_low"),
            bound("ci_high"),
            bound("band_low"),
            bound("band_high"),
            figure("treated"));
  }

  private static Column figure(String name) {
    return SmallCells.unlessFew(col("e." + name), col("e.treated")).as(name);
  }

  private static Column bound(String name) {
    Column isSound = col("e.treated_clusters").geq(EffectEstimate.FEWEST_CLUSTERS);
    return when(isSound, SmallCells.unlessFew(col("e." + name), col("e.treated"))).as(name);
  }
}
