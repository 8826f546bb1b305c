package needle.estimate;

import static needle.estimate.PanelFault.CLUSTER_CHANGES;
import static needle.estimate.PanelFault.CLUSTER_MISSING;
import static needle.estimate.PanelFault.COHORT_NOT_WHOLE;
import static needle.estimate.PanelFault.COHORT_TOO_LARGE;
import static needle.estimate.PanelFault.COVARIATE_NOT_FINITE;
import static needle.estimate.PanelFault.DUPLICATE;
import static needle.estimate.PanelFault.EXPOSURE_ENDS;
import static needle.estimate.PanelFault.EXPOSURE_MISSING;
import static needle.estimate.PanelFault.EXPOSURE_NOT_BINARY;
import static needle.estimate.PanelFault.OUTCOME_NOT_FINITE;
import static needle.estimate.PanelFault.PERIOD_NOT_WHOLE;
import static needle.estimate.PanelFault.PERIOD_TOO_LARGE;
import static needle.estimate.PanelFault.TWO_COHORTS;
import static needle.estimate.PanelFault.UNIT_MISSING;
import static needle.estimate.PanelFault.WEIGHT_CHANGES;
import static needle.estimate.PanelFault.WEIGHT_NOT_POSITIVE;
import static needle.estimate.UnitRows.COVARIATES;
import static needle.estimate.UnitRows.OUTCOME;
import static needle.estimate.UnitRows.PERIOD;
import static needle.estimate.UnitRows.TREATMENT;

import needle.estimate.UnitHistory.FaultSeen;

/** Finds what is wrong with one unit's rows; the first fault is the one that is told. */
final class UnitFaults {
  private UnitFaults() {}

  /**
   * The fault of a unit, or null.
   *
   * @param clusters how many clusters its rows name: one, or else a fault
   * @param columns what the rows hold
   */
  static FaultSeen in(String unit, Clusters clusters, UnitRows rows, UnitColumns columns) {
    if (unit == null) {
      return new FaultSeen(UNIT_MISSING, rows.count(), "no unit");
    }
    FaultSeen fault = inPeriods(unit, rows, columns.grain());
    if (fault == null && clusters != Clusters.ONE) {
      fault = seen(clusters == Clusters.NONE ? CLUSTER_MISSING : CLUSTER_CHANGES, unit);
    }
    if (fault == null) {
      fault = columns.isExposed() ? inExposure(unit, rows) : inCohort(unit, rows);
    }
    if (fault == null && columns.isWeighted()) {
      fault = inWeight(unit, rows);
    }
    return fault == null ? inCovariates(unit, rows, columns.covariates()) : fault;
  }

  /** What the rows of a unit say of its cluster. */
  enum Clusters {
    ONE,
    /** One row at least names none. */
    NONE,
    SEVERAL
  }

  private static FaultSeen inPeriods(String unit, UnitRows rows, Grain grain) {
    for (int i = 0; i < rows.count(); i++) {
      PanelFault fault = inPeriod(i, rows);
      if (fault != null) {
        long count = 1;
        for (int j = i + 1; j < rows.count(); j++) {
          count += inPeriod(j, rows) == fault ? 1 : 0;
        }
        boolean isDated = fault == DUPLICATE || fault == OUTCOME_NOT_FINITE;
        return new FaultSeen(
            fault,
            count,
            isDated ? unit + " in period " + grain.name((int) rows.get(i, PERIOD)) : unit);
      }
    }
    return null;
  }

  private static PanelFault inPeriod(int row, UnitRows rows) {
    double period = rows.get(row, PERIOD);
    if (period != Math.rint(period)) {
      return PERIOD_NOT_WHOLE;
    }
    if (!PanelFault.isInRange(period)) {
      return PERIOD_TOO_LARGE;
    }
    if (row > 0 && period == rows.get(row - 1, PERIOD)) {
      return DUPLICATE;
    }
    return rows.isEmpty(row, OUTCOME) || Double.isFinite(rows.get(row, OUTCOME))
        ? null
        : OUTCOME_NOT_FINITE;
  }

  private static FaultSeen inCohort(String unit, UnitRows rows) {
    if (!isSame(rows, TREATMENT)) {
      return seen(TWO_COHORTS, unit);
    }
    double first = rows.get(0, TREATMENT);
    // Infinity is a way to write never.
    if (rows.isEmpty(0, TREATMENT) || first == Double.POSITIVE_INFINITY) {
      return null;
    }
    if (first != Math.rint(first)) {
      return seen(COHORT_NOT_WHOLE, unit);
    }
    return PanelFault.isInRange(first) ? null : seen(COHORT_TOO_LARGE, unit);
  }

  private static boolean isSame(UnitRows rows, int column) {
    for (int i = 1; i < rows.count(); i++) {
      if (rows.isEmpty(i, column) != rows.isEmpty(0, column)
          || Double.compare(rows.get(i, column), rows.get(0, column)) != 0) {
        return false;
      }
    }
    return true;
  }

  private static FaultSeen inWeight(String unit, UnitRows rows) {
    if (!isSame(rows, rows.weight())) {
      return seen(WEIGHT_CHANGES, unit);
    }
    double weight = rows.get(0, rows.weight());
    boolean isRight = weight > 0 && Double.isFinite(weight);
    return isRight || rows.isEmpty(0, rows.weight()) ? null : seen(WEIGHT_NOT_POSITIVE, unit);
  }

  private static FaultSeen inExposure(String unit, UnitRows rows) {
    boolean exposed = false;
    for (int i = 0; i < rows.count(); i++) {
      double exposure = rows.get(i, TREATMENT);
      if (rows.isEmpty(i, TREATMENT)) {
        return seen(EXPOSURE_MISSING, unit);
      }
      if (exposure != 0 && exposure != 1) {
        return seen(EXPOSURE_NOT_BINARY, unit);
      }
      if (exposed && exposure == 0) {
        return seen(EXPOSURE_ENDS, unit);
      }
      exposed = exposure != 0;
    }
    return null;
  }

  private static FaultSeen inCovariates(String unit, UnitRows rows, int covariates) {
    for (int i = 0; i < rows.count(); i++) {
      for (int c = COVARIATES; c < COVARIATES + covariates; c++) {
        if (!rows.isEmpty(i, c) && !Double.isFinite(rows.get(i, c))) {
          return seen(COVARIATE_NOT_FINITE, unit);
        }
      }
    }
    return null;
  }

  private static FaultSeen seen(PanelFault fault, String unit) {
    return new FaultSeen(fault, 1, unit);
  }
}
