package needle.estimate;

/** Scores of both groups' regressions, of the pooled one, and of both groups' means, by cluster. */
final class DecompositionScores extends ClusteredScores<Subject, DecompositionScores> {
  private static final long serialVersionUID = 1L;

  private final double[] centres;
  private final LinearFit.Residuals[] ofSides;
  private final LinearFit.Residuals pooled;
  private final double[][] means;
  private final double[] z;

  DecompositionScores(double[] centres, LinearFit[] fits, LinearFit pooled, double[][] means) {
    this(
        centres,
        new LinearFit.Residuals[] {fits[0].residuals(), fits[1].residuals()},
        pooled.residuals(),
        means);
  }

  private DecompositionScores(
      double[] centres,
      LinearFit.Residuals[] ofSides,
      LinearFit.Residuals pooled,
      double[][] means) {
    super(5 * means[0].length + 1);
    this.centres = centres;
    this.ofSides = ofSides;
    this.pooled = pooled;
    this.means = means;
    this.z = new double[centres.length + 1];
  }

  @Override
  public DecompositionScores empty() {
    return new DecompositionScores(centres, ofSides, pooled, means);
  }

  @Override
  public void add(Subject subject) {
    SubjectSums.centre(subject, centres, z);
    int width = means[0].length;
    int side = (int) subject.treatment();
    double outcome = z[z.length - 1];
    double[] scores = new double[5 * width + 1];
    ofSides[side].addScore(z, outcome, scores, side * width);
    pooled.addScore(z, outcome, scores, 2 * width);
    for (int i = 0; i < width; i++) {
      scores[3 * width + 1 + side * width + i] = z[i] - means[side][i];
    }
    sums.add(subject.cluster(), scores);
  }
}
