package needle.gold;

import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.format_number;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What to do about each program, the most consequential first.
 *
 * <p>One finding per program, on its primary KPI. Findings rank by the money that a decision moves:
 * a harm and a cost without return count as much as a gain. Programs of which nothing can be said
 * come last.
 *
 * <p>A decision is what verdicts and money recommend. A success that harms another KPI of its plan
 * is redesigned, and so is one that gave back less than it cost.
 */
public final class Findings implements Job {
  public static final TableContract TABLE =
      table(GOLD, "findings", "Findings and decisions, most consequential first")
          .oneRowPer("rank")
          .column("rank", WHOLE, "1 matters most")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("verdict", TEXT, "Verdict")
          .column("headline", TEXT, "The finding in one line")
          .column("detail", TEXT, "Effect, money and what it rests on")
          .column(
              "decision",
              TEXT,
              "What the evidence recommends: scale, keep, redesign, stop, measure_better or"
                  + " judge_otherwise")
          .column(
              "decision_reason",
              TEXT,
              "Why, in words: by the verdicts and the money alone, as a plan's decision_rule is"
                  + " text that only people read");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(TrainingEffects.TABLE, TrainingRoi.TABLE, Programs.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> effects = in.rows(TrainingEffects.TABLE).where(col("is_primary"));
    Dataset<Row> money =
        in.rows(TrainingRoi.TABLE)
            .select(
                "program_id",
                "kpi_id",
                "benefit_usd",
                "benefit_low_usd",
                "benefit_high_usd",
                "benefit_months",
                "roi_percent",
                "roi_low_percent",
                "roi_high_percent");
    Dataset<Row> programs =
        in.rows(Programs.TABLE).select("program_id", "title", "cost_usd", "satisfaction_mean");
    Column told = col("verdict").notEqual("cant_tell");
    Column atStake =
        greatest(abs(coalesce(col("benefit_usd"), lit(0.0))), coalesce(col("cost_usd"), lit(0.0)));
    return effects
        .join(money, new String[] {"program_id", "kpi_id"}, "left")
        .join(programs, new String[] {"program_id"})
        .join(others(in, "works"), new String[] {"program_id"}, "left")
        .join(others(in, "harms"), new String[] {"program_id"}, "left")
        .withColumn(
            "rank",
            row_number()
                .over(Window.orderBy(told.desc(), atStake.desc(), col("program_id").asc()))
                .cast("bigint"))
        .select(
            col("rank"),
            col("program_id"),
            col("kpi_id"),
            col("verdict"),
            headline().as("headline"),
            detail().as("detail"),
            decision().as("decision"),
            decisionReason().as("decision_reason"));
  }

  // The other KPIs of each program that it moved for good, or for bad.
  private static Dataset<Row> others(Inputs in, String verdict) {
    return in.rows(TrainingEffects.TABLE)
        .where(not(col("is_primary")).and(col("verdict").equalTo(verdict)))
        .groupBy("program_id")
        .agg(
            array_join(sort_array(collect_list(lower(col("kpi_title")))), " and ")
                .as("also_" + verdict));
  }

  private static Column headline() {
    return concat(toldEffect(), weakly());
  }

  private static Column weakly() {
    return when(
            col("verdict").notEqual("cant_tell").and(col("grade").equalTo("weak")),
            "; the evidence is weak")
        .otherwise("");
  }

  private static Column toldEffect() {
    Column kpi = lower(col("kpi_title"));
    Column better = when(col("direction").equalTo("down"), " lowered ").otherwise(" raised ");
    Column worse = when(col("direction").equalTo("down"), " raised ").otherwise(" lowered ");
    return coalesce(
        when(col("verdict").equalTo("works"), concat(col("title"), better, kpi, byShare())),
        when(col("verdict").equalTo("harms"), concat(col("title"), worse, kpi, byShare())),
        when(
            col("verdict").equalTo("no_effect"),
            concat(
                col("title"),
                lit(" did not move "),
                kpi,
                coalesce(
                    concat(
                        lit(", though participants rate it "),
                        format_number(col("satisfaction_mean"), 1),
                        lit(" of 5")),
                    lit("")))),
        when(
            needsAnotherMethod(),
            concat(col("title"), lit(": Needle cannot judge "), kpi, lit(" yet"))),
        concat(col("title"), lit(": nobody can tell yet whether it moved "), kpi));
  }

  // More data would not help: the KPI is not one that an estimator can serve.
  private static Column needsAnotherMethod() {
    return coalesce(col("reasons"), lit("")).contains(Reasons.DURATION);
  }

  // The change against what the trained had before, where that is a number to compare with.
  private static Column byShare() {
    Column low = least(abs(col("ci_low")), abs(col("ci_high")));
    Column high = greatest(abs(col("ci_low")), abs(col("ci_high")));
    return when(
            col("baseline").gt(0),
            concat(
                lit(" by about "),
                ofBaseline(abs(col("estimate"))),
                lit(" ("),
                ofBaseline(low),
                when(isMoreThanAll(high), lit(" or more)"))
                    .otherwise(concat(lit(" to "), ofBaseline(high), lit(")")))))
        .otherwise("");
  }

  // Nothing can be lowered by more than all of it, which an interval around a mean does not know.
  private static Column isMoreThanAll(Column size) {
    return col("estimate").lt(0).and(size.gt(col("baseline")));
  }

  private static Column ofBaseline(Column size) {
    Column possible = when(isMoreThanAll(size), col("baseline")).otherwise(size);
    return concat(format_number(possible.divide(col("baseline")).multiply(100), 0), lit("%"));
  }

  private static Column detail() {
    Column money =
        when(
                col("benefit_low_usd").geq(0),
                stated("Benefit", "benefit_low_usd", "benefit_high_usd", ", against a cost of "))
            .when(
                col("benefit_high_usd").leq(0),
                stated("Harm", "benefit_high_usd", "benefit_low_usd", ", on top of a cost of "))
            .when(
                col("benefit_usd").isNotNull(),
                concat(
                    lit(" In the "),
                    span(),
                    lit(" between "),
                    Rounded.dollars(abs(col("benefit_low_usd"))),
                    lit(" of harm and "),
                    Rounded.dollars(col("benefit_high_usd")),
                    lit(" of benefit (95% interval)"),
                    cost(", against a cost of "),
                    lit(".")))
            .when(
                col("cost_usd").isNotNull(),
                concat(lit(" Cost so far "), Rounded.dollars(col("cost_usd")), lit(".")))
            .otherwise("");
    Column evidence =
        when(
                col("verdict").equalTo("cant_tell"),
                concat(
                    lit(" Reason: "),
                    coalesce(Reasons.told(col("reasons")), lit("not stated")),
                    lit(".")))
            .otherwise(
                concat(
                    lit(" Evidence: "),
                    col("grade"),
                    coalesce(concat(lit(" ("), Reasons.told(col("reasons")), lit(")")), lit("")),
                    lit(".")));
    return concat(col("sentence"), money, evidence);
  }

  private static Column span() {
    Column months = coalesce(col("benefit_months"), lit(12L));
    return concat(
        when(months.equalTo(12), "first year")
            .otherwise(concat(lit("first "), months, lit(" months"))),
        lit(" after training"));
  }

  // Which of a benefit and a harm it is stands before it.
  private static Column stated(String what, String smaller, String larger, String beforeCost) {
    return concat(
        lit(" " + what + " in the "),
        span(),
        lit(": "),
        Rounded.dollars(abs(col("benefit_usd"))),
        lit(" (95% interval "),
        Rounded.dollars(abs(col(smaller))),
        lit(" to "),
        Rounded.dollars(abs(col(larger))),
        lit(")"),
        cost(beforeCost),
        lit("."));
  }

  private static Column cost(String before) {
    return coalesce(concat(lit(before), Rounded.dollars(col("cost_usd"))), lit(""));
  }

  private static Column decision() {
    return when(col("verdict").equalTo("harms"), "stop")
        .when(col("verdict").equalTo("no_effect"), "stop")
        .when(needsAnotherMethod(), "judge_otherwise")
        .when(col("verdict").equalTo("cant_tell"), "measure_better")
        .when(col("also_harms").isNotNull(), "redesign")
        .when(col("roi_percent").isNull(), "keep")
        .when(col("roi_percent").gt(0), "scale")
        .otherwise("redesign");
  }

  private static Column decisionReason() {
    Column reasons = coalesce(Reasons.told(col("reasons")), lit("not stated"));
    Column why =
        when(col("verdict").equalTo("harms"), "it does harm")
            .when(col("verdict").equalTo("no_effect"), "every change that matters can be ruled out")
            .when(col("verdict").equalTo("cant_tell"), reasons)
            .otherwise(concat(lit("it works"), worth()));
    Column isTold = col("verdict").notEqual("cant_tell");
    return concat(
        why,
        coalesce(concat(lit("; it also harms "), col("also_harms")), lit("")),
        coalesce(
            when(
                isTold,
                concat(
                    lit("; it also moved "),
                    col("also_works"),
                    lit(" the right way, which is not counted here"))),
            lit("")));
  }

  private static Column worth() {
    Column gaveBack =
        concat(
            when(col("roi_percent").gt(0), " and gave back more than it cost in the ")
                .otherwise(", but gave back less than it cost in the "),
            span());
    return when(col("roi_percent").isNotNull(), concat(gaveBack, unlessSure()))
        .when(
            col("benefit_usd").isNull(),
            concat(lit("; no benefit in money can be stated of "), lower(col("kpi_title"))))
        .otherwise("; no cost can be stated");
  }

  private static Column unlessSure() {
    return when(
            col("roi_percent").gt(0).and(col("roi_low_percent").leq(0)),
            ", though less cannot be ruled out")
        .when(
            col("roi_percent").leq(0).and(col("roi_high_percent").gt(0)),
            ", though more cannot be ruled out")
        .otherwise("");
  }
}
