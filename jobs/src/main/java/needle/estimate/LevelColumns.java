package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows with an indicator for every level but one of each categorical column, and how all levels'
 * coefficients and means follow from those of the columns that are fitted.
 *
 * @param rows with the columns to fit
 * @param fitted their names
 * @param all numbers and levels, the ones that are not fitted among them
 */
record LevelColumns(Dataset<Row> rows, List<String> fitted, List<Term> all) {
  private static final int MOST_LEVELS = 100;
  private static final String PREFIX = "needle_level_";

  /**
   * A number, or one level of a categorical column.
   *
   * @param position among the fitted columns, −1 for the level that has none
   * @param levels positions of all fitted levels of its column; null for a number
   */
  record Term(String variable, String name, int position, int[] levels) {
    boolean isLevel() {
      return levels != null;
    }

    /** Its coefficient as a form in the fitted ones, the constant before them. */
    double[] coefficient(int width) {
      double[] form = new double[width];
      if (isLevel()) {
        for (int other : levels) {
          form[other + 1] -= 1.0 / (levels.length + 1);
        }
      }
      if (position >= 0) {
        form[position + 1] += 1;
      }
      return form;
    }

    /**
     * Its mean as a form in the means of the fitted columns less their centres, after a constant.
     */
    double[] mean(double[] centres, int width) {
      double[] form = new double[width];
      if (position >= 0) {
        form[position + 1] = 1;
        form[0] = centres[position];
        return form;
      }
      form[0] = 1;
      for (int other : levels) {
        form[other + 1] = -1;
        form[0] -= centres[other];
      }
      return form;
    }
  }

  static LevelColumns of(Dataset<Row> rows, List<String> numbers, List<String> categorical) {
    List<String> fitted = new ArrayList<>(numbers);
    List<Term> all = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      all.add(new Term(numbers.get(i), numbers.get(i), i, null));
    }
    Dataset<Row> wider = rows;
    for (String column : categorical) {
      List<String> levels = levels(rows, column);
      int start = fitted.size();
      int[] positions = IntStream.range(start, start + levels.size() - 1).toArray();
      Column name = col(column).cast("string");
      for (int l = 0; l < levels.size(); l++) {
        // The last level is what is left of one.
        boolean isLast = l == levels.size() - 1;
        all.add(
            new Term(column, column + ": " + levels.get(l), isLast ? -1 : start + l, positions));
        if (!isLast) {
          String indicator = PREFIX + fitted.size();
          fitted.add(indicator);
          wider =
              wider.withColumn(
                  indicator, when(name.equalTo(levels.get(l)), 1).when(name.isNotNull(), 0));
        }
      }
    }
    return new LevelColumns(wider, fitted, all);
  }

  /** One categorical column, with the combinations of these columns for levels. */
  static LevelColumns ofCells(Dataset<Row> rows, List<String> columns) {
    Column[] names = columns.stream().map(c -> col(c).cast("string")).toArray(Column[]::new);
    Column isThere = col(columns.get(0)).isNotNull();
    for (String column : columns) {
      isThere = isThere.and(col(column).isNotNull());
    }
    String cell = String.join(" / ", columns);
    Column value = when(isThere, array_join(array(names), " / "));
    return of(columns.size() == 1 ? rows : rows.withColumn(cell, value), List.of(), List.of(cell));
  }

  private static List<String> levels(Dataset<Row> rows, String column) {
    List<String> levels =
        rows
            .where(col(column).isNotNull())
            .select(col(column).cast("string"))
            .distinct()
            .limit(MOST_LEVELS + 1)
            .collectAsList()
            .stream()
            .map(r -> r.getString(0))
            .sorted()
            .toList();
    if (levels.size() < 2 || levels.size() > MOST_LEVELS) {
      throw new InvalidInput(
          "The column " + column + " does not divide the rows",
          "it has "
              + (levels.size() > MOST_LEVELS ? "more than " + MOST_LEVELS : levels.size())
              + " different values",
          "give a column with 2 to " + MOST_LEVELS + " values, or leave it out");
    }
    return levels;
  }

  List<String> names() {
    return all.stream().map(Term::variable).distinct().toList();
  }

  /** Fails where a level occurs in one group only, and so has no outcome in the other. */
  void requireOnBothSides(SubjectSums sums, double[] centres, GroupPair groups) {
    int width = fitted.size() + 1;
    Faults faults = new Faults("The levels");
    for (int side = 0; side < 2; side++) {
      double[] ofSide = sums.leading(width, side);
      for (Term term : all) {
        double[] form = term.mean(centres, width);
        double rows = 0;
        for (int i = 0; i < width; i++) {
          rows += form[i] * ofSide[i];
        }
        // A count, but for rounding.
        if (term.isLevel() && rows < 0.5) {
          faults.add(
              "Not everything can be compared",
              "no row with " + term.name() + " has " + groups.name(side),
              "merge this level with another, or leave its rows out");
        }
      }
    }
    faults.report();
  }
}
