package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Effect;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** Coefficients of the scores' projections, by their places among all regressors, with errors. */
final class ScoreCoefficients {
  private final ScoreProjections projections;
  private final ScoreRegressors regressors;
  private final StudyDesign design;

  /** Of all coefficients, each scaled by C/(C − 1) with the clusters that it rests on. */
  private final double[] covariance;

  ScoreCoefficients(ScoreProjections projections, ScoreRegressors regressors, StudyDesign design) {
    this.projections = projections;
    this.regressors = regressors;
    this.design = design;
    int width = regressors.width();
    this.covariance = projections.covariance();
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        covariance[i * width + j] *= Math.sqrt(factor(i) * factor(j));
      }
    }
  }

  private double factor(int place) {
    double freedom = freedom(place);
    return (freedom + 1) / freedom;
  }

  /** One less than the clusters, or units, that these rest on; of that which has fewest. */
  double freedom(int... places) {
    return Arrays.stream(places)
        .mapToDouble(place -> Math.max(1, projections.counts().clusters(base(place)) - 1.0))
        .min()
        .orElseThrow();
  }

  // Slopes rest on everybody, as the constant does, also on those with a zero.
  private int base(int place) {
    int constant = regressors.starts[regressors.linear()];
    boolean isSlope = place > constant && place < regressors.starts[regressors.groups()];
    return isSlope ? constant : place;
  }

  RealMatrix covariance(int... places) {
    RealMatrix matrix = new Array2DRowRealMatrix(places.length, places.length);
    for (int i = 0; i < places.length; i++) {
      for (int j = 0; j < places.length; j++) {
        // Symmetric to the last bit.
        int row = Math.max(places[i], places[j]);
        int column = Math.min(places[i], places[j]);
        matrix.setEntry(i, j, covariance[row * regressors.width() + column]);
      }
    }
    return matrix;
  }

  double[] estimates(int... places) {
    return Arrays.stream(places).mapToDouble(projections::slope).toArray();
  }

  Effect effect(Estimand estimand, String aggregation, String term, int place) {
    SideCounts counts = projections.counts();
    return CrossSectionEffects.effect(
        estimand,
        aggregation,
        term,
        projections.slope(place),
        Math.sqrt(covariance(place).getEntry(0, 0)),
        freedom(place),
        design.alpha(),
        counts.units(base(place), 1),
        counts.units(base(place), 0),
        counts.clusters(base(place)));
  }

  /** Effects of segments, with a band that holds for all of them at once. */
  List<Effect> banded(String aggregation, int[] places, List<Segments.Segment> names) {
    double freedom = freedom(places);
    double[] products =
        Arrays.stream(covariance(places).getData()).flatMapToDouble(Arrays::stream).toArray();
    double reach =
        Covariance.of(products, 1, freedom)
            .bandQuantile(units(places.length), design.alpha(), design.seed());
    List<Effect> banded = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      Effect effect = effect(ofGroups(), aggregation, names.get(i).column(), places[i]);
      double half = reach * effect.stdError();
      banded.add(
          effect.of(names.get(i).value(), effect.estimate() - half, effect.estimate() + half));
    }
    return banded;
  }

  private Estimand ofGroups() {
    return design.treatment().filter(t -> t instanceof StudyDesign.Dose).isPresent()
        ? Estimand.SLOPE
        : Estimand.GATE;
  }

  private static List<double[]> units(int size) {
    return IntStream.range(0, size)
        .mapToObj(
            i -> {
              double[] unit = new double[size];
              unit[i] = 1;
              return unit;
            })
        .toList();
  }
}
