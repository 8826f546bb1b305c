package needle.estimate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether the sides of a treatment that is said to be drawn by lot differ more than lots do, in
 * covariates that nothing was adjusted for. A lot leaves differences, too: what matters are those
 * that are clear, and that chance does not explain, whatever the number of covariates (Bonferroni).
 */
public final class BalanceByLot implements SensitivityAnalysis {
  /** Of the size of a covariate: what rounding leaves of a constant. */
  private static final double ROUNDING = 1e-9;

  private final List<String> covariates;

  /**
   * @param covariates measured before treatment, one at least
   */
  public BalanceByLot(List<String> covariates) {
    this.covariates = List.copyOf(covariates);
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, estimate.estimator(), false);
    PanelColumns.check(panel.schema(), design, covariates, Optional.empty());
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, Optional.empty(), 1)) {
      sample.requireSides(treatment);
      double[] means = sample.means();
      SubjectSums sums = OrderedSums.of(sample.subjects(), new SubjectSums(1, means, true));
      double[][] ofSides = new double[2][];
      for (int side = 0; side < 2; side++) {
        ofSides[side] = sums.leading(covariates.size() + 1, side);
      }
      ClusterSums influence =
          OrderedSums.of(sample.subjects(), new Influence(means, ofSides, covariates.size())).sums;
      return List.of(largest(means, sums, ofSides, influence, sample.rows(), design));
    }
  }

  // As difference_in_means of a covariate would say it.
  private Diagnostic largest(
      double[] means,
      SubjectSums sums,
      double[][] ofSides,
      ClusterSums influence,
      long rows,
      StudyDesign design) {
    double clusters = influence.clusters;
    double left = CrossSectionEffects.left(rows, 2, influence.clusters);
    double factor = clusters / (clusters - 1) * (rows - 1) / left;
    double freedom = design.isClusteredByUnit() ? left : clusters - 1;
    Diagnostic worst = told(covariates.get(0), 0, 1);
    for (int i = 0; i < covariates.size(); i++) {
      double difference = ofSides[1][i + 1] / ofSides[1][0] - ofSides[0][i + 1] / ofSides[0][0];
      if (Math.abs(difference) > ROUNDING * Math.abs(means[i])) {
        double[] form = new double[covariates.size()];
        form[i] = 1;
        double error = Math.sqrt(factor * influence.variance(form));
        double p = 2 * Quantiles.tail(freedom, Math.abs(difference) / error);
        Diagnostic found =
            told(
                covariates.get(i),
                Math.abs(difference) / sums.pooledDeviation(i),
                Math.min(1, covariates.size() * p));
        boolean isWorse = found.status().compareTo(worst.status()) > 0;
        boolean isLarger = found.status() == worst.status() && found.value() > worst.value();
        worst = isWorse || isLarger ? found : worst;
      }
    }
    return worst;
  }

  private static Diagnostic told(String covariate, double standardised, double p) {
    boolean isClear = standardised > WeightBalance.MOST_IMBALANCE;
    Status status = isClear ? PreTrend.status(p) : Status.PASS;
    return new Diagnostic(
        "balance",
        "largest_standardised_difference",
        standardised,
        p,
        status,
        String.format(
            Locale.ROOT,
            status == Status.PASS
                ? "Of the covariates %s differs most between the sides, by %.2f standard deviations:"
                    + " a lot may do that."
                : "The sides differ in %s by %.2f standard deviations, which a lot hardly does, and"
                    + " nothing adjusts for it.",
            covariate,
            standardised));
  }

  /** How every subject moves the differences of the covariates' means, within clusters. */
  private static final class Influence extends ClusteredScores<Subject, Influence> {
    private static final long serialVersionUID = 1L;
    private final double[] means;
    private final double[][] ofSides;
    private final int covariates;

    Influence(double[] means, double[][] ofSides, int covariates) {
      super(covariates);
      this.means = means;
      this.ofSides = ofSides;
      this.covariates = covariates;
    }

    @Override
    public Influence empty() {
      return new Influence(means, ofSides, covariates);
    }

    @Override
    public void add(Subject subject) {
      double[] of = ofSides[(int) subject.treatment()];
      double sign = subject.treatment() == 1 ? 1 : -1;
      double[] moved = new double[covariates];
      for (int i = 0; i < covariates; i++) {
        double apart = subject.covariates()[i] - means[i] - of[i + 1] / of[0];
        moved[i] = sign * apart / of[0];
      }
      sums.add(subject.cluster(), moved);
    }
  }
}
