package needle.estimate;

import java.util.Arrays;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.api.java.JavaRDD;

/**
 * Whether people moved otherwise just before a first program reached them: untreated outcomes
 * regressed on intercepts of units and periods and on indicators of the last periods before,
 * jointly tested (Borusyak, Jaravel & Spiess 2024, test 1).
 */
final class UntreatedLeads {
  private static final int MOST = 3;

  private UntreatedLeads() {}

  /** The check, with as many leads as the panel can tell from the rest. */
  static Diagnostic check(
      JavaRDD<ExposedUnit> units, int[] periods, double[] intercepts, PeriodEquations equations) {
    for (int leads = MOST; leads > 0; leads--) {
      LeadSums sums =
          OrderedSums.of(units, new LeadSums(new Leads(periods, intercepts, leads, null, null)));
      double[][] shift = new double[leads][];
      double[] matrix = new double[leads * leads];
      for (int l = 0; l < leads; l++) {
        shift[l] = equations.weights(sums.byPeriod[l]);
      }
      for (int at = 0; at < matrix.length; at++) {
        double[] period = sums.byPeriod[at % leads];
        matrix[at] = sums.products[at];
        for (int t = 0; t < periods.length; t++) {
          matrix[at] -= shift[at / leads][t] * period[t];
        }
      }
      Optional<SymmetricSolver> solver = SymmetricSolver.of(matrix);
      if (solver.isEmpty()) {
        continue;
      }
      double[] moved = solver.get().solve(sums.withOutcome);
      LeadSums scores =
          OrderedSums.of(units, new LeadSums(new Leads(periods, intercepts, leads, shift, moved)));
      long clusters = scores.clusters.clusters;
      double factor = clusters / (clusters - 1.0);
      RealMatrix covariance = new Array2DRowRealMatrix(leads, leads);
      for (int i = 0; i < leads; i++) {
        for (int j = 0; j < leads; j++) {
          covariance.setEntry(
              i,
              j,
              factor
                  * covariance(
                      scores.clusters,
                      solver.get().solve(one(leads, i)),
                      solver.get().solve(one(leads, j))));
        }
      }
      JointTest test = new JointTest(covariance, scores.leadClusters - 1.0);
      if (test.isPossible()) {
        return tested(test.wald(moved), test.pValue(moved), leads);
      }
    }
    return new Diagnostic(
        PreTrend.CHECK,
        "wald",
        Double.NaN,
        Double.NaN,
        Status.WARNING,
        "No movement before the programs can be told: too few people or periods without any.");
  }

  private static double[] one(int size, int which) {
    double[] form = new double[size];
    form[which] = 1;
    return form;
  }

  private static double covariance(ClusterSums sums, double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < one.length; j++) {
        sum += one[i] * sums.products[i * one.length + j] * other[j];
      }
    }
    return sum;
  }

  private static Diagnostic tested(double wald, double p, int leads) {
    Status status = PreTrend.status(p);
    return new Diagnostic(
        PreTrend.CHECK,
        "wald",
        wald,
        p,
        status,
        status == Status.PASS
            ? "In the last " + leads + " periods before a program people moved like others."
            : "In the last "
                + leads
                + " periods before a program people moved otherwise than others; what the programs"
                + " seem to do may have begun without them.");
  }

  /**
   * How leads are told.
   *
   * @param shift per lead, what periods tell of it; null while that is not known
   * @param moved by how much outcomes moved in each lead; null while that is not known
   */
  private record Leads(
      int[] periods, double[] intercepts, int leads, double[][] shift, double[] moved)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    /** Per untreated row, its period, what is left of the outcome, and the centred leads. */
    double[][] rows(UnitView view) {
      double[][] rows = new double[view.untreated()][leads + 2];
      int first = Arrays.stream(view.unit().first()).min().orElse(UnitHistory.NEVER);
      double[] means = new double[leads];
      int row = 0;
      for (int i = 0; i < view.size(); i++) {
        if (!view.isUntreated(i)) {
          continue;
        }
        rows[row][0] = view.period(i);
        rows[row][1] = view.left(i) - view.untreatedMean();
        for (int l = 0; l < leads; l++) {
          double lead = first - periods[view.period(i)] == l + 1 ? 1 : 0;
          rows[row][l + 2] = lead - (shift == null ? 0 : shift[l][view.period(i)]);
          means[l] += rows[row][l + 2] / view.untreated();
        }
        row++;
      }
      for (double[] each : rows) {
        for (int l = 0; l < leads; l++) {
          each[l + 2] -= means[l];
        }
      }
      return rows;
    }

    boolean isSeen(UnitView view) {
      int first = Arrays.stream(view.unit().first()).min().orElse(UnitHistory.NEVER);
      for (int i = 0; i < view.size(); i++) {
        int lead = first - periods[view.period(i)];
        if (lead >= 1 && lead <= leads) {
          return view.untreated() > 1;
        }
      }
      return false;
    }
  }

  /** Cross products of the leads, and scores of their movements. */
  private static final class LeadSums implements OrderedSums.Partial<ExposedUnit, LeadSums> {
    private static final long serialVersionUID = 1L;
    private final Leads how;
    private final double[] products;
    private final double[] withOutcome;
    private final double[][] byPeriod;
    private final ClusterSums clusters;
    private long leadClusters;
    private String cluster;
    private boolean hasLeads;

    LeadSums(Leads how) {
      this.how = how;
      this.products = new double[how.leads() * how.leads()];
      this.withOutcome = new double[how.leads()];
      this.byPeriod = new double[how.leads()][how.periods().length];
      this.clusters = new ClusterSums(how.leads());
    }

    @Override
    public LeadSums empty() {
      return new LeadSums(how);
    }

    @Override
    public void add(ExposedUnit unit) {
      if (!unit.cluster().equals(cluster)) {
        close();
        cluster = unit.cluster();
      }
      UnitView view = UnitView.of(unit, how.periods(), how.intercepts());
      hasLeads |= how.isSeen(view);
      int leads = how.leads();
      double[] score = new double[leads];
      for (double[] row : how.rows(view)) {
        double left = row[1];
        for (int l = 0; how.moved() != null && l < leads; l++) {
          left -= how.moved()[l] * row[l + 2];
        }
        for (int l = 0; l < leads; l++) {
          score[l] += row[l + 2] * left;
          withOutcome[l] += row[l + 2] * row[1];
          byPeriod[l][(int) row[0]] += row[l + 2];
          for (int k = 0; k < leads; k++) {
            products[l * leads + k] += row[l + 2] * row[k + 2];
          }
        }
      }
      clusters.add(unit.cluster(), score);
    }

    private void close() {
      leadClusters += hasLeads ? 1 : 0;
      hasLeads = false;
      cluster = null;
    }

    @Override
    public void finish() {
      close();
      clusters.finish();
    }

    @Override
    public LeadSums merge(LeadSums other) {
      CellSums.add(products, other.products);
      CellSums.add(withOutcome, other.withOutcome);
      for (int l = 0; l < byPeriod.length; l++) {
        CellSums.add(byPeriod[l], other.byPeriod[l]);
      }
      clusters.merge(other.clusters);
      leadClusters += other.leadClusters;
      return this;
    }
  }
}
