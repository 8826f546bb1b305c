package needle.gold;

import static org.apache.spark.sql.functions.udf;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Figures as readers see them: three significant digits, shares to a tenth of a percentage point,
 * money to the thousand from $9,950 on. {@code dashboards/words.js} follows the same rule.
 */
final class Rounded {
  private static final String MINUS = "−";

  private static final UserDefinedFunction EFFECT =
      udf(
          (UDF2<Double, String, String>)
              (value, unit) -> value == null || unit == null ? null : effect(value, unit),
          DataTypes.StringType);
  private static final UserDefinedFunction DOLLARS =
      udf(
          (UDF1<Double, String>) amount -> amount == null ? null : dollars(amount),
          DataTypes.StringType);

  private Rounded() {}

  /** A change with its sign and without its unit: shares in points, money in dollars. */
  static Column effect(Column value, Column unit) {
    return EFFECT.apply(value.cast("double"), unit);
  }

  static Column dollars(Column amount) {
    return DOLLARS.apply(amount.cast("double"));
  }

  static String effect(double value, String unit) {
    if (unit.startsWith("USD")) {
      return (value > 0 ? "+" : "") + dollars(value);
    }
    double shown = unit.startsWith("share") ? Math.round(value * 1000) / 10.0 : value;
    return (shown > 0 ? "+" : "") + figure(shown);
  }

  static String dollars(double amount) {
    double size = Math.abs(amount);
    String text;
    if (size >= 999_500) {
      BigDecimal millions =
          BigDecimal.valueOf(size / 1e6).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros();
      text = "$" + millions.toPlainString() + "M";
    } else if (size >= 9_950) {
      text = "$" + whole(size / 1000) + "k";
    } else {
      text = "$" + whole(size);
    }
    return (amount < 0 && !text.equals("$0") ? MINUS : "") + text;
  }

  private static String figure(double value) {
    double size = Math.abs(value);
    String text = size >= 999.5 ? whole(size) : significant(size);
    return (value < 0 ? MINUS : "") + text;
  }

  private static String significant(double size) {
    BigDecimal shown = BigDecimal.valueOf(size).round(new MathContext(3, RoundingMode.HALF_UP));
    return shown.signum() == 0 ? "0" : shown.stripTrailingZeros().toPlainString();
  }

  private static String whole(double size) {
    return String.format(Locale.ROOT, "%,d", Math.round(size));
  }
}
