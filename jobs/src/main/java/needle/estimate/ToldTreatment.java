package needle.estimate;

import java.io.Serializable;
import java.util.TreeMap;

/**
 * Whether the outcomes of a panel tell the treatment: all untreated ones are the same, and there is
 * a time since treatment at which all are larger, or all smaller. Nothing more is looked at once
 * two untreated outcomes differ, as they do nearly always.
 */
final class ToldTreatment implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The least and the largest of so many outcomes. */
  private static final class Span implements Serializable {
    private static final long serialVersionUID = 1L;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private long count;

    void add(double value) {
      least = Math.min(least, value);
      most = Math.max(most, value);
      count++;
    }

    Span merge(Span other) {
      least = Math.min(least, other.least);
      most = Math.max(most, other.most);
      count += other.count;
      return this;
    }
  }

  private final Span untreated = new Span();
  private final TreeMap<Integer, Span> treated = new TreeMap<>();

  void add(UnitHistory unit) {
    for (int i = 0; i < unit.periods().length && untreated.least >= untreated.most; i++) {
      int eventTime = unit.periods()[i] - unit.cohort();
      if (unit.periods()[i] < unit.cohort()) {
        untreated.add(unit.outcomes()[i]);
      } else {
        treated.computeIfAbsent(eventTime, time -> new Span()).add(unit.outcomes()[i]);
      }
    }
  }

  void merge(ToldTreatment other) {
    untreated.merge(other.untreated);
    other.treated.forEach((time, span) -> treated.merge(time, span, Span::merge));
  }

  boolean isTold() {
    return untreated.count >= Circularity.ENOUGH
        && untreated.least == untreated.most
        && treated.values().stream()
            .anyMatch(
                span ->
                    span.count >= Circularity.ENOUGH
                        && (span.least > untreated.most || span.most < untreated.least));
  }
}
