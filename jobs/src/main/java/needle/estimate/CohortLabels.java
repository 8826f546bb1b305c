package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts that a cohort can play in all comparisons. Cohorts that play the same are one, such as
 * the never treated and those treated after the last period.
 */
final class CohortLabels implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of a cohort that has no part in any comparison, such as one treated from the start. */
  static final int NONE = -1;

  private final Comparisons comparisons;
  private final List<Integer> cohorts = new ArrayList<>();
  private final List<byte[]> roles = new ArrayList<>();
  private final Map<Integer, Integer> known = new HashMap<>();

  /**
   * @param present the cohorts of the panel
   */
  CohortLabels(Comparisons comparisons, Iterable<Integer> present) {
    this.comparisons = comparisons;
    for (int cohort : present) {
      if (of(cohort) == NONE && hasPart(comparisons.roles(cohort))) {
        known.put(cohort, cohorts.size());
        cohorts.add(cohort);
        roles.add(comparisons.roles(cohort));
      }
    }
  }

  /** The label of a cohort. */
  int of(int cohort) {
    Integer label = known.get(cohort);
    if (label == null) {
      byte[] own = comparisons.roles(cohort);
      label = NONE;
      for (int i = 0; i < roles.size(); i++) {
        label = Arrays.equals(roles.get(i), own) ? Integer.valueOf(i) : label;
      }
      if (label != NONE) {
        known.put(cohort, label);
      }
    }
    return label;
  }

  private static boolean hasPart(byte[] roles) {
    for (byte role : roles) {
      if (role != 0) {
        return true;
      }
    }
    return false;
  }

  int count() {
    return cohorts.size();
  }

  /** A cohort that has the label. */
  int cohort(int label) {
    return cohorts.get(label);
  }

  /** Per cell, whether clusters with the label are treated (1), controls (−1) or neither. */
  byte[] roles(int label) {
    return roles.get(label);
  }
}
