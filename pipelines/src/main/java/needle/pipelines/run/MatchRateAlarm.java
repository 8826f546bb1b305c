package needle.pipelines.run;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.silver.MatchRates;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Warns where a source's facts find their people less often than in the months before, and where
 * most never did: a changed id format shows here first, and so does one that never fitted.
 *
 * <p>The last {@value MatchRates#TRAILING_MONTHS} months of the run are judged; older falls stay to
 * be seen in {@code silver.match_rates}.
 */
public final class MatchRateAlarm {
  /** A month with fewer facts than this is too small to tell a fall from chance. */
  public static final int FEWEST_FACTS = 20;

  /** A newest month below this share is told, whatever the months before it were. */
  public static final double LOWEST = 0.5;

  private final double drop;

  /**
   * @param drop the fall that is let pass, as a share: 0.05 is five points
   */
  public MatchRateAlarm(double drop) {
    if (!(drop > 0 && drop <= 1)) {
      throw new InvalidInput(
          "The match-rate alarm cannot be set to " + drop,
          "the fall that is let pass is a share above 0 and at most 1",
          "give --match-rate-drop such as 0.05");
    }
    this.drop = drop;
  }

  /** Enters every fall and every source that fits badly in the ledger and tells it. */
  public void raise(DeltaTables tables, RunLedger ledger, Period period, PrintWriter terminal) {
    long version = ledger.staged().get(MatchRates.TABLE.qualifiedName());
    Dataset<Row> rates = tables.at(MatchRates.TABLE.qualifiedName(), version);
    List<String> warnings =
        Stream.of(falls(rates, period), misfits(rates, period), rare(rates))
            .flatMap(List::stream)
            .toList();
    Warnings.tell(MatchRates.TABLE.qualifiedName(), warnings, ledger, terminal);
  }

  /** One sentence per source and month that fell. */
  List<String> falls(Dataset<Row> matchRates, Period period) {
    return judged(matchRates, period)
        .where(col("trailing_match_rate").minus(col("match_rate")).gt(drop))
        .orderBy("source", "month_start")
        .select("source", "month_start", "match_rate", "facts_of_people", "trailing_match_rate")
        .collectAsList()
        .stream()
        .map(MatchRateAlarm::sentence)
        .toList();
  }

  /** One sentence per source of whose newest facts most find nobody, and did not before. */
  List<String> misfits(Dataset<Row> matchRates, Period period) {
    Column isNewest =
        col("month_start").equalTo(max("month_start").over(Window.partitionBy("source")));
    Column fell =
        coalesce(col("trailing_match_rate").minus(col("match_rate")).gt(drop), lit(false));
    return judged(matchRates, period)
        .withColumn("is_newest", isNewest)
        .where(col("is_newest").and(col("match_rate").lt(LOWEST)).and(not(fell)))
        .orderBy("source")
        .select("source", "month_start", "match_rate", "facts_of_people")
        .collectAsList()
        .stream()
        .map(
            r ->
                misfit(
                    r.getDouble(2), r.getLong(3), r.getString(0), "%.7s".formatted(r.getDate(1))))
        .toList();
  }

  /**
   * One sentence per source that never has enough facts in a month, and most of all find nobody.
   */
  List<String> rare(Dataset<Row> matchRates) {
    return matchRates
        .groupBy("source")
        .agg(
            max("facts_of_people").as("most"),
            sum("facts_of_people").as("facts"),
            sum("matched").as("matched"))
        .where(col("most").lt(FEWEST_FACTS).and(col("facts").geq(FEWEST_FACTS)))
        .where(col("matched").lt(col("facts").multiply(LOWEST)))
        .orderBy("source")
        .collectAsList()
        .stream()
        .map(
            r ->
                misfit(
                    r.getLong(3) / (double) r.getLong(2),
                    r.getLong(2),
                    r.getString(0),
                    "all months"))
        .toList();
  }

  private static String misfit(double share, long facts, String source, String when) {
    return String.format(
        Locale.ROOT,
        "%.1f%% of the %,d facts of silver.%s in %s found their person: its ids may not be those of"
            + " the HR files; silver.unattributed has the reasons",
        100 * share,
        facts,
        source,
        when);
  }

  private static Dataset<Row> judged(Dataset<Row> matchRates, Period period) {
    return matchRates
        .where(
            col("month_start")
                .gt(add_months(lit(period.end().toString()), -MatchRates.TRAILING_MONTHS)))
        .where(col("facts_of_people").geq(FEWEST_FACTS));
  }

  private static String sentence(Row fall) {
    return String.format(
        Locale.ROOT,
        "the match rate of silver.%s fell in %.7s: %.1f%% of %,d facts found their person, against"
            + " %.1f%% in the months before; silver.unattributed has the reasons",
        fall.getString(0),
        fall.getDate(1),
        100 * fall.getDouble(2),
        fall.getLong(3),
        100 * fall.getDouble(4));
  }
}
