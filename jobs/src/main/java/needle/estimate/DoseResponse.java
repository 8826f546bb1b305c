package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How the mean outcome would change with the dose, such as hours of training, if everybody got it:
 * doubly robust pseudo-outcomes (Kennedy, Ma, McHugh & Small 2017), cross-fitted and projected on a
 * spline (Semenova & Chernozhukov 2021), against nobody being trained. Of means over people; it
 * does not say what one more hour does for one person.
 *
 * <p>A dozen passes over the rows, whatever the number of folds or doses: counts, doses and their
 * ranks; means and sums by fold; those of the logistic regressions; the density of the doses; the
 * curve; its influences.
 */
public final class DoseResponse implements EffectEstimator {
  private static final int FEWEST_KNOTS = 3;
  private static final int MOST_KNOTS = 7;
  private static final int DEFAULT_DOSES = 9;
  private static final double EDGE = 0.05;
  private static final double NEARLY = 0.01;

  private final List<String> covariates;
  private final Optional<String> foldColumn;
  private final int folds;
  private final double lowest;
  private final double highest;
  private final double[] doses;
  private final int knots;

  /**
   * @param covariates measured before training
   * @param foldColumn the folds, for others to repeat; without it, {@code folds} are drawn
   * @param lowest probabilities of any training below it count as it
   * @param highest those above it count as it
   * @param doses at which effects are told; none for nine quantiles of the doses given
   * @param knots between which the curve may bend
   */
  public DoseResponse(
      List<String> covariates,
      Optional<String> foldColumn,
      int folds,
      double lowest,
      double highest,
      List<Double> doses,
      int knots) {
    this.covariates = List.copyOf(covariates);
    // Without covariates nothing is predicted from anything.
    this.foldColumn = covariates.isEmpty() ? Optional.empty() : foldColumn;
    this.folds = covariates.isEmpty() ? 1 : folds;
    this.lowest = covariates.isEmpty() ? 0 : lowest;
    this.highest = covariates.isEmpty() ? 1 : highest;
    this.doses = doses.stream().mapToDouble(dose -> dose).sorted().toArray();
    this.knots = knots;
    CrossSection.requireFolds(folds);
    if (Arrays.stream(this.doses).anyMatch(dose -> !(dose > 0) || Double.isInfinite(dose))
        || Arrays.stream(this.doses).distinct().count() < this.doses.length) {
      throw new InvalidInput(
          "Effects cannot be told at the doses " + doses,
          "each is a number above zero, and stands there once",
          "list other doses, or none for quantiles of those that people got");
    }
    if (knots < FEWEST_KNOTS || knots > MOST_KNOTS) {
      throw new InvalidInput(
          "A curve cannot have " + knots + " knots",
          "their number lies between " + FEWEST_KNOTS + " and " + MOST_KNOTS,
          "give 5");
    }
  }

  @Override
  public String name() {
    return "dose_response";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), true);
    PanelColumns.check(panel.schema(), design, covariates, foldColumn);
    OneRowPerUnit.require(panel, design);
    DoseSurvey.requireDoses(panel, treatment);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, foldColumn, folds)) {
      return estimate(sample, design);
    }
  }

  private EffectEstimate estimate(CrossSection sample, StudyDesign design) {
    DoseSurvey survey = OrderedSums.of(sample.subjects(), new DoseSurvey());
    boolean hasUntrained = survey.trained < sample.rows();
    DoseSpline spline = new DoseSpline(knots(survey, sample));
    double[] grid = grid(survey, sample, hasUntrained);
    DoseVectors vectors = new DoseVectors(spline, covariates.size());
    JavaRDD<Subject> extended = sample.subjects().map(vectors::extended);
    double[] means = CrossSection.means(extended, vectors.width(), sample.rows());
    SubjectSums sums = OrderedSums.of(extended, new SubjectSums(sample.folds(), means, true));
    DoseFits fits = DoseFits.of(sample, vectors, survey, means, sums, lowest, highest);
    DoseCurve curve = OrderedSums.of(sample.subjects(), new DoseCurve(fits));
    double[][] forms =
        Arrays.stream(grid).mapToObj(dose -> curve.solve(spline.at(dose))).toArray(double[][]::new);
    DoseInfluence influence =
        OrderedSums.of(sample.subjects(), DoseInfluence.of(fits, curve, forms));
    return told(
        spline,
        new DoseContrasts(curve, spline, grid, hasUntrained),
        influence,
        survey,
        sample,
        design,
        hasUntrained ? influence.checks(covariates, sums, lowest, highest) : List.of());
  }

  private EffectEstimate told(
      DoseSpline spline,
      DoseContrasts contrasts,
      DoseInfluence influence,
      DoseSurvey survey,
      CrossSection sample,
      StudyDesign design,
      List<Diagnostic> ofUntrained) {
    long clusters = influence.sums.clusters;
    boolean isClustered = !design.isClusteredByUnit();
    if (clusters < 2) {
      throw new InvalidInput(
          "There are too few clusters",
          "all rows are in " + clusters + " cluster",
          "supply more clusters");
    }
    double freedom = isClustered ? clusters - 1.0 : Double.POSITIVE_INFINITY;
    Covariance covariance =
        Covariance.of(
            influence.sums.products, isClustered ? clusters / (clusters - 1.0) : 1, freedom);
    List<Effect> effects = contrasts.effects(covariance, sample, clusters, design);
    List<Diagnostic> found = new ArrayList<>();
    found.add(different(survey.different.size(), spline));
    found.addAll(influence.weights.overlap());
    if (!covariates.isEmpty()) {
      found.addAll(influence.weights.fit(covariates));
    }
    found.addAll(ofUntrained);
    contrasts.bends(covariance).map(DoseResponse::curvature).ifPresent(found::add);
    found.add(direction(effects, contrasts.reference()));
    found.addAll(CrossSectionEffects.checks(effects.get(0), freedom, design, sample));
    if (survey.trained < sample.rows()) {
      found.add(DesignChecks.units("control", sample.rows() - survey.trained));
    }
    found.addAll(SideEvents.checks(survey.sides));
    return new EffectEstimate(name(), effects.get(0), effects, found, sample.attrition(), freedom);
  }

  // Harrell 2015, section 2.4.6: equally spaced, but for the tails. Knots that nearly coincide, as
  // where many got about the same dose, are one.
  private double[] knots(DoseSurvey survey, CrossSection sample) {
    double[] all = survey.trained == 0 ? new double[0] : quantiles(survey, sample, knots);
    List<Double> apart = new ArrayList<>();
    for (double knot : all) {
      double gap = NEARLY * (all[all.length - 1] - all[0]);
      if (apart.isEmpty() || knot > apart.get(apart.size() - 1) + gap) {
        apart.add(knot);
      }
    }
    if (apart.size() < 2) {
      throw new InvalidInput(
          "The doses make no curve",
          apart.isEmpty()
              ? "nobody got a dose above zero"
              : "nearly all doses above zero are " + SurvivalCurve.number(apart.get(0)),
          "choose interactive to compare the trained with others, or study the doses as categories");
    }
    return apart.stream().mapToDouble(knot -> knot).toArray();
  }

  private static double[] quantiles(DoseSurvey survey, CrossSection sample, int count) {
    double[] shares = new double[count];
    Arrays.setAll(shares, i -> EDGE + i * (1 - 2 * EDGE) / (count - 1));
    return survey.quantiles(sample.subjects(), shares);
  }

  private double[] grid(DoseSurvey survey, CrossSection sample, boolean hasUntrained) {
    double[] grid = doses.length > 0 ? doses : quantiles(survey, sample, DEFAULT_DOSES);
    grid = Arrays.stream(grid).distinct().toArray();
    if (grid[0] < survey.least || grid[grid.length - 1] > survey.most) {
      throw new InvalidInput(
          "Effects cannot be told at doses that nobody got",
          String.format(
              Locale.ROOT,
              "the doses %s lie not all between %s and %s, the least and the most that was given",
              Arrays.toString(grid),
              SurvivalCurve.number(survey.least),
              SurvivalCurve.number(survey.most)),
          "list doses between these");
    }
    if (!hasUntrained && grid.length < 2) {
      throw new InvalidInput(
          "There is nothing to compare the dose with",
          "nobody had zero, and doses lists one",
          "list two doses or more, the lowest of which the others are compared with");
    }
    return grid;
  }

  private static Diagnostic different(int count, DoseSpline spline) {
    boolean isFew = count < DoseSurvey.FEWEST_DOSES;
    return new Diagnostic(
        "doses",
        "different",
        count,
        Double.NaN,
        isFew ? Status.FAIL : Status.PASS,
        isFew
            ? "There are "
                + count
                + " different doses, too few for a curve: study them as categories."
            : "There are "
                + count
                + " different doses or more; the knots of the curve lie at "
                + Arrays.stream(spline.knots())
                    .mapToObj(SurvivalCurve::number)
                    .collect(Collectors.joining(", "))
                + ".");
  }

  private static Diagnostic curvature(double pValue) {
    return new Diagnostic(
        "curvature",
        "bends",
        Double.NaN,
        pValue,
        Status.PASS,
        pValue < 0.05
            ? "The effect bends with the dose: one slope would misstate it."
            : "A straight line is not ruled out; that does not show that the curve is one.");
  }

  // What the estimates do from dose to dose, without a test.
  private static Diagnostic direction(List<Effect> effects, double reference) {
    List<Double> curve = new ArrayList<>(List.of(0.0));
    effects.stream().filter(e -> e.dose().isPresent()).forEach(e -> curve.add(e.estimate()));
    long rises = 0;
    for (int i = 1; i < curve.size(); i++) {
      rises += curve.get(i) > curve.get(i - 1) ? 1 : 0;
    }
    boolean isMonotonic = rises == 0 || rises == curve.size() - 1;
    return new Diagnostic(
        "direction",
        "share_of_rises",
        rises / (curve.size() - 1.0),
        Double.NaN,
        Status.PASS,
        (reference > 0
                ? "Nobody had zero: effects are against a dose of "
                    + SurvivalCurve.number(reference)
                    + ". "
                : "Effects are against no training. ")
            + (isMonotonic
                ? "The estimates " + (rises > 0 ? "rise" : "fall") + " from dose to dose."
                : "The estimates rise and fall; whether that is more than noise, the band tells.")
            + " They are means over people, and not what one more hour does for one of them.");
  }
}
