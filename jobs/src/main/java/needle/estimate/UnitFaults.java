package needle.estimate;

import static needle.estimate.PanelFault.CLUSTER_CHANGES;
import static needle.estimate.PanelFault.CLUSTER_MISSING;
import static needle.estimate.PanelFault.COHORT_NOT_WHOLE;
import static needle.estimate.PanelFault.COVARIATE_NOT_FINITE;
import static needle.estimate.PanelFault.DUPLICATE;
import static needle.estimate.PanelFault.EXPOSURE_ENDS;
import static needle.estimate.PanelFault.EXPOSURE_MISSING;
import static needle.estimate.PanelFault.EXPOSURE_NOT_BINARY;
import static needle.estimate.PanelFault.OUTCOME_NOT_FINITE;
import static needle.estimate.PanelFault.PERIOD_NOT_WHOLE;
import static needle.estimate.PanelFault.TWO_COHORTS;
import static needle.estimate.PanelFault.UNIT_MISSING;

import java.util.List;
import java.util.Objects;
import needle.estimate.UnitHistory.FaultSeen;
import org.apache.spark.sql.Row;

/** Finds what is wrong with one unit's rows; the first fault is the one that is told. */
final class UnitFaults {
  private UnitFaults() {}

  /**
   * The fault of a unit, or null.
   *
   * @param history rows of period, outcome, exposed, covariates, in the order of the periods
   */
  static FaultSeen in(Row line, List<Row> history, boolean exposure) {
    String unit = line.getAs("unit");
    if (unit == null) {
      return new FaultSeen(UNIT_MISSING, history.size(), "no unit");
    }
    FaultSeen fault = inPeriods(unit, history);
    if (fault == null) {
      fault = inCluster(unit, line, history.size());
    }
    if (fault == null) {
      fault = exposure ? inExposure(unit, history) : inCohort(unit, line, history.size());
    }
    return fault == null ? inCovariates(unit, history) : fault;
  }

  private static FaultSeen inPeriods(String unit, List<Row> history) {
    double before = Double.NaN;
    for (Row row : history) {
      if (row.isNullAt(0) || row.getDouble(0) != Math.rint(row.getDouble(0))) {
        return seen(PERIOD_NOT_WHOLE, unit);
      }
      if (row.getDouble(0) == before) {
        return new FaultSeen(DUPLICATE, 1, unit + " in period " + (long) before);
      }
      if (!row.isNullAt(1) && !Double.isFinite(row.getDouble(1))) {
        return seen(OUTCOME_NOT_FINITE, unit);
      }
      before = row.getDouble(0);
    }
    return null;
  }

  private static FaultSeen inCluster(String unit, Row line, int rows) {
    if (line.<Long>getAs("cluster_rows") < rows) {
      return seen(CLUSTER_MISSING, unit);
    }
    boolean same = Objects.equals(line.getAs("cluster"), line.getAs("cluster_last"));
    return same ? null : seen(CLUSTER_CHANGES, unit);
  }

  private static FaultSeen inCohort(String unit, Row line, int rows) {
    Double first = line.getAs("adopted");
    if (first == null) {
      return null;
    }
    boolean everywhere = line.<Long>getAs("adopted_rows") == rows;
    if (!everywhere || !first.equals(line.getAs("adopted_last"))) {
      return seen(TWO_COHORTS, unit);
    }
    return first != Math.rint(first) ? seen(COHORT_NOT_WHOLE, unit) : null;
  }

  private static FaultSeen inExposure(String unit, List<Row> history) {
    boolean exposed = false;
    for (Row row : history) {
      if (row.isNullAt(2)) {
        return seen(EXPOSURE_MISSING, unit);
      }
      if (row.getDouble(2) != 0 && row.getDouble(2) != 1) {
        return seen(EXPOSURE_NOT_BINARY, unit);
      }
      if (exposed && row.getDouble(2) == 0) {
        return seen(EXPOSURE_ENDS, unit);
      }
      exposed = row.getDouble(2) != 0;
    }
    return null;
  }

  private static FaultSeen inCovariates(String unit, List<Row> history) {
    for (Row row : history) {
      List<Double> covariates = row.getList(3);
      if (covariates.stream().anyMatch(c -> c != null && !Double.isFinite(c))) {
        return seen(COVARIATE_NOT_FINITE, unit);
      }
    }
    return null;
  }

  private static FaultSeen seen(PanelFault fault, String unit) {
    return new FaultSeen(fault, 1, unit);
  }
}
