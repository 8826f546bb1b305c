package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import needle.estimate.StudyDesign.BasePeriod;
import needle.estimate.StudyDesign.ControlGroup;

/**
 * Which comparisons a panel allows: one cell per cohort and period, each with its base period, and
 * the cohorts that may serve as its controls.
 *
 * <p>A cell's base is the last period before treatment less the anticipation. With a varying base,
 * a lead is compared with the period just before it.
 */
final class Comparisons implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The change of one cohort from {@code base} to {@code period}, both positions in time. */
  record Cell(int cohort, int period, int base, boolean isLead) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private final int[] periods;
  private final int[] cohorts;
  private final Cell[] cells;
  private final boolean neverOnly;
  private final int anticipation;
  private final boolean isFollowed;

  private Comparisons(int[] periods, int[] cohorts, Cell[] cells, StudyDesign design) {
    this.periods = periods;
    this.cohorts = cohorts;
    this.cells = cells;
    this.neverOnly = design.control() == ControlGroup.NEVER_TREATED;
    this.anticipation = design.anticipation();
    this.isFollowed = design.sampling().isFollowed();
  }

  /**
   * @param periods of the panel, ascending
   * @param cohorts treated within it, ascending
   */
  static Comparisons of(int[] periods, int[] cohorts, StudyDesign design) {
    List<Cell> cells = new ArrayList<>();
    for (int cohort : cohorts) {
      int start = cohort - design.anticipation();
      int base = lastBefore(periods, start);
      for (int t = 0; t < periods.length && base >= 0; t++) {
        boolean lead = periods[t] < start;
        int from = lead && design.basePeriod() == BasePeriod.VARYING ? t - 1 : base;
        if (from >= 0 && from != t) {
          cells.add(new Cell(cohort, t, from, lead));
        }
      }
    }
    return new Comparisons(periods, cohorts, cells.toArray(Cell[]::new), design);
  }

  private static int lastBefore(int[] periods, int start) {
    int last = -1;
    while (last + 1 < periods.length && periods[last + 1] < start) {
      last++;
    }
    return last;
  }

  /** Only those cells. */
  Comparisons keep(List<Cell> kept, StudyDesign design) {
    return new Comparisons(periods, cohorts, kept.toArray(Cell[]::new), design);
  }

  Cell[] cells() {
    return cells;
  }

  int[] periods() {
    return periods;
  }

  int[] cohorts() {
    return cohorts;
  }

  /**
   * The position of the last period before a cohort's treatment; −1 if there is none.
   *
   * @param isBase whether it has to be before the anticipation, too
   */
  int lastBefore(int cohort, boolean isBase) {
    return lastBefore(periods, isBase ? cohort - anticipation : cohort);
  }

  /** The first period in which that cohort may react. */
  int start(int cohort) {
    return cohort - anticipation;
  }

  /** Whether that cohort is treated within the panel. */
  boolean isEverTreated(int cohort) {
    return cohort <= periods[periods.length - 1];
  }

  /** Whether that cohort may serve as a control as long as it is untreated. */
  boolean isEverControl(int cohort) {
    return !neverOnly || !isEverTreated(cohort);
  }

  /** Whether nothing was observed of that cohort before it could react. */
  boolean isEarly(int cohort) {
    return periods.length > 0 && cohort - anticipation <= periods[0];
  }

  int cohortIndex(int cohort) {
    return Arrays.binarySearch(cohorts, cohort);
  }

  int eventTime(Cell cell) {
    return periods[cell.period()] - cell.cohort();
  }

  /** Whether that cohort is untreated, and not yet reacting, at both ends of the cell. */
  boolean isControl(int cohort, Cell cell) {
    if (cohort == UnitHistory.NEVER) {
      return true;
    }
    boolean allowed = cohort != cell.cohort() && isEverControl(cohort);
    return allowed && cohort - anticipation > periods[Math.max(cell.period(), cell.base())];
  }

  /** Whether nothing of a unit is missing that comparisons need. */
  boolean takes(UnitHistory unit) {
    return unit.covariates() != null
        && unit.periods().length >= (isFollowed ? 2 : 1)
        && unit.weight() > 0;
  }

  /**
   * Whether a unit is part of a cell that its cohort is part of.
   *
   * @param before its outcome at the base, NaN where it was not observed
   * @param after its outcome in the period
   */
  boolean isSeen(double before, double after) {
    return isFollowed
        ? !Double.isNaN(after - before)
        : !Double.isNaN(before) || !Double.isNaN(after);
  }

  /** Whether the same units are seen at both ends of a cell. */
  boolean isFollowed() {
    return isFollowed;
  }

  /** Cells in which that cohort is treated (1) or a control (−1). */
  byte[] roles(int cohort) {
    byte[] roles = new byte[cells.length];
    for (int k = 0; k < cells.length; k++) {
      roles[k] = (byte) (cells[k].cohort() == cohort ? 1 : isControl(cohort, cells[k]) ? -1 : 0);
    }
    return roles;
  }
}
