package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Effect;

/** The effects that are read off a curve, each with how it moves with a subject's influence. */
final class DoseContrasts {
  static final String DOSE = "dose";
  private static final String OVERALL = "overall";

  /** An effect, and its weights on the sums of {@link DoseInfluence}. */
  private record Contrast(
      Estimand estimand,
      String aggregation,
      String term,
      Optional<Double> dose,
      double estimate,
      double[] form) {
    Contrast less(Contrast other) {
      double[] difference = form.clone();
      Arrays.setAll(difference, i -> form[i] - other.form[i]);
      return new Contrast(
          Estimand.ATE, aggregation, term, dose, estimate - other.estimate, difference);
    }
  }

  private final DoseCurve curve;
  private final double[] coefficients;
  private final DoseSpline spline;
  private final Contrast reference;
  private final List<Contrast> contrasts = new ArrayList<>();

  /**
   * @param doses of the grid, in order; the lowest is what is compared with where everybody was
   *     trained
   */
  DoseContrasts(DoseCurve curve, DoseSpline spline, double[] doses, boolean hasUntrained) {
    this.curve = curve;
    this.coefficients = curve.coefficients();
    this.spline = spline;
    double[] untrained = new double[spline.size() + 4];
    untrained[0] = 1.0 / curve.rows();
    this.reference =
        hasUntrained
            ? new Contrast(
                Estimand.POTENTIAL_OUTCOME_MEAN,
                DOSE,
                "none",
                Optional.of(0.0),
                curve.meanUntrained(),
                untrained)
            : at(doses[0]);
    contrasts.add(
        averaged(Estimand.POTENTIAL_OUTCOME_MEAN, "average", curve.meanSpline(), spline.size() + 1)
            .less(reference));
    contrasts.add(averaged(Estimand.AVERAGE_SLOPE, "slope", curve.meanSlopes(), spline.size() + 2));
    for (double dose : doses) {
      if (dose > reference.dose().orElseThrow()) {
        contrasts.add(at(dose).less(reference));
      }
    }
  }

  private Contrast at(double dose) {
    return on(
        Estimand.POTENTIAL_OUTCOME_MEAN,
        DOSE,
        "dose_" + SurvivalCurve.number(dose),
        Optional.of(dose),
        spline.at(dose));
  }

  // The mean over the trained's doses moves with whose doses these are, too.
  private Contrast averaged(Estimand estimand, String term, double[] values, int ofDoses) {
    Contrast averaged = on(estimand, OVERALL, term, Optional.empty(), values);
    averaged.form()[ofDoses] = 1 / curve.trained();
    return averaged;
  }

  private Contrast on(
      Estimand estimand, String aggregation, String term, Optional<Double> dose, double[] values) {
    double[] form = new double[spline.size() + 4];
    System.arraycopy(curve.solve(values), 0, form, 1, spline.size());
    // Only what has a constant moves with the level.
    form[spline.size() + 3] = values[0] / curve.rows();
    return new Contrast(
        estimand, aggregation, term, dose, DotProduct.of(values, coefficients), form);
  }

  /** What is compared with: zero, or the lowest dose of the grid. */
  double reference() {
    return reference.dose().orElseThrow();
  }

  /** The average over the trained's doses, the slope, and every dose; the first is the headline. */
  List<Effect> effects(
      Covariance covariance, CrossSection sample, long clusters, StudyDesign design) {
    double freedom = covariance.degreesOfFreedom();
    List<double[]> together =
        contrasts.stream().filter(c -> c.dose().isPresent()).map(Contrast::form).toList();
    double band = covariance.bandQuantile(together, design.alpha(), design.seed());
    List<Effect> effects = new ArrayList<>();
    for (Contrast contrast : contrasts) {
      Effect effect =
          CrossSectionEffects.effect(
              contrast.estimand(),
              contrast.aggregation(),
              contrast.term(),
              contrast.estimate(),
              covariance.standardError(contrast.form()),
              freedom,
              design.alpha(),
              sample,
              clusters);
      effects.add(contrast.dose().isPresent() ? effect.at(contrast.dose().get(), band) : effect);
    }
    return effects;
  }

  /** How likely so much bending is of a line; empty where the curve is one. */
  Optional<Double> bends(Covariance covariance) {
    List<double[]> forms = new ArrayList<>();
    for (int i = 2; i < spline.size(); i++) {
      double[] one = new double[spline.size()];
      one[i] = 1;
      forms.add(on(Estimand.SLOPE, OVERALL, "bend", Optional.empty(), one).form());
    }
    if (forms.isEmpty()) {
      return Optional.empty();
    }
    JointTest test = new JointTest(covariance.of(forms), covariance.degreesOfFreedom());
    return test.isPossible()
        ? Optional.of(test.pValue(Arrays.copyOfRange(coefficients, 2, coefficients.length)))
        : Optional.empty();
  }
}
