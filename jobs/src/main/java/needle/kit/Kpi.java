package needle.kit;

import java.util.Optional;

/**
 * One business measure, read from {@code pipelines/kpis}: value = numerator / denominator, summed
 * over an employee's period.
 */
public record Kpi(
    String kpiId,
    String title,
    String unit,
    Direction direction,
    Family family,
    /**
     * Whether people who left decide it, as with turnover: extracts that forgot them cannot serve
     * it.
     */
    boolean needsLeavers,
    Optional<Measure> numerator,
    Optional<Measure> denominator,
    Optional<Money> money) {

  /** Which way is good. */
  public enum Direction {
    UP,
    DOWN,
    /**
     * A change is reported but never called good or bad: more near-miss reports may mean more
     * danger or more candour.
     */
    AMBIGUOUS
  }

  /** How the outcome is distributed, which decides the estimators that may serve it. */
  public enum Family {
    GAUSSIAN,
    COUNT,
    BINARY,
    /**
     * Time to an event, censored where people leave: mean differences over completers would be
     * immortal-time bias.
     */
    DURATION
  }

  /** A sum over the rows of one silver table, dated by one of its columns. */
  public record Measure(String table, String datedBy, String expression, Optional<String> where) {}

  /** What one unit of the KPI is worth, as finance approved it. */
  public record Money(double usdPerUnit, String basis, String approvedBy, String explanation) {}
}
