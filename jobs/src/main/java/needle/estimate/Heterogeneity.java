package needle.estimate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import needle.estimate.DoubleMachineLearning.Fitted;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Who gains from a treatment: effects on segments of a cross-section, their order, and whether what
 * covariates predict of the effect comes true, from cross-fitted doubly robust scores. Of a dose,
 * effects are slopes: what one more hour of training does, and where it does most. Effects are
 * those on groups, never on a person.
 */
public final class Heterogeneity implements EffectEstimator {
  /** Fewer folds are no cross-fitting. */
  private static final int FEWEST_FOLDS = 2;

  private final DoubleMachineLearning whole;
  private final List<String> covariates;
  private final List<String> segments;
  private final List<String> modifiers;
  private final Optional<String> foldColumn;
  private final int folds;
  private final boolean isLargestFirst;

  /**
   * @param whole the effect on everybody, from the same scores; partially linear for a dose
   * @param covariates measured before treatment
   * @param segments columns measured before treatment, whose values are the segments
   * @param modifiers covariates that the effect is projected on
   * @param isLargestFirst whether the largest effect is the best
   */
  public Heterogeneity(
      DoubleMachineLearning whole,
      List<String> covariates,
      List<String> segments,
      List<String> modifiers,
      Optional<String> foldColumn,
      int folds,
      boolean isLargestFirst) {
    this.whole = whole;
    this.covariates = List.copyOf(covariates);
    this.segments = List.copyOf(segments);
    this.modifiers = List.copyOf(modifiers);
    this.foldColumn = foldColumn;
    this.folds = folds;
    this.isLargestFirst = isLargestFirst;
    Faults faults = new Faults("The method " + whole.name());
    if (segments.isEmpty() || new HashSet<>(segments).size() < segments.size()) {
      faults.add(
          "The method " + whole.name() + " does not know the segments",
          segments.isEmpty() ? "none are listed" : segments + " lists one twice",
          "list columns measured before treatment, each once, under segments");
    }
    if (!covariates.containsAll(modifiers) || new HashSet<>(modifiers).size() < modifiers.size()) {
      faults.add(
          "The effect cannot be projected on " + modifiers,
          "modifiers are covariates of the study, each once: " + covariates,
          "list the modifier under covariates, too, or drop it");
    }
    if (whole.model() == Model.INTERACTIVE_ATT || foldColumn.isEmpty() && folds < FEWEST_FOLDS) {
      faults.add(
          "The scores are not cross-fitted",
          "with one fold, every unit's effect would be predicted from itself",
          "give 5 folds");
    }
    faults.report();
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, name(), true);
    List<String> told = new ArrayList<>(segments);
    foldColumn.ifPresent(told::add);
    PanelColumns.check(panel.schema(), design, covariates, told);
    OneRowPerUnit.require(panel, design);
    refuseRoles(design, treatment);
    try (CrossSection sample =
        CrossSection.of(panel, design, treatment, covariates, foldColumn, folds, segments)) {
      if (!isOfDose()) {
        sample.requireSides(treatment);
      }
      Fitted fitted = whole.fitted(sample, design, treatment);
      int[] places = modifiers.stream().mapToInt(covariates::indexOf).toArray();
      SubjectScores scores = scores(sample, fitted, places);
      Segments kept = Segments.of(sample, scores);
      double[][] thresholds = PredictedGroups.thresholds(sample, scores.another());
      ScoreRegressors regressors = new ScoreRegressors(scores, kept, places, thresholds);
      ScoreProjections projections = ScoreProjections.of(sample.subjects(), regressors);
      HeterogeneousEffects found =
          new HeterogeneousEffects(
              projections, regressors, kept, modifiers, design, isLargestFirst);
      List<Diagnostic> checks = new ArrayList<>(found.diagnostics());
      if (isOfDose()) {
        checks.addAll(SegmentDoses.of(sample, partialledOut(fitted), kept));
      }
      return together(fitted.estimate(), found.effects(), checks);
    }
  }

  private boolean isOfDose() {
    return whole.model() == Model.PARTIALLY_LINEAR;
  }

  private SubjectScores scores(CrossSection sample, Fitted fitted, int[] places) {
    if (!isOfDose()) {
      return new DoublyRobustScores(fitted.fits(), fitted.means());
    }
    requireDosesLeft(fitted.estimate());
    PartialledOut left = partialledOut(fitted);
    return new SlopeScores(left, PredictedSlopes.of(sample, left, places, modifiers));
  }

  private static PartialledOut partialledOut(Fitted fitted) {
    return new PartialledOut(fitted.fits(), fitted.means());
  }

  private static void requireDosesLeft(EffectEstimate whole) {
    boolean isLeft =
        whole.diagnostic("overlap", "treatment_left").stream()
            .anyMatch(d -> d.value() > 0 && d.status() != Status.FAIL);
    if (!isLeft) {
      throw new InvalidInput(
          "What another unit of the dose does cannot be told by segment",
          "the covariates tell nearly all of it, or it is the same for everybody",
          "drop the covariate that decides the dose, or study units alike whose doses differ");
    }
  }

  // A segment that is the treatment's or the outcome's would be decided after treatment.
  private void refuseRoles(StudyDesign design, String treatment) {
    for (String segment : segments) {
      if (List.of(design.unit(), design.outcome(), treatment).contains(segment)) {
        throw new InvalidInput(
            "The column " + segment + " cannot divide the sample into segments",
            "it is the study's unit, outcome or treatment",
            "give a column that groups units and was measured before treatment");
      }
    }
  }

  private static EffectEstimate together(
      EffectEstimate whole, List<Effect> found, List<Diagnostic> checked) {
    List<Effect> effects = new ArrayList<>(whole.effects());
    effects.addAll(found);
    List<Diagnostic> checks = new ArrayList<>(whole.diagnostics());
    checks.addAll(checked);
    return new EffectEstimate(
        whole.estimator(),
        whole.headline(),
        effects,
        checks,
        whole.attrition(),
        whole.degreesOfFreedom());
  }
}
