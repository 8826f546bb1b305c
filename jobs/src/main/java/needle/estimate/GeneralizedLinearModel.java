package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A generalised linear model of a cross-section, or of the pooled rows of a panel: what the
 * treatment changes in the mean outcome, averaged over the rows, and its coefficient. The mean must
 * be right; errors allow for any variance, and for clusters (Liang & Zeger 1986).
 */
public final class GeneralizedLinearModel implements EffectEstimator {
  private final OutcomeFamily family;
  private final List<String> covariates;
  private final Optional<String> size;
  private final Optional<PostTreatmentCovariates> doubtful;

  /** Of a cross-section. */
  public GeneralizedLinearModel(
      OutcomeFamily family, List<String> covariates, Optional<String> size) {
    this(family, covariates, size, Optional.empty());
  }

  /**
   * @param covariates measured before treatment
   * @param size the column of trials, or of the exposure that counts are proportional to
   * @param doubtful those of a panel's rows that may have been measured after it
   */
  public GeneralizedLinearModel(
      OutcomeFamily family,
      List<String> covariates,
      Optional<String> size,
      Optional<PostTreatmentCovariates> doubtful) {
    this.family = family;
    this.covariates = List.copyOf(covariates);
    this.size = size;
    this.doubtful = doubtful;
    if (size.isPresent() && family != OutcomeFamily.BINOMIAL && family != OutcomeFamily.POISSON) {
      throw new InvalidInput(
          "An outcome of the family " + word() + " has no size",
          "the column " + size.get() + " would be trials or an exposure",
          "leave it out, or choose binomial or poisson");
    }
  }

  @Override
  public String name() {
    return "glm";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), true);
    List<String> numbers = new ArrayList<>(covariates);
    size.ifPresent(numbers::add);
    List<String> read = new ArrayList<>(numbers);
    doubtful.map(PostTreatmentCovariates::period).ifPresent(read::add);
    PanelColumns.check(panel.schema(), design, read, Optional.empty());
    requireOutcomes(panel, design.outcome());
    doubtful.ifPresent(d -> d.require(panel, design.unit(), treatment));
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, numbers, Optional.empty(), 1)) {
      if (sample.hasSides()) {
        sample.requireSides(treatment);
      }
      LinkedRow rows = new LinkedRow(family, size.isPresent(), sample.means());
      requireVariation(rows.meanOutcome(), design.outcome());
      List<String> names = new ArrayList<>(covariates);
      names.add(treatment);
      LinkedFit fit = LinkedFit.of(sample.subjects(), rows, names);
      MarginalEffects found =
          OrderedSums.of(
              sample.subjects(), new MarginalEffects(rows, fit.coefficients(), sample.hasSides()));
      return told(fit, found, sample, panel, design, treatment);
    }
  }

  private String word() {
    return family.name().toLowerCase(Locale.ROOT);
  }

  // Outcomes that the family cannot have, and sizes that nothing can be counted over.
  private void requireOutcomes(Dataset<Row> panel, String outcome) {
    Column y = PanelColumns.number(outcome);
    Column most = size.map(PanelColumns::number).orElse(lit(1.0));
    Column wrong =
        switch (family) {
          case GAUSSIAN -> lit(false);
          case BINOMIAL -> y.lt(0).or(y.gt(most));
          case POISSON -> y.lt(0);
          case GAMMA -> y.leq(0);
        };
    Row counted = panel.agg(count(when(wrong, 1)), count(when(most.leq(0), 1))).first();
    Faults faults = new Faults("The panel");
    if (counted.getLong(0) > 0) {
      faults.add(
          counted.getLong(0) + " rows have an outcome that is not " + word(),
          switch (family) {
            case BINOMIAL ->
                "successes lie between 0 and "
                    + size.map(s -> "the trials in " + s).orElse("1, a share of one trial");
            case POISSON -> "a count, or anything else with a Poisson mean, is never below zero";
            default -> "an amount with a gamma distribution is above zero";
          },
          "correct them, name the trials, or choose another family");
    }
    if (counted.getLong(1) > 0) {
      faults.add(
          counted.getLong(1) + " rows have a size that is zero or negative",
          "nothing can be counted over no " + size.orElseThrow(),
          "drop these rows or correct them");
    }
    faults.report();
  }

  private void requireVariation(double mean, String outcome) {
    boolean isAtEnd =
        family == OutcomeFamily.POISSON && mean == 0
            || family == OutcomeFamily.BINOMIAL && (mean == 0 || mean == 1);
    if (isAtEnd) {
      throw new InvalidInput(
          "The outcome " + outcome + " does not vary",
          mean == 0 ? "nothing was counted in any row" : "every trial was a success",
          "give an outcome that a treatment could have moved");
    }
  }

  private EffectEstimate told(
      LinkedFit fit,
      MarginalEffects found,
      CrossSection sample,
      Dataset<Row> panel,
      StudyDesign design,
      String treatment) {
    int width = fit.coefficients().length;
    long clusters = found.sums.clusters;
    double left = CrossSectionEffects.left(sample.rows(), width, clusters);
    boolean isClustered = clusters < sample.rows();
    double freedom = isClustered ? clusters - 1.0 : left;
    double[] ofTreatment = new double[width];
    ofTreatment[width - 1] = 1;
    Estimand estimand = sample.hasSides() ? Estimand.ATE : Estimand.AVERAGE_SLOPE;
    Effect headline =
        effect(
            estimand,
            "overall",
            estimand.word(),
            found.effect(),
            error(fit, found, found.gradient(), sample.rows()),
            freedom,
            sample,
            design,
            clusters);
    Effect coefficient =
        effect(
            family.coefficient(),
            "coefficient",
            treatment,
            fit.coefficients()[width - 1],
            error(fit, found, ofTreatment, sample.rows()),
            freedom,
            sample,
            design,
            clusters);
    return new EffectEstimate(
        name(),
        headline,
        List.of(headline, coefficient),
        checks(headline, found, sample, panel, design, treatment, freedom),
        sample.attrition(),
        freedom);
  }

  // Liang & Zeger 1986, with the factor of OrdinaryLeastSquares.
  private static double error(LinkedFit fit, MarginalEffects found, double[] form, long rows) {
    double clusters = found.sums.clusters;
    double factor = clusters / (clusters - 1) * (rows - 1) / (rows - form.length);
    return Math.sqrt(factor * found.sums.variance(fit.information().solve(form)));
  }

  private static Effect effect(
      Estimand estimand,
      String aggregation,
      String term,
      double estimate,
      double error,
      double freedom,
      CrossSection sample,
      StudyDesign design,
      long clusters) {
    return CrossSectionEffects.effect(
        estimand, aggregation, term, estimate, error, freedom, design.alpha(), sample, clusters);
  }

  private List<Diagnostic> checks(
      Effect headline,
      MarginalEffects found,
      CrossSection sample,
      Dataset<Row> panel,
      StudyDesign design,
      String treatment,
      double freedom) {
    List<Diagnostic> spread = new ArrayList<>();
    // In a panel a unit stands in several rows, and counts once.
    if (headline.clusters() < sample.rows()) {
      spread.addAll(sample.clusters());
    }
    Column dose = PanelColumns.number(treatment);
    spread.add(
        DesignChecks.units(
            "treated", Math.min(units(panel, dose.notEqual(0), design), sample.treated())));
    if (sample.hasSides()) {
      long controls = sample.rows() - sample.treated();
      spread.add(
          DesignChecks.units("control", Math.min(units(panel, dose.equalTo(0), design), controls)));
    }
    spread.addAll(sample.losses());
    List<Diagnostic> checks =
        new ArrayList<>(CrossSectionEffects.checks(headline, freedom, design, spread));
    if (family == OutcomeFamily.GAUSSIAN && sample.hasSides()) {
      checks.addAll(sample.events());
    }
    if (family == OutcomeFamily.BINOMIAL || family == OutcomeFamily.POISSON) {
      if (sample.hasSides()) {
        checks.add(DurationChecks.events("treated", rarer(found, 1)));
        checks.add(DurationChecks.events("untreated", rarer(found, 0)));
      }
      double dispersion = found.pearson / (sample.rows() - found.gradient().length);
      checks.add(
          new Diagnostic(
              "dispersion",
              "pearson",
              dispersion,
              Double.NaN,
              Status.PASS,
              String.format(
                  Locale.ROOT,
                  "Outcomes vary %.2f times as much as the family says; errors allow for that.",
                  dispersion)));
    }
    return checks;
  }

  private static long units(Dataset<Row> panel, Column which, StudyDesign design) {
    return panel.where(which).select(col(design.unit())).distinct().count();
  }

  // Of trials that nearly all succeed, the failures are few.
  private long rarer(MarginalEffects found, int side) {
    double events = found.outcomes[side];
    return (long)
        (family == OutcomeFamily.BINOMIAL ? Math.min(events, found.trials[side] - events) : events);
  }
}
