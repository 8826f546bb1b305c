package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import needle.panel.TargetTrials;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Months of tenure as classes: who is new is trained, and leaves, at another rate than a line
 * through all tenures could tell. Neighbours are one class where one alone would have hardly
 * anybody on either side.
 */
final class TenureClasses implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final List<Integer> BOUNDS = List.of(0, 1, 2, 3, 6, 12, 24, 60, 120);
  private static final int FEWEST = 10;

  /** From which month on each class is, and where its indicator stands; the first has none. */
  private final int[] from;

  private final int[] places;

  private TenureClasses(List<Integer> from, List<Integer> places) {
    this.from = from.stream().mapToInt(i -> i).toArray();
    this.places = places.stream().mapToInt(i -> i).toArray();
  }

  static TenureClasses none() {
    return new TenureClasses(List.of(0), List.of(0));
  }

  /** In which of the classes, none put together, a row is; no tenure is the last of them. */
  static Column finest(String tenure) {
    Column number = lit(BOUNDS.size());
    for (int i = BOUNDS.size() - 1; i >= 0; i--) {
      number = when(isIn(tenure, BOUNDS, i).and(col(tenure).isNotNull()), i).otherwise(number);
    }
    return number;
  }

  /** From which month on each class is, by who there is on either side. */
  static List<Integer> from(Dataset<Row> rows, String tenure, String exposed) {
    List<Column> counts = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < BOUNDS.size(); i++) {
        counts.add(count(when(isIn(tenure, BOUNDS, i).and(col(exposed).equalTo(side)), 1)));
      }
    }
    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).first();
    List<Integer> from = new ArrayList<>();
    int start = 0;
    long[] people = new long[2];
    for (int i = 0; i < BOUNDS.size(); i++) {
      people[0] += found.getLong(1 + i);
      people[1] += found.getLong(1 + BOUNDS.size() + i);
      if (Math.min(people[0], people[1]) >= FEWEST) {
        from.add(start);
        people = new long[2];
        start = i + 1 < BOUNDS.size() ? BOUNDS.get(i + 1) : 0;
      }
    }
    return from.isEmpty() ? List.of(0) : from;
  }

  /** Whether a row is of a class. */
  static Column isIn(String tenure, List<Integer> from, int number) {
    Column reached = number == 0 ? lit(true) : col(tenure).geq(from.get(number));
    return number + 1 < from.size() ? reached.and(col(tenure).lt(from.get(number + 1))) : reached;
  }

  /** Such as tenure_months=12-23. */
  static String name(String tenure, List<Integer> from, int number) {
    String last = number + 1 < from.size() ? "-" + (from.get(number + 1) - 1) : " or more";
    return tenure + "=" + from.get(number) + last;
  }

  static TenureClasses of(List<Integer> from, String tenure, List<String> covariates) {
    List<Integer> places = new ArrayList<>(List.of(0));
    for (int i = 1; i < from.size(); i++) {
      places.add(covariates.indexOf(name(tenure, from, i)));
    }
    return new TenureClasses(from, places);
  }

  /**
   * Adds what growing older changes, so many times.
   *
   * @param vector a constant, then the covariates
   */
  void addChange(double months, double days, double times, double[] vector) {
    int before = classOf(months);
    int after = classOf(months + Math.round(days / TargetTrials.DAYS_PER_MONTH));
    if (before != after) {
      add(before, -times, vector);
      add(after, times, vector);
    }
  }

  private void add(int number, double times, double[] vector) {
    if (number > 0) {
      vector[places[number] + 1] += times;
    }
  }

  private int classOf(double months) {
    int number = 0;
    while (number + 1 < from.length && months >= from[number + 1]) {
      number++;
    }
    return number;
  }
}
