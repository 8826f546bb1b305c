package needle.kit;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/**
 * Sums that come out the same, bit for bit, in whatever order the rows come.
 *
 * <p>Floating-point addition depends on its order, and the order of rows on the pseudonyms that
 * they are shuffled by. Numbers are added as whole numbers and billionths of them instead, each in
 * integers: nothing that people are paid, work or sell is measured finer. A sum of more than 9e18,
 * or of more than nine billion rows, is an error and never a wrong number.
 */
public final class ExactSum {
  private static final double BILLIONTHS = 1e9;

  /** Below it, a billionth is a digit that a double holds. */
  private static final double FINE = 9e6;

  private ExactSum() {}

  /** The sum of a column of numbers; empty for none. */
  public static Column of(String column) {
    Column number = col(column).cast("double");
    Column whole = floor(number);
    Column billionths = rint(number.minus(whole).multiply(BILLIONTHS)).cast("long");
    Column parts = sum(billionths);
    Column rest = pmod(parts, lit((long) BILLIONTHS));
    Column carried = rint(parts.minus(rest).divide(BILLIONTHS)).cast("long");
    Column all = sum(whole).plus(carried);
    // One division where a double holds the billionths, so that the nearest double comes out.
    return when(
            abs(all).lt(FINE),
            all.cast("double").multiply(BILLIONTHS).plus(rest.cast("double")).divide(BILLIONTHS))
        .otherwise(all.cast("double").plus(rest.cast("double").divide(BILLIONTHS)));
  }

  /** A sum of a few numbers that was made in any order, without what the order left in it. */
  public static Column settled(Column fewSummed) {
    Column number = fewSummed.cast("double");
    return when(abs(number).lt(FINE), to(BILLIONTHS, number))
        .when(abs(number).lt(FINE * 1e3), to(BILLIONTHS / 1e3, number))
        .otherwise(to(BILLIONTHS / 1e6, number));
  }

  private static Column to(double parts, Column number) {
    return rint(number.multiply(parts)).divide(parts);
  }
}
