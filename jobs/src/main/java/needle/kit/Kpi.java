package needle.kit;

import java.util.List;
import java.util.Optional;

/**
 * One business measure, read from {@code pipelines/kpis}: value = numerator / denominator, summed
 * over an employee's period; or, of family duration, the time until something happens.
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
    Optional<TimeToEvent> timeToEvent,
    Optional<Money> money) {

  /** A KPI that is summed. */
  public Kpi(
      String kpiId,
      String title,
      String unit,
      Direction direction,
      Family family,
      boolean needsLeavers,
      Optional<Measure> numerator,
      Optional<Measure> denominator,
      Optional<Money> money) {
    this(
        kpiId,
        title,
        unit,
        direction,
        family,
        needsLeavers,
        numerator,
        denominator,
        Optional.empty(),
        money);
  }

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

  /**
   * What a duration ends with.
   *
   * @param competing what else may happen, after which the event cannot
   * @param withinMonths the horizon, beyond which nobody is followed
   * @param milestone how the event is told from another KPI, where it is one that is reached once
   */
  public record TimeToEvent(
      Happening event,
      List<Happening> competing,
      int withinMonths,
      TimeMeasure measure,
      Optional<Milestone> milestone) {}

  /** In what a duration is told. */
  public enum TimeMeasure {
    /** The share of people to whom the event happens within the horizon. */
    SHARE,
    /** The mean days until the event, of at most the horizon (restricted mean). */
    DAYS
  }

  /**
   * Reached with the last of so many consecutive months with at least a share of the median that
   * people of some tenure have in that month.
   */
  public record Milestone(String ofKpi, double share, int tenuredMonths, int forMonths) {}

  /**
   * Something that happens to a person: rows of one silver table, dated by one of its columns.
   *
   * @param noticeMonths how long before its date it is decided: who has given notice is not trained
   *     any more, and so counts as one who has left
   */
  public record Happening(String table, String datedBy, Optional<String> where, int noticeMonths) {

    /** What is not known before it happens. */
    public Happening(String table, String datedBy, Optional<String> where) {
      this(table, datedBy, where, 0);
    }
  }

  /** What one unit of the KPI is worth, as finance approved it. */
  public record Money(double usdPerUnit, String basis, String approvedBy, String explanation) {}
}
