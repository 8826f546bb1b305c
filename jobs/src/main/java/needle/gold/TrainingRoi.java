package needle.gold;

import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.ExactSum;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.TableContract;
import needle.panel.Cohorts;
import needle.panel.EmployeePanel;
import needle.panel.TargetTrials;
import org.apache.commons.math3.special.Erf;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What each program was worth, carrying the doubt of its effect.
 *
 * <p>Benefit = effect × what it applied to in the first year after each person's training × the
 * value that finance approved (Phillips: first year only, fully loaded cost, no data means no
 * improvement). Of a KPI that is a time until something happens it applies to the trained people,
 * within the KPI's horizon. KPIs without an approved value stay unmonetised, and a verdict of can't
 * tell has no benefit at all.
 */
public final class TrainingRoi implements Job {
  public static final TableContract TABLE =
      table(GOLD, "training_roi", "Cost, benefit and return of each program on each KPI")
          .oneRowPer("program_id", "kpi_id")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI that the benefit comes from")
          .column("verdict", TEXT, "The verdict that allows a benefit to be stated")
          .optional("cost_usd", NUMBER, "Fully loaded cost; empty below 10 people")
          .optional("people", WHOLE, "People whose benefit counts; empty below 10")
          .optional(
              "exposure",
              NUMBER,
              "Sum of the KPI's denominator over that year; of durations, those people")
          .optional(
              "benefit_months",
              WHOLE,
              "Months after training that the benefit counts: the first year as far as it was"
                  + " observed; of durations, all months that the KPI looks ahead. Empty without a"
                  + " value of the KPI")
          .optional(
              "benefit_usd", NUMBER, "Benefit; negative for harm; empty when it cannot be stated")
          .optional("benefit_low_usd", NUMBER, "Lower end of its 95% interval")
          .optional("benefit_high_usd", NUMBER, "Upper end of its 95% interval")
          .optional("net_usd", NUMBER, "Benefit less cost")
          .optional("bcr", NUMBER, "Benefit-cost ratio: benefit / cost")
          .optional("roi_percent", NUMBER, "(benefit − cost) / cost × 100")
          .optional("roi_low_percent", NUMBER, "Lower end of its 95% interval")
          .optional("roi_high_percent", NUMBER, "Upper end of its 95% interval")
          .optional(
              "probability_pays",
              NUMBER,
              "Chance that the benefit exceeds the cost, from the effect's doubt alone")
          .optional("basis", TEXT, "How the value of a unit was found")
          .optional("approved_by", TEXT, "Who approved it")
          .optional("explanation", TEXT, "What it stands for")
          .check(
              "benefit_low_usd is null or benefit_low_usd <= benefit_high_usd",
              "an interval's ends are in order");

  private static final int FIRST_YEAR = 12;

  private static final UserDefinedFunction NORMAL =
      udf(
          (UDF1<Double, Double>) z -> z == null ? null : 0.5 * (1 + Erf.erf(z / Math.sqrt(2))),
          DataTypes.DoubleType);

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(
        EmployeePanel.TABLE,
        Cohorts.TABLE,
        TargetTrials.TABLE,
        TrainingEffects.TABLE,
        Programs.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> exposed = exposed(in);
    Column cost = col("cost_usd");
    // Per unit of good: a fall is a gain where down is good.
    Column usdPerUnit =
        when(col("direction").equalTo("down"), col("usd_per_unit").multiply(-1))
            .otherwise(col("usd_per_unit"));
    Column scale = col("exposure").multiply(usdPerUnit);
    Column stated =
        col("verdict").notEqual("cant_tell").and(col("people").geq(SmallCells.FEWEST_PEOPLE));
    return in.rows(TrainingEffects.TABLE)
        .join(in.rows(Programs.TABLE).select("program_id", "cost_usd"), new String[] {"program_id"})
        .join(values(in.kpis(), exposed.sparkSession()), new String[] {"kpi_id"}, "left")
        .join(exposed, new String[] {"program_id", "kpi_id"}, "left")
        .withColumn("scale", when(stated, scale))
        .withColumn("benefit_usd", col("estimate").multiply(col("scale")))
        .withColumn("one_end", col("ci_low").multiply(col("scale")))
        .withColumn("other_end", col("ci_high").multiply(col("scale")))
        .withColumn("benefit_low_usd", least(col("one_end"), col("other_end")))
        .withColumn("benefit_high_usd", greatest(col("one_end"), col("other_end")))
        .withColumn(
            "benefit_se",
            org.apache.spark.sql.functions.abs(col("std_error").multiply(col("scale"))))
        .select(
            col("program_id"),
            col("kpi_id"),
            col("verdict"),
            cost,
            SmallCells.unlessFew("people", "people"),
            SmallCells.unlessFew("exposure", "people"),
            col("benefit_months"),
            col("benefit_usd"),
            col("benefit_low_usd"),
            col("benefit_high_usd"),
            col("benefit_usd").minus(cost).as("net_usd"),
            col("benefit_usd").divide(cost).as("bcr"),
            roi(col("benefit_usd"), cost).as("roi_percent"),
            roi(col("benefit_low_usd"), cost).as("roi_low_percent"),
            roi(col("benefit_high_usd"), cost).as("roi_high_percent"),
            NORMAL
                .apply(
                    when(
                        col("benefit_se").gt(0),
                        col("benefit_usd").minus(cost).divide(col("benefit_se"))))
                .as("probability_pays"),
            col("basis"),
            col("approved_by"),
            col("explanation"));
  }

  /** What the effect of each program applies to. */
  private static Dataset<Row> exposed(Inputs in) {
    Column firstYear =
        col("period_start")
            .geq(col("cohort_start"))
            .and(col("period_start").lt(add_months(col("cohort_start"), FIRST_YEAR)));
    Dataset<Row> summed =
        in.rows(EmployeePanel.TABLE)
            .join(in.rows(Cohorts.TABLE), new String[] {"program_id", "employee_id"})
            .where(firstYear)
            .select("program_id", "kpi_id", "employee_id", "denominator");
    // To one of them it happens or not: the effect is on the share to whom it does.
    Dataset<Row> followed =
        in.rows(TargetTrials.TABLE)
            .where(col("is_trained"))
            .select(
                col("program_id"), col("kpi_id"), col("employee_id"), lit(1.0).as("denominator"));
    return summed
        .unionByName(followed)
        .groupBy("program_id", "kpi_id")
        .agg(
            count_distinct(col("employee_id")).as("people"),
            ExactSum.of("denominator").as("exposure"));
  }

  private static Column roi(Column benefit, Column cost) {
    return benefit.minus(cost).divide(cost).multiply(lit(100.0));
  }

  private static Dataset<Row> values(List<Kpi> kpis, SparkSession spark) {
    List<Row> rows =
        kpis.stream()
            .filter(k -> k.money().isPresent())
            .map(
                k ->
                    RowFactory.create(
                        k.kpiId(),
                        k.money().get().usdPerUnit(),
                        (long)
                            k.timeToEvent().map(Kpi.TimeToEvent::withinMonths).orElse(FIRST_YEAR),
                        k.money().get().basis(),
                        k.money().get().approvedBy(),
                        k.money().get().explanation()))
            .toList();
    StructType schema =
        new StructType()
            .add("kpi_id", DataTypes.StringType)
            .add("usd_per_unit", DataTypes.DoubleType)
            .add("benefit_months", DataTypes.LongType)
            .add("basis", DataTypes.StringType)
            .add("approved_by", DataTypes.StringType)
            .add("explanation", DataTypes.StringType);
    return spark.createDataFrame(rows, schema);
  }
}
