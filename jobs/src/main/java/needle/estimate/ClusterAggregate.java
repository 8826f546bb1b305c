package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import needle.estimate.ClusterChanges.Cluster;

/**
 * A mean of comparisons over cohorts, weighted by their sizes, and within a cohort over its cells,
 * under any assignment of cohorts to clusters: the estimate and the standard error of {@link
 * Aggregations} and {@link Covariance#ofClusters} from clusters' sums.
 *
 * <p>An effect of τ on everybody from their observed adoption on is in the outcomes of the treated
 * times τ. So an estimate and how clusters move it, with that effect taken off, are straight lines
 * in τ, and the variance is a parabola.
 */
final class ClusterAggregate {
  /** With outcomes, and with a one for every outcome since the observed adoption. */
  private static final int OUTCOME = 0;

  private static final int SINCE = 1;

  /** Of clusters' sums of something that is nothing but rounding. */
  private static final double NOTHING = 1e-20;

  private final List<Cluster> clusters;
  private final CohortLabels labels;
  private final int[][] cellsOf;
  private final int[] since;
  private final Comparisons comparisons;

  /**
   * An aggregate under an assignment.
   *
   * @param estimate of the outcomes as they are
   * @param slope what an effect of one on everybody since the observed adoption adds to it
   * @param variance of the outcomes as they are
   * @param covariance with that of such an effect
   * @param slopeVariance of such an effect
   */
  record Moments(
      double estimate, double slope, double variance, double covariance, double slopeVariance) {

    /** The estimate with an effect taken off. */
    double estimate(double effect) {
      return estimate - effect * slope;
    }

    double variance(double effect) {
      return Math.max(0, variance - 2 * effect * covariance + effect * effect * slopeVariance);
    }

    /** Its distance from zero in standard errors; infinite where only the error is zero. */
    double t(double effect) {
      return estimate(effect) / Math.sqrt(variance(effect));
    }
  }

  /**
   * @param which the cells that are averaged
   */
  ClusterAggregate(
      Comparisons comparisons, CohortLabels labels, List<Cluster> clusters, IntPredicate which) {
    this.comparisons = comparisons;
    this.clusters = clusters;
    this.labels = labels;
    this.cellsOf = new int[labels.count()][];
    Arrays.setAll(
        cellsOf,
        l ->
            IntStream.range(0, comparisons.cells().length)
                .filter(which)
                .filter(k -> labels.roles(l)[k] > 0)
                .toArray());
    int cells = comparisons.cells().length;
    this.since = new int[labels.count() * cells];
    for (int l = 0; l < labels.count(); l++) {
      for (int k = 0; k < cells; k++) {
        Comparisons.Cell cell = comparisons.cells()[k];
        since[l * cells + k] = isTreated(l, cell.period()) - isTreated(l, cell.base());
      }
    }
  }

  private int isTreated(int label, int period) {
    return labels.cohort(label) <= comparisons.periods()[period] ? 1 : 0;
  }

  Moments of(int[] assigned) {
    double[] share = shares(assigned);
    double[][] influence = new double[2][clusters.size()];
    double[] mean = new double[2];
    double[][] effect = new double[2][cellsOf.length];
    for (int l = 0; l < cellsOf.length; l++) {
      for (int k : cellsOf[l]) {
        Contrast contrast = new Contrast(k, assigned);
        for (int of : new int[] {OUTCOME, SINCE}) {
          effect[of][l] += contrast.enter(of, share[l] / cellsOf[l].length, influence[of]);
        }
      }
      for (int of : new int[] {OUTCOME, SINCE}) {
        effect[of][l] /= Math.max(1, cellsOf[l].length);
        mean[of] += share[l] * effect[of][l];
      }
    }
    double units = units(assigned);
    for (int c = 0; c < clusters.size(); c++) {
      int l = assigned[c];
      // Cohorts' shares are estimated, too.
      for (int of = 0; of < 2 && share[l] > 0; of++) {
        influence[of][c] += (effect[of][l] - mean[of]) * clusters.get(c).compared()[l] / units;
      }
    }
    double slopeVariance = DotProduct.of(influence[SINCE], influence[SINCE]);
    return new Moments(
        mean[OUTCOME],
        mean[SINCE],
        DotProduct.of(influence[OUTCOME], influence[OUTCOME]),
        slopeVariance < NOTHING ? 0 : DotProduct.of(influence[OUTCOME], influence[SINCE]),
        slopeVariance < NOTHING ? 0 : slopeVariance);
  }

  /** By how many periods the ends of comparisons lie apart, on average. */
  double distance(int[] assigned) {
    double[] share = shares(assigned);
    double distance = 0;
    for (int l = 0; l < cellsOf.length; l++) {
      for (int k : cellsOf[l]) {
        Comparisons.Cell cell = comparisons.cells()[k];
        int periods = comparisons.periods()[cell.period()] - comparisons.periods()[cell.base()];
        distance += share[l] * periods / cellsOf[l].length;
      }
    }
    return distance;
  }

  // Of the labels that are averaged, the units compared.
  private double[] shares(int[] assigned) {
    double[] share = new double[cellsOf.length];
    for (int c = 0; c < clusters.size(); c++) {
      if (cellsOf[assigned[c]].length > 0) {
        share[assigned[c]] += clusters.get(c).compared()[assigned[c]];
      }
    }
    double units = Arrays.stream(share).sum();
    return Arrays.stream(share).map(s -> s / units).toArray();
  }

  private double units(int[] assigned) {
    double units = 0;
    for (int c = 0; c < clusters.size(); c++) {
      units += cellsOf[assigned[c]].length > 0 ? clusters.get(c).compared()[assigned[c]] : 0;
    }
    return units;
  }

  /** The two sides of one cell under an assignment. */
  private final class Contrast {
    private final int cell;
    private final int[] assigned;
    private final double[] weights = new double[2];
    private final double inflation;

    Contrast(int cell, int[] assigned) {
      this.cell = cell;
      this.assigned = assigned;
      double[] squares = new double[2];
      for (int c = 0; c < assigned.length; c++) {
        int role = role(c);
        if (role != 0) {
          double weight = clusters.get(c).weights()[cell];
          weights[side(role)] += weight;
          squares[side(role)] += weight * weight;
        }
      }
      double fewer =
          Math.min(weights[0] * weights[0] / squares[0], weights[1] * weights[1] / squares[1]);
      double effective = Math.max(2, fewer);
      this.inflation = Math.sqrt(effective / (effective - 1));
    }

    private int role(int c) {
      return labels.roles(assigned[c])[cell];
    }

    private int side(int role) {
      return role > 0 ? 0 : 1;
    }

    private double change(int of, int c) {
      Cluster cluster = clusters.get(c);
      return of == OUTCOME
          ? cluster.changes()[cell]
          : cluster.weights()[cell] * since[cluster.label() * comparisons.cells().length + cell];
    }

    /** Adds the clusters' influences on the effect, times a share; gives the effect. */
    double enter(int of, double share, double[] influence) {
      double[] means = new double[2];
      for (int c = 0; c < assigned.length; c++) {
        int role = role(c);
        if (role != 0) {
          means[side(role)] += change(of, c);
        }
      }
      means[0] /= weights[0];
      means[1] /= weights[1];
      for (int c = 0; c < assigned.length; c++) {
        int role = role(c);
        if (role != 0) {
          int side = side(role);
          double left = change(of, c) - clusters.get(c).weights()[cell] * means[side];
          influence[c] += role * share * inflation * left / weights[side];
        }
      }
      return means[0] - means[1];
    }
  }
}
