package needle.kit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import org.apache.spark.sql.Column;

/**
 * Sums that come out the same, bit for bit, in whatever order the rows come.
 *
 * <p>Floating-point addition depends on its order, and the order of rows on the pseudonyms that
 * they are shuffled by. Numbers are added as decimals with 12 places instead.
 */
public final class ExactSum {
  private ExactSum() {}

  /** The sum of a column of numbers; empty for none. */
  public static Column of(String column) {
    return sum(col(column).cast("decimal(38,12)")).cast("double");
  }

  /** A sum of a few numbers that was made in any order, without what the order left in it. */
  public static Column settled(Column fewSummed) {
    return fewSummed.cast("decimal(38,9)").cast("double");
  }
}
