package needle.estimate;

import java.util.Locale;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/**
 * Means of moved predictions with and without treatment, and the efficient influence curves of
 * both, within clusters (van der Laan & Rose 2011, section 4.5 for everybody; Hubbard, Jewell & van
 * der Laan in its chapter 8 for the treated). On the scale from 0 to 1.
 */
final class TargetedScores extends ClusteredScores<Subject, TargetedScores> {
  private static final long serialVersionUID = 1L;

  private final TargetedOutcomes outcomes;
  private final double[] z;
  private final double[] predicted = new double[2];
  private long beyond;

  /** Sums the untreated's and the treated's curve, up to their mean, and whom they are about. */
  TargetedScores(TargetedOutcomes outcomes) {
    super(3);
    this.outcomes = outcomes;
    this.z = new double[outcomes.means().length + 1];
  }

  @Override
  public TargetedScores empty() {
    return new TargetedScores(outcomes);
  }

  @Override
  public void add(Subject subject) {
    SubjectSums.centre(subject, outcomes.means(), z);
    int own = (int) subject.treatment();
    double outcome = outcomes.scaled(subject.outcome());
    double share = outcomes.isOfTreated() ? own : 1;
    double[] curve = {0, 0, share};
    boolean isBeyond = false;
    for (int side = 0; side < 2; side++) {
      if (!outcomes.predicts(side)) {
        predicted[side] += share * outcome;
        curve[side] = share * outcome;
        continue;
      }
      double first = outcomes.first(side, subject, z);
      double weight = outcomes.weight(side, subject, z);
      double moved = outcomes.of(first, side, weight);
      isBeyond |= TargetedOutcomes.isBeyond(first);
      predicted[side] += share * moved;
      curve[side] = share * moved + (side == own ? weight * (outcome - moved) : 0);
    }
    beyond += isBeyond ? 1 : 0;
    sums.add(subject.cluster(), curve);
  }

  @Override
  public TargetedScores merge(TargetedScores other) {
    CellSums.add(predicted, other.predicted);
    beyond += other.beyond;
    return super.merge(other);
  }

  long clusters() {
    return sums.clusters;
  }

  /** The mean outcome, in its own units, if all were on that side. */
  double mean(int side) {
    return outcomes.unscaled(predicted[side] / sums.total[2]);
  }

  /** The mean with less that without treatment. */
  double effect() {
    return mean(1) - mean(0);
  }

  double varianceOfMean(int side) {
    double[] form = {1 - side, side, -predicted[side] / sums.total[2]};
    return variance(form);
  }

  double varianceOfEffect() {
    return variance(-1, 1, -(predicted[1] - predicted[0]) / sums.total[2]);
  }

  private double variance(double... form) {
    double scale = (outcomes.upper() - outcomes.lower()) / sums.total[2];
    return scale * scale * sums.variance(form);
  }

  Diagnostic beyond(long rows) {
    double share = beyond / (double) rows;
    return new Diagnostic(
        "nuisance",
        "share_beyond_range",
        share,
        Double.NaN,
        Status.PASS,
        String.format(
            Locale.ROOT,
            "Of %.1f%% of the units a first prediction was at or beyond the ends of the outcome's"
                + " range, %s to %s, and counts as just inside.",
            100 * share,
            outcomes.lower(),
            outcomes.upper()));
  }
}
