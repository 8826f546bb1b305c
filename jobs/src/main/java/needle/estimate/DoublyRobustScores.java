package needle.estimate;

/** Where the treatment is 0 or 1: the doubly robust score, whose mean is the effect. */
final class DoublyRobustScores extends SubjectScores {
  private static final long serialVersionUID = 1L;
  private final NuisanceFits fits;
  private final double[] means;

  DoublyRobustScores(NuisanceFits fits, double[] means) {
    super(new double[means.length + 1]);
    this.fits = fits;
    this.means = means;
  }

  @Override
  SubjectScores another() {
    return new DoublyRobustScores(fits, means);
  }

  @Override
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

  @Override
  SideCounts counts(int parts) {
    return new SideCounts(parts, true);
  }
}
