package needle.pipelines.run;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.silver.MatchRates;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Warns where a source's facts find their people less often than in the months before: a changed id
 * format shows here first.
 *
 * <p>The last {@value MatchRates#TRAILING_MONTHS} months of the run are judged; older falls stay to
 * be seen in {@code silver.match_rates}.
 */
public final class MatchRateAlarm {
  /** A month with fewer facts than this is too small to tell a fall from chance. */
  public static final int FEWEST_FACTS = 20;

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

  /** Enters every fall in the ledger and tells it. */
  public void raise(DeltaTables tables, RunLedger ledger, Period period, PrintWriter terminal) {
    long version = ledger.staged().get(MatchRates.TABLE.qualifiedName());
    for (String fall : falls(tables.at(MatchRates.TABLE.qualifiedName(), version), period)) {
      ledger.warning(MatchRates.TABLE.qualifiedName(), fall);
      terminal.println("warning: " + fall);
    }
    ledger.flush();
    terminal.flush();
  }

  /** One sentence per source and month that fell. */
  List<String> falls(Dataset<Row> matchRates, Period period) {
    return matchRates
        .where(
            col("month_start")
                .gt(add_months(lit(period.end().toString()), -MatchRates.TRAILING_MONTHS)))
        .where(col("facts_of_people").geq(FEWEST_FACTS))
        .where(col("trailing_match_rate").minus(col("match_rate")).gt(drop))
        .orderBy("source", "month_start")
        .select("source", "month_start", "match_rate", "facts_of_people", "trailing_match_rate")
        .collectAsList()
        .stream()
        .map(MatchRateAlarm::sentence)
        .toList();
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
