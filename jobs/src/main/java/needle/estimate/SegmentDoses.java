package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Whether covariates tell how doses differ between segments: what they leave of the dose is then
 * zero on average in each. Where it is not, a segment's slope also compares the segment as a whole
 * with others.
 */
final class SegmentDoses extends ClusteredScores<Subject, SegmentDoses> {
  private static final long serialVersionUID = 1L;
  private static final double LEVEL = 0.05;

  private final PartialledOut left;
  private final Segments segments;
  private final double[] doses;

  private SegmentDoses(PartialledOut left, Segments segments) {
    super(segments.size());
    this.left = left;
    this.segments = segments;
    this.doses = new double[segments.size()];
  }

  static List<Diagnostic> of(CrossSection sample, PartialledOut left, Segments segments) {
    SegmentDoses found = OrderedSums.of(sample.subjects(), new SegmentDoses(left, segments));
    List<Diagnostic> checks = new ArrayList<>();
    for (int c = 0; c < segments.columns(); c++) {
      checks.add(found.check(IntStream.range(segments.start(c), segments.end(c)).toArray()));
    }
    return checks;
  }

  @Override
  public SegmentDoses empty() {
    return new SegmentDoses(left.another(), segments);
  }

  @Override
  public void add(Subject subject) {
    left.of(subject);
    Arrays.fill(doses, 0);
    for (int c = 0; c < segments.columns(); c++) {
      doses[segments.of(subject, c)] = left.dose;
    }
    sums.add(subject.cluster(), doses);
  }

  private Diagnostic check(int[] places) {
    String column = segments.get(places[0]).column();
    double freedom = sums.clusters - 1.0;
    RealMatrix covariance = new Array2DRowRealMatrix(places.length, places.length);
    for (int i = 0; i < places.length; i++) {
      for (int j = 0; j < places.length; j++) {
        double product = sums.products[places[i] * segments.size() + places[j]];
        covariance.setEntry(i, j, product * sums.clusters / freedom);
      }
    }
    JointTest test = new JointTest(covariance, freedom);
    double[] totals = IntStream.of(places).mapToDouble(place -> sums.total[place]).toArray();
    boolean isPossible = test.isPossible();
    double p = isPossible ? test.pValue(totals) : Double.NaN;
    return new Diagnostic(
        HeterogeneousEffects.CHECK,
        "doses_" + column,
        isPossible ? test.wald(totals) : Double.NaN,
        p,
        p < LEVEL ? Status.WARNING : Status.PASS,
        isPossible
            ? String.format(
                Locale.ROOT,
                "That covariates tell how doses differ between the segments of %s has a p-value of"
                    + " %.3f%s.",
                column,
                p,
                p < LEVEL
                    ? "; slopes also compare these segments: list " + column + " under covariates"
                    : "")
            : "Whether covariates tell how doses differ between the segments of "
                + column
                + " cannot be tested: there are too few clusters.");
  }
}
