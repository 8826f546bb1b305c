package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How much of a treatment's effect goes through something that it changes, such as a behaviour that
 * is observed after it: natural indirect and direct effects from two linear regressions, the
 * mediator on treatment and covariates, the outcome on these and the mediator (VanderWeele 2015,
 * chapter 2; Imai, Keele & Tingley 2010).
 */
public final class Mediation implements EffectEstimator {
  /** When the mediator was measured, as far as the study says. */
  public enum Measured {
    BEFORE,
    AFTER
  }

  private final List<String> covariates;
  private final String mediator;
  private final boolean interacts;
  private final Optional<Measured> measured;

  /**
   * @param covariates measured before treatment
   * @param interacts whether the mediator may matter more, or less, for the treated
   */
  public Mediation(
      List<String> covariates, String mediator, boolean interacts, Optional<Measured> measured) {
    this.covariates = List.copyOf(covariates);
    this.mediator = mediator;
    this.interacts = interacts;
    this.measured = measured;
    Faults faults = new Faults("The mediation");
    if (measured.filter(Measured.BEFORE::equals).isPresent()) {
      faults.add(
          "The mediator " + mediator + " cannot mediate",
          "it was measured before treatment, which could not have changed it yet",
          "give a mediator measured after treatment, or list it as a covariate");
    }
    if (covariates.contains(mediator)) {
      faults.add(
          "The mediator " + mediator + " is a covariate, too",
          "what treatment changes cannot be held fixed as if it came before",
          "take it out of the covariates");
    }
    faults.report();
  }

  @Override
  public String name() {
    return "mediation";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), false);
    if (mediator.equals(treatment) || mediator.equals(design.outcome())) {
      throw new InvalidInput(
          "The column " + mediator + " has two roles",
          "it is the mediator, and the treatment or the outcome",
          "give each role its own column");
    }
    List<String> columns = new ArrayList<>(covariates);
    columns.add(mediator);
    PanelColumns.check(panel.schema(), design, columns, Optional.empty());
    OneRowPerUnit.require(panel, design);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, columns, Optional.empty(), 1)) {
      sample.requireSides(treatment);
      return estimate(sample, design, treatment);
    }
  }

  private EffectEstimate estimate(CrossSection sample, StudyDesign design, String treatment) {
    double[] centres = sample.means();
    MediationRow row = new MediationRow(centres, interacts);
    MediationSums sums = OrderedSums.of(sample.subjects(), new MediationSums(row));
    List<String> columns = new ArrayList<>(covariates);
    columns.add(treatment);
    LinearFit ofMediator =
        LinearFit.of(
            sums.products(row.early(), -1),
            sums.with(row.mediator(), row.early(), -1),
            "in the regression of the mediator",
            columns);
    columns.add(mediator);
    LinearFit ofOutcome =
        LinearFit.of(
            sums.products(row.late(), -1),
            sums.with(row.outcome(), row.late(), -1),
            "in the regression of the outcome",
            columns);
    StackedEstimates stack = new StackedEstimates();
    stack.add(ofMediator);
    int late = stack.add(ofOutcome);
    // Covariates are centred at their means.
    int means = stack.add(new double[covariates.size()], sample.rows());
    ClusterSums scores =
        OrderedSums.of(
                sample.subjects(),
                new MediationScores(row, ofMediator.residuals(), ofOutcome.residuals()))
            .sums;
    if (scores.clusters < 2) {
      throw new InvalidInput(
          "There is one cluster only",
          "doubt is measured between clusters",
          "supply more, or name a finer cluster");
    }
    MediatedEffects effects =
        MediatedEffects.of(stack.all(), covariates.size(), late, means, interacts);
    MediationResult result = new MediationResult(effects, stack, scores, sample, design);
    List<Effect> found = result.effects();
    List<Diagnostic> checks = new ArrayList<>(result.checks(found.get(0)));
    checks.add(MediationChecks.timing(mediator, measured));
    checks.add(MediationChecks.ignorability());
    checks.addAll(MediationChecks.correlations(sums, row, interacts));
    return new EffectEstimate(
        name(), found.get(0), found, checks, sample.attrition(), scores.clusters - 1.0);
  }

  /** The columns of a row: a constant, covariates, treatment, mediator, their product, outcome. */
  record MediationRow(double[] centres, boolean interacts) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    int covariates() {
      return centres.length - 3;
    }

    int mediator() {
      return covariates() + 2;
    }

    int outcome() {
      return covariates() + 4;
    }

    int width() {
      return covariates() + 5;
    }

    /** The columns that tell the mediator, and those that tell the outcome. */
    int early() {
      return covariates() + 2;
    }

    int late() {
      return early() + (interacts ? 2 : 1);
    }

    /** All but the treatment less their means; the product that of the treatment as it is. */
    double[] of(Subject subject) {
      double[] row = new double[width()];
      row[0] = 1;
      for (int i = 0; i < covariates(); i++) {
        row[i + 1] = subject.covariates()[i] - centres[i];
      }
      row[covariates() + 1] = subject.treatment();
      row[mediator()] = subject.covariates()[covariates()] - centres[covariates()];
      row[mediator() + 1] = subject.treatment() * row[mediator()];
      row[outcome()] = subject.outcome() - centres[centres.length - 1];
      return row;
    }
  }

  /** Cross products of the columns, by side of the treatment. */
  static final class MediationSums implements OrderedSums.Partial<Subject, MediationSums> {
    private static final long serialVersionUID = 1L;
    private final MediationRow columns;
    private final double[][] products;

    MediationSums(MediationRow columns) {
      this.columns = columns;
      this.products = new double[2][columns.width() * columns.width()];
    }

    @Override
    public MediationSums empty() {
      return new MediationSums(columns);
    }

    @Override
    public void add(Subject subject) {
      double[] row = columns.of(subject);
      double[] sums = products[(int) subject.treatment()];
      for (int i = 0; i < row.length; i++) {
        for (int j = 0; j < row.length; j++) {
          sums[i * row.length + j] += row[i] * row[j];
        }
      }
    }

    @Override
    public MediationSums merge(MediationSums other) {
      CellSums.add(products[0], other.products[0]);
      CellSums.add(products[1], other.products[1]);
      return this;
    }

    /** Of two columns, on one side, or on both where it is negative. */
    double of(int i, int j, int side) {
      int at = i * columns.width() + j;
      return side < 0 ? products[0][at] + products[1][at] : products[side][at];
    }

    /** Of the first columns with each other, row by row. */
    double[] products(int width, int side) {
      double[] some = new double[width * width];
      Arrays.setAll(some, at -> of(at / width, at % width, side));
      return some;
    }

    /** Of a column with the first ones. */
    double[] with(int column, int width, int side) {
      double[] some = new double[width];
      Arrays.setAll(some, i -> of(column, i, side));
      return some;
    }
  }

  /** Scores of both regressions and of the covariates' means, within clusters. */
  private static final class MediationScores extends ClusteredScores<Subject, MediationScores> {
    private static final long serialVersionUID = 1L;
    private final MediationRow columns;
    private final LinearFit.Residuals ofMediator;
    private final LinearFit.Residuals ofOutcome;

    MediationScores(
        MediationRow columns, LinearFit.Residuals ofMediator, LinearFit.Residuals ofOutcome) {
      super(columns.early() + columns.late() + columns.covariates());
      this.columns = columns;
      this.ofMediator = ofMediator;
      this.ofOutcome = ofOutcome;
    }

    @Override
    public MediationScores empty() {
      return new MediationScores(columns, ofMediator, ofOutcome);
    }

    @Override
    public void add(Subject subject) {
      double[] row = columns.of(subject);
      double[] scores = new double[columns.early() + columns.late() + columns.covariates()];
      ofMediator.addScore(row, row[columns.mediator()], scores, 0);
      ofOutcome.addScore(row, row[columns.outcome()], scores, columns.early());
      for (int i = 0; i < columns.covariates(); i++) {
        scores[columns.early() + columns.late() + i] = row[i + 1];
      }
      sums.add(subject.cluster(), scores);
    }
  }
}
