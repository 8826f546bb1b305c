package needle.gold;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.format_number;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
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
            when(col("estimate").gt(0), "+").otherwise("−"),
            number(told(abs(col("estimate")))),
            lit(" "),
            when(isShare(), "points").otherwise(col("unit")),
            lit(" (95% interval "),
            signed(col("ci_low")),
            lit(" to "),
            signed(col("ci_high")),
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
            col("estimate").isNotNull().and(col("reasons").equalTo("underpowered")),
            concat(
                lit("The data cannot tell whether the program moved "),
                kpi,
                lit(": "),
                size,
                lit("."))),
        concat(lit("No statement about "), kpi, lit(" can be defended.")));
  }

  private static Column signed(Column value) {
    return concat(
        when(value.gt(0), "+").when(value.lt(0), "−").otherwise(""), number(told(abs(value))));
  }

  // Shares are told in percentage points.
  private static Column told(Column size) {
    return when(isShare(), size.multiply(100)).otherwise(size);
  }

  private static Column isShare() {
    return col("unit").startsWith("share");
  }

  private static Column number(Column size) {
    return when(size.geq(100), format_number(size, 0))
        .when(size.geq(1).or(isShare()), format_number(size, 1))
        .otherwise(format_number(size, 3));
  }
}
