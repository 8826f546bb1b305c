package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import needle.estimate.EffectEstimate.Diagnostic;

/**
 * Over how many clusters and units the sides of comparisons are spread. Where people are drawn
 * anew, a comparison stands on the end that is spread over fewer.
 */
final class EndSpreads implements Serializable {
  private static final long serialVersionUID = 1L;

  // Of the period, then of the base; one for both where the same units are seen.
  private final SideSpread[] ends;
  private final boolean[] isTreated;
  private final boolean[] isControl;

  EndSpreads(int cells, boolean isFollowed) {
    this.ends = new SideSpread[isFollowed ? 1 : 2];
    Arrays.setAll(ends, e -> new SideSpread(cells));
    this.isTreated = new boolean[ends.length];
    this.isControl = new boolean[ends.length];
  }

  /**
   * A unit's part in a cell.
   *
   * @param isAfter whether it was observed in the cell's period
   * @param counts whether the cell is one after treatment
   */
  void add(int cell, boolean isOfTreated, boolean isAfter, boolean counts, double weight) {
    int end = isAfter ? 0 : 1;
    ends[end].add(cell, isOfTreated, weight);
    isTreated[end] |= isOfTreated && counts;
    isControl[end] |= !isOfTreated && counts;
  }

  /** Called after the last cell of a unit that is compared at all. */
  void finishUnit(double weight) {
    for (int e = 0; e < ends.length; e++) {
      ends[e].addUnit(isTreated[e], isControl[e], weight);
      isTreated[e] = false;
      isControl[e] = false;
    }
  }

  /** Units of one cohort that are followed, are a cluster each and weigh 1. */
  void addAll(byte[] role, boolean areTreated, boolean areControls, long count) {
    ends[0].addAll(role, areTreated, areControls, count);
  }

  /** See {@link SideSpread#finish}. */
  void finish(boolean isCompared) {
    for (SideSpread end : ends) {
      end.finish(isCompared);
    }
  }

  void merge(EndSpreads other) {
    for (int e = 0; e < ends.length; e++) {
      ends[e].merge(other.ends[e]);
    }
  }

  int cells() {
    return ends[0].cells();
  }

  /** See {@link SideSpread#treatedClusters}. */
  double treatedClusters(int... cells) {
    return fewer(end -> end.treatedClusters(cells));
  }

  /** See {@link SideSpread#treatedMeans}; the more of either end. */
  double treatedMeans(int... cells) {
    return -fewer(end -> -end.treatedMeans(cells));
  }

  /** See {@link SideSpread#controlClusters}. */
  double controlClusters(int cell) {
    return fewer(end -> end.controlClusters(cell));
  }

  /** The same of everybody who is a control in a comparison after treatment. */
  double controlClusters() {
    return fewer(SideSpread::controlClusters);
  }

  private double fewer(ToDoubleFunction<SideSpread> count) {
    return Arrays.stream(ends).mapToDouble(count).min().orElseThrow();
  }

  /** As how many equally weighted units the weighted ones of either side count. */
  List<Diagnostic> effectiveUnits() {
    return List.of(
        effective("treated", fewer(end -> end.effectiveUnits(0))),
        effective("control", fewer(end -> end.effectiveUnits(1))));
  }

  private static Diagnostic effective(String side, double units) {
    return DesignChecks.counted(
        "units",
        "effective_" + side,
        (long) (units + 1e-6),
        DesignChecks.FEWEST_UNITS,
        DesignChecks.ENOUGH_UNITS,
        String.format(
            Locale.ROOT, "By their sampling weights, the %s units count as %%d equal ones.", side));
  }
}
