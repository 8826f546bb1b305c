package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.year;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Attribution.Reason;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * What share of each source's facts found their person, month by month, beside the months before.
 *
 * <p>Facts of queues, shared and test accounts are nobody's by right and count neither way.
 */
public final class MatchRates implements Job {
  /** How many months before a month it is compared with. */
  public static final int TRAILING_MONTHS = 6;

  public static final TableContract TABLE =
      table(SILVER, "match_rates", "Share of facts that found their person, per source and month")
          .oneRowPer("source", "month_start")
          .column("source", TEXT, "The silver table, and the extract where it has several")
          .column("month_start", DATE, "Month of the facts")
          .column("facts", WHOLE, "All facts")
          .column("facts_of_people", WHOLE, "Facts but those of shared and test accounts")
          .column("matched", WHOLE, "Facts with a person")
          .optional("match_rate", NUMBER, "matched / facts_of_people; empty where there are none")
          .optional(
              "trailing_match_rate",
              NUMBER,
              "The same over the " + TRAILING_MONTHS + " months before; empty without any")
          .check(
              "matched <= facts_of_people and facts_of_people <= facts",
              "no more are matched than there are");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(FactCounts.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column isNobodys =
        col("outcome").isin(Reason.SHARED_ACCOUNT.code(), Reason.TEST_ACCOUNT.code());
    return in.rows(FactCounts.TABLE)
        .groupBy("source", "month_start")
        .agg(
            sum("facts").as("facts"),
            sum(when(not(isNobodys), col("facts")).otherwise(0L)).as("facts_of_people"),
            sum(when(col("outcome").equalTo(FactCounts.ATTRIBUTED), col("facts")).otherwise(0L))
                .as("matched"))
        .withColumn("match_rate", share(col("matched"), col("facts_of_people")))
        .withColumn(
            "trailing_match_rate",
            share(
                sum("matched").over(monthsBefore()), sum("facts_of_people").over(monthsBefore())));
  }

  private static Column share(Column part, Column whole) {
    return when(whole.gt(0), part.divide(whole));
  }

  private static WindowSpec monthsBefore() {
    Column running = year(col("month_start")).multiply(12).plus(month(col("month_start")));
    return Window.partitionBy("source").orderBy(running).rangeBetween(-TRAILING_MONTHS, -1);
  }
}
