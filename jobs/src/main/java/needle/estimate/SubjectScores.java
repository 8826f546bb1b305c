package needle.estimate;

import java.io.Serializable;

/** The doubly robust score of one subject after the other, and the effect predicted from others. */
final class SubjectScores implements Serializable {
  private static final long serialVersionUID = 1L;

  private final NuisanceFits fits;
  private final double[] means;

  /** A constant, then the centred covariates, treatment and outcome. */
  final double[] z;

  double score;
  double predicted;
  double weight;

  SubjectScores(NuisanceFits fits, double[] means) {
    this.fits = fits;
    this.means = means;
    this.z = new double[means.length + 1];
  }

  /** For another bucket. */
  SubjectScores another() {
    return new SubjectScores(fits, means);
  }

  void of(Subject subject) {
    SubjectSums.centre(subject, means, z);
    boolean isTreated = subject.treatment() == 1;
    double p = fits.clipped(fits.propensity(subject.fold(), z));
    double treated = fits.outcomeOfTreated(subject.fold(), z);
    double untreated = fits.outcomeOfControls(subject.fold(), z);
    weight = isTreated ? 1 / p : 1 / (1 - p);
    predicted = treated - untreated;
    score = OrthogonalScores.doublyRobust(isTreated, z[z.length - 1], treated, untreated, weight);
  }
}
