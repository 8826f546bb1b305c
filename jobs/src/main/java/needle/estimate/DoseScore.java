package needle.estimate;

import java.io.Serializable;

/**
 * What one subject, with the doubly robust pseudo-outcome, tells of outcomes at its dose: ξ = (y −
 * μ(d, x)) · w + mean of μ(d, ·), with w the density of the dose among all by that given the
 * covariates (Kennedy, Ma, McHugh & Small 2017, eq. 1). Its mean at a dose is that of the outcomes
 * if everybody got that dose, when either μ or w is right.
 */
final class DoseScore implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DoseFits fits;
  final double[] z;

  boolean isTrained;
  double weight;
  boolean isClipped;
  boolean isCapped;

  /** Of the trained: ξ, and the spline of the dose with its derivative. */
  double pseudo;

  double[] spline;
  double[] slopes;

  /** The score whose mean is that of the outcomes without training; Robins et al. 1994. */
  double untrained;

  /** What the subject's covariates add to the level of the curve, whose mean is zero. */
  double level;

  DoseScore(DoseFits fits) {
    this.fits = fits;
    this.z = fits.vector();
  }

  /** Takes in a subject. */
  void of(Subject subject) {
    fits.centre(subject, z);
    int fold = subject.fold();
    double y = z[z.length - 1];
    double probability = fits.propensity(fold, z);
    double p = fits.clipped(probability);
    isTrained = subject.treatment() > 0;
    isClipped = p != probability;
    isCapped = false;
    level = fits.levelOfCovariates(z);
    weight = 1 / (1 - p);
    if (fits.hasUntrained()) {
      double predicted = fits.outcomeOfUntrained(fold, z);
      untrained = predicted + (isTrained ? 0 : (y - predicted) / (1 - p));
    }
    if (isTrained) {
      double raw = fits.weight(fold, z, p, subject.treatment());
      weight = Math.min(DoseDensity.MOST_WEIGHT, raw);
      isCapped = weight != raw;
      double predicted = fits.outcomeOfTrained(fold, z);
      pseudo = weight * (y - predicted) + predicted - fits.ofCovariates(fold, z);
      spline = fits.vectors().spline().at(subject.treatment());
      slopes = fits.vectors().spline().slopeAt(subject.treatment());
    }
  }
}
