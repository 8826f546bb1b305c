package needle.gold;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/**
 * Findings in words, one fixed sentence per verdict, so that the same evidence always reads the
 * same.
 */
final class Sentences {
  private Sentences() {}

  /** The finding of a study, from its verdict, effect, interval and unit. */
  static Column finding() {
    Column kpi = lower(col("kpi_title"));
    Column size =
        concat(
            Rounded.effect(col("estimate"), col("unit")),
            unit(),
            lit(" (95% interval "),
            Rounded.effect(col("ci_low"), col("unit")),
            lit(" to "),
            Rounded.effect(col("ci_high"), col("unit")),
            lit(")"));
    return coalesce(
        when(
            col("verdict").equalTo("works"),
            concat(lit("The program moved "), kpi, lit(": "), size, lit("."))),
        when(
            col("verdict").equalTo("harms"),
            concat(lit("The program moved "), kpi, lit(" the wrong way: "), size, lit("."))),
        when(
            col("verdict").equalTo("no_effect"),
            concat(
                lit("The program did not move "),
                kpi,
                lit(" by anything that matters: "),
                size,
                lit("."))),
        when(
            col("reasons").equalTo("underpowered"),
            concat(
                lit("The data cannot tell whether the program moved "),
                kpi,
                lit(": "),
                size,
                lit("."))),
        when(
            col("reasons").contains("not_after_correction"),
            concat(lit("The program may have moved "), kpi, lit(": "), size, lit("."))),
        when(
            col("reasons").equalTo(Reasons.NEGLIGIBLE),
            concat(
                lit("The program may not have moved "),
                kpi,
                lit(" by anything that matters: "),
                size,
                lit("."))),
        when(
            col("reasons").equalTo("below_smallest_effect"),
            concat(
                lit("The program moved "),
                kpi,
                lit(", perhaps by less than would matter: "),
                size,
                lit("."))),
        when(
            col("reasons").contains(Reasons.DURATION),
            concat(lit("Needle cannot judge "), kpi, lit(" yet."))),
        concat(lit("No statement about "), kpi, lit(" can be defended.")));
  }

  // Dollars carry their unit in front, shares are told in percentage points, and what days are
  // counted until stands in the KPI's title.
  private static Column unit() {
    return when(col("unit").startsWith("share"), " points")
        .when(col("unit").startsWith("USD"), regexp_replace(col("unit"), "^USD", ""))
        .when(col("unit").startsWith("days "), " days")
        .otherwise(concat(lit(" "), col("unit")));
  }
}
