package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** What projections of the scores tell of who gains. */
final class HeterogeneousEffects {
  static final String CHECK = "heterogeneity";

  private final ScoreProjections projections;
  private final ScoreRegressors regressors;
  private final Segments segments;
  private final List<String> modifiers;
  private final StudyDesign design;
  private final boolean isLargestFirst;

  private final ScoreCoefficients coefficients;
  private final List<Effect> effects = new ArrayList<>();
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  HeterogeneousEffects(
      ScoreProjections projections,
      ScoreRegressors regressors,
      Segments segments,
      List<String> modifiers,
      StudyDesign design,
      boolean isLargestFirst) {
    this.projections = projections;
    this.regressors = regressors;
    this.segments = segments;
    this.modifiers = modifiers;
    this.design = design;
    this.isLargestFirst = isLargestFirst;
    this.coefficients = new ScoreCoefficients(projections, regressors, design);
    segments();
    for (int c = 0; c < segments.columns(); c++) {
      column(c);
    }
    linear();
    calibration();
    groups();
  }

  List<Effect> effects() {
    return effects;
  }

  List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  private void segments() {
    int[] all = IntStream.range(0, segments.size()).toArray();
    effects.addAll(
        coefficients.banded("segment", all, IntStream.of(all).mapToObj(segments::get).toList()));
  }

  private void column(int c) {
    int[] places = IntStream.range(segments.start(c), segments.end(c)).toArray();
    String column = segments.get(places[0]).column();
    double freedom = coefficients.freedom(places);
    RealMatrix within = coefficients.covariance(places);
    RankSets ranks =
        RankSets.of(
            coefficients.estimates(places),
            within,
            freedom,
            design.alpha(),
            design.seed(),
            isLargestFirst);
    for (int i = 0; i < places.length; i++) {
      effects.add(rank(ranks, i, column, places[i]));
    }
    // All equal the last: as many differences as there are others.
    int others = places.length - 1;
    RealMatrix differences = new Array2DRowRealMatrix(others, others);
    double[] from = new double[others];
    for (int i = 0; i < others; i++) {
      from[i] = projections.slope(places[i]) - projections.slope(places[others]);
      for (int j = 0; j < others; j++) {
        differences.setEntry(
            i,
            j,
            within.getEntry(i, j)
                - within.getEntry(i, others)
                - within.getEntry(others, j)
                + within.getEntry(others, others));
      }
    }
    tested(
        "equal_" + column,
        differences,
        freedom,
        from,
        "That the effect is the same in all segments of " + column);
    if (segments.pooled(c) > 0) {
      diagnostics.add(
          told(
              "pooled_" + column,
              segments.pooled(c),
              Double.NaN,
              String.format(
                  Locale.ROOT,
                  "%d values of %s have %s or were needed to hide those; they are one segment, %s.",
                  segments.pooled(c),
                  column,
                  projections.counts().tooFew(),
                  Segments.POOLED)));
    }
  }

  private Effect rank(RankSets ranks, int i, String column, int place) {
    SideCounts counts = projections.counts();
    return new Effect(
        Estimand.RANK,
        "rank",
        column,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(segments.get(place).value()),
        ranks.rank()[i],
        Double.NaN,
        ranks.low()[i],
        ranks.high()[i],
        ranks.jointLow()[i],
        ranks.jointHigh()[i],
        Double.NaN,
        counts.units(place, 1),
        counts.units(place, 0),
        counts.clusters(place),
        counts.clusters(place),
        Optional.empty());
  }

  private void tested(
      String statistic, RealMatrix covariance, double freedom, double[] values, String what) {
    JointTest test = new JointTest(covariance, freedom);
    boolean isPossible = test.isPossible();
    double wald = isPossible ? test.wald(values) : Double.NaN;
    double p = isPossible ? test.pValue(values) : Double.NaN;
    diagnostics.add(
        told(
            statistic,
            wald,
            p,
            isPossible
                ? String.format(Locale.ROOT, "%s has a p-value of %.3f.", what, p)
                : what + " cannot be tested: there are too few clusters."));
  }

  private static Diagnostic told(String statistic, double value, double p, String message) {
    return new Diagnostic(CHECK, statistic, value, p, Status.PASS, message);
  }

  private void linear() {
    if (modifiers.isEmpty()) {
      return;
    }
    if (!projections.has(regressors.linear())) {
      throw PredictedSlopes.notApart(modifiers);
    }
    int first = regressors.starts[regressors.linear()] + 1;
    int[] places = IntStream.range(first, first + modifiers.size()).toArray();
    for (int i = 0; i < places.length; i++) {
      effects.add(coefficients.effect(Estimand.SLOPE, "coefficient", modifiers.get(i), places[i]));
    }
    tested(
        "linear_predictor",
        coefficients.covariance(places),
        coefficients.freedom(places),
        coefficients.estimates(places),
        "That none of the modifiers goes with the effect");
  }

  /** The slope β₂ of Chernozhukov, Demirer, Duflo & Fernández-Val 2018, within folds. */
  private void calibration() {
    int place = regressors.starts[regressors.groups()] - 1;
    if (!projections.has(regressors.calibration())) {
      diagnostics.add(
          told(
              "calibration_slope",
              Double.NaN,
              Double.NaN,
              "The same effect is predicted for everybody, so there is no slope."));
      return;
    }
    Effect slope = coefficients.effect(Estimand.SLOPE, "calibration", "slope", place);
    effects.add(slope);
    diagnostics.add(
        told(
            "calibration_slope",
            slope.estimate(),
            slope.pValue(),
            "Per unit by which the predicted effect is larger, the effect is larger by this; 1"
                + " where predictions come true, 0 where they tell nothing."));
  }

  private void groups() {
    int first = regressors.starts[regressors.groups()];
    int[] places = IntStream.range(first, first + PredictedGroups.GROUPS).toArray();
    boolean isEnough = IntStream.of(places).allMatch(projections.counts()::isEnough);
    if (!isEnough) {
      diagnostics.add(
          told(
              "predicted_groups",
              Double.NaN,
              Double.NaN,
              "A fifth of the units by predicted effect has "
                  + projections.counts().tooFew()
                  + " or too many units share one prediction; effects by fifths are not told."));
      return;
    }
    List<Segments.Segment> names =
        IntStream.rangeClosed(1, PredictedGroups.GROUPS)
            .mapToObj(i -> new Segments.Segment("fifth", Integer.toString(i)))
            .toList();
    effects.addAll(coefficients.banded("predicted_effect", places, names));
    int last = places[places.length - 1];
    RealMatrix ends = coefficients.covariance(places[0], last);
    double gap = projections.slope(last) - projections.slope(places[0]);
    double error = Math.sqrt(ends.getEntry(0, 0) + ends.getEntry(1, 1) - 2 * ends.getEntry(0, 1));
    diagnostics.add(
        told(
            "predicted_groups",
            gap,
            2 * Quantiles.tail(coefficients.freedom(places[0], last), Math.abs(gap / error)),
            "By this the effect on the fifth with the largest predictions is above that on the"
                + " fifth with the smallest."));
  }
}
