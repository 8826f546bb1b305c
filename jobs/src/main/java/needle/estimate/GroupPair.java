package needle.estimate;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.NavigableSet;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * Two groups of rows that are compared: values of a column, or spans of its periods.
 *
 * @param column that tells them apart
 * @param grain of the column, where it is that of the periods
 * @param from the group that the difference starts from: a value, or for periods {@code 1..3}
 * @param to the other
 */
public record GroupPair(String column, Grain grain, String from, String to) {
  /** The sign between the first and the last period of a span. */
  public static final String SPAN = "..";

  private static final int MOST_NAMED = 12;

  /** Groups by a column whose numbers are not those of dates. */
  public GroupPair(String column, String from, String to) {
    this(column, Grain.NUMBER, from, to);
  }

  public GroupPair {
    if (from.equals(to)) {
      throw new InvalidInput(
          "The two groups are the same",
          "from and to are both " + from,
          "name two values of " + column);
    }
  }

  Column isFrom(StructType schema) {
    return isIn(from, schema);
  }

  Column isTo(StructType schema) {
    return isIn(to, schema);
  }

  String name(int side) {
    return column + " " + (side == 0 ? from : to);
  }

  private Column isIn(String group, StructType schema) {
    if (!(schema.apply(column).dataType() instanceof NumericType)) {
      return col(column).cast("string").equalTo(group);
    }
    Span span = Span.of(group, grain);
    return PanelColumns.number(column).between(span.first(), span.last());
  }

  /** Fails unless the panel has every period of both spans. */
  void requireAll(NavigableSet<Integer> periods) {
    Span.of(from, grain).requireAll(periods);
    Span.of(to, grain).requireAll(periods);
  }

  void requireBoth(CrossSection sample) {
    if (sample.treated() == 0 || sample.treated() == sample.rows()) {
      throw new InvalidInput(
          "There is nothing to compare",
          "no complete row has " + name(sample.treated() == 0 ? 1 : 0),
          "name values that occur in the column " + column);
    }
  }

  double positive(double freedom) {
    if (freedom < 1) {
      throw new InvalidInput(
          "There is one cluster only",
          "doubt is measured between clusters",
          "supply more, or name a finer cluster");
    }
    return freedom;
  }

  /** From a first to a last period. */
  public record Span(int first, int last, Grain grain) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    public Span {
      if (first > last) {
        throw new InvalidInput(
            "A span ends before it begins",
            "it is " + grain.name(first) + SPAN + grain.name(last),
            "write the earlier period first");
      }
    }

    /** As it is written. */
    String text() {
      return first == last ? grain.name(first) : grain.name(first) + SPAN + grain.name(last);
    }

    /** Fails unless the panel has every period of the span: means of fewer are of another time. */
    void requireAll(NavigableSet<Integer> periods) {
      if (periods.subSet(first, true, last, true).isEmpty()) {
        throw new InvalidInput(
            "There is nothing to compare",
            "no outcome was observed in "
                + text()
                + (periods.isEmpty()
                    ? ""
                    : "; the panel's periods are "
                        + grain.name(periods.first())
                        + SPAN
                        + grain.name(periods.last())),
            "name periods that the panel has, numbered as there, of months 12 × year + month or"
                + " 2024-01");
      }
      List<String> missing =
          IntStream.rangeClosed(first, last)
              .filter(t -> !periods.contains(t))
              .limit(MOST_NAMED + 1)
              .mapToObj(grain::name)
              .toList();
      if (!missing.isEmpty()) {
        throw new InvalidInput(
            "The span " + text() + " has periods that the panel lacks",
            "no outcome was observed in "
                + String.join(", ", missing.subList(0, Math.min(missing.size(), MOST_NAMED)))
                + (missing.size() > MOST_NAMED ? " and others" : ""),
            "end the span where the panel ends, or supply what is missing");
      }
    }

    boolean holds(int period) {
      return first <= period && period <= last;
    }

    /** A span of numbered periods, or of months. */
    public static Span of(String text) {
      return of(text, Grain.NUMBER);
    }

    /** A span of periods of that length. */
    public static Span of(String text, Grain grain) {
      int dots = text.indexOf(SPAN);
      return dots < 0
          ? new Span(number(text, grain), number(text, grain), grain)
          : new Span(
              number(text.substring(0, dots), grain),
              number(text.substring(dots + SPAN.length()), grain),
              grain);
    }

    private static int number(String text, Grain grain) {
      return grain
          .number(text.trim())
          .orElseThrow(
              () ->
                  grain == Grain.NUMBER
                      ? new InvalidInput(
                          "A period is not a number",
                          "it is " + text,
                          "number periods as the panel does, or write months as 2024-01, and a"
                              + " span as 1"
                              + SPAN
                              + "3")
                      : new InvalidInput(
                          "A period is not a date",
                          "it is " + text + ", and the panel's grain is " + grain.word(),
                          "write a day of it, as 2024-01-31, and a span as 2024-01-01"
                              + SPAN
                              + "2024-03-31"));
    }
  }
}
