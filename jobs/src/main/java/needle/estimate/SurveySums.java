package needle.estimate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the estimates of all cells need to know where people are drawn anew in every
 * period: the treated and the controls of each comparison at either end.
 */
final class SurveySums implements OrderedSums.Partial<UnitHistory, SurveySums> {
  private static final long serialVersionUID = 1L;

  private final Comparisons comparisons;
  private final double[] means;
  // Null without propensities: a field of a serialised object.
  private final Propensities propensities;
  private final Map<Integer, byte[]> roles = new HashMap<>();
  private final double[] outcomes;
  private final double[] x;
  private final CornerSums[][] corners;

  /**
   * @param means what covariates are centred at; a constant comes before them
   */
  SurveySums(Comparisons comparisons, double[] means, Optional<Propensities> propensities) {
    this.comparisons = comparisons;
    this.means = means;
    this.propensities = propensities.orElse(null);
    this.outcomes = new double[comparisons.periods().length];
    this.x = new double[means.length + 1];
    this.corners = new CornerSums[comparisons.cells().length][4];
    for (CornerSums[] ofCell : corners) {
      for (int c = 0; c < ofCell.length; c++) {
        ofCell[c] = new CornerSums(x.length, c < 2 && propensities.isPresent());
      }
    }
  }

  @Override
  public SurveySums empty() {
    return new SurveySums(comparisons, means, Optional.ofNullable(propensities));
  }

  @Override
  public void add(UnitHistory unit) {
    if (!comparisons.takes(unit)) {
      return;
    }
    unit.align(comparisons.periods(), outcomes);
    CellSums.centre(unit, means, x);
    byte[] role = roles.computeIfAbsent(unit.cohort(), comparisons::roles);
    Comparisons.Cell[] cells = comparisons.cells();
    for (int k = 0; k < cells.length; k++) {
      double before = outcomes[cells[k].base()];
      double after = outcomes[cells[k].period()];
      if (role[k] == 0
          || !comparisons.isSeen(before, after)
          || propensities != null && !propensities.has(k)) {
        continue;
      }
      int end = Double.isNaN(after) ? 1 : 0;
      double odds = propensities == null || role[k] > 0 ? 1 : CellSums.odds(propensities.of(k, x));
      corner(k, role[k] > 0, end).add(x, end == 0 ? after : before, unit.weight(), odds);
    }
  }

  /**
   * @param end 0 for the comparison's period, 1 for its base
   */
  CornerSums corner(int cell, boolean isTreated, int end) {
    return corners[cell][(isTreated ? 2 : 0) + end];
  }

  @Override
  public SurveySums merge(SurveySums other) {
    for (int k = 0; k < corners.length; k++) {
      for (int c = 0; c < corners[k].length; c++) {
        corners[k][c].merge(other.corners[k][c]);
      }
    }
    return this;
  }
}
