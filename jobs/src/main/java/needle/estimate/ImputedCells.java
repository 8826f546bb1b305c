package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Treated outcomes less what they would have been, summed per cohort and period, with what is
 * needed to tell how sure that is.
 *
 * @param plan which outcomes are untreated
 * @param cells cohort and position of the period of every cell that can be imputed, in order
 * @param counts treated outcomes per cell
 * @param periodEffects β, NaN where no untreated outcome tells of a period
 */
record ImputedCells(ImputationPlan plan, List<int[]> cells, long[] counts, double[] periodEffects)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static ImputedCells of(ImputationPlan plan, ImputationSums sums, double[] periodEffects) {
    List<int[]> cells = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (Map.Entry<Integer, long[]> cohort : new TreeMap<>(sums.treated).entrySet()) {
      for (int t = 0; t < periodEffects.length; t++) {
        if (cohort.getValue()[t] > 0 && !Double.isNaN(periodEffects[t])) {
          cells.add(new int[] {cohort.getKey(), t});
          counts.add(cohort.getValue()[t]);
        }
      }
    }
    return new ImputedCells(
        plan, cells, counts.stream().mapToLong(Long::longValue).toArray(), periodEffects);
  }

  /** The cell of a cohort and period; −1 when it cannot be imputed. */
  int find(int cohort, int t) {
    for (int k = 0; k < cells.size(); k++) {
      if (cells.get(k)[0] == cohort && cells.get(k)[1] == t) {
        return k;
      }
    }
    return -1;
  }

  /** The cells with their periods by number. */
  List<WeightedCells.Cell> panelCells() {
    List<WeightedCells.Cell> found = new ArrayList<>();
    for (int k = 0; k < counts.length; k++) {
      int[] cell = cells.get(k);
      found.add(new WeightedCells.Cell(cell[0], plan.periods()[cell[1]], counts[k]));
    }
    return found;
  }

  /**
   * The unit's intercept: the mean of its untreated outcomes less their periods'; NaN without any.
   */
  double unitEffect(int cohort, double[] outcomes) {
    double sum = 0;
    int count = 0;
    for (int t = 0; t < outcomes.length; t++) {
      if (plan.isUntreated(cohort, t) && !Double.isNaN(outcomes[t])) {
        sum += outcomes[t] - periodEffects[t];
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
