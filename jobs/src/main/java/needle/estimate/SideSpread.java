package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Over how many clusters, and over how many units, the treated and the controls are spread. A unit
 * counts as often as its sampling weight says.
 */
final class SideSpread implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int cells;

  // Of the present cluster, cell by cell.
  private final double[] treatedInCluster;
  private final double[] controlsInCluster;
  private double controlUnitsInCluster;

  // Cross products of clusters' numbers of treated units, row by row, and the numbers themselves.
  private final double[] treatedProducts;
  private final double[] treatedUnits;

  // Per cell, the squares of each cluster's number of controls, added up, and the number itself.
  private final double[] squaredControls;

  private final double[] controlsInCell;

  // Units that are controls in any comparison after treatment, and their squares within clusters.
  private double controlUnits;
  private double squaredControlUnits;

  // Of units treated or a control there: how many there are, and the squares of weights.
  private final double[] units = new double[2];
  private final double[] squaredUnits = new double[2];

  SideSpread(int cells) {
    this.cells = cells;
    this.treatedInCluster = new double[cells];
    this.controlsInCluster = new double[cells];
    this.treatedProducts = new double[cells * cells];
    this.treatedUnits = new double[cells];
    this.squaredControls = new double[cells];
    this.controlsInCell = new double[cells];
  }

  int cells() {
    return cells;
  }

  /** A unit's part in a cell. */
  void add(int cell, boolean isTreated, double weight) {
    (isTreated ? treatedInCluster : controlsInCluster)[cell] += weight;
  }

  /**
   * A unit that is compared at all.
   *
   * @param isTreated whether it is treated in any comparison after treatment
   * @param isControl whether it is a control in any
   */
  void addUnit(boolean isTreated, boolean isControl, double weight) {
    controlUnitsInCluster += isControl ? weight : 0;
    addUnits(isTreated, isControl, weight, 1);
  }

  private void addUnits(boolean isTreated, boolean isControl, double weight, long count) {
    units[0] += isTreated ? weight * count : 0;
    squaredUnits[0] += isTreated ? weight * weight * count : 0;
    units[1] += isControl ? weight * count : 0;
    squaredUnits[1] += isControl ? weight * weight * count : 0;
  }

  /** Units of one cohort that are a cluster each and weigh 1. */
  void addAll(byte[] role, boolean isTreated, boolean isControl, long count) {
    for (int k = 0; k < cells; k++) {
      squaredControls[k] += role[k] < 0 ? count : 0;
      controlsInCell[k] += role[k] < 0 ? count : 0;
      treatedUnits[k] += role[k] > 0 ? count : 0;
      for (int l = 0; l < cells; l++) {
        treatedProducts[k * cells + l] += role[k] > 0 && role[l] > 0 ? count : 0;
      }
    }
    controlUnits += isControl ? count : 0;
    squaredControlUnits += isControl ? count : 0;
    addUnits(isTreated, isControl, 1, count);
  }

  /**
   * Called after a cluster's last unit.
   *
   * @param isCompared whether any of its units is
   */
  void finish(boolean isCompared) {
    if (isCompared) {
      InfluenceSums.addProducts(treatedInCluster, treatedProducts);
      CellSums.add(treatedUnits, treatedInCluster);
      CellSums.add(controlsInCell, controlsInCluster);
      for (int k = 0; k < cells; k++) {
        squaredControls[k] += controlsInCluster[k] * controlsInCluster[k];
      }
      controlUnits += controlUnitsInCluster;
      squaredControlUnits += controlUnitsInCluster * controlUnitsInCluster;
    }
    Arrays.fill(treatedInCluster, 0);
    Arrays.fill(controlsInCluster, 0);
    controlUnitsInCluster = 0;
  }

  void merge(SideSpread other) {
    CellSums.add(treatedProducts, other.treatedProducts);
    CellSums.add(treatedUnits, other.treatedUnits);
    CellSums.add(squaredControls, other.squaredControls);
    CellSums.add(controlsInCell, other.controlsInCell);
    CellSums.add(units, other.units);
    CellSums.add(squaredUnits, other.squaredUnits);
    controlUnits += other.controlUnits;
    squaredControlUnits += other.squaredControlUnits;
  }

  /**
   * Over how many clusters of equal size the treated of some cells, one per cohort, are spread: the
   * square of a sum over the sum of squares (Carter, Schnepel & Steigerwald 2017). A cluster whose
   * units are treated in several cohorts counts once, with all of them.
   */
  double treatedClusters(int... ofCells) {
    double sum = 0;
    double squares = 0;
    for (int k : ofCells) {
      sum += treatedUnits[k];
      for (int l : ofCells) {
        squares += treatedProduct(k, l);
      }
    }
    return sum * sum / squares;
  }

  /**
   * How many means they give: one per cohort, where every cluster is of one cohort. Cohorts that
   * share their clusters give fewer, by the same rule as clusters of unequal size: one, where every
   * cluster has the same part of each.
   */
  double treatedMeans(int... ofCells) {
    double squares = 0;
    for (int k : ofCells) {
      for (int l : ofCells) {
        double both = treatedProduct(k, l);
        squares += both * both / treatedProduct(k, k) / treatedProduct(l, l);
      }
    }
    return ofCells.length * ofCells.length / squares;
  }

  private double treatedProduct(int k, int l) {
    return treatedProducts[k * cells + l];
  }

  /** Over how many clusters of equal size a cell's controls are spread. */
  double controlClusters(int cell) {
    return controlsInCell[cell] * controlsInCell[cell] / squaredControls[cell];
  }

  /** The same of everybody who is a control in a comparison after treatment. */
  double controlClusters() {
    return controlUnits * controlUnits / squaredControlUnits;
  }

  /**
   * As how many equally weighted units the weighted ones count: (Σw)²/Σw² (Kish 1965).
   *
   * @param side 0 for the treated, 1 for the controls, both of comparisons after treatment
   */
  double effectiveUnits(int side) {
    return units[side] * units[side] / squaredUnits[side];
  }
}
