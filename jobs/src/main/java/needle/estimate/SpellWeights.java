package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.InverseProbabilityWeighting.WeightedMeans;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * What units followed through time count, so that the exposed and the others were alike when
 * following began: inverse probabilities of their exposure from a logistic regression (Xie & Liu
 * 2005), or one without covariates.
 */
final class SpellWeights implements Serializable {
  private static final long serialVersionUID = 1L;

  // Null where everybody counts the same: fields of a serialised object.
  private final NuisanceFits fits;
  private final double[] means;
  private final boolean isOfTreated;
  private final LaterExposure later;

  private SpellWeights(
      NuisanceFits fits, double[] means, boolean isOfTreated, LaterExposure later) {
    this.fits = fits;
    this.means = means;
    this.isOfTreated = isOfTreated;
    this.later = later;
  }

  static SpellWeights none() {
    return new SpellWeights(null, new double[0], false, LaterExposure.none());
  }

  /**
   * @param means of the covariates, the exposure at entry and the end
   * @param isOfTreated whether all shall resemble the exposed, else everybody
   * @param later when the unexposed leave by being exposed after all
   */
  static SpellWeights of(
      JavaRDD<Subject> subjects,
      double[] means,
      boolean isOfTreated,
      double lowest,
      double highest,
      LaterExposure later) {
    return new SpellWeights(
        NuisanceFits.propensity(subjects, means, 1, lowest, highest), means, isOfTreated, later);
  }

  boolean areEstimated() {
    return fits != null;
  }

  /** The coefficients behind the weights, the constant among them. */
  int width() {
    return fits == null ? 0 : means.length - 1;
  }

  /** What the spell counts in its parts. */
  SpellParts parts(Spell spell) {
    return fits == null ? SpellParts.whole(spell, 1, null) : at(spell).parts(spell);
  }

  LaterExposure later() {
    return later;
  }

  /** The probability of exposure in a later trial. */
  record Chance(double probability, boolean isClipped) {
    /** How the logarithm of a weight moves with its logit, once a share has been exposed. */
    double move(double share) {
      return isClipped ? 0 : share * probability * (1 - probability) / (1 - probability * share);
    }
  }

  /** One spell's place in the regression. */
  final class At {
    final double[] z = new double[means.length + 1];
    final int side;
    final double weight;

    /** How the weight moves with the logit. */
    final double move;

    /** Exposure at entry less its probability. */
    final double left;

    private final boolean isClipped;

    At(Spell spell) {
      Subject subject = spell.atEntry();
      SubjectSums.centre(subject, means, z);
      side = (int) subject.treatment();
      double raw = fits.propensity(0, z);
      double p = fits.clipped(raw);
      isClipped = p != raw;
      weight = WeightedMeans.weight(isOfTreated, side, p);
      move = isClipped ? 0 : WeightedMeans.move(isOfTreated, side, p);
      left = side - raw;
    }

    /** Only the unexposed leave by a later exposure. */
    SpellParts parts(Spell spell) {
      return side == 1 || later.trials() == 0
          ? SpellParts.whole(spell, weight, this)
          : SpellParts.untilExposed(spell, this, later);
    }

    Chance chance(Spell spell, LaterExposure exposure, int own, int trial) {
      double[] there = z.clone();
      exposure.addChange(spell, own, trial, 1, there);
      double raw = fits.propensity(0, there);
      double p = fits.clipped(raw);
      return new Chance(p, p != raw);
    }
  }

  At at(Spell spell) {
    return new At(spell);
  }

  /** What the inverse of the information takes to that vector. */
  SymmetricSolver information(List<String> covariates) {
    return SymmetricSolver.of(fits.information())
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The covariates " + covariates + " cannot be told apart",
                    "they are constant or collinear",
                    "drop a covariate"));
  }

  /** Whether the weights make the sides alike, and rest on enough units. */
  List<Diagnostic> checks(
      Spells sample,
      JavaRDD<Subject> subjects,
      List<String> covariates,
      double lowest,
      double highest) {
    SubjectSums sums = OrderedSums.of(subjects, new SubjectSums(1, means, true));
    Balance balance = OrderedSums.of(sample.spells(), new Balance(this));
    return new ArrayList<>(balance.sums.checks(covariates, sums, lowest, highest));
  }

  private static final class Balance implements OrderedSums.Partial<Spell, Balance> {
    private static final long serialVersionUID = 1L;
    private final SpellWeights weights;
    private final WeightBalance sums;

    Balance(SpellWeights weights) {
      this.weights = weights;
      this.sums = new WeightBalance(weights.width() - 1, weights.isOfTreated);
    }

    @Override
    public Balance empty() {
      return new Balance(weights);
    }

    @Override
    public void add(Spell spell) {
      At at = weights.at(spell);
      sums.add(at.side, at.weight, at.z, at.isClipped);
    }

    @Override
    public Balance merge(Balance other) {
      sums.merge(other.sums);
      return this;
    }
  }
}
