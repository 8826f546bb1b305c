package needle.estimate;

import java.io.Serializable;

/**
 * What covariates leave of the dose and of the outcome of one subject after the other, by
 * predictions from the other folds (Robinson 1988; Chernozhukov et al. 2018, section 4.1).
 */
final class PartialledOut implements Serializable {
  private static final long serialVersionUID = 1L;

  private final NuisanceFits fits;
  private final double[] means;

  /** A constant, then the centred covariates, treatment and outcome. */
  final double[] z;

  double dose;
  double outcome;

  PartialledOut(NuisanceFits fits, double[] means) {
    this.fits = fits;
    this.means = means;
    this.z = new double[means.length + 1];
  }

  /** For another bucket. */
  PartialledOut another() {
    return new PartialledOut(fits, means);
  }

  void of(Subject subject) {
    SubjectSums.centre(subject, means, z);
    dose = z[z.length - 2] - fits.treatment(subject.fold(), z);
    outcome = z[z.length - 1] - fits.outcome(subject.fold(), z);
  }
}
