package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a regression with absorbed effects: the dummies of all absorbed columns but the
 * one that is swept out, then the regressors.
 *
 * @param names of the columns
 * @param starts the position of each dummied column's second level
 * @param dummies how many of the columns are dummies
 */
record AbsorbedTerms(List<String> names, int[] starts, int dummies) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * @param others the dummied columns
   * @param levels of each of them, in order
   */
  static AbsorbedTerms of(List<String> others, List<List<String>> levels, List<String> regressors) {
    List<String> names = new ArrayList<>();
    int[] starts = new int[others.size()];
    for (int c = 0; c < starts.length; c++) {
      starts[c] = names.size();
      for (String level : levels.get(c).subList(1, levels.get(c).size())) {
        names.add(others.get(c) + "=" + level);
      }
    }
    int dummies = names.size();
    names.addAll(regressors);
    return new AbsorbedTerms(List.copyOf(names), starts, dummies);
  }

  int size() {
    return names.size();
  }

  int regressors() {
    return names.size() - dummies;
  }

  /** Which dummied column a dummy belongs to. */
  int columnOf(int dummy) {
    int column = starts.length - 1;
    while (starts[column] > dummy) {
      column--;
    }
    return column;
  }

  /** The position of the dummy that a row has in a column; negative for the first level. */
  int dummy(AbsorbedGroup group, int row, int column) {
    int level = group.level(row, column);
    return level == 0 ? -1 : starts[column] + level - 1;
  }

  /** Each row's columns times these slopes, summed. */
  double[] sums(AbsorbedGroup group, double... slopes) {
    double[] sums = new double[group.rows()];
    for (int r = 0; r < sums.length; r++) {
      for (int c = 0; c < starts.length; c++) {
        int dummy = dummy(group, r, c);
        sums[r] += dummy < 0 ? 0 : slopes[dummy];
      }
      for (int k = dummies; k < slopes.length; k++) {
        sums[r] += slopes[k] * group.regressor(r, k - dummies);
      }
    }
    return sums;
  }

  /** All rows of a group, each with one place left at its end. */
  double[][] rows(AbsorbedGroup group) {
    double[][] rows = new double[group.rows()][];
    double[] row = new double[size()];
    for (int r = 0; r < rows.length; r++) {
      group.fill(r, starts, dummies, row);
      rows[r] = java.util.Arrays.copyOf(row, row.length + 1);
    }
    return rows;
  }
}
