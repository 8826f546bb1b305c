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
 * @param from the group that the difference starts from: a value, or for periods {@code 1..3}
 * @param to the other
 */
public record GroupPair(String column, String from, String to) {
  /** The sign between the first and the last period of a span. */
  public static final String SPAN = "..";

  private static final int MOST_NAMED = 12;

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
    Span span = Span.of(group);
    return PanelColumns.number(column).between(span.first(), span.last());
  }

  /** Fails unless the panel has every period of both spans. */
  void requireAll(NavigableSet<Integer> periods) {
    Span.of(from).requireAll(periods);
    Span.of(to).requireAll(periods);
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
  public record Span(int first, int last) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    public Span {
      if (first > last) {
        throw new InvalidInput(
            "A span ends before it begins",
            "it is " + first + SPAN + last,
            "write the earlier period first");
      }
    }

    /** As it is written. */
    String text() {
      return first == last ? Integer.toString(first) : first + SPAN + last;
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
                    : "; the panel's periods are " + periods.first() + SPAN + periods.last()),
            "name periods that the panel has, numbered as there, of months 12 × year + month or"
                + " 2024-01");
      }
      List<String> missing =
          IntStream.rangeClosed(first, last)
              .filter(t -> !periods.contains(t))
              .limit(MOST_NAMED + 1)
              .mapToObj(Integer::toString)
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

    public static Span of(String text) {
      int dots = text.indexOf(SPAN);
      return dots < 0
          ? new Span(number(text), number(text))
          : new Span(number(text.substring(0, dots)), number(text.substring(dots + SPAN.length())));
    }

    static int number(String text) {
      try {
        String[] month = text.trim().split("-", -1);
        // A month of a year, numbered like panels of months.
        return month.length == 2 && month[0].length() == 4
            ? 12 * Integer.parseInt(month[0]) + Integer.parseInt(month[1])
            : Integer.parseInt(text.trim());
      } catch (NumberFormatException e) {
        throw new InvalidInput(
            "A period is not a number",
            "it is " + text,
            "number periods as the panel does, or write months as 2024-01, and a span as 1"
                + SPAN
                + "3");
      }
    }
  }
}
